"""Sizing financial security: the cited cases, the window, and what always has to hold."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.guarantees.enums import InstrumentKind, InstrumentState, SecurityForm
from tracker.guarantees.rules import (
    MonthlyTotal,
    Problem,
    Requirement,
    allowed_moves,
    can_move,
    check_allocations,
    check_notice,
    check_validity,
    closed_periods,
    coverage,
    days_of_notice,
    in_force,
    peak,
    required_amount,
    shortfall,
    window,
)
from tracker.rulebook.book import rules_at

AS_OF = date(2026, 11, 23)
JULY = date(2026, 7, 17)
NBSP = "\u00a0"
amounts = st.decimals(min_value=0, max_value=50_000_000, places=2)
forms = st.sampled_from(SecurityForm)
State = InstrumentState


def size(form: str, *figures: Decimal | str, as_of: date = AS_OF) -> Requirement:
    ends = [date(2025 + (11 + number) // 12, (11 + number) % 12 + 1, 17) for number in range(len(figures))]
    months = [MonthlyTotal(end, Decimal(figure)) for end, figure in zip(ends, figures, strict=True)]
    return required_amount(SecurityForm(form), months, rules_at(as_of), as_of)


@pytest.mark.parametrize(
    ("form", "owed", "required"),
    [
        ("agreement", "1000", "5000.00"),
        ("cash", "1000", "1000.00"),
        ("agreement", "20050", "10025.00"),
        ("cash", "20050", "20050.00"),
        ("agreement", "25000000", "10000000.00"),
        ("cash", "25000000", "25000000.00"),
        ("agreement", "10000", "5000.00"),
        ("agreement", "10000.02", "5000.01"),
        ("agreement", "8000", "5000.00"),
        ("agreement", "0.01", "5000.00"),
        ("agreement", "200000", "100000.00"),
        ("agreement", "20000000", "10000000.00"),
        ("agreement", "20000000.02", "10000000.00"),
        ("agreement", "19999999.98", "9999999.99"),
        ("agreement", "0", "0.00"),
        ("cash", "0", "0.00"),
        ("agreement", "11825", "5912.50"),
        ("agreement", "38075", "19037.50"),
        ("agreement", "-500", "0.00"),
    ],
)
def test_required_amount(form: str, owed: str, required: str) -> None:
    assert str(size(form, owed).required_amount) == required


def test_the_highest_month_counts_neither_mean_nor_total() -> None:
    found = size("agreement", "12000", "9000", "15500", "18000", "20100", "31000", "63400", "22000", "14000")
    assert (found.peak_period_end, found.peak_amount, found.required_amount) == (date(2026, 6, 17), 63400, 31700)


def test_no_months_at_all_require_nothing_and_name_no_peak() -> None:
    found = size("agreement")
    assert (found.peak_period_end, found.required_amount) == (None, 0)
    assert "enrolment" in found.explanation.en
    assert "inscription" in found.explanation.fr


@pytest.mark.parametrize(
    ("as_of", "first", "last"),
    [
        ("2026-11-23", "2025-12-17", "2026-11-17"),
        ("2026-11-18", "2025-12-17", "2026-11-17"),
        ("2026-11-17", "2025-11-17", "2026-10-17"),  # the period is not over before midnight
        ("2026-01-10", "2025-01-17", "2025-12-17"),
        ("2026-12-31", "2026-01-17", "2026-12-17"),
    ],
)
def test_window_is_the_last_twelve_closed_periods(as_of: str, first: str, last: str) -> None:
    assert [day.isoformat() for day in window(date.fromisoformat(as_of))] == [first, last]


def test_closed_periods_are_the_ends_of_the_window_oldest_first() -> None:
    ends = closed_periods(date(2026, 11, 17))  # the 17th is not over: its period is still open
    assert (len(ends), ends[0], ends[-1]) == (12, date(2025, 11, 17), date(2026, 10, 17))
    assert all((later - one).days in (28, 29, 30, 31) for one, later in pairwise(ends))
    assert closed_periods(date(2026, 11, 18), 3) == (date(2026, 9, 17), date(2026, 10, 17), date(2026, 11, 17))


def test_months_outside_the_window_do_not_count() -> None:
    months = [MonthlyTotal(date(2025, 11, 17), Decimal(900)), MonthlyTotal(JULY, Decimal(7))]
    months.append(MonthlyTotal(date(2026, 12, 17), Decimal(800)))
    assert peak(months, AS_OF) == MonthlyTotal(JULY, Decimal(7))


def test_the_earliest_of_equal_months_is_the_peak() -> None:
    months = [MonthlyTotal(date(2026, month, 17), Decimal(7)) for month in (9, 3, 5)]
    assert peak(months, AS_OF) == MonthlyTotal(date(2026, 3, 17), Decimal(7))


@pytest.mark.parametrize(
    ("form", "owed", "en", "fr"),
    [
        (
            "agreement",
            "84200",
            "July 2026, $84,200.00 × 50 % = $42,100.00",
            "juillet 2026, 84~200,00~$ × 50~% = 42~100,00~$",
        ),
        (
            "agreement",
            "1000",
            "July 2026, $1,000.00 × 50 % = $500.00, raised to the floor of $5,000.00",
            "juillet 2026, 1~000,00~$ × 50~% = 500,00~$, porté au plancher de 5~000,00~$",
        ),
        (
            "agreement",
            "25000000",
            "July 2026, $25,000,000.00 × 50 % = $12,500,000.00, limited to the cap of $10,000,000.00",
            "juillet 2026, 25~000~000,00~$ × 50~% = 12~500~000,00~$, limité au plafond de 10~000~000,00~$",
        ),
        ("cash", "1000", "July 2026, $1,000.00 × 100 % = $1,000.00", "juillet 2026, 1~000,00~$ × 100~% = 1~000,00~$"),
    ],
)
def test_explanation_says_the_sum_in_both_languages(form: str, owed: str, en: str, fr: str) -> None:
    found = required_amount(SecurityForm(form), [MonthlyTotal(JULY, Decimal(owed))], rules_at(AS_OF), AS_OF)
    assert found.explanation.en == en
    assert found.explanation.fr == fr.replace("~", NBSP)


def test_facts_and_cautions_go_with_the_figure() -> None:
    rules = rules_at(AS_OF)
    agreement, small_cash, cash = size("agreement", "84200"), size("cash", "1000"), size("cash", "84200")
    assert {"rpp.agreement_pct", "rpp.agreement_floor", "rpp.cap_per_rm", "rpp.lookback_months"} <= set(agreement.facts)
    assert all(fact in rules.facts for found in (agreement, small_cash) for fact in found.facts)
    floor_caution = rules.fact("rpp.cash_floor_applies").caution
    assert floor_caution in small_cash.cautions
    assert floor_caution not in cash.cautions
    assert rules.fact("rpp.penalties_in_base").caution in agreement.cautions


def test_nothing_can_be_sized_before_the_programme_began() -> None:
    with pytest.raises(KeyError, match="2024-10-20"):
        size("agreement", "1000", as_of=date(2024, 10, 20))


@settings(deadline=None)
@given(forms, amounts, amounts)
def test_more_owed_never_requires_less(form: SecurityForm, one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    assert size(form, low).required_amount <= size(form, high).required_amount


@settings(deadline=None)
@given(forms, st.lists(amounts, min_size=1, max_size=12), st.data())
def test_raising_any_one_month_never_lowers_what_is_required(
    form: SecurityForm, figures: list[Decimal], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(figures) - 1))
    raised = [*figures]
    raised[at] += data.draw(amounts)
    assert size(form, *figures).required_amount <= size(form, *raised).required_amount


@settings(deadline=None)
@given(forms, st.lists(amounts, min_size=12, max_size=12, unique=True), st.data())
def test_only_the_highest_month_decides_whatever_the_order(
    form: SecurityForm, figures: list[Decimal], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(figures))
    lowered = [max(figures) if figure == max(figures) else Decimal(0) for figure in figures]
    assert size(form, *figures).required_amount == size(form, *shuffled).required_amount
    assert size(form, *figures).required_amount == size(form, *lowered).required_amount


@settings(deadline=None)
@given(st.integers(0, 3_000_000_000))
def test_agreement_equals_whole_number_arithmetic_in_cents(cents: int) -> None:
    """No Decimal, no rounding function: half of a whole number of cents, a half cent to the even one."""
    half, odd = divmod(cents, 2)
    half += odd and half % 2  # 48,366.70|5 stays at .70, 48,366.71|5 goes to .72
    expected = 0 if cents == 0 else min(max(half, 500_000), 1_000_000_000)
    found = size("agreement", Decimal(cents).scaleb(-2)).required_amount
    assert type(found) is Decimal and int(found * 100) == expected
    assert int(size("cash", Decimal(cents).scaleb(-2)).required_amount * 100) == cents


@settings(deadline=None)
@given(forms, st.lists(amounts, max_size=12))
def test_figures_are_cents_within_their_limits(form: SecurityForm, figures: list[Decimal]) -> None:
    found = size(form, *figures)
    assert type(found.required_amount) is type(found.peak_amount) is Decimal
    assert found.required_amount.as_tuple().exponent == found.peak_amount.as_tuple().exponent == -2
    owed = max(figures, default=Decimal(0))
    assert found.peak_amount == owed
    if not owed:
        assert found.required_amount == 0
    elif form is SecurityForm.CASH:
        assert found.required_amount == owed
    else:
        assert Decimal(5000) <= found.required_amount <= Decimal(10_000_000)
        if 10_000 < owed < 20_000_000:
            assert abs(found.required_amount * 2 - owed) <= Decimal("0.01")


@pytest.mark.parametrize(
    ("required", "posted", "percent", "missing"),
    [
        ("0", "0", None, "0.00"),
        ("5000", "0", "0.0", "5000.00"),
        ("5000", "5000", "100.0", "0.00"),
        ("5000", "4999.99", "99.9", "0.01"),
        ("3000", "1000", "33.3", "2000.00"),
        ("5000", "7500", "150.0", "0.00"),
    ],
)
def test_coverage_and_shortfall(required: str, posted: str, percent: str | None, missing: str) -> None:
    found = coverage(Decimal(required), Decimal(posted))
    assert (found if found is None else str(found)) == percent
    assert str(shortfall(Decimal(required), Decimal(posted))) == missing


FROM, UNTIL = date(2026, 1, 1), date(2026, 12, 31)


@pytest.mark.parametrize(
    ("valid_from", "valid_until", "state", "day", "expected"),
    [
        (FROM, UNTIL, State.POSTED, FROM, True),
        (FROM, UNTIL, State.SEEN_IN_PORTAL, UNTIL, True),
        (FROM, UNTIL, State.ENDING, UNTIL, True),
        (FROM, UNTIL, State.POSTED, date(2027, 1, 1), False),
        (FROM, UNTIL, State.POSTED, date(2025, 12, 31), False),
        (FROM, None, State.POSTED, date(2040, 1, 1), True),
        (None, None, State.POSTED, FROM, False),
        (FROM, UNTIL, State.ISSUED, FROM, False),
        (FROM, UNTIL, State.QUOTE, FROM, False),
        (FROM, UNTIL, State.ENDED, FROM, False),
    ],
)
def test_in_force(valid_from: date | None, valid_until: date | None, state: State, day: date, expected: bool) -> None:
    assert in_force(valid_from, valid_until, state, day, posted_on=date.min) is expected


def test_states_lead_from_quote_to_the_end_and_ended_is_final() -> None:
    bond = InstrumentKind.SURETY_BOND
    life = [State.QUOTE, State.APPLICATION, State.UNDERWRITING, State.ISSUED, State.POSTED, State.SEEN_IN_PORTAL]
    life += [State.ENDING, State.ENDED]
    assert all(can_move(bond, now, then) for now, then in pairwise(life))
    assert all(can_move(bond, state, State.ENDED) for state in life[:-1])
    assert allowed_moves(bond, State.ENDED) == ()
    assert not can_move(bond, State.QUOTE, State.POSTED)
    assert not can_move(bond, State.POSTED, State.QUOTE)
    assert can_move(InstrumentKind.CASH_DEPOSIT, State.QUOTE, State.POSTED)


@pytest.mark.parametrize(
    ("amount", "shares", "problem"),
    [
        ("100", [], None),
        ("100", ["60", "40"], None),
        ("100", ["60"], None),
        ("100", ["60", "40.01"], Problem.MORE_THAN_AMOUNT),
        ("100", ["60", "0"], Problem.NOT_POSITIVE),
        ("0", [], Problem.NOT_POSITIVE),
        ("50000000", ["10000000"] * 5, None),
    ],
)
def test_check_allocations(amount: str, shares: list[str], problem: Problem | None) -> None:
    assert check_allocations(Decimal(amount), [Decimal(share) for share in shares]) is problem


@pytest.mark.parametrize(
    ("valid_from", "valid_until", "state", "problem"),
    [
        (FROM, UNTIL, State.POSTED, None),
        (FROM, FROM, State.POSTED, None),
        (FROM, None, State.POSTED, None),
        (None, None, State.QUOTE, None),
        (UNTIL, FROM, State.QUOTE, Problem.ENDS_BEFORE_START),
        (None, UNTIL, State.QUOTE, Problem.NO_START),
        (None, UNTIL, State.ENDED, None),
        (None, None, State.POSTED, Problem.NO_START),
        (FROM, UNTIL, State.ENDING, None),
        (FROM, None, State.ENDING, Problem.NO_END),
    ],
)
def test_check_validity(
    valid_from: date | None, valid_until: date | None, state: State, problem: Problem | None
) -> None:
    assert check_validity(valid_from, valid_until, state) is problem


def test_check_notice_wants_thirty_days() -> None:
    ends = date(2026, 12, 31)
    assert check_notice(days_of_notice(State.ENDING, date(2026, 12, 1), ends), 30) is None
    assert check_notice(days_of_notice(State.ENDING, date(2026, 12, 2), ends), 30) is Problem.SHORT_NOTICE


@pytest.mark.parametrize(
    ("state", "noticed", "ends"),
    [
        (State.POSTED, date(2026, 12, 30), date(2026, 12, 31)),  # an end of its own, no notice of the provider's
        (State.ENDING, None, date(2026, 12, 31)),
        (State.ENDING, date(2026, 12, 30), None),
    ],
)
def test_where_no_notice_stands_none_is_too_short(state: State, noticed: date | None, ends: date | None) -> None:
    assert days_of_notice(state, noticed, ends) is None and check_notice(None, 30) is None


def test_what_was_ended_covered_until_the_day_before() -> None:
    first, stopped = date(2026, 1, 1), date(2026, 6, 30)
    days = (date(2025, 12, 31), first, date(2026, 6, 29), stopped)
    assert [in_force(first, stopped, State.ENDED, day, posted_on=first, stopped_on=stopped) for day in days] == [
        False,
        True,
        True,
        False,
    ]
    assert not in_force(
        first, stopped, State.ENDED, date(2026, 3, 1), posted_on=None, stopped_on=stopped
    )  # never posted


@pytest.mark.parametrize(
    ("posted_on", "day", "expected"),
    [
        (date(2026, 3, 10), date(2026, 3, 9), False),  # valid since January, and CBSA had it on 10 March only
        (date(2026, 3, 10), date(2026, 3, 10), True),
        (None, date(2026, 3, 10), False),
    ],
)
def test_nothing_covers_before_cbsa_had_it(posted_on: date | None, day: date, expected: bool) -> None:
    assert in_force(date(2026, 1, 1), None, State.POSTED, day, posted_on=posted_on) is expected
