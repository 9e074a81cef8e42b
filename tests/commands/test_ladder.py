"""The ladder ranks on kept covers: equal to what the rows say, on every day, for however many accounts."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from tests.conftest import Cast, StatementCount
from tests.factories import (
    DAY,
    as_firm,
    make_account,
    make_allocation,
    make_client,
    make_instrument,
    make_statement,
)
from tracker.clients.enums import ClientState
from tracker.clients.models import Client, ProgramAccount
from tracker.guarantees.cover import covers
from tracker.guarantees.enums import InstrumentKind, InstrumentState
from tracker.guarantees.horizon import Horizon
from tracker.guarantees.ladder import BANDS, Ladder, ladder
from tracker.guarantees.models import KeptCover, PortalFigure
from tracker.guarantees.outlook import outlook
from tracker.platform.actor import SYSTEM
from tracker.platform.audit import record
from tracker.platform.db import db, transaction
from tracker.rulebook.book import rules_at

RULES = rules_at(DAY)


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel("2026-11-23T15:00:00Z", tick=False):
        yield


@pytest.fixture
def firm(inside: Flask, cast: Cast) -> list[ProgramAccount]:
    """Six accounts: short, covered by a bond that ends, covered, thin, reducible, and one nobody knows anything about."""
    made = []
    for number in range(6):
        client = make_client(legal_name=f"Firm {number}", bn9=None)
        made.append(make_account(client, number=f"70000000{number}RM0001"))
    for account, amount in zip(made[:5], (90_000, 60_000, 40_000, 50_000, 30_000), strict=True):
        make_statement(account, charges_amount=Decimal(amount))
    make_statement(
        made[2], period_start=date(2025, 10, 18), period_end=date(2025, 11, 17), charges_amount=Decimal(48_000)
    )
    bond(made[1], 36_000, valid_until=date(2026, 12, 31))
    bond(made[2], 26_000)
    bond(made[3], 27_000)
    bond(made[4], 40_000)
    bond(made[0], 10_000, kind=InstrumentKind.LETTER_OF_CREDIT)
    bond(made[0], 5_000, valid_from=date(2027, 1, 1))
    figure(made[4], "22000")
    return made


def bond(account: ProgramAccount, amount: int, **over: Any) -> None:
    client = db.session.get_one(Client, account.client_id)
    make_allocation(make_instrument(client, amount=Decimal(amount), **over), account)


def figure(
    account: ProgramAccount, amount: str, read_on: date = date(2026, 11, 2), counts_from: date | None = None
) -> None:
    with transaction() as session:
        row = PortalFigure(
            client_id=account.client_id,
            program_account_id=account.id,
            amount=Decimal(amount),
            read_on=read_on,
            read_by="Priya",
            counts_from=counts_from,
        )
        session.add(row)
        record(SYSTEM, "portal-figure:noted", row)


def seen(horizon: str | None = None, *, today: date = DAY, band: str | None = None) -> Ladder:
    return ladder(rules_at(today), Horizon.of(horizon, today), 1, today, warning_percent=120, band=band)


def by_hand(day: date, today: date = DAY) -> list[tuple[Decimal, Decimal, Decimal]]:
    """The same worked out from the rows of every account, without anything kept."""
    rows = []
    for cover in covers(rules_at(today), as_of=today):
        required = outlook(cover, rules_at(today)).required_on(day) if day > today else cover.required_amount
        posted = cover.posted_on(day)
        rows.append((max(required - posted, Decimal(0)), required, posted))
    return sorted(rows, reverse=True)


@pytest.mark.parametrize("asked", [None, "deadline", "review", "2026-12-31", "2027-01-01", "2028-06-01"])
def test_ladder_equals_the_rows_on_any_day(firm: list[ProgramAccount], asked: str | None) -> None:
    horizon = Horizon.of(asked, DAY)
    found = seen(asked)
    shown = [(rung.shortfall_amount, rung.required_amount, rung.posted_amount) for rung in found.page.rows]
    assert sorted(shown, reverse=True) == by_hand(horizon.day)
    assert [row[0] for row in shown] == sorted((row[0] for row in shown), reverse=True)
    sums = [sum(column, Decimal(0)) for column in zip(*shown, strict=True)]
    assert [found.sums.shortfall_amount, found.sums.required_amount, found.sums.posted_amount] == sums
    assert found.sums.accounts == len(shown) == found.page.total


def test_instrument_takes_its_cover_away_on_its_day(firm: list[ProgramAccount]) -> None:
    def short(day: str) -> Decimal:
        return next(r for r in seen(day).page.rows if r.cover.account_id == firm[1].id).shortfall_amount

    assert short("2026-12-31") == 0
    assert short("2027-01-01") == Decimal(30_000)


def test_bands_count_and_list_the_same(firm: list[ProgramAccount]) -> None:
    sums = seen().sums
    assert (sums.short, sums.thin, sums.ending, sums.rising, sums.reducible) == (1, 1, 1, 1, 1)
    assert sums.unknown == sums.accounts - 5
    for band in BANDS:
        listed = seen(band=band)
        assert listed.page.total == len(listed.page.rows) == getattr(sums, band)
    assert [rung.cover.account_id for rung in seen(band="rising").page.rows] == [firm[2].id]
    assert [rung.cover.account_id for rung in seen(band="reducible").page.rows] == [firm[4].id]


def test_kept_cover_is_not_trusted_past_its_day(firm: list[ProgramAccount]) -> None:
    """Nobody ran the daily job for six weeks: the bond that ended in the meantime covers nothing."""
    later = date(2027, 1, 4)
    with time_machine.travel("2027-01-04T15:00:00Z", tick=False):
        found = seen(today=later)
        shown = [(rung.shortfall_amount, rung.required_amount, rung.posted_amount) for rung in found.page.rows]
        assert sorted(shown, reverse=True) == by_hand(later, later)
        assert next(r for r in found.page.rows if r.cover.account_id == firm[1].id).shortfall_amount == Decimal(30_000)
        assert [row[0] for row in shown] == sorted((row[0] for row in shown), reverse=True)


@pytest.mark.parametrize(
    ("number", "until"),
    [(0, date(2026, 12, 17)), (1, date(2026, 12, 17))],
)
def test_kept_cover_holds_until_something_moves(firm: list[ProgramAccount], number: int, until: date) -> None:
    row = db.session.scalars(select(KeptCover).where(KeptCover.program_account_id == firm[number].id)).one()
    assert row.holds_until == until  # the window moves on the 18th, before the bond ends


def test_kept_cover_holds_until_its_bond_ends(firm: list[ProgramAccount]) -> None:
    bond(firm[2], 1_000, valid_until=date(2026, 11, 30))
    row = db.session.scalars(select(KeptCover).where(KeptCover.program_account_id == firm[2].id)).one()
    assert row.holds_until == date(2026, 11, 30)
    assert row.ends_on is None  # what goes on is enough


def test_closed_accounts_and_archived_clients_leave_the_ladder(firm: list[ProgramAccount]) -> None:
    before = seen().sums.accounts
    with transaction() as session:
        account = session.get_one(ProgramAccount, firm[0].id)
        account.is_closed = True
        record(SYSTEM, "account:closed", account)
        client = session.get_one(Client, firm[1].client_id)
        client.state = ClientState.ARCHIVED
        record(SYSTEM, "client:archived", client)
    assert seen().sums.accounts == before - 2


def test_statements_do_not_grow_with_accounts(firm: list[ProgramAccount], sql: StatementCount) -> None:
    def count(asked: str | None) -> int:
        db.session.rollback()
        sql.reset()
        seen(asked)
        return len(sql)

    few = [count(None), count("deadline")]
    for number in range(20):
        client = make_client(legal_name=f"More {number}", bn9=None)
        make_statement(make_account(client, number=f"80000{number:04d}RM0001"))
    assert [count(None), count("deadline")] == few
    assert max(few) <= 8, sql.statements


def test_ended_and_unposted_instruments_cover_nothing_on_any_day(firm: list[ProgramAccount]) -> None:
    bond(firm[5], 9_000, state=InstrumentState.ISSUED)
    bond(firm[5], 9_000, state=InstrumentState.ENDED)
    for asked in (None, "deadline"):
        assert next(r for r in seen(asked).page.rows if r.cover.account_id == firm[5].id).posted_amount == 0


@pytest.mark.parametrize("asked", [None, "deadline", "2026-12-31"])
def test_sums_over_all_know_form_notice_and_what_waits(firm: list[ProgramAccount], asked: str | None) -> None:
    """What the pages work out from rows the sums work out in SQL: a deposit under an agreement, a notice's figure, a
    bond posted only later."""
    bond(firm[0], 7_000, kind=InstrumentKind.CASH_DEPOSIT)
    figure(firm[3], "31000", counts_from=date(2027, 1, 15))
    bond(firm[2], 3_000, state_since=DAY)
    horizon = Horizon.of(asked, DAY)
    found, rows = seen(asked), by_hand(horizon.day)
    sums = found.sums
    assert [sums.shortfall_amount, sums.required_amount, sums.posted_amount] == [
        sum((row[place] for row in rows), Decimal(0)) for place in range(3)
    ]
    counted = next(r for r in found.page.rows if r.cover.account_id == firm[3].id).required_amount
    assert counted == Decimal(31_000 if asked == "deadline" else 25_000)
    posted = next(r for r in found.page.rows if r.cover.account_id == firm[0].id).posted_amount
    assert posted == Decimal(5_000 if asked == "deadline" else 0)


def test_pages_of_a_stale_ladder_neither_repeat_nor_lose_anyone(firm: list[ProgramAccount]) -> None:
    for number in range(60):
        client = make_client(legal_name=f"More {number}", bn9=None)
        make_statement(make_account(client, number=f"80000{number:04d}RM0001"), charges_amount=Decimal(20_000 + number))
    as_firm()
    with transaction() as session:
        session.execute(
            update(KeptCover).where(KeptCover.required_amount > 10_020).values(holds_until=DAY - timedelta(days=1))
        )
    pages = [ladder(RULES, Horizon("today", DAY), number, DAY, warning_percent=120) for number in (1, 2)]
    ids = [rung.cover.account_id for each in pages for rung in each.page.rows]
    assert len(ids) == len(set(ids)) == pages[0].page.total == pages[0].sums.accounts
