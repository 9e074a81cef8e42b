"""Deadlines, queries: the dates of all features as one statement, each row saying where it comes from."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    CompoundSelect,
    Date,
    ScalarSelect,
    Select,
    String,
    Uuid,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy import type_coerce as as_type
from sqlalchemy.orm import aliased

from tracker.clients.enums import Duty
from tracker.clients.models import Membership, ProgramAccount, Statement
from tracker.coordination.enums import DelegationState, Party, TaskState
from tracker.coordination.models import Delegation, Partner, Task
from tracker.documents.enums import RequestState
from tracker.documents.models import DocumentRequest
from tracker.engagements.enums import EngagementState
from tracker.engagements.models import Engagement
from tracker.guarantees.enums import InstrumentState, SecurityForm
from tracker.guarantees.models import Instrument, PortalFigure
from tracker.guarantees.rules.review import CONFIRM_DAYS, rolls_off_on
from tracker.guarantees.rules.sizing import LOOKBACK, PCT, bounds_of
from tracker.platform.money import to_cents
from tracker.platform.shifting import DaysAfter
from tracker.renewals.enums import Cause
from tracker.renewals.models import Renewal
from tracker.rulebook.book import rules_at
from tracker.rulebook.calendar import period_end
from tracker.rulebook.types import Rules

ASKED = (RequestState.REQUESTED, RequestState.RETURNED)
NO_TEXT: Any = cast(null(), String)
NO_DAY: Any = cast(null(), Date)
NO_ONE: Any = cast(null(), Uuid)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which dates: between two days, both included; of these clients and sources; and whether what is overdue comes too.

    Overdue can be a task, a document asked for, an unpaid statement or paper with CBSA: what ended or expired is no longer
    to be done.
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
    """Columns: source, day, client_id, record_id, kind, title, number, of_day, owner_id, is_shown (to the contact), of_id, finding.

    `of_day` is the day the date is about or counts from, `of_id` the record that says by what rule it was set: an
    engagement, a provider.
    """
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
    of: Any = NO_ONE,
    finding: Any = NO_TEXT,
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
        as_type(of, Uuid).label("of_id"),
        as_type(finding, String).label("finding"),
    )
    query = select(*columns)
    return query if wanted.client_ids is None else query.where(row.client_id.in_(wanted.client_ids))


def _statements(wanted: Wanted) -> Select[Any]:
    row = Statement
    part = _part("bill.due", row.due_on, row, wanted, number=_number_of(row), of_day=row.period_end,
                 is_shown=true())  # fmt: skip
    return part.where(wanted.until(row.due_on), row.paid_on.is_(None), row.total_amount > 0)


def _tasks(wanted: Wanted) -> Select[Any]:
    is_shown = Task.is_client_visible.is_(True) & (Task.waiting_on == Party.CLIENT)
    part = _part("task", Task.due_on, Task, wanted, kind=Task.kind, title=Task.title, owner=Task.owner_id,
                 is_shown=is_shown, of=Task.engagement_id, of_day=Task.waiting_since, finding=Task.finding)  # fmt: skip
    return part.where(wanted.until(Task.due_on), Task.state == TaskState.OPEN)


def _documents(wanted: Wanted) -> Select[Any]:
    row = DocumentRequest
    part = _part("document_request", row.due_on, row, wanted, kind=row.kind, title=row.title, owner=row.owner_id,
                 is_shown=row.is_client_visible, of=row.engagement_id, of_day=row.requested_on,
                 finding=row.finding)  # fmt: skip
    return part.where(wanted.until(row.due_on), row.state.in_(ASKED))


def _expiries(wanted: Wanted) -> Select[Any]:
    row = DocumentRequest
    part = _part("expiry", row.expires_on, row, wanted, kind=row.kind, title=row.title, owner=row.owner_id,
                 is_shown=row.is_client_visible, of_day=row.decided_on)  # fmt: skip
    return part.where(wanted.between(row.expires_on), row.state == RequestState.ACCEPTED)


def _instruments(wanted: Wanted) -> Select[Any]:
    row = Instrument
    noticed_on = case((row.state == InstrumentState.ENDING, row.notice_received_on))  # one withdrawn says nothing
    part = _part("instrument", row.valid_until, row, wanted, kind=row.kind, number=row.number, is_shown=true(),
                 of=row.provider_id, of_day=noticed_on)  # fmt: skip
    return part.where(wanted.between(row.valid_until), row.state != InstrumentState.ENDED)


def _papers(wanted: Wanted) -> Select[Any]:
    row = Instrument
    part = _part("paper", row.answer_by_on, row, wanted, kind=row.kind, number=row.number, of_day=row.sent_on)
    return part.where(wanted.until(row.answer_by_on), row.state == InstrumentState.ISSUED)


def _reviews(wanted: Wanted) -> Select[Any]:
    row = Delegation
    part = _part("delegation", row.review_on, row, wanted, title=Partner.name, of_day=row.decided_on)
    return part.join(Partner, Partner.id == Delegation.partner_id).where(
        wanted.between(Delegation.review_on), Delegation.state == DelegationState.APPROVED
    )


def _targets(wanted: Wanted) -> Select[Any]:
    row = Engagement
    part = _part("engagement", row.target_on, row, wanted, kind=row.template, owner=row.lead_id, of=row.id,
                 of_day=row.opened_on)  # fmt: skip
    return part.where(wanted.between(row.target_on), row.state == EngagementState.OPEN)


def _figures(wanted: Wanted) -> Select[Any]:
    """The day until which an open account's newest figure of CBSA's portal stands by the firm's own measure."""
    row, newer, kept = PortalFigure, aliased(PortalFigure), timedelta(days=CONFIRM_DAYS)
    replaced = exists().where(
        newer.program_account_id == row.program_account_id,
        or_(
            newer.read_on > row.read_on,
            and_(newer.read_on == row.read_on, newer.noted_at > row.noted_at),
            and_(newer.read_on == row.read_on, newer.noted_at == row.noted_at, newer.id > row.id),
        ),
    )
    part = _part("portal_figure", DaysAfter(row.read_on, CONFIRM_DAYS), row, wanted, of_day=row.read_on,
                 number=_number_of(row), of=row.program_account_id)  # fmt: skip
    stands = row.read_on.between(wanted.first - kept, wanted.last - kept)
    return part.where(stands, ~replaced, _is_of_open_account(row))


