"""Conditions as data: every operator, every group, and what an unanswered question does to them."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tracker.rulebook.conditions import comparisons, holds
from tracker.rulebook.types import Fact, Text

ANSWERS: dict[str, Any] = {
    "residency": "non_resident",
    "count": 2,
    "amount": "5000.00",
    "day": "2026-11-23",
    "kinds": ["food", "quota"],
    "blank": "",
    "nothing": [],
    "not_applicable": None,
}
PROFILE = {"country": "FR", "origins": ["CN", "US"], "regulated_goods": []}
LIMIT = Fact("pay.limit", Decimal("4999.99"), "CAD", None, None, (), Text("limit", "limite"))
FLAG = Fact("flag", True, "flag", None, None, (), Text("flag", "drapeau"))
FACTS = {"pay.limit": LIMIT, "flag": FLAG}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"answer": "residency", "is": "non_resident"}, True),
        ({"answer": "residency", "is": "resident"}, False),
        ({"answer": "residency", "not": "resident"}, True),
        ({"answer": "residency", "not": "non_resident"}, False),
        ({"answer": "residency", "in": ["unknown", "non_resident"]}, True),
        ({"answer": "residency", "in": ["unknown"]}, False),
        ({"answer": "count", "is": 2}, True),
        ({"answer": "count", "over": 1}, True),
        ({"answer": "count", "over": 2}, False),
        ({"answer": "count", "under": 3}, True),
        ({"answer": "count", "under": 2}, False),
        ({"answer": "amount", "is": 5000}, True),
        ({"answer": "amount", "over": {"fact": "pay.limit"}}, True),
        ({"answer": "amount", "under": {"fact": "pay.limit"}}, False),
        ({"answer": "amount", "over": {"fact": "not.in.force"}}, False),
        ({"answer": "day", "under": date(2026, 11, 24)}, True),
        ({"answer": "day", "over": "2026-11-23"}, False),
        ({"answer": "day", "over": 5}, False),
        ({"answer": "residency", "over": 5}, False),
        ({"answer": "kinds", "has": "food"}, True),
        ({"answer": "kinds", "has": ["health", "quota"]}, True),
        ({"answer": "kinds", "has": ["health"]}, False),
        ({"answer": "residency", "has": ["n"]}, False),
        ({"answer": "kinds", "empty": True}, False),
        ({"answer": "kinds", "answered": True}, True),
        ({"profile": "country", "is": "FR"}, True),
        ({"profile": "origins", "has": ["US"]}, True),
        ({"profile": "regulated_goods", "answered": True}, False),
        ({"fact": "pay.limit", "under": 5000}, True),
        ({"fact": "flag", "is": True}, True),
        ({"fact": "flag", "is": 1}, False),
    ],
)
def test_comparison(condition: dict[str, Any], expected: bool) -> None:
    assert holds(condition, ANSWERS, PROFILE, FACTS) is expected


@pytest.mark.parametrize("key", ["never_asked", "blank", "nothing", "not_applicable"])
@pytest.mark.parametrize(
    ("operator", "value", "expected"),
    [
        ("is", "yes", False),
        ("not", "yes", False),
        ("in", ["yes"], False),
        ("over", 0, False),
        ("under", 9, False),
        ("has", ["yes"], False),
        ("empty", True, True),
        ("empty", False, False),
        ("answered", True, False),
        ("answered", False, True),
    ],
)
def test_unanswered(key: str, operator: str, value: object, expected: bool) -> None:
    assert holds({"answer": key, operator: value}, ANSWERS, {}, {}) is expected


TRUE = {"answer": "count", "is": 2}
FALSE = {"answer": "count", "is": 3}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"all": [TRUE, TRUE]}, True),
        ({"all": [TRUE, FALSE]}, False),
        ({"any": [FALSE, TRUE]}, True),
        ({"any": [FALSE, FALSE]}, False),
        ({"none": [FALSE, FALSE]}, True),
        ({"none": [FALSE, TRUE]}, False),
        ({"all": [{"any": [FALSE, TRUE]}, {"none": [FALSE]}]}, True),
    ],
)
def test_group(condition: dict[str, Any], expected: bool) -> None:
    assert holds(condition, ANSWERS, {}, {}) is expected


@pytest.mark.parametrize("condition", [{"answer": "count"}, {"answer": "count", "like": 2}, {"is": 2}])
def test_no_condition_is_refused(condition: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="in"):
        holds(condition, ANSWERS, {}, {})


def test_comparisons_of_a_nested_condition() -> None:
    nested = {"all": [TRUE, {"any": [FALSE, {"none": [TRUE]}]}]}
    assert list(comparisons(nested)) == [TRUE, FALSE, TRUE]
