"""Clients, commands: who of a client's people may enter the portal. The membership row alone decides."""

from collections.abc import Callable

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import delete, select

from tracker.accounts import commands as accounts
from tracker.accounts import queries as people
from tracker.accounts.enums import AccountState, TokenPurpose
from tracker.accounts.models import UserAccount
from tracker.clients import queries
from tracker.clients.enums import Duty
from tracker.clients.models import Contact, Membership
from tracker.notifications import commands as notifications
from tracker.permissions import Role
from tracker.platform.actor import Actor
from tracker.platform.audit import record
from tracker.platform.db import db
from tracker.platform.errors import Refusal
from tracker.platform.languages import locale_of


def invite_contact(
    actor: Actor, *, contact: Contact, link_for: Callable[[str], str] | None, sign_in_url: str, firm: str
) -> UserAccount:
    """Let a contact into the portal and queue a mail in their language. `link_for` turns the secret into an address;
    None when a link is on its way to the same person already, which a new one would end: the mail names the sign-in page.

    Someone who already signs in for another company gets this one too, and no word is said about it.
    Refusal on "email" when there is no address, or it belongs to someone who cannot be a contact.
    """
    if not contact.is_active:
        raise Refusal("email", _("This person is no longer active here."))
    if contact.email is None:
        raise Refusal("email", _("Note an e-mail address first."))
    person = people.by_email(contact.email)
    if person is None:
        person = accounts.add_person(
            actor, email=contact.email, name=contact.name, role=Role.CONTACT, language=contact.language
        )
    elif person.role is not Role.CONTACT or person.state is AccountState.DEACTIVATED:
        raise Refusal("email", _("This address cannot be invited to the portal. Ask an administrator."))
    if contact.user_id not in (None, person.id):
        part_from_access(actor, contact=contact)  # of an address they had before: nobody would see that it still opens
    _give(contact, person)
    contact.user_id = person.id
    record(actor, "contact:invited", contact)
    address = sign_in_url
    if link_for is not None and person.state is AccountState.INVITED:
        address = link_for(accounts.issue_link(actor, person=person, purpose=TokenPurpose.INVITATION))
    _write(contact, person, address, firm)
    db.session.flush()
    return person


def part_from_access(actor: Actor, *, contact: Contact) -> None:
    """A contact's access ends with what it rested on, their address or their place at the client.

    It goes on for another active contact of this client who has the same one: they share an address, or are one person.
    """
    if not _is_shared(contact):
        withdraw_access(actor, contact=contact)


def _is_shared(contact: Contact) -> bool:
    query = select(Contact.id).where(
        Contact.client_id == contact.client_id,
        Contact.user_id == contact.user_id,
        Contact.id != contact.id,
        Contact.is_active.is_(True),
    )
    return db.session.scalar(query.limit(1)) is not None


def withdraw_access(actor: Actor, *, contact: Contact) -> None:
    """Take the portal away from a contact of this client, at once, and from whoever shares their address here.

    Nothing happens to their other companies.
    """
    if contact.user_id is None:
        return
    db.session.execute(
        delete(Membership).where(
            Membership.user_id == contact.user_id,
            Membership.client_id == contact.client_id,
            Membership.duty == Duty.CONTACT,
        )
    )
    record(actor, "contact:access-withdrawn", contact, changes={"portal": ["yes", "no"]})


def _give(contact: Contact, person: UserAccount) -> None:
    existing = db.session.scalar(
        select(Membership.id).where(Membership.user_id == person.id, Membership.client_id == contact.client_id)
    )
    if existing is None:
        db.session.add(Membership(user_id=person.id, client_id=contact.client_id, duty=Duty.CONTACT))


def _write(contact: Contact, person: UserAccount, address: str, firm: str) -> None:
    client = queries.get(contact.client_id)
    company = client.legal_name if client else ""
    with force_locale(locale_of(contact.language)):
        subject = _("%(firm)s: your portal for %(company)s", firm=firm, company=company)
        body = _(
            "Hello %(name)s,\n\n%(firm)s looks after customs for %(company)s and invites you to its client portal. "
            "There you can see what is needed from you, hand in documents and follow progress.\n\n"
            "%(address)s\n\nA new link works once and for 14 days. Opening it does not use it up; "
            "you choose a password on the page. If it no longer works, ask %(firm)s for another.\n",
            name=contact.name,
            firm=firm,
            company=company,
            address=address,
        )
    notifications.queue(to_email=person.email, to_name=contact.name, subject=subject, body=body)
