"""Suppositions: the cited examples, and what always has to hold."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.guarantees.enums import SecurityForm
from tracker.guarantees.rules import Requirement, required_amount
from tracker.guarantees.rules.sizing import MonthlyTotal
from tracker.guarantees.rules.whatif import (
    MonthParts,
    Supposition,
    share_of_period,
    supposed_month,
    supposed_requirement,
    value_for_duty,
)
from tracker.rulebook.book import rules_at

TODAY = date(2026, 11, 23)
JULY = date(2026, 7, 17)
# facts 10.1 row 17: value 100,000 at 6.5 % duty, 5 % GST on 106,500
MONTH = MonthParts(JULY, Decimal("11825.00"), Decimal("6500.00"), Decimal("5325.00"))
percents = st.integers(0, 300).map(Decimal)


def test_value_is_read_back_from_the_gst() -> None:
    assert value_for_duty(MONTH, Decimal(5), None, Decimal(0)) == Decimal(100_000)


def test_value_without_gst_comes_from_the_yearly_value_or_is_not_known() -> None:
    bare = MonthParts(JULY, Decimal(30_000), Decimal(0), None)
    assert value_for_duty(bare, Decimal(5), Decimal(1_200_000), Decimal(120_000)) == Decimal(300_000)
    assert value_for_duty(bare, Decimal(5), None, Decimal(120_000)) is None
    assert value_for_duty(MonthParts(JULY, Decimal(0), Decimal(0), None), Decimal(5), None, Decimal(0)) == 0


def test_surtax_of_25_percent_gives_the_cited_figure() -> None:
    """Facts 10.1 row 18: duty 6,500 + surtax 25,000 + GST 6,575 = 38,075; agreement 19,037.50."""
    then = supposed_month(MONTH, Decimal(100_000), Supposition(surtax_percent=Decimal(25)), True)
    assert (then.period_end, then.amount) == (date(2027, 7, 17), Decimal("38075.00"))
    sized = required_amount(SecurityForm.AGREEMENT, [then], rules_at(TODAY), date(2027, 8, 1))
    assert sized.required_amount == Decimal("19037.50")


def test_surtax_leaves_those_alone_it_does_not_hit() -> None:
    surtax = Supposition(surtax_percent=Decimal(25), surtax_origins=("CN",), surtax_chapters=("72", "73"))
    assert surtax.hits(["CN", "US"], ["73"])
    assert not surtax.hits(["US"], ["73"])
    assert not surtax.hits(["CN"], ["95"])
    assert not surtax.hits([], [])
    assert supposed_month(MONTH, Decimal(100_000), surtax, False).amount == MONTH.charges
    assert not Supposition().hits(["CN"], ["73"])


def test_a_profile_names_other_goods_too_or_says_nothing() -> None:
    """Nobody's profile holds shares: all that can be told is whether part of the value lies elsewhere, or nothing at all."""
    surtax = Supposition(surtax_percent=Decimal(25), surtax_origins=("CN",), surtax_chapters=("72", "73"))
    assert not surtax.names_others(["CN"], ["73"])
    assert surtax.names_others(["CN", "US"], ["73"]) and surtax.names_others(["CN"], ["73", "95"])
    assert surtax.is_silent([], ["73"]) and surtax.is_silent(["CN"], [])
    assert not surtax.is_silent(["CN"], ["73"]) and not Supposition(surtax_origins=("CN",)).is_silent([], [])
    everything = Supposition(surtax_percent=Decimal(25))
    assert not everything.names_others(["CN", "US"], ["95"]) and not everything.is_silent([], [])


@pytest.mark.parametrize(
    ("first", "last", "share"),
    [
        (None, None, "1"),
        (date(2027, 6, 18), date(2027, 7, 17), "1"),
        (date(2027, 7, 3), None, "0.5"),  # 15 of 30 days
        (None, date(2027, 6, 18), str(Decimal(1) / 30)),
        (date(2027, 7, 18), None, "0"),
        (None, date(2027, 6, 17), "0"),
    ],
)
def test_surtax_counts_for_the_days_it_is_in_force(first: date | None, last: date | None, share: str) -> None:
    assert share_of_period(date(2027, 7, 17), first, last) == Decimal(share)


def test_volume_and_duty_work_together() -> None:
    more = Supposition(volume_percent=Decimal(50), duty_points=Decimal(10))
    # 11,825 × 1.5 + 150,000 × 10 % × 1.05
    assert supposed_month(MONTH, Decimal(100_000), more, False).amount == Decimal("33487.50")
    assert supposed_month(MONTH, Decimal(100_000), Supposition(volume_percent=Decimal(-100)), False).amount == 0


