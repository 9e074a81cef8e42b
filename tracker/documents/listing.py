"""Documents, queries: the filtered list of requests, what its chips count, and the choices its forms offer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, case, func, or_, select, true

from tracker.clients.enums import ClientState
from tracker.clients.models import Client, ProgramAccount
from tracker.clients.rules import fold
from tracker.clients.searching import holding
from tracker.documents.enums import RequestState
from tracker.documents.models import DocumentRequest
from tracker.documents.queries import RequestRow, is_late_on, is_new, request_rows, selected_requests
from tracker.documents.rules import OPEN
from tracker.documents.wording import event_word
from tracker.engagements.enums import EngagementState
from tracker.engagements.models import Engagement
from tracker.platform.audit import AuditEvent
from tracker.platform.clock import today
from tracker.platform.db import db
from tracker.platform.languages import language
from tracker.platform.pages import PAGE_SIZE, Page
from tracker.rulebook.book import rules_at

VIEWS = ("open", "late", "new", "requested", "received", "under_review", "returned", "accepted", "expired", "all")
SORTS: Mapping[str, Any] = {
    "due": DocumentRequest.due_on,
    "client": Client.legal_name,
    "requested": DocumentRequest.requested_on,
    "state": DocumentRequest.state,
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What the address of the list asks for; anything unknown reads as the default."""

    view: str = "open"
    kind: str | None = None
    owner_id: UUID | None = None
    q: str | None = None
    sort: str = "due"


def listed(filters: Filters, number: int) -> Page[RequestRow]:
    """One page of the active clients' requests, fifty rows."""
    query = _filtered(selected_requests(), filters)
    total = db.session.scalar(_filtered(_counting(func.count(DocumentRequest.id)), filters)) or 0
    rows = query.order_by(*_order(filters.sort)).limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)
    return Page(request_rows(rows, is_sorted=True), number, total)


def counts() -> dict[str, int]:
    """How many requests of active clients each chip of the list stands for, in one statement."""
    sums = [func.sum(case((_in_view(view), 1), else_=0)) for view in VIEWS]
    row = db.session.execute(_counting(*sums).where(Client.state == ClientState.ACTIVE)).one()
    return {view: int(count or 0) for view, count in zip(VIEWS, row, strict=True)}


def _counting(*columns: Any) -> Select[Any]:
    statement: Select[Any] = select(*columns).select_from(DocumentRequest)
    return statement.join(Client, Client.id == DocumentRequest.client_id)


def _filtered(query: Select[Any], filters: Filters) -> Select[Any]:
    query = query.where(Client.state == ClientState.ACTIVE, _in_view(filters.view))
    if filters.kind:
        query = query.where(DocumentRequest.kind == filters.kind)
    if filters.owner_id:
        query = query.where(DocumentRequest.owner_id == filters.owner_id)
    if filters.q:
        query = query.where(_matches(filters.q))
    return query


def _in_view(view: str) -> Any:
    over = and_(DocumentRequest.state == RequestState.ACCEPTED, DocumentRequest.expires_on < today())
    conditions = {
        "open": DocumentRequest.state.in_(OPEN),
        "late": is_late_on(today()),
        "new": is_new(),
        "expired": or_(DocumentRequest.state == RequestState.EXPIRED, over),
        "accepted": and_(
            DocumentRequest.state == RequestState.ACCEPTED,
            or_(DocumentRequest.expires_on.is_(None), DocumentRequest.expires_on >= today()),
        ),
        "all": DocumentRequest.id.is_not(None),
    }
    return conditions[view] if view in conditions else DocumentRequest.state == RequestState(view)


def _matches(text: str) -> Any:
    """Client names and numbers, typed titles, and the rulebook's names in both languages."""
    sought = fold(text)
    kinds = [
        kind.key
        for kind in rules_at(today()).documents.values()
        if sought in fold(kind.name.en) or sought in fold(kind.name.fr)
    ]
    return or_(
        and_(true(), *holding(text)),
        func.lower(DocumentRequest.title).contains(text.lower(), autoescape=True),
        DocumentRequest.kind.in_(kinds),
    )


def _order(sort: str) -> tuple[Any, ...]:
    column = SORTS.get(sort.removeprefix("-"), DocumentRequest.due_on)
    nothing_last = case((column.is_(None), 1), else_=0)
    return nothing_last, column.desc() if sort.startswith("-") else column, Client.legal_name, DocumentRequest.id


def client_name(client_id: UUID) -> str | None:
    """The legal name; None when the client is not in scope."""
    found: str | None = db.session.scalar(select(Client.legal_name).where(Client.id == client_id))
    return found


CHOICES = 500


def client_choices(ticked: list[UUID]) -> list[tuple[UUID, str]]:
    """(id, legal name) of the first 500 active clients in scope and of those ticked already, by name."""
    query = select(Client.id, Client.legal_name).where(Client.state == ClientState.ACTIVE)
    ordered = query.order_by(Client.legal_name, Client.id)
    rows = {row[0]: row[1] for row in db.session.execute(ordered.limit(CHOICES))}
    if not rows.keys() >= set(ticked):
        rows |= {row[0]: row[1] for row in db.session.execute(query.where(Client.id.in_(ticked)))}
    return sorted(rows.items(), key=lambda row: (row[1].casefold(), str(row[0])))


def account_choices(client_id: UUID) -> list[tuple[str, str]]:
    """(id, number) of the client's open program accounts."""
    query = select(ProgramAccount.id, ProgramAccount.number).where(
        ProgramAccount.client_id == client_id, ProgramAccount.is_closed.is_(False)
    )
    return [(str(row[0]), row[1]) for row in db.session.execute(query.order_by(ProgramAccount.number))]


def engagement_choices(client_id: UUID) -> list[tuple[str, str]]:
    """(id, name) of the client's open engagements, in the reader's language."""
    query = select(Engagement.id, Engagement.template).where(
        Engagement.client_id == client_id, Engagement.state == EngagementState.OPEN
    )
    templates = rules_at(today()).templates
    rows = db.session.execute(query.order_by(Engagement.opened_on, Engagement.id))
    return [(str(key), templates[name].name.in_(language()) if name in templates else name) for key, name in rows]


@dataclass(frozen=True, slots=True)
class EventRow:
    """One thing that happened to a request."""

    at: datetime
    word: str
    summary: str
    actor_name: str


def history_of(request_id: UUID) -> list[EventRow]:
    """What happened to a request in scope, newest first."""
    query = (
        select(AuditEvent.at, AuditEvent.event, AuditEvent.summary, AuditEvent.actor_name)
        .where(AuditEvent.subject_id == str(request_id))
        .order_by(AuditEvent.seq.desc())
        .limit(100)
    )
    return [EventRow(at, event_word(name), summary, who) for at, name, summary, who in db.session.execute(query)]
