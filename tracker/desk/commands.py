"""Desk, commands: remind people of what waits on them, each at most once a day."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from tracker.clients.models import Contact
from tracker.coordination.enums import Party
from tracker.coordination.models import Partner
from tracker.desk.letters import letter
from tracker.desk.reminders import PURPOSE, Recipient, reminders
from tracker.notifications.commands import queue
from tracker.platform import once
from tracker.platform.actor import Actor
from tracker.platform.audit import record
from tracker.platform.db import db
from tracker.platform.errors import Refusal


def send_reminders(actor: Actor, *, party: Party, keys: Collection[UUID], today: date, firm: str, address: str) -> int:
    """Queue one mail for each chosen person who was not reminded today; returns how many.

    The person's key for the day is used up in the same transaction: of two colleagues who press at once, one is refused
    by the database. Refusal when nobody is left to write to.
    """
    chosen = [each for each in reminders(party, today).recipients if each.key in keys and not each.was_reminded]
    if not chosen:
        raise Refusal(None, _("Nobody is left to remind: everyone chosen was reminded today already."))
    for recipient in chosen:
        once.claim(recipient.key, PURPOSE, today.isoformat(), party.value)
        subject, body = letter(recipient, today=today, firm=firm, address=address)
        queue(to_email=recipient.email, to_name=recipient.name, subject=subject, body=body)
    _record(actor, chosen)
    return len(chosen)


def _record(actor: Actor, chosen: Collection[Recipient]) -> None:
    """The trail of every client that was written about."""
    contacts = {row.id: row for row in db.session.scalars(select(Contact).where(Contact.id.in_(_ids(chosen))))}
    partners = {row.id: row for row in db.session.scalars(select(Partner).where(Partner.id.in_(_ids(chosen))))}
    for recipient in chosen:
        for key in recipient.contact_ids:
            count = sum(item.client_id == contacts[key].client_id for item in recipient.items)
            record(actor, "contact:reminded", contacts[key], summary=_summary(count))
        for key in recipient.partner_ids:
            for client_id in dict.fromkeys(item.client_id for item in recipient.items):
                count = sum(item.client_id == client_id for item in recipient.items)
                record(actor, "partner:reminded", partners[key], client_id=client_id, summary=_summary(count))


def _ids(chosen: Collection[Recipient]) -> list[UUID]:
    return [key for each in chosen for key in (*each.contact_ids, *each.partner_ids)]


def _summary(count: int) -> str:
    return ngettext("%(num)s thing", "%(num)s things", count)