@given(percents, percents, percents)
def test_more_of_anything_never_lowers_a_month(volume: Decimal, duty: Decimal, surtax: Decimal) -> None:
    then = supposed_month(
        MONTH, Decimal(100_000), Supposition(volume_percent=volume, duty_points=duty, surtax_percent=surtax), True
    )
    assert then.amount >= MONTH.charges
    assert then.amount == then.amount.quantize(Decimal("0.01"))


AGREEMENT, CASH = SecurityForm.AGREEMENT, SecurityForm.CASH
RULES = rules_at(TODAY)
amounts = st.integers(0, 4_000_000_00).map(lambda cents: Decimal(cents) / 100)


def sized(peak: Decimal | str, form: SecurityForm = AGREEMENT) -> Requirement:
    return required_amount(form, [MonthlyTotal(JULY, Decimal(peak))], RULES, TODAY)


def moved(required: Decimal | str, peak: str, then: str, form: SecurityForm = AGREEMENT) -> Decimal:
    return supposed_requirement(Decimal(required), sized(peak), sized(then, form), RULES)


@pytest.mark.parametrize(
    ("required", "peak", "then", "after"),
    [
        ("50000.00", "100000", "110000", "55000.00"),  # our own sum prevails
        ("80000.00", "100000", "110000", "88000.00"),  # CBSA's figure moves in proportion to the highest month
        ("80000.00", "100000", "25000", "20000.00"),
        ("80000.00", "100000", "0", "0.00"),  # nothing owed any more: no security
        ("80000.00", "100000", "1", "5000.00"),  # anything owed: the floor
        ("80000.00", "4000", "400000", "8000000.00"),  # a peak under the floor tells the proportion all the same
        ("9000000.00", "100000", "200000", "10000000.00"),  # the cap
        ("3000.00", "100000", "99000", "3000.00"),  # a figure CBSA set under the floor is never raised by a fall
        ("3000.00", "100000", "101000", "5000.00"),
        ("12000000.00", "100000", "101000", "12000000.00"),  # nor one above the cap lowered by a rise
        ("0.00", "100000", "130000", "15000.00"),  # no proportion of nothing: the difference
        ("0.00", "100000", "90000", "0.00"),
        ("8000.00", "0", "0", "8000.00"),
        ("8000.00", "0", "20000", "18000.00"),
    ],
)
def test_what_prevails_over_our_sum_moves_in_proportion(required: str, peak: str, then: str, after: str) -> None:
    assert moved(required, peak, then) == Decimal(after)


@pytest.mark.parametrize(
    ("required", "peak", "then", "after"),
    [
        ("50000.00", "100000", "100000", "100000.00"),  # our own sum: from the peak
        ("5000.00", "3000", "3000", "3000.00"),  # the floor hides the peak, and cash has none
        ("80000.00", "100000", "100000", "160000.00"),  # CBSA's: through the present rate, by the new one
        ("80000.00", "100000", "50000", "80000.00"),
        ("80000.00", "0", "0", "160000.00"),  # without a statement too
        ("0.00", "0", "0", "0.00"),
    ],
)
def test_the_other_form_is_sized_again(required: str, peak: str, then: str, after: str) -> None:
    assert moved(required, peak, then, CASH) == Decimal(after)


def test_an_agreement_in_place_of_cash_has_its_floor() -> None:
    assert supposed_requirement(Decimal(6000), sized("9000", CASH), sized("9000"), RULES) == Decimal(5000)
    assert supposed_requirement(Decimal(60_000), sized("9000", CASH), sized("9000"), RULES) == Decimal(30_000)


@given(amounts, amounts)
def test_supposing_nothing_changes_no_figure_whatever_prevails(required: Decimal, peak: Decimal) -> None:
    assert supposed_requirement(required, sized(peak), sized(peak), RULES) == required


@given(amounts, amounts, amounts, amounts, st.sampled_from(SecurityForm))
def test_a_higher_peak_never_lowers_what_is_required(
    required: Decimal, peak: Decimal, one: Decimal, other: Decimal, form: SecurityForm
) -> None:
    less, more = sorted((one, other))
    before = sized(peak)
    assert supposed_requirement(required, before, sized(less, form), RULES) <= supposed_requirement(
        required, before, sized(more, form), RULES
    )
