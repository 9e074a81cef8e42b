"""Reports, queries: what a workbook can be asked for."""

from uuid import UUID

from sqlalchemy import select

from tracker.coordination.enums import PartnerKind
from tracker.coordination.models import Partner
from tracker.platform.db import db


def broker_choices() -> list[tuple[UUID, str]]:
    """(id, name) of the active brokers, by name."""
    query = (
        select(Partner.id, Partner.name)
        .where(Partner.kind == PartnerKind.BROKER, Partner.is_active.is_(True))
        .order_by(Partner.name)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def broker_named(name: str) -> UUID | None:
    """The broker of this name, case and blanks forgiven."""
    wanted = " ".join(name.split()).casefold()
    return next((key for key, found in broker_choices() if " ".join(found.split()).casefold() == wanted), None)
