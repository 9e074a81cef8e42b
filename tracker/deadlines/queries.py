"""Deadlines, queries: every date of the features between two days, for the clients in scope, in one statement."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from tracker.clients.enums import ClientState
from tracker.clients.models import Client
from tracker.deadlines.gathering import Wanted, gathered
from tracker.deadlines.rules import Deadline, cycle_deadlines, in_order
from tracker.deadlines.wording import worded
from tracker.platform.db import db

MOST = 20_000
CONTACT_DAYS = 120  # as far as the firm's own page of a client looks ahead
CYCLE_DAYS = 45  # one round of statement and payment: every month after is like it


@dataclass(frozen=True, slots=True)
class Due:
    """What is overdue, the oldest first, and what comes next; each list capped, each count whole."""

    overdue: Sequence[Deadline]
    overdue_count: int
    ahead: Sequence[Deadline]
    ahead_count: int


def deadline_rows(today: date, days: int, client_ids: Iterable[UUID] | None = None) -> list[Deadline]:
    """Every date from today on within `days`, soonest first. One statement however many clients."""
    return deadlines_between(today, today + timedelta(days=days), client_ids)


def deadlines_between(first: date, last: date, client_ids: Iterable[UUID] | None = None) -> list[Deadline]:
    """Every date between two days, both included, soonest first."""
    ids = None if client_ids is None else list(client_ids)
    found = [worded(row, first) for row in db.session.execute(_of_clients(Wanted(first, last, ids)).limit(MOST))]
    return in_order([*cycle_deadlines(first, last), *found])


def due_around(today: date, days: int, most: int) -> Due:
    """What is overdue and what is due within `days`, at most `most` of each, with the counts of all."""
    last = today + timedelta(days=days)
    rows = _of_clients(Wanted(today, last, with_overdue=True)).subquery()
    is_overdue = rows.c.day < today
    order = (rows.c.day, rows.c.client_name, rows.c.record_id)
    numbered = select(
        rows,
        is_overdue.label("is_overdue"),
        func.row_number().over(partition_by=is_overdue, order_by=order).label("place"),
        func.count().over(partition_by=is_overdue).label("of_all"),
    ).subquery()
    found = db.session.execute(select(numbered).where(numbered.c.place <= most)).all()
    late = [row for row in found if row.is_overdue]
    soon = [row for row in found if not row.is_overdue]
    cycle = list(cycle_deadlines(today, last))
    return Due(
        overdue=in_order([worded(row, today) for row in late]),
        overdue_count=late[0].of_all if late else 0,
        ahead=in_order([*cycle, *(worded(row, today) for row in soon)]),
        ahead_count=len(cycle) + (soon[0].of_all if soon else 0),
    )


def dates_for_contact(client_id: UUID, today: date, most: int) -> list[Deadline]:
    """The next dates of one client that its own contact may know, soonest first; the cycle's own among them."""
    last = today + timedelta(days=CONTACT_DAYS)
    query = _of_clients(Wanted(today, last, [client_id]), is_shown=True).limit(most)
    found = [worded(row, today) for row in db.session.execute(query)]
    cycle = cycle_deadlines(today, today + timedelta(days=CYCLE_DAYS))
    return in_order([*cycle, *found])[:most]


def _of_clients(wanted: Wanted, *, is_shown: bool = False) -> Select[Any]:
    """The gathered rows of active clients. Joined to the client, so that the scope holds for every source at once."""
    rows = gathered(wanted).subquery("gathered")
    query = (
        select(rows, Client.legal_name.label("client_name"))
        .join(Client, Client.id == rows.c.client_id)
        .where(Client.state == ClientState.ACTIVE)
        .order_by(rows.c.day, Client.legal_name, rows.c.record_id)
    )
    return query.where(rows.c.is_shown) if is_shown else query
