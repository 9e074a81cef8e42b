"""Engagements, queries: lists and one engagement as the pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from tracker.accounts.models import UserAccount
from tracker.clients.models import Client
from tracker.clients.queries import archived
from tracker.engagements.enums import EngagementState
from tracker.engagements.models import Engagement
from tracker.platform.db import db
from tracker.platform.pages import PAGE_SIZE, Page
from tracker.rulebook.book import rules_at
from tracker.rulebook.types import EngagementTemplate


@dataclass(frozen=True, slots=True)
class EngagementRow:
    """One engagement with its client, lead and template."""

    id: UUID
    client_id: UUID
    client_name: str
    template: EngagementTemplate
    stage: int
    stage_since: date
    state: EngagementState
    lead: str | None
    opened_on: date
    target_on: date | None
    closed_on: date | None
    closing_note: str | None
    version: int

    def is_late_on(self, day: date) -> bool:
        """Whether it is open past its target on `day`."""
        return self.state is EngagementState.OPEN and self.target_on is not None and self.target_on < day


def get(engagement_id: UUID) -> Engagement | None:
    """The engagement, None when it is not in scope."""
    return db.session.get(Engagement, engagement_id)


def page_of(
    number: int, today: date, *, template: str | None = None, state: str | None = "open"
) -> Page[EngagementRow]:
    """Engagements in scope, the nearest target first. Of an archived client none is open to be worked on."""
    conditions: list[ColumnElement[bool]] = []
    if template:
        conditions.append(Engagement.template == template)
    if state in ("open", "closed"):
        conditions.append(Engagement.state == EngagementState(state))
    if state == "open":
        conditions.append(Engagement.client_id.not_in(archived()))
    total = db.session.scalar(select(func.count()).select_from(Engagement).where(*conditions)) or 0
    query = _selected().where(*conditions).order_by(Engagement.target_on, Client.legal_name, Engagement.id)
    rows = db.session.execute(query.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE))
    return Page([_row(*row, today=today) for row in rows], number, int(total))


def engagements_of(client_id: UUID, today: date) -> list[EngagementRow]:
    """A client's engagements, open ones first, newest first."""
    query = _selected().where(Engagement.client_id == client_id)
    ordered = query.order_by(Engagement.state.desc(), Engagement.opened_on.desc(), Engagement.id)
    return [_row(*row, today=today) for row in db.session.execute(ordered)]


def row_of(engagement_id: UUID, today: date) -> EngagementRow | None:
    """One engagement as a page shows it."""
    row = db.session.execute(_selected().where(Engagement.id == engagement_id)).first()
    return _row(*row, today=today) if row else None


def open_for(client_ids: Sequence[UUID], template: str) -> set[UUID]:
    """Those of these clients that have an open engagement of this kind."""
    query = select(Engagement.client_id).where(
        Engagement.client_id.in_(client_ids),
        Engagement.template == template,
        Engagement.state == EngagementState.OPEN,
    )
    return set(db.session.scalars(query))


def _selected() -> Any:
    return (
        select(Engagement, Client.legal_name, UserAccount.name)
        .join(Client, Client.id == Engagement.client_id)
        .outerjoin(UserAccount, UserAccount.id == Engagement.lead_id)
    )


def _row(row: Engagement, client: str, lead: str | None, *, today: date) -> EngagementRow:
    return EngagementRow(
        row.id,
        row.client_id,
        client,
        rules_at(today).templates[row.template],
        row.stage,
        row.stage_since,
        row.state,
        lead,
        row.opened_on,
        row.target_on,
        row.closed_on,
        row.closing_note,
        row.version,
    )
