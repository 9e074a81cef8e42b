"""Imports, commands: after a run is applied, its people are invited to the portal in one go."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from tracker.accounts.enums import AccountState
from tracker.accounts.models import UserAccount
from tracker.clients.commands.portal_access import invite_contact
from tracker.clients.enums import ClientState
from tracker.clients.models import Client, Contact, Membership
from tracker.imports.enums import RunState
from tracker.imports.models import ImportChange, ImportRun
from tracker.imports.queries import CHUNK
from tracker.permissions import Permission, Role
from tracker.platform.actor import Actor
from tracker.platform.audit import record
from tracker.platform.db import db
from tracker.platform.edge import check_version
from tracker.platform.errors import Refusal


@dataclass(frozen=True, slots=True)
class Invitee:
    """A contact that a run brought in. `standing`: to_write, invited, active, no_address or refused."""

    contact_id: UUID
    client_id: UUID
    client_name: str
    name: str
    email: str | None
    language: str
    standing: str


def invitees(run_id: UUID) -> list[Invitee]:
    """Every contact the run created and that is still there, by client and name, with where their access stands."""
    query = select(ImportChange.subject_id, ImportChange.before).where(
        ImportChange.run_id == run_id, ImportChange.subject_type == "contact"
    )
    ids = [subject_id for subject_id, before in db.session.execute(query) if before is None]
    found: list[Invitee] = []
    for start in range(0, len(ids), CHUNK):
        found += _invitee_chunk(ids[start : start + CHUNK])
    return sorted(found, key=lambda row: (row.client_name.casefold(), row.name.casefold(), str(row.contact_id)))


def _invitee_chunk(ids: Sequence[UUID]) -> list[Invitee]:
    query = (
        select(Contact, Client.legal_name, UserAccount, Membership.id)
        .join(Client, Client.id == Contact.client_id)
        .outerjoin(UserAccount, UserAccount.email == Contact.email)
        .outerjoin(Membership, (Membership.user_id == UserAccount.id) & (Membership.client_id == Contact.client_id))
        .where(Contact.id.in_(ids), Contact.is_active, Client.state == ClientState.ACTIVE)
    )
    return [
        Invitee(
            contact.id,
            contact.client_id,
            client_name,
            contact.name,
            contact.email,
            contact.language,
            _standing(contact, person, membership_id),
        )
        for contact, client_name, person, membership_id in db.session.execute(query)
    ]


def _standing(contact: Contact, person: UserAccount | None, membership_id: UUID | None) -> str:
    if not contact.email:
        return "no_address"
    if person is None:
        return "to_write"
    if person.role is not Role.CONTACT or person.state is AccountState.DEACTIVATED:
        return "refused"
    if membership_id is None:
        return "to_write"
    return "invited" if person.state is AccountState.INVITED else "active"


def invite_all(
    actor: Actor,
    *,
    run: ImportRun,
    version: int,
    link_for: Callable[[str], str],
    sign_in_url: str,
    firm: str,
) -> int:
    """Invite every contact of an applied run who has an address and no access yet; how many mails were queued.

    Somebody named at several of the clients gets one link: a second one would end the first.
    Refusal when the run is not applied, when the actor may not invite, or when nobody is left to write to.
    """
    check_version(run, version)
    if run.state is not RunState.APPLIED:
        raise Refusal(None, _("Only the people of an applied import can be invited."))
    if not actor.may(Permission.PEOPLE_INVITE):
        raise Refusal(None, _("You may not invite people."))
    wanted = [row for row in invitees(run.id) if row.standing == "to_write"]
    if not wanted:
        raise Refusal(None, _("Everyone of this import who has an address has been invited already."))
    linked: set[str] = set()
    for row in wanted:
        contact = db.session.get(Contact, row.contact_id)
        if contact is None or contact.email is None:
            continue
        new_link = None if contact.email in linked else link_for
        invite_contact(actor, contact=contact, link_for=new_link, sign_in_url=sign_in_url, firm=firm)
        linked.add(contact.email)
    record(actor, "import:people-invited", run, changes={"invited": [0, len(wanted)]})
    return len(wanted)


def with_access(contact_ids: Sequence[UUID]) -> bool:
    """Whether any of these contacts may enter the portal of their client now."""
    for start in range(0, len(contact_ids), CHUNK):
        query = (
            select(Membership.id)
            .join(Contact, (Contact.user_id == Membership.user_id) & (Contact.client_id == Membership.client_id))
            .where(Contact.id.in_(contact_ids[start : start + CHUNK]))
            .limit(1)
        )
        if db.session.scalar(query) is not None:
            return True
    return False
