"""Rulebook conditions: whether a condition written as data holds for a client's answers, profile and the facts in force. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from tracker.rulebook.types import Condition, Fact

GROUPS = ("all", "any", "none")
SUBJECTS = ("answer", "profile", "fact")
OPERATORS = ("is", "in", "not", "over", "under", "has", "empty", "answered")


def holds(
    condition: Condition, answers: Mapping[str, Any], profile: Mapping[str, Any], facts: Mapping[str, Fact]
) -> bool:
    """Whether `condition` holds. What is unanswered makes every comparison false; only `empty` and `answered = false`
    see it. ValueError when the condition is not one."""
    if "all" in condition:
        return all(holds(part, answers, profile, facts) for part in condition["all"])
    if "any" in condition:
        return any(holds(part, answers, profile, facts) for part in condition["any"])
    if "none" in condition:
        return not any(holds(part, answers, profile, facts) for part in condition["none"])
    return _compare(condition, _value(condition, answers, profile, facts), facts)


def comparisons(condition: Condition) -> Iterator[Condition]:
    """Every single comparison in the condition, whatever its nesting."""
    for group in GROUPS:
        if group in condition:
            for part in condition[group]:
                yield from comparisons(part)
            return
    yield condition


def is_unanswered(value: Any) -> bool:
    """Whether nothing was answered: no value (as when marked not applicable), blank words or an empty choice."""
    return value is None or (isinstance(value, str | list | tuple) and not value)


def _value(
    condition: Condition, answers: Mapping[str, Any], profile: Mapping[str, Any], facts: Mapping[str, Fact]
) -> Any:
    if "answer" in condition:
        return answers.get(condition["answer"])
    if "profile" in condition:
        return profile.get(condition["profile"])
    if "fact" in condition:
        fact = facts.get(condition["fact"])
        return None if fact is None else fact.value
    raise ValueError(f"no answer, profile or fact in {condition!r}")


def _compare(condition: Condition, value: Any, facts: Mapping[str, Fact]) -> bool:
    operator = next((name for name in OPERATORS if name in condition), None)
    if operator is None:
        raise ValueError(f"unknown operator in {condition!r}")
    awaited = condition[operator]
    unanswered = is_unanswered(value)
    if operator in ("empty", "answered"):
        return unanswered is (awaited is (operator == "empty"))
    if unanswered:
        return False
    if operator in ("over", "under"):
        return _passes(operator, value, _threshold(awaited, facts))
    return _matches(operator, value, awaited)


def _matches(operator: str, value: Any, awaited: Any) -> bool:
    if operator == "is":
        return _same(value, awaited)
    if operator == "not":
        return not _same(value, awaited)
    if operator == "in":
        return any(_same(value, choice) for choice in awaited)
    wanted = awaited if isinstance(awaited, Sequence) and not isinstance(awaited, str) else [awaited]
    return not isinstance(value, str) and any(_same(item, choice) for item in value for choice in wanted)


def _same(left: Any, right: Any) -> bool:
    """Equal, with numbers compared as numbers: an amount is kept as words ("25.00"), the rulebook writes 25."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    a, b = _number(left), _number(right)
    return left == right if a is None or b is None else a == b


def _threshold(awaited: Any, facts: Mapping[str, Fact]) -> Any:
    """The limit itself, or the value of the fact it names (`{ fact = "pay.card_limit" }`)."""
    if isinstance(awaited, Mapping):
        fact = facts.get(awaited["fact"])
        return None if fact is None else fact.value
    return awaited


def _passes(operator: str, value: Any, limit: Any) -> bool:
    left, right = _ordered(value), _ordered(limit)
    if isinstance(left, date) and isinstance(right, date):
        return left > right if operator == "over" else left < right
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return left > right if operator == "over" else left < right
    return False


def _ordered(value: Any) -> Decimal | date | None:
    number = _number(value)
    if number is not None:
        return number
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _number(value: Any) -> Decimal | None:
    if isinstance(value, Decimal):
        return value
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
