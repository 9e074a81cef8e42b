"""Deadlines, queries: every date of the features between two days, for the clients in scope, in one statement."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, ScalarSelect, Select, Subquery, case, func, select, union_all

from tracker.accounts.models import UserAccount
from tracker.clients.enums import ClientState, Duty
from tracker.clients.models import Client, Membership
from tracker.coordination.models import Partner
from tracker.deadlines.gathering import Wanted, gathered, is_mine
from tracker.deadlines.rules import ASKS_NOTHING, KINDS, Deadline, DeadlineKind, in_order, sources_of
from tracker.deadlines.wording import worded, worded_cycle
from tracker.engagements.models import Engagement
from tracker.platform.db import db
from tracker.platform.pages import PAGE_SIZE, Page
from tracker.renewals.models import Renewal
from tracker.rulebook.calendar import ONE_DAY

MOST = 20_000
RANKS = {kind: rank for rank, kind in enumerate(DeadlineKind)}
CONTACT_DAYS = 120  # as far as the firm's own page of a client looks ahead
CONTACT_CYCLE = frozenset({"bill.soa_day", "bill.due", "rpp.review_deadline"})  # accounting and paper are others' work
CYCLE_DAYS = 45  # one round of statement and payment: every month after is like it


@dataclass(frozen=True, slots=True)
class Due:
    """What is overdue, the oldest first, and what comes next; each list capped, each count whole."""

    overdue: Sequence[Deadline]
    overdue_count: int
    ahead: Sequence[Deadline]
    ahead_count: int


@dataclass(frozen=True, slots=True)
class Filters:
    """What a calendar is narrowed to. None: not narrowed. `mine` is the person whose dates they are."""

    kind: DeadlineKind | None = None
    client_id: UUID | None = None
    mine: UUID | None = None

    def wanted(self, first: date, last: date, *, with_overdue: bool = False, any_kind: bool = False) -> Wanted:
        """The dates wanted between two days."""
        sources = None if self.kind is None or any_kind else sources_of(self.kind)
        return Wanted(
            first, last, None if self.client_id is None else [self.client_id], sources, self.mine, with_overdue
        )

    def has(self, kind: DeadlineKind) -> bool:
        """Whether dates of this kind are shown."""
        return self.kind in (None, kind)


@dataclass(frozen=True, slots=True)
class Days:
    """Days with their dates: some of each day, and how many each has in all; by kind, whatever kind is shown."""

    rows: dict[date, list[Deadline]]
    count_on: Counter[date]
    count_of: Counter[DeadlineKind]

    @property
    def count(self) -> int:
        """How many dates there are in all."""
        return self.count_on.total()


EVERY = Filters()


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of dates, and how many there are by kind, whatever kind is shown."""

    page: Page[Deadline]
    count_of: Counter[DeadlineKind]


def deadline_rows(today: date, days: int, client_ids: Iterable[UUID] | None = None) -> list[Deadline]:
    """Every date from today on within `days`, soonest first. One statement however many clients."""
    return deadlines_between(today, today + timedelta(days=days), client_ids)


def all_due(today: date, days: int, client_id: UUID | None = None) -> list[Deadline]:
    """What is overdue and every date within `days`, soonest first, for the workbooks: nothing is left out but by MOST."""
    late, _count = overdue(today, Filters(client_id=client_id), MOST)
    return [*late, *deadline_rows(today, days, None if client_id is None else [client_id])]


def deadlines_between(
    first: date, last: date, client_ids: Iterable[UUID] | None = None, *, mine: UUID | None = None, most: int = MOST
) -> list[Deadline]:
    """Every date between two days, both included, soonest first; of one person where `mine` names one.

    At most `most` of the clients'; what concerns all of them is never left out.
    """
    ids = None if client_ids is None else list(client_ids)
    query = _with_owner(_of_clients(Wanted(first, last, ids, mine=mine)).limit(most))
    found = [worded(row, first) for row in db.session.execute(query)]
    return in_order([*worded_cycle(first, last, first), *found])


def dates_page(first: date, last: date, number: int) -> Page[Deadline]:
    """A page of all the dates between two days, soonest first. Two statements however many dates."""
    return dates_listed(first, last, number, first, EVERY).page


