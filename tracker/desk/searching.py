"""Desk, queries: one search over clients, accounts, people and partners."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select

from tracker.clients.models import Client, Contact, ProgramAccount
from tracker.clients.queries import search as search_clients
from tracker.clients.rules import squeeze
from tracker.coordination.models import Partner
from tracker.platform.db import db

MOST = 20


@dataclass(frozen=True, slots=True)
class Person:
    """A contact that was found."""

    client_id: UUID
    client: str
    name: str
    email: str | None


def people(text: str) -> list[Person]:
    """Contacts by name, however it is spaced or accented, or by address. Signs alone find nobody."""
    sought = squeeze(text)
    if not sought:
        return []
    query = (
        select(Contact.client_id, Client.legal_name, Contact.name, Contact.email)
        .join(Client, Client.id == Contact.client_id)
        .where(
            or_(
                Contact.name_key.contains(sought, autoescape=True),
                Contact.email.icontains(text.strip(), autoescape=True),
            )
        )
        .order_by(Contact.name, Contact.id)
        .limit(MOST)
    )
    return [Person(*row) for row in db.session.execute(query)]


def partners(text: str) -> list[tuple[UUID, str]]:
    """Partners by name, however it is spaced or accented. A firm has dozens of them, so they are compared here."""
    sought = squeeze(text)
    names = db.session.execute(select(Partner.id, Partner.name).order_by(Partner.name))
    return [(key, name) for key, name in names if sought and sought in squeeze(name)][:MOST]


def client_by_full_number(text: str) -> UUID | None:
    """The one client a full account number or BN9 means, typed with any spacing."""
    number = squeeze(text).upper()
    if len(number) == 15:
        return db.session.scalar(select(ProgramAccount.client_id).where(ProgramAccount.number == number))
    if len(number) == 9 and number.isdigit():
        return db.session.scalar(select(Client.id).where(Client.bn9 == number))
    return None


clients = search_clients
