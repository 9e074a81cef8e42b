"""The accounts at a review: ranked on kept covers, equal to the rows, with those of whom nobody can tell."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update

from tests.commands.test_ladder import bond, figure
from tests.conftest import Cast
from tests.factories import make_account, make_client, make_statement
from tracker.clients.models import ProgramAccount
from tracker.guarantees.cover import covers
from tracker.guarantees.models import KeptCover
from tracker.guarantees.outlook import outlook
from tracker.guarantees.reviewing import SHOWS, ReviewList, ReviewRow, review_list, years_of
from tracker.guarantees.rules.review import periods_out
from tracker.platform.db import transaction
from tracker.rulebook.book import rules_at

TODAY = date(2026, 11, 26)  # the statement of 25 November is out
RULES = rules_at(TODAY)
WINDOW = [date(2025 + (month > 12), (month - 1) % 12 + 1, 17) for month in range(11, 23)]


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel("2026-11-26T15:00:00Z", tick=False):
        yield


def account(number: int, charges: dict[date, int]) -> ProgramAccount:
    made = make_account(make_client(legal_name=f"Firm {number}", bn9=None), number=f"70000000{number}RM0001")
    for end, amount in charges.items():
        make_statement(made, period_end=end, charges_amount=Decimal(amount))
    return made


@pytest.fixture
def firm(inside: Flask, cast: Cast) -> list[ProgramAccount]:
    """Six: rising though a month is missing, complete and steady, a month missing, told by notice, rising next year, nothing."""
    full = dict.fromkeys(WINDOW, 20_000)
    november = {date(2026, 11, 17): 20_000}
    made = [
        account(0, {WINDOW[0]: 90_000, **dict.fromkeys(WINDOW[1:-1], 40_000)}),
        account(1, full | november),
        account(2, dict.fromkeys(WINDOW[2:], 20_000)),
        account(3, {WINDOW[-1]: 20_000} | november),
        account(4, full | {date(2026, 11, 17): 66_000}),
        account(5, {}),
    ]
    figure(made[3], "10000", counts_from=date(2027, 1, 15))
    figure(made[4], "12000")
    bond(made[1], 10_000)
    bond(made[4], 20_000)
    return made


def listed(year: int, show: str, today: date = TODAY) -> ReviewList:
    return review_list(rules_at(today), year, 1, today, show=show)


def row_of(found: ReviewList, account: ProgramAccount) -> ReviewRow:
    return next(row for row in found.page.rows if row.cover.account_id == account.id)


def ids(found: ReviewList) -> list[object]:
    return [row.cover.account_id for row in found.page.rows]


def test_the_years_to_choose_from() -> None:
    assert years_of(TODAY) == [2026, 2027]
    assert years_of(date(2027, 6, 1)) == [2027]


def test_those_that_rise_and_those_of_whom_nobody_can_tell(firm: list[ProgramAccount]) -> None:
    rising = listed(2026, "rising")
    assert ids(rising) == [firm[0].id]
    row = row_of(rising, firm[0])
    assert (row.before_amount, row.amount, row.rise_amount) == (Decimal(20_000), Decimal(45_000), Decimal(25_000))
    assert row.review.rolls_off_on == date(2026, 11, 18)
    unsure = listed(2026, "unsure")
    assert {firm[2].id, firm[5].id} <= set(ids(unsure))
    assert not {firm[0].id, firm[1].id, firm[3].id, firm[4].id} & set(ids(unsure))  # a notice that was read tells
    assert row_of(unsure, firm[2]).missing_periods == WINDOW[:2]


def test_the_next_review_is_told_on_the_statements_so_far(firm: list[ProgramAccount]) -> None:
    ahead = listed(2027, "all")
    assert ids(ahead)[0] == firm[4].id and ahead.counts["rising"] == 1
    row = row_of(ahead, firm[4])
    assert (row.before_amount, row.amount, row.rise_amount) == (Decimal(12_000), Decimal(33_000), Decimal(21_000))
    assert row.missing_amount == Decimal(13_000)
    assert (row.review.known_months, ahead.periods_out, ahead.window_months) == (1, 1, 12)
    assert row.review.rolls_off_on == date(2027, 11, 18)
    assert firm[2].id in ids(listed(2027, "unsure")) and firm[1].id not in ids(listed(2027, "unsure"))


@pytest.mark.parametrize("year", [2026, 2027])
@pytest.mark.parametrize("stale", [0, 3, 6])
def test_the_lists_equal_the_rows_whatever_is_kept(firm: list[ProgramAccount], year: int, stale: int) -> None:
    with transaction() as session:
        gone = [account.id for account in firm[:stale]]
        session.execute(
            update(KeptCover).where(KeptCover.program_account_id.in_(gone)).values(holds_until=date(2026, 11, 1))
        )
    by_hand = {cover.account_id: outlook(cover, RULES) for cover in covers(RULES, as_of=TODAY)}
    rises = {key: seen.increase_amount for key, seen in by_hand.items()}
    if year == 2027:
        befores = {key: max(seen.cover.required_amount, seen.review_amount) for key, seen in by_hand.items()}
        rises = {key: max(seen.ahead.amount - befores[key], Decimal(0)) for key, seen in by_hand.items()}
    for show in SHOWS:
        found = listed(year, show)
        rows = found.page.rows
        assert found.counts[show] == len(rows) == found.page.total
        assert [row.rank for row in rows] == sorted(row.rank for row in rows)
    rising, unsure = listed(year, "rising"), listed(year, "unsure")
    assert {row.cover.account_id: row.rise_amount for row in rising.page.rows} == {k: v for k, v in rises.items() if v}
    gaps = {
        key for key, seen in by_hand.items() if not rises[key] and len(seen.cover.months) < (12 if year == 2026 else 1)
    }
    assert gaps - {firm[3].id} <= set(ids(unsure)) and not set(ids(rising)) & set(ids(unsure))


def test_between_two_reviews_the_one_in_view_is_the_forecast(firm: list[ProgramAccount]) -> None:
    """From 16 January on there is one review to look at, and it has not run: the statements of eight periods are out."""
    june = date(2027, 6, 28)
    with time_machine.travel("2027-06-28T15:00:00Z", tick=False):
        found = listed(2027, "unsure", june)
        assert (found.periods_out, found.window_months, found.has_run) == (8, 12, False)
        row = row_of(found, firm[1])
        assert (row.review.known_months, len(row.missing_periods)) == (1, 7)
        assert firm[4].id in ids(listed(2027, "rising", june))


def test_no_statement_is_missed_before_it_is_out() -> None:
    """On 24 October the period to 17 October has closed, and its statement comes the day after."""
    assert len(periods_out(2026, date(2026, 10, 24))) == 11
    assert len(periods_out(2026, date(2026, 10, 25))) == 12
    assert periods_out(2027, date(2026, 11, 24)) == []