def _roll_offs(wanted: Wanted) -> Select[Any]:
    """The day on which an account's highest month leaves the look-back, where its requirement falls with that.

    What guarantees' own rule comes to, one account at a time: on the statements on file, of which a later one at least has
    to be known; what lies under the floor or above the cap falls by nothing.
    """
    row, later, days = Statement, aliased(Statement), _days_of_leaving(wanted.first, wanted.last)
    part = _part("roll_off", row.period_end, row, wanted)
    if not days or LOOKBACK not in rules_at(wanted.last).facts:
        return part.where(false())
    on = case(*((row.period_end == end, day) for end, day in days.items()))
    following = select(func.max(later.charges_amount)).where(
        later.program_account_id == row.program_account_id, later.period_end > row.period_end, later.period_end < on
    ).scalar_subquery()  # fmt: skip
    part = _part("roll_off", on, row, wanted, of_day=row.period_end, number=_number_of(row), of=row.program_account_id)
    return part.where(
        row.period_end.in_(days), row.charges_amount > 0, row.charges_amount > following, _is_of_open_account(row),
        _falls(row, following, rules_at(wanted.last)),
    )  # fmt: skip


def _days_of_leaving(first: date, last: date) -> dict[date, date]:
    """The ends of billing periods that leave the look-back between two days, each with its day."""
    months = range((first.year - 1) * 12 + first.month - 2, (last.year - 1) * 12 + last.month)
    ends = [period_end(at // 12, at % 12 + 1) for at in months]
    return {end: rolls_off_on(end) for end in ends if first <= rolls_off_on(end) <= last}


def _falls(row: Any, following: Any, rules: Rules) -> ColumnElement[bool]:
    """Whether floor and cap of the account's form let the requirement fall from one month's to the other's.

    Where nothing was owed nothing is required, and the floor does not hold.
    """
    form = select(ProgramAccount.security_form).where(ProgramAccount.id == row.program_account_id).scalar_subquery()
    each = []
    for one in SecurityForm:
        (floor, cap), percent = bounds_of(one, rules), Decimal(str(rules.fact(PCT[one]).value))
        is_over = true() if floor is None else or_(following <= 0, row.charges_amount > to_cents(floor * 100 / percent))
        is_under = true() if cap is None else following < to_cents(cap * 100 / percent)
        each.append(and_(form == one.value, is_over, is_under))
    return or_(*each)


def _renewals_for_an_end(wanted: Wanted) -> Select[Any]:
    return _renewals("renewal_end", Cause.ENDING, wanted)


def _renewals_for_a_review(wanted: Wanted) -> Select[Any]:
    return _renewals("renewal_review", Cause.REVIEW, wanted)


def _renewals(source: str, cause: Cause, wanted: Wanted) -> Select[Any]:
    """The day by which an open file has to be through for one account, unless that is the file's own target.

    A shortfall has no such day: it is there already, and its file's target is the day its steps allow.
    """
    row = Renewal
    lead = select(Engagement.lead_id).where(Engagement.id == row.engagement_id).scalar_subquery()
    is_another_day = exists().where(
        Engagement.id == row.engagement_id,
        Engagement.state == EngagementState.OPEN,
        or_(Engagement.target_on.is_(None), Engagement.target_on != row.by_on),
    )
    part = _part(source, row.by_on, row, wanted, number=_number_of(row), owner=lead, of=row.engagement_id,
                 of_day=row.opened_on)  # fmt: skip
    return part.where(wanted.between(row.by_on), row.cause == cause, is_another_day)


def _number_of(row: Any) -> ScalarSelect[str]:
    # Looked up for the few: PostgreSQL, which takes row security to hide nearly all, joined each with each.
    return select(ProgramAccount.number).where(ProgramAccount.id == row.program_account_id).scalar_subquery()


def _is_of_open_account(row: Any) -> ColumnElement[bool]:
    return exists().where(ProgramAccount.id == row.program_account_id, ProgramAccount.is_closed.is_(False))


_PARTS: Mapping[str, Callable[[Wanted], Select[Any]]] = {
    "bill.due": _statements,
    "task": _tasks,
    "document_request": _documents,
    "expiry": _expiries,
    "instrument": _instruments,
    "paper": _papers,
    "delegation": _reviews,
    "engagement": _targets,
    "portal_figure": _figures,
    "roll_off": _roll_offs,
    "renewal_end": _renewals_for_an_end,
    "renewal_review": _renewals_for_a_review,
}
