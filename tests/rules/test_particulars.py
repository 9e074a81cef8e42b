"""Guarantees, rules: an agreement's document held against the register, item by item."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tracker.guarantees.rules.particulars import Particulars, differing

REGISTER = Particulars(Decimal("50000.00"), "CB-1001", "123456782", date(2026, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("over", "names"),
    [
        ({}, ()),
        ({"number": "cb 1001"}, ()),
        ({"number": None, "business_number": None, "valid_from": None, "valid_until": None}, ()),
        ({"amount": Decimal("50000.01")}, ("amount",)),
        ({"number": "CB-1010"}, ("number",)),
        ({"business_number": "100000017"}, ("business_number",)),
        ({"valid_until": None}, ("valid_until",)),  # read from its first day on, with no last one: continuous
        ({"valid_from": None, "valid_until": None}, ()),
        ({"valid_from": date(2026, 1, 2), "valid_until": date(2027, 12, 31)}, ("valid_from", "valid_until")),
    ],
)
def test_what_differs_is_named(over: dict[str, Any], names: tuple[str, ...]) -> None:
    assert differing(REGISTER, replace(REGISTER, **over)) == names


def test_what_the_register_does_not_know_is_no_difference_but_for_days() -> None:
    """A number not typed yet is a gap; an end the register lacks makes it cover for ever."""
    bare = Particulars(REGISTER.amount)
    assert differing(bare, REGISTER) == ("valid_from", "valid_until")
