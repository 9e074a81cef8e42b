"""Workbook, tables: a real Excel table with filter, totals that follow it, drop-downs and marks."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from itertools import chain, islice
from typing import Any

from xlsxwriter.utility import xl_range

from tracker.workbook.cells import kind_of, plain_value
from tracker.workbook.layout import MAX_COLUMNS, MAX_ROWS, Canvas, Place
from tracker.workbook.marks import add_choices, add_marks
from tracker.workbook.measure import (
    MAX_HEIGHT,
    SAMPLE,
    WRAPS,
    heading_lines,
    measured_widths,
    upright_height,
    wrapped_lines,
)
from tracker.workbook.names import headings
from tracker.workbook.parts import Column, Link, Marked, Status, Table
from tracker.workbook.styles import RULE, SOFT

RECORD, AS_OF = "record_id", "as_of"  # the headings of the hidden columns: the same in both languages, for the import
TABLE_STYLE = "Table Style Light 1"
_FUNCTIONS = {"sum": (109, "sum"), "count": (103, "count"), "average": (101, "average")}


def draw_table(canvas: Canvas, table: Table) -> None:
    """Write the table at the next free row of the sheet."""
    columns = (*table.columns, *_record_columns(table))
    canvas.below_charts(len(columns))
    if table.heading:
        canvas.say(table.heading, size=13, bold=True)
    if not columns or len(columns) > MAX_COLUMNS:
        raise ValueError(f"{table.name} has {len(columns)} columns")
    titles = headings((column.title for column in columns), canvas.words.column)
    rows = _Rows(canvas, table, columns)
    _measure(canvas, columns, titles, rows.sample)
    header = canvas.row
    _head(canvas, columns, titles)
    sums = rows.write()
    place = Place(canvas.name, header, header + 1, canvas.row - 1, columns, titles)
    _finish(canvas, table, place, sums, empty=rows.count == 0)
    canvas.places.append(place)
    canvas.data_rows += rows.count
    canvas.occupy(len(columns))
    canvas.row += 1


def _record_columns(table: Table) -> tuple[Column, ...]:
    if not table.record:
        return ()
    stamp = Column("", AS_OF, "datetime", hidden=True)
    return (Column(table.record, RECORD, "text", hidden=True), stamp)


def row_reader(first: Any, columns: tuple[Column, ...], stamp: datetime) -> Callable[[Any], list[Any]]:
    """How to take the values out of rows like the `first`: by key, by position or by attribute."""
    keys = [column.key for column in columns]
    if isinstance(first, Mapping):
        return lambda row: [row[key] if key else stamp for key in keys]
    if isinstance(first, tuple) and not hasattr(first, "_fields"):
        return list
    return lambda row: [getattr(row, key) if key else stamp for key in keys]


class _Rows:
    """The rows of a table on their way into the sheet, counted and added up."""

    def __init__(self, canvas: Canvas, table: Table, columns: tuple[Column, ...]) -> None:
        self._canvas, self._table, self._columns = canvas, table, columns
        self._source: Iterator[Any] = iter(table.rows)
        self._peeked = list(islice(self._source, SAMPLE))
        self._read = row_reader(self._peeked[0], columns, canvas.book.made_at) if self._peeked else list
        self.sample = [self._read(row) for row in self._peeked]
        self._wrapped = [number for number, column in enumerate(columns) if column.kind in WRAPS]
        self._links = [number for number, column in enumerate(columns) if column.kind == "link"]
        self.count = 0

    def write(self) -> list["_Sum"]:
        """Write them all, or say that there is nothing to show; what each column adds up to."""
        sums = [_Sum() for _ in self._columns]
        styles = {
            strong: [self._canvas.styles.cell(c.kind, strong=strong, upright=c.upright) for c in self._columns]
            for strong in (False, True)
        }
        group: Any = None
        for row in chain(self._peeked, self._source):
            values = self._read(row)
            group = self._break(values, group)
            self._write(values, styles[self._is_strong(row)], sums)
        if not self.count:
            self._nothing(styles[False])
        return sums

    def _write(self, values: list[Any], styles: list[Any], sums: list["_Sum"]) -> None:
        canvas = self._canvas
        if canvas.row >= MAX_ROWS - 2:
            raise ValueError(f"{self._table.name} has more rows than a sheet can hold")
        self._move_links(values)
        if self._wrapped:
            self._make_room(values)
        for number, (value, column) in enumerate(zip(values, self._columns, strict=True)):
            kind = kind_of(value, column.kind)
            style = styles[number] if kind == column.kind else canvas.styles.cell(kind)
            if isinstance(value, Marked):
                style = canvas.styles.marked(kind)
            canvas.cells.write(canvas.row, number, value, kind, style)
            if column.total:
                sums[number].add(plain_value(value, column.kind))
        self.count += 1
        canvas.row += 1

    def _move_links(self, values: list[Any]) -> None:
        """Let a link whose text runs over several lines be plain words, which wrap, and lead there from a short cell.

        LibreOffice shows a link as a field on one line and cuts it at the column's edge; Excel wraps it like any text.
        """
        for number in self._links:
            link = values[number]
            if isinstance(link, Link) and link.url and self._lines(values, number) > 1:
                taker = self._taker(values, number)
                if taker is not None:
                    word = values[taker]
                    values[number], values[taker] = link.text, Link(getattr(word, "text", word), link.url)

    def _taker(self, values: list[Any], after: int) -> int | None:
        """The next cell to the right that holds a few words of a kind that does not wrap."""
        return next(
            (
                number
                for number in range(after + 1, len(values))
                if self._columns[number].kind in ("text", "status")
                and isinstance(values[number], (str, Status))
                and values[number]
                and self._lines(values, number) == 1
            ),
            None,
        )

    def _lines(self, values: list[Any], number: int) -> int:
        return wrapped_lines(values[number], self._canvas.widths[number])

    def _make_room(self, values: list[Any]) -> None:
        """Make the row high enough for its wrapped text; not every program does so by itself."""
        lines = max(self._lines(values, number) for number in self._wrapped)
        if lines > 1:
            self._canvas.page.set_row(self._canvas.row, min(3 + 13 * lines, MAX_HEIGHT))

    def _is_strong(self, row: Any) -> bool:
        if not self._table.strong:
            return False
        if isinstance(row, Mapping):
            return bool(row[self._table.strong])
        return bool(getattr(row, self._table.strong))

    def _break(self, values: list[Any], before: Any) -> Any:
        """Start a new printed page where the group changes; the group of this row."""
        if not self._table.group:
            return None
        number = next(n for n, column in enumerate(self._columns) if column.key == self._table.group)
        if self.count and values[number] != before:
            self._canvas.breaks.append(self._canvas.row)
        return values[number]

    def _nothing(self, styles: list[Any]) -> None:
        """The one row a table must have, in the words the report gave or the engine's own."""
        canvas, first = self._canvas, next((n for n, column in enumerate(self._columns) if not column.hidden), 0)
        for number, style in enumerate(styles):
            canvas.cells.write(canvas.row, number, None, "text", style)
        notice = canvas.styles.of(italic=True, font_color=SOFT, valign="top", bottom=1, bottom_color=RULE)
        canvas.cells.write(canvas.row, first, self._table.empty or canvas.words.nothing, "text", notice)
        canvas.row += 1


