"""Workbook, parts: what a workbook is made of, as frozen values. Words in them are already in its language."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

Kind = Literal[
    "text",
    "wrapped",
    "plain",
    "integer",
    "decimal",
    "money",
    "money0",
    "percent",
    "date",
    "datetime",
    "link",
    "status",
    "days",
    "mixed",
]
Tone = Literal["open", "waiting", "done", "late", "blocked", "none"]
Total = Literal["", "sum", "count", "average"]
Marks = Literal["", "bar", "coverage", "deadline", "shortfall"]
Better = Literal["up", "down", ""]

MARK = "◆"  # before a marked number
ICONS: dict[Tone, str] = {"open": "○", "waiting": "◷", "done": "●", "late": "▲", "blocked": "■", "none": "–"}


@dataclass(frozen=True, slots=True)
class Status:
    """A state as the reader sees it: a shape and a word; the colour only repeats them."""

    tone: Tone
    word: str

    @property
    def text(self) -> str:
        """The text of the cell: `▲ Late`."""
        return f"{ICONS[self.tone]} {self.word}"


@dataclass(frozen=True, slots=True)
class Link:
    """A cell that leads to an http(s) or mailto address, or to another sheet by its title: `#Portfolio`."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Marked:
    """A number that stands out among those of its row: bold, with a sign before it, in no colour of its own."""

    value: Decimal | int


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `key` finds the value in a row; `percent` values are percentage points (83 is 83 %).
    `decimal` shows one place. `plain` shows a number as it is, without grouping or rounding: somebody else's value, handed
    back. `mixed` takes its kind from each value: Decimal is money, int a count, date a date, anything else text that wraps.
    The text of a `link` too long for one line of its column stands as words, and the link moves to a short cell of its row.

    `width` in characters replaces the measured one. `total` stands in the totals row. `choices` becomes a drop-down.
    `marks`: a data bar; coverage red below 100 % and amber below `warning` percent; deadlines late, within 30, 60 and 90 days;
    a shortfall above zero in red. `upright` stands the heading on its end, over a narrow column of counts. `note` (at most 255 characters are shown) opens when the heading is selected.
    """

    key: str
    title: str
    kind: Kind = "text"
    width: float | None = None
    total: Total = ""
    note: str = ""
    choices: tuple[str, ...] = ()
    marks: Marks = ""
    warning: int = 120
    hidden: bool = False
    upright: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A real Excel table called `name`. Rows are mappings, tuples in column order, or objects with those attributes.

    `totals` adds a row that follows the filter. `strong` names a key whose truth makes the row bold. `group` names the
    column whose change starts a new printed page. `record` names the key of the row's id: it then stands, hidden,
    with the moment of the export, so that the sheet can be read in again. `flat` writes one row at a time with little
    memory (no table object, filter and totals kept); a list above 20,000 rows is written so by itself.
    """

    name: str
    columns: tuple[Column, ...]
    rows: Iterable[Any]
    totals: bool = False
    heading: str = ""
    strong: str = ""
    group: str = ""
    record: str = ""
    empty: str = ""
    flat: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """One big number with last month's. `better` says which way is good; "" takes no side."""

    label: str
    value: Decimal | int | None
    kind: Kind = "integer"
    previous: Decimal | int | None = None
    better: Better = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """Big numbers, one a line: figure, now, last month, difference with arrow, sign and word."""

    figures: tuple[Figure, ...]
    heading: str = ""
    now: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """Lines of prose. A long one is broken over several rows; nothing is merged."""

    lines: tuple[str, ...]
    heading: str = ""
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """One line or set of columns of a chart: the table's column `key`; `tone` lends its colour."""

    key: str
    tone: Tone | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of a table of this workbook, wherever that stands; `place` is beside the blocks before it or below them."""

    kind: Literal["column", "bar", "stacked_bar", "stacked_column", "line"]
    title: str
    table: str
    categories: str
    series: tuple[Series | str, ...]
    place: Literal["right", "below"] = "below"
    height: int = 15  # rows
    width: int = 560  # pixels


Block = Figures | Table | Text | Chart


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. A sheet that is a lone table without `intro` starts with its headings in row 1, ready to be read in.

    `freeze` is the number of columns that stay in sight; the headings of the first table always do.
    """

    title: str
    blocks: tuple[Block, ...]
    intro: tuple[str, ...] = ()
    freeze: int = 0
    landscape: bool = True
    one_page: bool = False
    tab: Tone | None = None


@dataclass(frozen=True, slots=True)
class Workbook:
    """A whole workbook in one language. `made_at` is an aware instant; `period` falls back to `as_of` in the footer."""

    title: str
    firm: str
    language: str
    as_of: date
    made_by: str
    made_at: datetime
    sheets: tuple[Sheet, ...]
    period: str = ""
    confidentiality: str = ""
    paper: Literal["letter", "a4"] = "letter"
