"""Clients, commands: who of the firm works for which client."""

from collections.abc import Sequence
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from tracker.accounts import queries as people
from tracker.accounts.enums import AccountState
from tracker.accounts.models import UserAccount
from tracker.clients.enums import Duty
from tracker.clients.models import Client, Membership
from tracker.permissions import STAFF
from tracker.platform.actor import Actor
from tracker.platform.audit import record
from tracker.platform.db import db
from tracker.platform.errors import Refusal


def assign(actor: Actor, *, client: Client, user_id: UUID, duty: Duty = Duty.TEAM) -> Membership:
    """Give someone of the firm a duty for a client; a new lead takes over from the last, who stays in the team.

    Refusal on "user_id" when the person is not of the firm, on "duty" when it is not one of the firm's.
    """
    person = people.by_id(user_id)
    if person is None or person.role not in STAFF or person.state is AccountState.DEACTIVATED:
        raise Refusal("user_id", _("Choose someone of the firm."))
    if duty is Duty.CONTACT:
        raise Refusal("duty", _("Choose one of the list."))
    if duty is Duty.LEAD:
        _step_back(actor, client, user_id)
    return _set(actor, client, person, duty)


def assign_many(actor: Actor, *, client_ids: Sequence[UUID], user_id: UUID, duty: Duty = Duty.TEAM) -> int:
    """Give someone a duty for many clients at once; returns how many of them are in scope. Refusals as `assign`."""
    clients = db.session.scalars(select(Client).where(Client.id.in_(client_ids)).order_by(Client.legal_name)).all()
    if not clients:
        raise Refusal(None, _("Tick at least one client."))
    for client in clients:
        assign(actor, client=client, user_id=user_id, duty=duty)
    return len(clients)


def unassign(actor: Actor, *, client: Client, user_id: UUID) -> None:
    """Take someone of the firm off a client; from then on the client does not exist for them."""
    row = _membership(client, user_id)
    if row is None or row.duty is Duty.CONTACT:
        raise Refusal(None, _("This person is not in the team any more."))
    record(actor, "team:left", client, changes={"member": [str(user_id), None]})
    db.session.delete(row)


def _membership(client: Client, user_id: UUID) -> Membership | None:
    return db.session.scalar(select(Membership).where(Membership.client_id == client.id, Membership.user_id == user_id))


def _set(actor: Actor, client: Client, person: UserAccount, duty: Duty) -> Membership:
    row = _membership(client, person.id)
    before = row.duty if row else None
    if row is None:
        row = Membership(user_id=person.id, client_id=client.id, duty=duty)
        db.session.add(row)
    row.duty = duty
    record(actor, "team:assigned", client, changes={"member": [None, person.name], "duty": [before, duty]})
    db.session.flush()
    return row


def _step_back(actor: Actor, client: Client, user_id: UUID) -> None:
    query = select(Membership).where(Membership.client_id == client.id, Membership.duty == Duty.LEAD)
    for row in db.session.scalars(query):
        if row.user_id != user_id:
            row.duty = Duty.TEAM
            record(actor, "team:lead-stepped-back", client, changes={"member": [str(row.user_id), Duty.TEAM]})