def dates_listed(first: date, last: date, number: int, today: date, filters: Filters) -> Listed:
    """A page of the dates between two days, soonest first; of a day the cycle's own before the clients', and what law and
    contract set before what the firm did.

    Two statements however many dates. Those of the cycle are few and known; as many of the clients' are skipped as come
    before the page for certain, and what is read from there on is put in order with them.
    """
    cycle = worded_cycle(first, last, today)
    count_on, count_of = _counts(first, last, filters)
    shown = [row for row in cycle if filters.has(row.kind)]
    start = (number - 1) * PAGE_SIZE
    skipped = max(0, start - len(shown))
    rows = _of_clients(filters.wanted(first, last)).order_by(None).subquery()
    order = (rows.c.day, _rank(rows.c.source), rows.c.client_name, rows.c.record_id)
    query = select(rows).order_by(*order).limit(PAGE_SIZE + len(shown)).offset(skipped)
    found = [worded(row, today) for row in db.session.execute(_with_owner(query))]
    both = sorted([*shown, *found], key=_place)
    page = Page(both[start - skipped :][:PAGE_SIZE], number, count_on.total() + len(shown))
    return Listed(page, count_of + Counter(row.kind for row in cycle))


def _place(row: Deadline) -> tuple[date, bool, int]:
    return row.on, row.client_id is not None, RANKS[row.kind]


def dates_by_day(first: date, last: date, today: date, filters: Filters, per_day: int) -> Days:
    """The dates of each day between two, at most `per_day` of the clients' on each: what law and contract set comes first.

    Two statements however many dates.
    """
    count_on, count_of = _counts(first, last, filters)
    rows = _of_clients(filters.wanted(first, last)).order_by(None).subquery()
    order = (_rank(rows.c.source), rows.c.client_name, rows.c.record_id)
    place = func.row_number().over(partition_by=rows.c.day, order_by=order).label("place")
    numbered = select(rows, place).subquery()
    query = _with_owner(select(numbered).where(numbered.c.place <= per_day))
    found = [worded(row, today) for row in db.session.execute(query)]
    cycle = worded_cycle(first, last, today)
    by_day: dict[date, list[Deadline]] = {}
    shown = in_order([*(row for row in cycle if filters.has(row.kind)), *found])
    for row in sorted(shown, key=_place):
        by_day.setdefault(row.on, []).append(row)
    return Days(
        by_day,
        count_on + Counter(row.on for row in cycle if filters.has(row.kind)),
        count_of + Counter(row.kind for row in cycle),
    )


def _rank(source: Any) -> Any:
    return case({key: RANKS[kind] for key, kind in KINDS.items()}, value=source)


def _counts(first: date, last: date, filters: Filters) -> tuple[Counter[date], Counter[DeadlineKind]]:
    rows = _of_clients(filters.wanted(first, last, any_kind=True)).order_by(None).subquery()
    query = select(rows.c.day, rows.c.source, func.count().label("number")).group_by(rows.c.day, rows.c.source)
    count_on, count_of = Counter[date](), Counter[DeadlineKind]()
    for row in db.session.execute(query):
        count_of[KINDS[row.source]] += row.number
        count_on[row.day] += row.number if filters.has(KINDS[row.source]) else 0
    return +count_on, count_of


def overdue(today: date, filters: Filters, most: int) -> tuple[list[Deadline], int]:
    """What should have been done before today, the oldest first, at most `most`, and how many in all. One statement."""
    rows = _of_clients(filters.wanted(today, today - ONE_DAY, with_overdue=True)).order_by(None).subquery()
    order = (rows.c.day, rows.c.client_name, rows.c.record_id)
    counted = select(rows, func.count().over().label("of_all")).order_by(*order).limit(most)
    found = db.session.execute(_with_owner(counted)).all()
    return in_order([worded(row, today) for row in found]), found[0].of_all if found else 0


def due_around(today: date, days: int, most: int) -> Due:
    """What is overdue and what is due within `days`, at most `most` of each, with the counts of all.

    What asks nothing of anybody on its day is left to the calendar.
    """
    last = today + timedelta(days=days)
    rows = (
        _of_clients(Wanted(today, last, sources=KINDS.keys() - ASKS_NOTHING, with_overdue=True))
        .order_by(None)
        .cte("dates")
    )
    few = union_all(
        *(select(_first_of(rows, one, most).subquery()) for one in (rows.c.day < today, rows.c.day >= today))
    )
    found = [(row.day < today, row) for row in db.session.execute(_with_owner(select(few.subquery("both"))))]
    late = [row for is_late, row in found if is_late]
    soon = [row for is_late, row in found if not is_late]
    cycle = worded_cycle(today, last, today)
    return Due(
        overdue=in_order([worded(row, today) for row in late]),
        overdue_count=late[0].of_all if late else 0,
        ahead=in_order([*cycle, *(worded(row, today) for row in soon)]),
        ahead_count=len(cycle) + (soon[0].of_all if soon else 0),
    )


