"""Desk, queries: what a search finds beside clients and their people: partners, and the one client of a full number."""

from uuid import UUID

from sqlalchemy import select

from tracker.clients.models import Client, ProgramAccount
from tracker.clients.rules import squeeze
from tracker.coordination.models import Partner
from tracker.platform.db import db

MOST = 20


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
