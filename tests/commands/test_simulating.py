"""An account on days to come with months supposed: what today's pages show where nothing is, and nothing kept."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
import time_machine
from flask import Flask

from tests.commands.test_ladder import bond, figure
from tests.conftest import Cast
from tests.factories import make_account, make_client, make_statement
from tracker.clients.models import ProgramAccount
from tracker.guarantees.account_cover import AccountCover
from tracker.guarantees.cover import cover_of
from tracker.guarantees.enums import Basis
from tracker.guarantees.outlook import outlook
from tracker.guarantees.rules.rolling import periods_to_come
from tracker.guarantees.simulating import Simulation, simulate
from tracker.rulebook.book import rules_at

TODAY = date(2026, 11, 26)
RULES = rules_at(TODAY)
COMING = periods_to_come(TODAY)


@pytest.fixture(autouse=True)
def thursday() -> Iterator[None]:
    with time_machine.travel("2026-11-26T15:00:00Z", tick=False):
        yield


@pytest.fixture
def account(inside: Flask, cast: Cast) -> ProgramAccount:
    """A peak of 90,000 in March 2026, 30,000 in every other month of the last twelve, and a bond of 45,000 to 31 July 2027."""
    made = make_account(make_client(legal_name="Seasonal", bn9=None), number="700000001RM0001")
    for month in range(12, 24):
        end = date(2025 + (month > 12), (month - 1) % 12 + 1, 17)
        make_statement(made, period_end=end, charges_amount=Decimal(90_000 if month == 15 else 30_000))
    bond(made, 45_000, valid_until=date(2027, 7, 31))
    return made


def cover(account: ProgramAccount) -> AccountCover:
    found = cover_of(RULES, account.id)
    assert found is not None
    return found


def at(seen: Simulation, day: date) -> object:
    moment = next(one for one in seen.coming if one.standing.on == day)
    return (moment.standing.amount, moment.required_amount, moment.missing_amount, moment.reducible_amount)


def test_the_peak_leaves_and_a_reduction_becomes_worth_asking(account: ProgramAccount) -> None:
    figure(account, "45000")
    seen = simulate(cover(account), RULES, {}, date(2027, 8, 1))
    assert cover(account).basis is Basis.PORTAL
    assert at(seen, date(2027, 3, 18)) == (Decimal(15_000), Decimal(45_000), 0, Decimal(30_000))
    assert seen.first_reducible is not None and seen.first_reducible.standing.on == date(2027, 3, 18)
    chosen = seen.chosen  # the bond ended the day before
    assert (chosen.posted_amount, chosen.missing_amount, chosen.spare_amount) == (
        Decimal(0),
        Decimal(45_000),
        Decimal(0),
    )


def test_today_is_what_the_accounts_page_shows(account: ProgramAccount) -> None:
    figure(account, "60000")
    now = simulate(cover(account), RULES, dict.fromkeys(COMING, Decimal(500_000)), TODAY).today
    seen = outlook(cover(account), RULES)
    assert now.required_amount == seen.cover.required_amount and now.posted_amount == seen.cover.posted_amount
    assert now.reducible_amount == seen.reducible_amount == Decimal(15_000)
    assert now.missing_amount == seen.cover.shortfall_amount


def test_with_nothing_supposed_every_day_is_the_ladders(account: ProgramAccount) -> None:
    seen = outlook(cover(account), RULES)
    for moment in simulate(cover(account), RULES, {}, TODAY).coming:
        assert moment.required_amount == seen.required_on(moment.standing.on)
        assert moment.missing_amount == seen.missing_on(moment.standing.on)


def test_a_supposed_month_raises_our_sum_at_once_and_cbsas_figure_at_the_review(account: ProgramAccount) -> None:
    expected = {date(2027, 2, 17): Decimal(200_000)}
    without = simulate(cover(account), RULES, expected, TODAY)
    assert at(without, date(2027, 2, 18)) == (Decimal(100_000), Decimal(100_000), Decimal(55_000), 0)
    figure(account, "45000")
    read = simulate(cover(account), RULES, expected, date(2027, 10, 20))
    assert at(read, date(2027, 2, 18)) == (Decimal(100_000), Decimal(45_000), 0, 0)
    assert read.chosen.required_amount == Decimal(100_000)  # the review of 20 October sees it


def test_more_supposed_lowers_neither_what_is_required_nor_what_may_be_asked(account: ProgramAccount) -> None:
    figure(account, "45000")
    sums = [Decimal(0), Decimal(29_000), Decimal(95_000), Decimal(300_000)]
    runs = [simulate(cover(account), RULES, dict.fromkeys(COMING, amount), TODAY).coming for amount in sums]
    for less, more in pairwise(runs):
        for one, two in zip(less, more, strict=True):
            assert (two.required_amount or 0) >= (one.required_amount or 0)
            assert (two.least_amount or 0) >= (one.least_amount or 0)


def test_nothing_on_file_is_not_known_until_something_is_supposed(inside: Flask, cast: Cast) -> None:
    made = make_account(make_client(legal_name="New", bn9=None), number="700000002RM0001")
    bare = simulate(cover(made), RULES, {}, TODAY)
    assert bare.today.required_amount is None and bare.coming[-1].required_amount is None
    assert bare.first_reducible is None and bare.chosen.missing_amount == 0
    seen = simulate(cover(made), RULES, {COMING[0]: Decimal(50_000)}, TODAY)
    assert (seen.today.required_amount, seen.coming[0].required_amount) == (None, Decimal(25_000))
    assert seen.coming[0].missing_amount == Decimal(25_000) and seen.first_reducible is None
