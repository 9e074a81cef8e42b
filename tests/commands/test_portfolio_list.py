"""The portfolio counts over standings alone: the same clients and counts as the plain rule, whoever asks, for any filter."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import cycle, product
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.conftest import Cast, StatementCount
from tests.factories import DAY, as_firm
from tracker.accounts import queries as accounts
from tracker.clients.enums import ClientState, Duty
from tracker.clients.models import Client, Membership
from tracker.desk.monday import monday
from tracker.desk.portfolio import Wanted, counts, portfolio, silent_before
from tracker.guarantees.rules.life import ENDING_DAYS
from tracker.platform.actor import SYSTEM
from tracker.platform.audit import record
from tracker.platform.db import db, transaction
from tracker.platform.pages import PAGE_SIZE
from tracker.platform.tenancy import Scope, enter
from tracker.readiness.models import NEVER, Standing

AMOUNTS, ENDS, PARTIES = (
    (0, 0, 1, 90_000),
    (None, -1, 0, 90, 91),
    (None, "client", "broker", "surety", "cbsa", None, None),
)
LATE, MANAGERS = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2), (2, 1, 0, 3, 2, 2, 2, 2, 2, 2, 2, 2, 5)
READ = (DAY, silent_before(DAY), silent_before(DAY) - timedelta(days=1), NEVER, None, *[DAY] * 12)
Condition = Callable[[Standing], bool]


def ends_soon(standing: Standing) -> bool:
    return standing.security_ends_on is not None and 0 <= (standing.security_ends_on - DAY).days <= ENDING_DAYS


def is_silent(standing: Standing) -> bool:
    return standing.figure_read_on is not None and standing.figure_read_on < silent_before(DAY)


FILTERS: dict[str, Condition] = {
    "blocked": lambda it: not it.may_release,
    "ready": lambda it: it.may_release,
    "short": lambda it: it.shortfall_amount > 0,
    "ending": ends_soon,
    "silent": is_silent,
    "one_bam": lambda it: it.bam_count < 2,
    "late_documents": lambda it: it.late_documents > 0,
    "late_tasks": lambda it: it.late_tasks > 0,
    **{party: lambda it, party=party: it.waiting_on == party for party in ("client", "broker", "surety", "cbsa")},  # type: ignore[misc]
}
RISKS = ("short", "ending", "one_bam", "late_documents", "silent")
FILTERS["risk"] = lambda it: any(FILTERS[key](it) for key in RISKS)


@pytest.fixture(autouse=True)
def travel() -> Iterator[None]:
    with time_machine.travel("2026-11-23T15:00:00Z", tick=False):
        yield


@pytest.fixture
def colin(inside: Flask, cast: Cast) -> UUID:
    """127 clients of every standing, some put away, one not worked out yet. Colin works for a third and leads a few."""
    person = accounts.by_email(cast.emails["colin"])
    assert person is not None
    key = person.id
    as_firm()
    with transaction() as session:
        for number in range(125):
            state = ClientState.ARCHIVED if number % 6 == 0 else ClientState.ACTIVE
            name = f"{'Birch' if number % 4 else 'Cedar'} {number // 2:03d}"  # some share a name
            session.add(row := Client(legal_name=name, search_key=name.casefold(), state=state))
            record(SYSTEM, "factory:made", row, client_id=row.id)
    with transaction() as session:
        rows = list(session.scalars(select(Client).order_by(Client.legal_name, Client.id)))
        for number, client in enumerate(rows):
            if number % 3 == 0 and client.id not in (cast.client_a, cast.client_b):
                duty = Duty.LEAD if number % 9 == 0 else Duty.TEAM
                session.add(Membership(user_id=key, client_id=client.id, duty=duty))
        _vary(list(session.scalars(select(Standing).order_by(Standing.client_id))))
    return key


def _vary(standings: list[Standing]) -> None:
    """Each standing another; the cycles have no common divisor, so that each value meets each."""
    kinds = zip(
        standings, cycle(AMOUNTS), cycle(ENDS), cycle(PARTIES), cycle(LATE), cycle(MANAGERS), cycle(READ), strict=False
    )
    for number, (standing, amount, days, party, late, managers, read_on) in enumerate(kinds):
        standing.shortfall_amount, standing.bam_count, standing.waiting_on = amount, managers, party
        standing.security_ends_on = None if days is None else DAY + timedelta(days=days)
        standing.late_documents, standing.late_tasks = late, int(number % 19 == 0)
        standing.figure_read_on, standing.may_release = read_on, number % 7 > 2
    db.session.delete(standings[-1])


def by_rule(wanted: Wanted, leads: set[UUID]) -> list[Client]:
    """What the list says it shows, worked out client by client from everything in scope."""
    standings = {row.client_id: row for row in db.session.scalars(select(Standing))}
    is_wanted = FILTERS.get(wanted.status)

    def is_shown(client: Client) -> bool:
        standing = standings.get(client.id)
        return (
            client.state is (ClientState.ARCHIVED if wanted.status == "archived" else ClientState.ACTIVE)
            and all(word in client.search_key for word in wanted.text.split())
            and (wanted.owner_id is None or client.id in leads)
            and (is_wanted is None or (standing is not None and is_wanted(standing)))
        )

    return sorted(filter(is_shown, db.session.scalars(select(Client))), key=lambda row: (row.legal_name, row.id.hex))


@pytest.mark.parametrize("reader", ["firm", "colin", "nobody"])
def test_list_and_filters_equal_the_plain_rule(colin: UUID, reader: str) -> None:
    of_colin = select(Membership.client_id).where(Membership.user_id == colin, Membership.duty == Duty.LEAD)
    leads = set(db.session.scalars(of_colin))
    enter(db.session(), {"firm": Scope.firm("test"), "colin": Scope.member(colin), "nobody": Scope.nothing()}[reader])
    for text, owner_id in product(("", "birch", "birch 00"), (None, colin)):
        said = counts(Wanted(text, "ready", owner_id), DAY)
        assert said.keys() == {"all", *FILTERS}
        for status in ("", "archived", "nonsense", *FILTERS):
            wanted = Wanted(text, status, owner_id)
            rule = by_rule(wanted, leads)
            assert wanted.counted_in(said) in (None, len(rule)), wanted
            assert status in ("archived", "nonsense") or said[status or "all"] == len(rule), wanted
            _compare(wanted, rule, None)
            _compare(wanted, rule, wanted.counted_in(said))


def _compare(wanted: Wanted, rule: list[Client], total: int | None) -> None:
    for number in (1, 2):
        shown = portfolio(Wanted(wanted.text, wanted.status, wanted.owner_id, page=number), DAY, total)
        start = (number - 1) * PAGE_SIZE
        assert shown.total == len(rule), wanted
        assert [row.id for row in shown.rows] == [row.id for row in rule[start : start + PAGE_SIZE]], wanted


def test_every_filter_finds_some_and_leaves_some(colin: UUID) -> None:
    """So that the comparison above compares something."""
    enter(db.session(), Scope.firm("test"))
    said = counts(Wanted(), DAY)
    assert said["all"] > 2 * PAGE_SIZE
    assert all(0 < said[key] < said["all"] for key in FILTERS), said


@pytest.mark.parametrize("reader", ["firm", "colin", "nobody"])
def test_desk_counts_the_same_clients(colin: UUID, reader: str) -> None:
    enter(db.session(), {"firm": Scope.firm("test"), "colin": Scope.member(colin), "nobody": Scope.nothing()}[reader])
    said, desk = counts(Wanted(), DAY), monday(DAY)
    assert (desk.clients, desk.ready, desk.risk_count) == (said["all"], said["ready"], said["risk"])


def test_list_and_filters_take_four_statements(colin: UUID, sql: StatementCount) -> None:
    enter(db.session(), Scope.firm("test"))
    for wanted, statements in ((Wanted(), 4), (Wanted("birch", "short", colin), 4), (Wanted(status="archived"), 5)):
        db.session.rollback()
        sql.reset()
        portfolio(wanted, DAY, wanted.counted_in(counts(wanted, DAY)))
        assert len(sql) == statements, sql.statements
