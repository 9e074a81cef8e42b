"""Workbook, layout: one sheet while it is being filled: next free row, widths, page breaks, places of tables."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tracker.workbook.cells import CellWriter
from tracker.workbook.parts import Column, Sheet, Workbook
from tracker.workbook.styles import SIZE, Styles
from tracker.workbook.words import Words

MAX_ROWS, MAX_COLUMNS = 1_048_576, 16_384
MAX_WIDTH, MIN_WIDTH = 60.0, 6.0
MAX_PROMPT = 255


@dataclass(slots=True)
class Place:
    """Where a table came to stand: its sheet, the row of its headings, its first and last row of data, its columns."""

    sheet: str
    header: int
    first: int
    last: int
    columns: Sequence[Column]
    headings: Sequence[str]

    def index(self, key: str) -> int:
        """The position of the column called `key`; KeyError if there is none."""
        for number, column in enumerate(self.columns):
            if column.key == key:
                return number
        raise KeyError(key)


@dataclass(slots=True)
class Lists:
    """Long drop-down lists: each becomes a column of a hidden sheet, written last."""

    sheet: str
    columns: list[tuple[str, ...]] = field(default_factory=list)

    def number(self, choices: tuple[str, ...]) -> int:
        """The column in which these choices stand."""
        if choices not in self.columns:
            self.columns.append(choices)
        return self.columns.index(choices)


@dataclass(slots=True)
class Canvas:
    """A sheet being filled, from the top down: the writer may be one that keeps no row it has left."""

    page: Any
    sheet: Sheet
    name: str
    book: Workbook
    styles: Styles
    words: Words
    cells: CellWriter
    lists: Lists
    flat: bool
    row: int = 0
    group_top: int = 0
    right_row: int = 0
    chart_end: tuple[int, int] = (0, 0)  # the last row and column a chart on the right reaches
    right_column: int = 0
    widths: dict[int, float] = field(default_factory=dict)
    heights: dict[int, float] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)
    breaks: list[int] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    filtered: bool = False
    data_rows: int = 0

    def widen(self, column: int, characters: float) -> None:
        """See to it that `column` holds this many characters, at most 60."""
        self.widths[column] = max(self.widths.get(column, MIN_WIDTH), min(characters, MAX_WIDTH))

    def raise_row(self, points: float) -> None:
        """Make the row to be written next this high."""
        self.page.set_row(self.row, points)
        if not self.places:  # charts stand beside what comes before the tables
            self.heights[self.row] = points

    def say(self, text: str, *, size: int = SIZE, soft: bool = False, bold: bool = False) -> None:
        """Write one line of words in the first column and go down a row."""
        colour = "#566069" if soft else "#1B2329"
        self.raise_row(math.ceil(size * 1.5))
        self.cells.write(self.row, 0, text, "text", self.styles.line(size=size, colour=colour, bold=bold))
        self.row += 1

    def prompt(self, row: int, column: int, title: str, note: str) -> None:
        """Show `note` when the cell is selected: a definition that neither prints nor hides anything."""
        if note:
            shown = note if len(note) <= MAX_PROMPT else note[: MAX_PROMPT - 1] + "…"
            self.page.data_validation(
                row, column, row, column, {"validate": "any", "input_title": title[:32], "input_message": shown}
            )

    def below_charts(self, columns: int) -> None:
        """Go below what stands on the right and start a new group, unless this many columns fit beside it."""
        if columns <= self.right_column:
            return
        if self.right_row > self.row:
            self.row = self.right_row + 1
        if self.right_row:
            self.group_top, self.right_row, self.right_column = self.row, 0, 0

    def occupy(self, columns: int) -> None:
        """Remember that the blocks of this group are this many columns wide."""
        self.right_column = max(self.right_column, columns)
