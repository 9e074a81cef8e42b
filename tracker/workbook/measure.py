"""Workbook, measure: how wide a column must be for what stands in it. Pure."""

import math
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tracker.platform.money import format_money
from tracker.workbook.layout import MAX_WIDTH, MIN_WIDTH
from tracker.workbook.parts import Column, Kind, Link, Status

SAMPLE = 2000  # rows that are measured
MAX_HEIGHT = 400.0  # points; Excel stops at 409
BUTTON = 4.0  # what the filter's button takes of a heading
WRAPPED_WIDTH = 48.0


def shown_length(value: object, kind: Kind, language: str) -> int:
    """How many characters `value` takes on the screen; of several lines, the longest."""
    if value is None:
        return 0
    if isinstance(value, (Status, Link)):
        return len(value.text)
    if isinstance(value, (datetime, date)):
        return 16 if kind == "datetime" else 10
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return _number_length(Decimal(str(value)), kind, language)
    return max((len(line) for line in str(value)[:400].splitlines()), default=0)


def _number_length(value: Decimal, kind: Kind, language: str) -> int:
    if not value.is_finite():
        return 0
    if kind in ("money", "money0"):
        return len(format_money(value, language, cents=kind == "money"))
    return len(f"{value:,.0f}") + {"percent": 2, "days": 2}.get(kind, 0)


def measured_widths(
    columns: Sequence[Column], titles: Sequence[str], sample: Sequence[Sequence[Any]], language: str
) -> list[float]:
    """The width in characters of each column: its own, or what its values and its heading on two lines need."""
    return [
        column.width or _measured(column, titles[number], (row[number] for row in sample), language)
        for number, column in enumerate(columns)
    ]


def _measured(column: Column, title: str, values: Any, language: str) -> float:
    longest = max((shown_length(value, column.kind, language) for value in values), default=0)
    marked = 2.5 if column.marks in ("coverage", "deadline", "shortfall") or column.kind == "status" else 0
    summed = 2.5 if column.total in ("sum", "average") else 0  # a sum is longer than what it adds up
    content = longest * 1.08 + 2.0 + marked + summed
    limit = WRAPPED_WIDTH if column.kind == "wrapped" else MAX_WIDTH
    return min(max(min(content, limit), _heading_width(title), MIN_WIDTH), MAX_WIDTH)


def _heading_width(title: str) -> float:
    """Wide enough for the longest word, and for the whole on two lines."""
    longest_word = max((len(word) for word in title.split()), default=0)
    two_lines = math.ceil(len(title) / 2) + 1 if " " in title else 0
    return max(longest_word, two_lines) * 1.1 + BUTTON


def wrapped_lines(value: object, width: float) -> int:
    """Over about how many lines `value` runs in a wrapped column of this width."""
    return sum(max(1, math.ceil(len(line) / width)) for line in str(value or "").splitlines()) or 1


def heading_lines(title: str, width: float) -> int:
    """Over how many lines, at most four, the heading runs at this width."""
    lines, used, room = 1, 0.0, max(width - BUTTON, 1.0)
    for word in title.split():
        length = len(word) * 1.1
        if used and used + 1 + length > room:
            lines, used = lines + 1, length
        else:
            used += length + (1 if used else 0)
    return min(lines, 4)
