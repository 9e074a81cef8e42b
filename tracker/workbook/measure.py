"""Workbook, measure: how wide a column must be for what stands in it. Pure."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from xlsxwriter.utility import xl_pixel_width

from tracker.platform.money import format_money
from tracker.workbook.cells import kind_of
from tracker.workbook.layout import MAX_WIDTH, MIN_WIDTH
from tracker.workbook.parts import Column, Kind, Link, Marked, Status

SAMPLE = 2000  # rows that are measured
MAX_HEIGHT = 400.0  # points; Excel stops at 409
BUTTON = 2.6  # what the filter's button takes of a heading, in characters
UPRIGHT_WIDTH = 6.0
WRAPPED_WIDTH, LINK_WIDTH = 48.0, 40.0
WRAPS: frozenset[Kind] = frozenset({"wrapped", "link", "mixed"})  # a long name is read to its end, not cut
CHARACTER = 7  # pixels of a column's unit: a digit of the book's standard font at 11 points
SHRINK, BOLD = 10 / 11, 1.07  # cells are set in 10 points
MARK_WIDTH = 2.2  # the sign before a marked number
SLACK = 1.01  # another program's font is a little wider


def shown_length(value: object, kind: Kind, language: str) -> float:
    """How many characters of a column `value` takes on the screen; of several lines, the longest."""
    if value is None:
        return 0
    if isinstance(value, (Status, Link)):
        return text_width(value.text)
    if isinstance(value, Marked):
        return shown_length(value.value, kind, language) * BOLD + MARK_WIDTH
    if isinstance(value, (datetime, date)):
        return 16 if kind == "datetime" else 10
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return _number_length(Decimal(str(value)), kind, language)
    return max((text_width(line) for line in str(value)[:400].splitlines()), default=0)


def text_width(text: str) -> float:
    """How many characters of a column `text` takes in one line at 10 points, letters as wide as they are."""
    return float(xl_pixel_width(text)) * SHRINK * SLACK / CHARACTER


def _number_length(value: Decimal, kind: Kind, language: str) -> int:
    if not value.is_finite():
        return 0
    if kind in ("money", "money0"):
        return len(format_money(value, language, cents=kind == "money"))
    return len(f"{value:,.0f}") + {"percent": 2, "days": 2, "decimal": 2}.get(kind, 0)


def measured_widths(
    columns: Sequence[Column], titles: Sequence[str], sample: Sequence[Sequence[Any]], language: str
) -> list[float]:
    """The width in characters of each column: its own, or what its values and its heading on two lines need."""
    return [
        column.width
        or (UPRIGHT_WIDTH if column.upright else 0)
        or _measured(column, titles[number], (row[number] for row in sample), language)
        for number, column in enumerate(columns)
    ]


def _measured(column: Column, title: str, values: Any, language: str) -> float:
    longest = max((shown_length(value, kind_of(value, column.kind), language) for value in values), default=0)
    marked = 2.0 if column.marks in ("coverage", "deadline", "shortfall") else 0
    summed = 1.5 if column.total in ("sum", "average") else 0  # a sum is longer than what it adds up
    indented = 1.0 if column.kind in ("date", "datetime") else 0
    content = longest + 1.8 + marked + summed + indented
    limit = {"wrapped": WRAPPED_WIDTH, "link": LINK_WIDTH}.get(column.kind, MAX_WIDTH)
    return min(max(min(content, limit), _heading_width(title) + indented, MIN_WIDTH), MAX_WIDTH)


def _heading_width(title: str) -> float:
    """Wide enough for the whole on two lines, broken where that is narrowest."""
    words = title.split()
    splits = ((" ".join(words[:place]), " ".join(words[place:])) for place in range(1, len(words)))
    two_lines = min((max(text_width(line) for line in split) for split in splits), default=text_width(title))
    return two_lines * BOLD + BUTTON + 0.3


def wrapped_lines(value: object, width: float) -> int:
    """Over how many lines `value` runs in a wrapped column of this width."""
    text = value.text if isinstance(value, (Status, Link)) else str(value or "")
    return sum(_lines(line, width - 0.5) for line in text.splitlines()) or 1


def heading_lines(title: str, width: float) -> int:
    """Over how many lines, at most four, the heading runs at this width."""
    return min(_lines(title, width - BUTTON, BOLD), 4)


def upright_height(title: str) -> float:
    """How many points high a heading on its end is, with room for the filter's button below it."""
    return text_width(title) * BOLD * CHARACTER * 0.75 + 22


def _lines(text: str, room: float, factor: float = 1.0) -> int:
    """Over how many lines words run, broken at blanks; a word wider than the room is broken where it must."""
    if len(text) * 1.15 * factor <= room:  # no letter but a few capitals is wider: nothing to add up
        return 1
    room, blank = max(room, 1.0), text_width(" ") * factor
    lines, used = 1, 0.0
    for word in text.split():
        width = text_width(word) * factor
        if used and used + blank + width > room:
            lines, used = lines + 1, 0.0
        lines, used = lines + int(width // room), (used + blank if used else 0.0) + width % room
    return lines
