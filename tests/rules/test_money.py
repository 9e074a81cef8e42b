"""Money: one rounding, and amounts as people in Canada type and read them."""

from decimal import Decimal

import pytest
from babel.numbers import format_currency
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.platform.money import AmountError, format_money, parse_amount, to_cents

amounts = st.decimals(min_value=-(10**12), max_value=10**12, places=2, allow_nan=False)


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("0.005", "0.00"),
        ("0.015", "0.02"),
        ("617283.945", "617283.94"),
        ("2.675", "2.68"),
        ("-0.001", "0.00"),
        ("7", "7.00"),
    ],
)
def test_to_cents_rounds_half_even(amount: str, expected: str) -> None:
    assert str(to_cents(Decimal(amount))) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("$1,200.00", "1200.00"),
        ("1 200,00 $", "1200.00"),
        ("1\u00a0200,00\u00a0$", "1200.00"),
        ("1\u202f200,00\u202f$", "1200.00"),
        ("5259.00", "5259.00"),
        ("5259,5", "5259.50"),
        ("0,00 $", "0.00"),
        ("1,200", "1200.00"),
        ("1,234,567.89", "1234567.89"),
        ("12 345 678", "12345678.00"),
        ("CAD 1,200.00", "1200.00"),
        ("$-42.10", "-42.10"),
        ("-$42.10", "-42.10"),
        ("−42,10 $", "-42.10"),
        ("(42.10)", "-42.10"),
        ("10.500", "10.50"),
        (1200, "1200.00"),
        (1200.5, "1200.50"),
        (Decimal("12.3"), "12.30"),
    ],
)
def test_parse_amount(typed: str | int | float | Decimal, expected: str) -> None:
    assert str(parse_amount(typed)) == expected


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "empty"),
        (" \u00a0", "empty"),
        ("abt 20k", "format"),
        ("20k", "format"),
        ("1.200,00", "format"),
        ("1,20,000", "format"),
        ("1 20", "format"),
        ("--5", "format"),
        ("$", "format"),
        ("١٢", "format"),
        ("1e5", "format"),
        ("NaN", "format"),
        (True, "format"),
        (float("nan"), "format"),
        (float("inf"), "format"),
        ("12.345", "decimals"),
        (0.1 + 0.2, "decimals"),
        (Decimal("0.001"), "decimals"),
        ("99999999999999", "too_large"),
        (10**30, "too_large"),
    ],
)
def test_parse_amount_refuses(typed: str | int | float | Decimal, reason: str) -> None:
    with pytest.raises(AmountError) as refused:
        parse_amount(typed)
    assert refused.value.reason == reason


def test_a_lone_comma_is_a_decimal_comma_in_french() -> None:
    assert parse_amount("1,200", "en") == Decimal("1200.00")
    assert parse_amount("1,25", "fr") == parse_amount("1,25", "en") == Decimal("1.25")
    with pytest.raises(AmountError, match="decimals"):
        parse_amount("1,234", "fr")


@settings(deadline=None)
@given(amounts, st.sampled_from(["en", "fr"]))
def test_what_is_shown_can_be_typed_back(amount: Decimal, language: str) -> None:
    assert parse_amount(format_money(amount, language), language) == amount


@settings(deadline=None)
@given(amounts, st.sampled_from(["en", "fr"]))
def test_format_money_writes_as_the_canadian_locales_do(amount: Decimal, language: str) -> None:
    assert format_money(amount, language) == format_currency(amount + Decimal("0.00"), "CAD", locale=f"{language}_CA")


def test_format_money_without_cents() -> None:
    assert format_money(Decimal("42100.50"), "en", cents=False) == "$42,101"
    assert format_money(Decimal("42100.49"), "en", cents=False) == "$42,100"
    assert format_money(Decimal("42100.51"), "fr", cents=False) == "42\u00a0101\u00a0$"
