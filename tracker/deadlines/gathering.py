"""Deadlines, queries: the dates of all features as one statement, each row saying where it comes from."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    CompoundSelect,
    Date,
    Select,
    String,
    Uuid,
    and_,
    cast,
    false,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy import type_coerce as as_type

from tracker.clients.enums import Duty
from tracker.clients.models import Membership, ProgramAccount, Statement
from tracker.coordination.enums import DelegationState, Party, TaskState
from tracker.coordination.models import Delegation, Partner, Task
from tracker.documents.enums import RequestState
from tracker.documents.models import DocumentRequest
from tracker.engagements.enums import EngagementState
from tracker.engagements.models import Engagement
from tracker.guarantees.enums import InstrumentState
from tracker.guarantees.models import Instrument

ASKED = (RequestState.REQUESTED, RequestState.RETURNED)
NO_TEXT: Any = cast(null(), String)
NO_DAY: Any = cast(null(), Date)
NO_ONE: Any = cast(null(), Uuid)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which dates: between two days, both included; of these clients and sources; and whether what is overdue comes too.

    Overdue can be a task, a document asked for or an unpaid statement: what ended or expired is no longer to be done.
    `mine` is a person: what they own, and what nobody owns of the clients they lead.
    """

    first: date
    last: date
    client_ids: Collection[UUID] | None = None
    sources: Collection[str] | None = None
    mine: UUID | None = None
    with_overdue: bool = False

    def between(self, column: Any) -> Any:
        """The condition on a day that passes by itself."""
        return column.between(self.first, self.last)

    def until(self, column: Any) -> Any:
        """The condition on a day by which something has to be done."""
        return column <= self.last if self.with_overdue else self.between(column)


def gathered(wanted: Wanted) -> CompoundSelect[Any]:
    """Columns: source, day, client_id, record_id, kind, title, number, of_day, owner_id, is_shown (to the contact)."""
    chosen = [part for source, part in _PARTS.items() if wanted.sources is None or source in wanted.sources]
    if not chosen:
        return union_all(_tasks(wanted).where(false()))
    return union_all(*(part(wanted) for part in chosen))


def is_mine(row: Any, user_id: UUID) -> ColumnElement[bool]:
    """Whether a gathered row is this person's to look after."""
    led = select(Membership.client_id).where(Membership.user_id == user_id, Membership.duty == Duty.LEAD)
    return or_(row.owner_id == user_id, and_(row.owner_id.is_(None), row.client_id.in_(led)))


def _part(
    source: str,
    day: Any,
    row: Any,
    wanted: Wanted,
    *,
    kind: Any = NO_TEXT,
    title: Any = NO_TEXT,
    number: Any = NO_TEXT,
    of_day: Any = NO_DAY,
    owner: Any = NO_ONE,
    is_shown: Any = None,
) -> Select[Any]:
    columns = (
        literal(source, String).label("source"),
        as_type(day, Date).label("day"),
        row.client_id.label("client_id"),
        row.id.label("record_id"),
        as_type(kind, String).label("kind"),
        as_type(title, String).label("title"),
        as_type(number, String).label("number"),
        as_type(of_day, Date).label("of_day"),
        as_type(owner, Uuid).label("owner_id"),
        as_type(false() if is_shown is None else is_shown, Boolean).label("is_shown"),
    )
    query = select(*columns)
    return query if wanted.client_ids is None else query.where(row.client_id.in_(wanted.client_ids))


def _statements(wanted: Wanted) -> Select[Any]:
    # Looked up for the few that are unpaid: PostgreSQL, which takes row security to hide nearly all, joined each with each.
    number = select(ProgramAccount.number).where(ProgramAccount.id == Statement.program_account_id).scalar_subquery()
    part = _part(
        "bill.due", Statement.due_on, Statement, wanted, number=number, of_day=Statement.period_end, is_shown=true()
    )
    return part.where(wanted.until(Statement.due_on), Statement.paid_on.is_(None), Statement.total_amount > 0)


def _tasks(wanted: Wanted) -> Select[Any]:
    is_shown = Task.is_client_visible.is_(True) & (Task.waiting_on == Party.CLIENT)
    part = _part(
        "task", Task.due_on, Task, wanted, kind=Task.kind, title=Task.title, owner=Task.owner_id, is_shown=is_shown
    )
    return part.where(wanted.until(Task.due_on), Task.state == TaskState.OPEN)


def _documents(wanted: Wanted) -> Select[Any]:
    row = DocumentRequest
    part = _part("document_request", row.due_on, row, wanted, kind=row.kind, title=row.title, owner=row.owner_id,
                 is_shown=row.is_client_visible)  # fmt: skip
    return part.where(wanted.until(row.due_on), row.state.in_(ASKED))


def _expiries(wanted: Wanted) -> Select[Any]:
    row = DocumentRequest
    part = _part("expiry", row.expires_on, row, wanted, kind=row.kind, title=row.title, owner=row.owner_id,
                 is_shown=row.is_client_visible)  # fmt: skip
    return part.where(wanted.between(row.expires_on), row.state == RequestState.ACCEPTED)


def _instruments(wanted: Wanted) -> Select[Any]:
    row = Instrument
    part = _part("instrument", row.valid_until, row, wanted, kind=row.kind, number=row.number, is_shown=true())
    return part.where(wanted.between(row.valid_until), row.state != InstrumentState.ENDED)


def _papers(wanted: Wanted) -> Select[Any]:
    row = Instrument
    part = _part("paper", row.answer_by_on, row, wanted, kind=row.kind, number=row.number, of_day=row.sent_on)
    return part.where(wanted.until(row.answer_by_on), row.state == InstrumentState.ISSUED)


def _reviews(wanted: Wanted) -> Select[Any]:
    part = _part("delegation", Delegation.review_on, Delegation, wanted, title=Partner.name)
    return part.join(Partner, Partner.id == Delegation.partner_id).where(
        wanted.between(Delegation.review_on), Delegation.state == DelegationState.APPROVED
    )


def _targets(wanted: Wanted) -> Select[Any]:
    part = _part(
        "engagement", Engagement.target_on, Engagement, wanted, kind=Engagement.template, owner=Engagement.lead_id
    )
    return part.where(wanted.between(Engagement.target_on), Engagement.state == EngagementState.OPEN)


_PARTS: Mapping[str, Callable[[Wanted], Select[Any]]] = {
    "bill.due": _statements,
    "task": _tasks,
    "document_request": _documents,
    "expiry": _expiries,
    "instrument": _instruments,
    "paper": _papers,
    "delegation": _reviews,
    "engagement": _targets,
}