class _Sum:
    """What a column's totals cell should show before anybody filters or recalculates."""

    def __init__(self) -> None:
        self._sum, self._numbers, self._filled = Decimal(0), 0, 0

    def add(self, value: object) -> None:
        self._filled += value is not None
        if isinstance(value, (int, float)):
            self._sum += Decimal(str(value))
            self._numbers += 1

    def result(self, total: str) -> float:
        if total == "count":
            return self._filled
        if total == "average":
            return float(self._sum / self._numbers) if self._numbers else 0.0
        return float(self._sum)


def _measure(canvas: Canvas, columns: Iterable[Column], titles: list[str], sample: list[list[Any]]) -> None:
    columns = list(columns)
    for number, width in enumerate(measured_widths(columns, titles, sample, canvas.book.language)):
        canvas.widen(number, width)
        if columns[number].hidden:
            canvas.hidden.add(number)


def _head(canvas: Canvas, columns: Iterable[Column], titles: list[str]) -> None:
    columns = list(columns)
    shown = [
        (column, title, canvas.widths[n])
        for n, (column, title) in enumerate(zip(columns, titles, strict=True))
        if not column.hidden
    ]
    canvas.raise_row(max((_heading_height(*one) for one in shown), default=22))
    for number, (column, title) in enumerate(zip(columns, titles, strict=True)):
        canvas.page.write_string(canvas.row, number, title, canvas.styles.header(column.kind, upright=column.upright))
        canvas.prompt(canvas.row, number, title, column.note)
    canvas.row += 1


