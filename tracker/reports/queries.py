"""Reports, queries: what a workbook can be asked for."""

from uuid import UUID

from sqlalchemy import func, select

from tracker.clients.enums import ClientState
from tracker.clients.models import Client
from tracker.coordination.enums import PartnerKind
from tracker.coordination.models import Partner
from tracker.platform.db import db


def partner_choices(kind: PartnerKind) -> list[tuple[UUID, str, str]]:
    """(id, name, language) of the active partners of this kind, by name."""
    query = (
        select(Partner.id, Partner.name, Partner.language)
        .where(Partner.kind == kind, Partner.is_active.is_(True))
        .order_by(Partner.name)
    )
    return [(row[0], row[1], row[2]) for row in db.session.execute(query)]


def partner_named(kind: PartnerKind, name: str) -> UUID | None:
    """The partner of this kind and name, case and blanks forgiven."""
    wanted = " ".join(name.split()).casefold()
    return next((key for key, found, _l in partner_choices(kind) if " ".join(found.split()).casefold() == wanted), None)


def partner_names() -> dict[UUID, str]:
    """The name of every partner, whether still active or not."""
    return {row[0]: row[1] for row in db.session.execute(select(Partner.id, Partner.name))}


def clients_counted() -> int:
    """How many active clients are in scope."""
    return db.session.scalar(select(func.count()).select_from(Client).where(Client.state == ClientState.ACTIVE)) or 0


def clients_to_pack() -> list[tuple[UUID, str, str | None, str]]:
    """(id, legal name, BN9, language) of every active client in scope, by name."""
    query = (
        select(Client.id, Client.legal_name, Client.bn9, Client.language)
        .where(Client.state == ClientState.ACTIVE)
        .order_by(Client.legal_name, Client.id)
    )
    return [(row[0], row[1], row[2], row[3]) for row in db.session.execute(query)]
