"""Deadlines, queries: the dates of all features as one statement, each row saying where it comes from."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CompoundSelect,
    Date,
    Select,
    String,
    cast,
    false,
    literal,
    null,
    select,
    true,
    union_all,
)
from sqlalchemy import type_coerce as as_type

from tracker.clients.models import ProgramAccount, Statement
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


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which dates: between two days, both included; of these clients; and whether what is overdue comes with them.

    Overdue can be a task, a document asked for or an unpaid statement: what ended or expired is no longer to be done.
    """

    first: date
    last: date
    client_ids: Collection[UUID] | None = None
    with_overdue: bool = False

    def between(self, column: Any) -> Any:
        """The condition on a day that passes by itself."""
        return column.between(self.first, self.last)

    def until(self, column: Any) -> Any:
        """The condition on a day by which something has to be done."""
        return column <= self.last if self.with_overdue else self.between(column)


def gathered(wanted: Wanted) -> CompoundSelect[Any]:
    """Columns: source, day, client_id, record_id, kind, title, number, of_day, is_shown (to the client's contact)."""
    parts = [part(wanted) for part in (_statements, _tasks, _documents, _expiries, _instruments, _reviews, _targets)]
    return union_all(*parts)


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
        as_type(false() if is_shown is None else is_shown, Boolean).label("is_shown"),
    )
    query = select(*columns)
    return query if wanted.client_ids is None else query.where(row.client_id.in_(wanted.client_ids))


def _statements(wanted: Wanted) -> Select[Any]:
    part = _part(
        "bill.due", Statement.due_on, Statement, wanted,
        number=ProgramAccount.number, of_day=Statement.period_end, is_shown=true(),
    )  # fmt: skip
    return part.join(ProgramAccount, ProgramAccount.id == Statement.program_account_id).where(
        wanted.until(Statement.due_on), Statement.paid_on.is_(None), Statement.total_amount > 0
    )


def _tasks(wanted: Wanted) -> Select[Any]:
    is_shown = Task.is_client_visible.is_(True) & (Task.waiting_on == Party.CLIENT)
    part = _part("task", Task.due_on, Task, wanted, kind=Task.kind, title=Task.title, is_shown=is_shown)
    return part.where(wanted.until(Task.due_on), Task.state == TaskState.OPEN)


def _documents(wanted: Wanted) -> Select[Any]:
    row = DocumentRequest
    part = _part("document_request", row.due_on, row, wanted, kind=row.kind, title=row.title,
                 is_shown=row.is_client_visible)  # fmt: skip
    return part.where(wanted.until(row.due_on), row.state.in_(ASKED))


def _expiries(wanted: Wanted) -> Select[Any]:
    row = DocumentRequest
    part = _part("expiry", row.expires_on, row, wanted, kind=row.kind, title=row.title,
                 is_shown=row.is_client_visible)  # fmt: skip
    return part.where(wanted.between(row.expires_on), row.state == RequestState.ACCEPTED)


def _instruments(wanted: Wanted) -> Select[Any]:
    row = Instrument
    part = _part("instrument", row.valid_until, row, wanted, kind=row.kind, number=row.number, is_shown=true())
    return part.where(wanted.between(row.valid_until), row.state != InstrumentState.ENDED)


def _reviews(wanted: Wanted) -> Select[Any]:
    part = _part("delegation", Delegation.review_on, Delegation, wanted, title=Partner.name)
    return part.join(Partner, Partner.id == Delegation.partner_id).where(
        wanted.between(Delegation.review_on), Delegation.state == DelegationState.APPROVED
    )


def _targets(wanted: Wanted) -> Select[Any]:
    part = _part("engagement", Engagement.target_on, Engagement, wanted, kind=Engagement.template)
    return part.where(wanted.between(Engagement.target_on), Engagement.state == EngagementState.OPEN)
