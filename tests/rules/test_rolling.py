"""How our sum moves as periods close, with charges supposed: the roll-offs where nothing is, and never less for more."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rules.test_review_rules import BOND, RULES, TODAY, history
from tracker.guarantees.enums import SecurityForm
from tracker.guarantees.rules import MonthlyTotal
from tracker.guarantees.rules.review import roll_offs
from tracker.guarantees.rules.rolling import (
    PERIODS_AHEAD,
    Standing,
    closing_days,
    periods_to_come,
    standing_on,
    standings,
    with_supposed,
)

CASES = settings(max_examples=80, deadline=None)
days = st.dates(date(2025, 1, 1), date(2035, 12, 31))
# small whole thousands too: equal months and the floor are where a roll-off is easily told wrongly
cents = st.one_of(
    st.integers(0, 90_000_000).map(lambda n: Decimal(n) / 100), st.integers(0, 30).map(lambda n: Decimal(n * 1000))
)
histories = st.lists(cents, min_size=1, max_size=24)
expectations = st.dictionaries(st.integers(0, PERIODS_AHEAD - 1), cents, max_size=PERIODS_AHEAD)
forms = st.sampled_from(SecurityForm)


def falls(found: list[Standing]) -> list[tuple[date, date | None, Decimal, Decimal]]:
    pairs = pairwise(found)
    return [
        (now.on, before.requirement.peak_period_end, before.requirement.required_amount, now.requirement.required_amount)
        for before, now in pairs
        if before.requirement and now.requirement
        and now.requirement.required_amount < before.requirement.required_amount
    ]  # fmt: skip


@given(forms, histories, days)
@CASES
def test_with_nothing_supposed_it_is_the_roll_offs(form: SecurityForm, amounts: list[Decimal], today: date) -> None:
    months = history(*amounts, last=today.replace(day=17))
    expected = [
        (fall.on, fall.before.peak_period_end, fall.before.required_amount, fall.after.required_amount)
        for fall in roll_offs(form, months, RULES, today)
    ]
    assert falls(standings(form, months, {}, RULES, today)) == expected


@given(forms, histories, days, expectations, expectations)
@CASES
def test_more_supposed_never_lowers_a_sum(
    form: SecurityForm, amounts: list[Decimal], today: date, one: dict[int, Decimal], more: dict[int, Decimal]
) -> None:
    months, ends = history(*amounts, last=today.replace(day=17)), periods_to_come(today)
    less = {ends[at]: amount for at, amount in one.items()}
    added = {ends[at]: amount + less.get(ends[at], Decimal(0)) for at, amount in more.items()}
    low = standings(form, months, less, RULES, today)
    high = standings(form, months, {**less, **added}, RULES, today)
    for below, above in zip(low, high, strict=True):
        assert below.amount is None or (above.amount is not None and above.amount >= below.amount)


@given(histories, days, expectations)
@CASES
def test_nothing_on_file_is_changed(amounts: list[Decimal], today: date, more: dict[int, Decimal]) -> None:
    months, ends = history(*amounts, last=today.replace(day=17)), periods_to_come(today)
    found = with_supposed(months, {ends[at]: amount for at, amount in more.items()}, today)
    known = [month for month in months if month.period_end <= today]
    assert list(found[: len(known)]) == known
    assert len({month.period_end for month in found}) == len(found)
    first = standings(BOND, months, {}, RULES, today)[0]
    assert (
        standing_on(BOND, months, dict.fromkeys(ends, Decimal(10**7)), RULES, today, today) == first
    )  # today is a fact


def test_days_and_periods_to_come() -> None:
    assert periods_to_come(TODAY)[0] == date(2026, 12, 17) and periods_to_come(date(2026, 12, 17))[0] == date(
        2026, 12, 17
    )
    assert closing_days(TODAY)[0] == date(2026, 12, 18) and closing_days(TODAY)[-1] == date(2027, 11, 18)
    months = [MonthlyTotal(date(2026, 11, 17), Decimal(1000))]
    elsewhere = {date(2026, 11, 17): Decimal(9), date(2026, 12, 20): Decimal(9), date(2028, 1, 17): Decimal(9)}
    assert with_supposed(months, elsewhere, TODAY) == tuple(months)


def test_a_supposed_month_becomes_the_peak_on_the_day_its_period_closes() -> None:
    months = history("84200", *["30000"] * 11)
    found = standings(BOND, months, {date(2027, 1, 17): Decimal(200_000)}, RULES, TODAY)
    by_day = {step.on: step for step in found}
    assert by_day[TODAY].amount == Decimal(15_000)  # the highest month left on 18 November
    assert by_day[date(2026, 12, 18)].amount == Decimal(15_000)
    january = by_day[date(2027, 1, 18)]
    assert (january.amount, january.is_peak_supposed, january.known, january.supposed) == (Decimal(100_000), True, 9, 1)
    assert by_day[date(2027, 11, 18)].amount == Decimal(100_000)


def test_a_floor_keeps_the_sum_where_a_lower_peak_takes_over_and_the_fall_names_the_month_that_leaves() -> None:
    """8,000 and 6,000 both come to the floor: what falls is told of the second, when it leaves."""
    months = history("8000", "6000", "0", last=date(2026, 11, 17))
    (fall,) = roll_offs(BOND, months, RULES, TODAY)
    assert (fall.on, fall.before.peak_period_end) == (date(2027, 10, 18), date(2026, 10, 17))
    assert (fall.before.required_amount, fall.after.required_amount) == (Decimal(5000), Decimal(0))
