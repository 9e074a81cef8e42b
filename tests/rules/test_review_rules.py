"""The annual review, the roll-off of a peak, and the ways in which a change arrives in time."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rules.test_vectors import VECTORS
from tracker.guarantees.enums import SecurityForm
from tracker.guarantees.rules import MonthlyTotal, required_amount, window
from tracker.guarantees.rules.review import (
    change_paths,
    least_to_ask_for,
    review_ahead,
    review_forecast,
    review_in_force,
    review_in_view,
    roll_offs,
    rolls_off_on,
    worthwhile_reduction,
)
from tracker.rulebook.book import rules_at
from tracker.rulebook.calendar import review_cycle

TODAY = date(2026, 11, 23)
RULES = rules_at(TODAY)
BOND = SecurityForm.AGREEMENT
days = st.dates(date(2025, 1, 1), date(2035, 12, 31))
figures = st.lists(st.integers(0, 90_000_000).map(lambda cents: Decimal(cents) / 100), min_size=1, max_size=24)


def history(*amounts: str | Decimal, last: date = date(2026, 10, 17)) -> list[MonthlyTotal]:
    """Months that end with `last`, the oldest first."""
    ends = []
    for back in range(len(amounts)):
        year, month = divmod(last.year * 12 + last.month - 1 - back, 12)
        ends.append(date(year, month + 1, 17))
    return [MonthlyTotal(end, Decimal(amount)) for end, amount in zip(reversed(ends), amounts, strict=True)]


@pytest.mark.parametrize("case", VECTORS["security_annual_review"], ids=lambda case: str(case["id"]))
def test_review_dates_of_the_shared_cases(case: dict[str, str]) -> None:
    cycle = review_cycle(date.fromisoformat(case["run"]).year)
    assert [d.isoformat() for d in cycle] == [case["run"], case["window_start"], case["window_end"], case["deadline"]]


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2025, 1, 15), None),
        (date(2026, 1, 14), None),
        (date(2026, 1, 15), 2025),
        (date(2027, 1, 14), 2025),
        (date(2027, 1, 15), 2026),
        (date(2027, 12, 31), 2026),
    ],
)
def test_a_review_is_in_force_from_its_deadline_to_the_next(day: date, year: int | None) -> None:
    assert review_in_force(day) == year


def test_a_review_is_complete_with_all_twelve_statements_only() -> None:
    months = history(*["1000"] * 12)
    assert review_forecast(BOND, months, RULES, 2026, TODAY).is_complete
    assert not review_forecast(BOND, months[1:], RULES, 2026, TODAY).is_complete


@pytest.mark.parametrize(
    ("day", "in_view", "ahead"),
    [
        (date(2026, 10, 19), 2026, 2026),
        (date(2026, 10, 20), 2026, 2027),
        (date(2026, 12, 31), 2026, 2027),
        (date(2027, 1, 15), 2026, 2027),
        (date(2027, 1, 16), 2027, 2027),
    ],
)
def test_review_stays_in_view_until_its_deadline(day: date, in_view: int, ahead: int) -> None:
    assert (review_in_view(day), review_ahead(day)) == (in_view, ahead)


def test_review_looks_at_the_twelve_periods_closed_on_20_october() -> None:
    months = [MonthlyTotal(date(2025, 10, 17), Decimal(900_000)), *history("10000", "84200", "20000")]
    found = review_forecast(BOND, months, RULES, 2026, TODAY)
    assert found.amount == Decimal("42100.00")  # 84,200.00 × 50 %: October 2025 closed before the window
    assert found.requirement.peak_period_end == date(2026, 9, 17)
    assert (found.known_months, found.window_months) == (3, 12)
    assert review_forecast(BOND, months, RULES, 2025, TODAY).amount == Decimal("450000.00")


def test_forecast_of_a_review_to_come_rests_on_what_is_known() -> None:
    months = history("84200", last=date(2026, 11, 17))
    found = review_forecast(BOND, months, RULES, 2027, TODAY)
    assert (found.known_months, found.amount) == (1, Decimal("42100.00"))
    later = [*months, MonthlyTotal(date(2027, 2, 17), Decimal(999_999))]
    assert review_forecast(BOND, later, RULES, 2027, TODAY).amount == found.amount  # not known today


def test_peak_rolls_off_on_the_18th_a_year_later() -> None:
    july = date(2026, 7, 17)
    off = rolls_off_on(july)
    assert off == date(2027, 7, 18)
    assert window(off - timedelta(days=1))[0] == july < window(off)[0]


def test_one_exceptional_month_falls_away_and_the_next_highest_sets_the_figure() -> None:
    steps = roll_offs(BOND, history("84200", "20000", "30000"), RULES, TODAY)
    assert [(step.on, step.before.required_amount, step.after.required_amount) for step in steps] == [
        (date(2027, 8, 18), Decimal("42100.00"), Decimal("15000.00")),
    ]  # in October no statement is left in the window: not known is no fall to nothing
    assert steps[0].fall_amount == Decimal("27100.00")


@given(figures, days)
@settings(max_examples=80)
def test_roll_offs_fall_each_time_and_never_to_what_nobody_knows(amounts: list[Decimal], today: date) -> None:
    months = history(*amounts, last=today.replace(day=17))
    steps = roll_offs(BOND, months, rules_at(date(2026, 11, 23)), today)
    sums = [step.before.required_amount for step in steps] + [step.after.required_amount for step in steps[-1:]]
    assert sums == sorted(sums, reverse=True) and len(set(sums)) == len(sums)
    assert [step.on for step in steps] == sorted({step.on for step in steps})
    assert all(step.after.peak_period_end is not None for step in steps)


def test_paper_needs_25_business_days_before_15_january() -> None:
    deadline = date(2027, 1, 15)
    paths = change_paths(deadline, TODAY, False)
    assert paths.paper_by == date(2026, 12, 9)  # counted by hand; 25 December and 1 January are holidays
    assert paths.is_paper_open and paths.is_electronic_open
    late = change_paths(deadline, date(2026, 12, 10), False)
    assert not late.is_paper_open and late.is_electronic_open
    assert not change_paths(deadline, date(2027, 1, 16), False).is_electronic_open


def test_reduction_is_worth_asking_only_where_cbsa_shows_more() -> None:
    estimate = required_amount(BOND, history("84200"), RULES, TODAY)
    least = estimate.required_amount
    assert worthwhile_reduction(Decimal(60_000), least) == Decimal("17900.00")
    assert worthwhile_reduction(Decimal(40_000), least) == 0
    assert worthwhile_reduction(None, least) == 0


def test_nobody_asks_for_less_than_the_review_cbsa_has_just_run() -> None:
    months = history(
        "90000", *["20000"] * 12, last=date(2026, 11, 17)
    )  # November 2025: out of the window, not of the review
    estimate = required_amount(BOND, months, RULES, TODAY)
    ran = review_forecast(BOND, months, RULES, 2026, TODAY)
    assert (estimate.required_amount, ran.amount) == (Decimal("10000.00"), Decimal("45000.00"))
    assert least_to_ask_for(estimate, ran.cycle, ran.amount, TODAY) == Decimal("45000.00")
    assert least_to_ask_for(estimate, ran.cycle, ran.amount, date(2026, 10, 19)) == Decimal(
        "10000.00"
    )  # it had not run yet