def _heading_height(column: Column, title: str, width: float) -> float:
    return upright_height(title) if column.upright else 8 + 14 * heading_lines(title, width)


def _finish(canvas: Canvas, table: Table, place: Place, sums: list[_Sum], *, empty: bool) -> None:
    """Make it a table, with filter and totals; then what lies over the cells."""
    totals = table.totals and not empty
    if totals:
        canvas.row += 1
    if canvas.flat:
        _filter(canvas, place)
    else:
        _make_table(canvas, table, place, totals=totals)
    if totals:
        _write_totals(canvas, table, place, sums)
    for number, column in enumerate(place.columns):
        add_choices(canvas, place, number, column)
        if not empty:
            add_marks(canvas, place, number, column)


def _filter(canvas: Canvas, place: Place) -> None:
    """A sheet holds one filter of its own: the first table's."""
    if not canvas.filtered:
        canvas.page.autofilter(place.header, 0, place.last, len(place.columns) - 1)
        canvas.filtered = True


def _make_table(canvas: Canvas, table: Table, place: Place, *, totals: bool) -> None:
    label = _label_column(place)
    columns = []
    for number, (column, title) in enumerate(zip(place.columns, place.headings, strict=True)):
        options: dict[str, Any] = {
            "header": title,
            "header_format": canvas.styles.header(column.kind, upright=column.upright),
        }
        if totals and column.total:
            options["total_function"] = _FUNCTIONS[column.total][1]
        elif totals and number == label:
            options["total_string"] = canvas.words.total
        columns.append(options)
    options = {"name": table.name, "style": TABLE_STYLE, "columns": columns, "total_row": totals, "banded_rows": False}
    failed = canvas.page.add_table(place.header, 0, place.last + totals, len(columns) - 1, options)
    if failed:
        raise ValueError(f"{table.name} cannot be made a table ({failed})")


def _label_column(place: Place) -> int | None:
    """Where the word Total stands: the first column in sight, unless it adds up itself."""
    number = next((n for n, column in enumerate(place.columns) if not column.hidden), None)
    return None if number is None or place.columns[number].total else number


def _write_totals(canvas: Canvas, table: Table, place: Place, sums: list[_Sum]) -> None:
    row, label = place.last + 1, _label_column(place)
    for number, column in enumerate(place.columns):
        style = canvas.styles.total(column.kind if column.total != "count" else "integer", upright=column.upright)
        if column.total:
            formula = _formula(canvas, table, place, number, column)
            canvas.page.write_formula(row, number, formula, style, sums[number].result(column.total))
        elif number == label:
            canvas.page.write_string(row, number, canvas.words.total, style)
        else:
            canvas.page.write_blank(row, number, None, style)


def _formula(canvas: Canvas, table: Table, place: Place, number: int, column: Column) -> str:
    """SUBTOTAL skips the rows a filter hides; over the table's column by name where there is a table."""
    code = _FUNCTIONS[column.total][0]
    if canvas.flat:
        return f"=SUBTOTAL({code},{xl_range(place.first, number, place.last, number)})"
    escaped = "".join(f"'{sign}" if sign in "[]#'" else sign for sign in place.headings[number])
    return f"=SUBTOTAL({code},{table.name}[{escaped}])"
