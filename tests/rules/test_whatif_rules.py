"""Suppositions: the cited examples, and what always has to hold."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.guarantees.enums import SecurityForm
from tracker.guarantees.rules import required_amount
from tracker.guarantees.rules.whatif import (
    MonthParts,
    Supposition,
    share_of_period,
    supposed_month,
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