def _first_of(rows: CTE, which: ColumnElement[bool], most: int) -> Select[Any]:
    """The first of these rows, each with how many there are: a screenful is sorted out, the rest is only counted."""
    count = select(func.count()).select_from(rows).where(which).scalar_subquery()
    query = select(rows, count.label("of_all")).where(which)
    return query.order_by(rows.c.day, rows.c.client_name, rows.c.record_id).limit(most)


def dates_for_contact(client_id: UUID, today: date, most: int) -> list[Deadline]:
    """The next dates of one client that its own contact may know, soonest first; the cycle's own among them."""
    cycle = _contact_cycle(today, today + timedelta(days=CYCLE_DAYS))
    return in_order([*cycle, *_shown(Wanted(today, today + timedelta(days=CONTACT_DAYS), [client_id]), most)])[:most]


def dates_for_contact_between(first: date, last: date, most: int) -> list[Deadline]:
    """What a contact may know of all companies in scope between two days, soonest first: at most `most`, and the cycle's."""
    return in_order([*_contact_cycle(first, last), *_shown(Wanted(first, last), most)])


def _contact_cycle(first: date, last: date) -> list[Deadline]:
    return [row for row in worded_cycle(first, last, first) if row.source in CONTACT_CYCLE]


def _shown(wanted: Wanted, most: int) -> list[Deadline]:
    query = _with_owner(_of_clients(wanted, is_shown=True).limit(most))
    return [worded(row, wanted.first) for row in db.session.execute(query)]


def _of_clients(wanted: Wanted, *, is_shown: bool = False) -> Select[Any]:
    """The gathered rows of active clients. Joined to the client, so that the scope holds for every source at once."""
    rows = gathered(wanted).subquery("gathered")
    query = (
        select(rows, Client.legal_name.label("client_name"))
        .join(Client, Client.id == rows.c.client_id)
        .where(Client.state == ClientState.ACTIVE)
        .order_by(rows.c.day, Client.legal_name, rows.c.record_id)
    )
    if wanted.mine is not None:
        query = query.where(is_mine(rows.c, wanted.mine))
    return query.where(rows.c.is_shown) if is_shown else query


def _with_owner(few: Select[Any]) -> Select[Any]:
    """The rows chosen, each with who looks after it (its own owner, else who leads the client) and what set its day.

    Looked up for the few that are shown, not for all that are gathered.
    """
    rows = few.subquery("few")
    columns = (
        func.coalesce(_named(rows.c.owner_id), _lead_of(rows.c.client_id)).label("owner"),
        _of_engagement(Engagement.template, rows.c.of_id).label("template"),
        _of_engagement(Engagement.opened_on, rows.c.of_id).label("opened_on"),
        select(Partner.name).where(Partner.id == rows.c.of_id).scalar_subquery().label("provider"),
        _cause_of(rows).label("cause"),
    )
    return select(rows, *columns).order_by(rows.c.day, rows.c.client_name, rows.c.record_id)


def _of_engagement(column: Any, engagement_id: Any) -> ScalarSelect[Any]:
    return select(column).where(Engagement.id == engagement_id).scalar_subquery()


def _cause_of(rows: Subquery) -> ColumnElement[Any]:
    """What a renewal's file has to be through for on its target; none for a target of any other day or kind."""
    cause = select(func.min(Renewal.cause)).where(
        Renewal.client_id == rows.c.client_id, Renewal.engagement_id == rows.c.record_id, Renewal.by_on == rows.c.day
    )
    return case((rows.c.source == "engagement", cause.scalar_subquery()))


def _named(user_id: Any) -> ScalarSelect[str]:
    return select(UserAccount.name).where(UserAccount.id == user_id).scalar_subquery()


def _lead_of(client_id: Any) -> ScalarSelect[str]:
    return (
        select(func.min(UserAccount.name))
        .join(Membership, Membership.user_id == UserAccount.id)
        .where(Membership.client_id == client_id, Membership.duty == Duty.LEAD)
        .scalar_subquery()
    )
