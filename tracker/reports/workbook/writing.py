"""The workbook room, writing: a described workbook becomes a file, whole or not at all."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from tracker.platform.clock import TORONTO
from tracker.reports.workbook.cleaning import neutralise, sheet_name
from tracker.reports.workbook.parts import (
    Chart,
    Column,
    Figures,
    Kind,
    Link,
    Notes,
    Sheet,
    Status,
    Table,
    Tone,
    Value,
    Workbook,
)
from tracker.reports.workbook.styles import MAX_WIDTH, MIN_WIDTH, Styles

PAPER = {"letter": 1, "a4": 9}
PAGE_WORDS = {"en": "Page &P of &N", "fr": "Page &P de &N"}
MAX_URL = 2000
NUMERIC = (Kind.INTEGER, Kind.MONEY, Kind.MONEY0, Kind.PERCENT)


def write(workbook: Workbook, path: Path) -> list[dict[str, Any]]:
    """Write the file (temporary name first, then renamed) and return `[{"name", "rows"}]`, one entry a sheet."""
    temporary = path.with_name(f".{path.name}.part")
    book = xlsxwriter.Workbook(
        str(temporary),
        {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "remove_timezone": True},
    )
    book.set_properties(
        {
            "title": workbook.title,
            "author": workbook.made_by,
            "company": workbook.firm,
            "comments": workbook.confidentiality,
            "created": workbook.made_at.astimezone(TORONTO).replace(tzinfo=None),
        }
    )
    styles, taken = Styles(book, workbook.language), set[str]()
    told = [_SheetWriter(book, workbook, sheet, styles, taken).write() for sheet in workbook.sheets]
    book.close()
    temporary.replace(path)
    return told


class _SheetWriter:
    """Writes one sheet from top to bottom."""

    def __init__(self, book: Any, workbook: Workbook, sheet: Sheet, styles: Styles, taken: set[str]) -> None:
        self._book, self._workbook, self._sheet, self._styles = book, workbook, sheet, styles
        self.name = sheet_name(sheet.name, taken)
        self._out = book.add_worksheet(self.name)
        self._row, self._rows = 0, 0
        self._widths: dict[int, float] = {}

    def write(self) -> dict[str, Any]:
        """Write it and say how many rows of data it holds."""
        self._out.hide_gridlines(2)
        self._text(self._row, 0, self._sheet.title, self._styles.title)
        self._out.set_row(0, 24)
        self._row += 1
        if self._sheet.subtitle:
            self._text(self._row, 0, self._sheet.subtitle, self._styles.subtitle)
            self._row += 1
        self._row += 1
        writers: dict[type, Callable[[Any], None]] = {
            Table: self._table,
            Figures: self._figures,
            Notes: self._notes,
            Chart: self._chart,
        }
        for block in self._sheet.blocks:
            writers[type(block)](block)
        for column, width in self._widths.items():
            self._out.set_column(column, column, width)
        self._print_set_up()
        return {"name": self.name, "rows": self._rows}

    def _text(self, row: int, column: int, text: str, style: Any) -> None:
        self._out.write_string(row, column, neutralise(text), style)

    # Tables

    def _table(self, table: Table) -> None:
        if table.heading:
            self._text(self._row, 0, table.heading, self._styles.heading)
            self._row += 1
        head, columns = self._row, _unique_titles(table.columns)
        rows = list(table.rows)
        is_empty = not rows
        body = rows or [[table.nothing, *[None] * (len(columns) - 1)]]
        has_totals = not is_empty and any(column.total for column in columns)
        last = head + len(body) + (1 if has_totals else 0)
        self._out.add_table(
            head,
            0,
            last,
            len(columns) - 1,
            {
                "name": table.name,
                "style": "Table Style Light 1",
                "banded_rows": False,
                "total_row": has_totals,
                "columns": [self._column_options(column) for column in columns],
            },
        )
        for offset, values in enumerate(body, start=1):
            for index, (column, value) in enumerate(zip(columns, values, strict=True)):
                kind = Kind.TEXT if is_empty else column.kind
                self._cell(head + offset, index, kind, value)
        self._decorate(columns, head + 1, head + len(body))
        self._measure(columns, body)
        self._page_breaks(table, body, head)
        self._out.freeze_panes(head + 1, self._sheet.frozen_columns)
        self._out.repeat_rows(head)
        self._rows += len(rows)
        self._row = last + 2

    def _column_options(self, column: Column) -> dict[str, Any]:
        options: dict[str, Any] = {"header": column.title, "header_format": self._styles.head}
        if column.total:
            # Excel's own total row writes SUBTOTAL, which follows the filter.
            options["total_function"] = column.total
            options["format"] = self._styles.cell(column.kind)
        return options

    def _cell(self, row: int, index: int, kind: Kind, value: Value) -> None:
        style = self._styles.cell(kind)
        if value is None or value == "":
            self._out.write_blank(row, index, None, style)
        elif isinstance(value, Status):
            self._text(row, index, str(value), self._styles.tone(value.tone))
        elif isinstance(value, Link):
            self._link(row, index, value)
        elif isinstance(value, bool):
            self._out.write_boolean(row, index, value, style)
        elif isinstance(value, int | Decimal):
            self._out.write_number(row, index, value, style)
        elif isinstance(value, datetime):
            self._out.write_datetime(row, index, value.astimezone(TORONTO).replace(tzinfo=None), style)
        elif isinstance(value, date):
            self._out.write_datetime(row, index, datetime(value.year, value.month, value.day), style)  # noqa: DTZ001
        else:
            self._text(row, index, str(value), style)

    def _link(self, row: int, index: int, link: Link) -> None:
        style = self._styles.cell(Kind.LINK)
        if link.url.startswith(("http://", "https://")) and len(link.url) < MAX_URL:
            self._out.write_url(row, index, link.url, style, neutralise(link.text))
        else:
            self._text(row, index, link.text, style)

    def _decorate(self, columns: tuple[Column, ...], first: int, last: int) -> None:
        for index, column in enumerate(columns):
            if column.limits:
                low, high = column.limits
                for criteria, limit, tone in (("<", low, Tone.LATE), ("<", high, Tone.WAITING)):
                    rule = {"type": "cell", "criteria": criteria, "value": limit, "format": self._styles.warning(tone)}
                    blank = {"type": "blanks", "stop_if_true": True}
                    self._out.conditional_format(first, index, last, index, blank)
                    self._out.conditional_format(first, index, last, index, {**rule, "stop_if_true": True})
            if column.has_bar:
                bar = {"type": "data_bar", "bar_color": "#9FB3C8", "bar_solid": True, "min_type": "num", "min_value": 0,
                       "max_type": "num", "max_value": 100}  # fmt: skip
                self._out.conditional_format(first, index, last, index, bar)
            if column.choices and sum(map(len, column.choices)) + len(column.choices) <= 255:
                self._out.data_validation(
                    first, index, last, index, {"validate": "list", "source": list(column.choices)}
                )

    def _measure(self, columns: tuple[Column, ...], rows: list[Any]) -> None:
        for index, column in enumerate(columns):
            widest = max((len(_shown(values[index], column.kind)) for values in rows[:500]), default=0)
            heading = max((len(word) for word in column.title.split()), default=0) + 3
            width = max(widest + 2, heading, MIN_WIDTH.get(column.kind, 8))
            width = min(width, MAX_WIDTH.get(column.kind, 60))
            self._widths[index] = max(self._widths.get(index, 0), width)
            if column.is_hidden:
                self._out.set_column(index, index, width, None, {"hidden": True})
                self._widths.pop(index, None)

    def _page_breaks(self, table: Table, rows: list[Any], head: int) -> None:
        if table.group_by is None:
            return
        groups = [str(values[table.group_by]) for values in rows]
        breaks = [head + 1 + n for n in range(1, len(groups)) if groups[n] != groups[n - 1]]
        if breaks:
            self._out.set_h_pagebreaks(breaks[:1000])

    # Other blocks

    def _figures(self, block: Figures) -> None:
        if block.heading:
            self._text(self._row, 0, block.heading, self._styles.heading)
            self._row += 1
        if block.before_heading:
            self._text(self._row, 2, block.before_heading, self._styles.label)
            self._text(self._row, 3, block.change_heading, self._styles.label)
            self._row += 1
        for figure in block.figures:
            self._text(self._row, 0, figure.label, self._styles.label)
            self._styled(self._row, 1, figure.value, figure.kind)
            if figure.before is not None:
                self._styled(self._row, 2, figure.before, figure.kind)
                self._text(self._row, 3, _change(figure.value, figure.before, block.change_words), self._styles.text)
            if figure.note:
                self._text(self._row, 4, figure.note, self._styles.label)
            self._out.set_row(self._row, 20)
            self._row += 1
            self._rows += 1
        self._widths |= {0: max(self._widths.get(0, 0), 44), 1: max(self._widths.get(1, 0), 18)}
        self._row += 1

    def _styled(self, row: int, index: int, value: Value, kind: Kind) -> None:
        style = self._styles.figure(kind)
        if isinstance(value, int | Decimal):
            self._out.write_number(row, index, value, style)
        elif isinstance(value, date) and not isinstance(value, datetime):
            self._out.write_datetime(row, index, datetime(value.year, value.month, value.day), style)  # noqa: DTZ001
        else:
            self._text(row, index, "" if value is None else str(value), style)

    def _notes(self, block: Notes) -> None:
        if block.heading:
            self._text(self._row, 0, block.heading, self._styles.heading)
            self._row += 1
        for label, text in block.lines:
            self._text(self._row, 0, label, self._styles.label)
            self._text(self._row, 1, text, self._styles.text)
            self._row += 1
            self._rows += 1
        self._widths = {0: max(self._widths.get(0, 0), 30), 1: max(self._widths.get(1, 0), 90), **{
            k: v for k, v in self._widths.items() if k > 1}}  # fmt: skip
        self._row += 1

    def _chart(self, block: Chart) -> None:
        """The chart's own numbers stand beside it, so that it can be checked and read without seeing it."""
        head = self._row
        self._text(head, 0, block.title, self._styles.heading)
        self._text(head + 1, 0, "", self._styles.label)
        self._text(head + 1, 1, block.value_title, self._styles.label)
        for offset, (label, value) in enumerate(zip(block.labels, block.values, strict=True), start=2):
            self._text(head + offset, 0, label, self._styles.label)
            self._out.write_number(head + offset, 1, value, self._styles.cell(block.number_kind))
        last = head + 1 + len(block.labels)
        if block.labels:
            chart = self._book.add_chart({"type": block.kind})
            chart.add_series(
                {
                    "name": block.value_title,
                    "categories": [self.name, head + 2, 0, last, 0],
                    "values": [self.name, head + 2, 1, last, 1],
                    "fill": {"color": "#486581"},
                    "gap": 60,
                    "data_labels": {"value": len(block.labels) <= 12},
                }
            )
            chart.set_title({"name": block.title, "name_font": {"size": 11}})
            chart.set_legend({"none": True})
            chart.set_size({"width": 560, "height": 240})
            self._out.insert_chart(head, 3, chart, {"description": block.title})
        self._row = max(last, head + 13) + 2

    def _print_set_up(self) -> None:
        out, book = self._out, self._workbook
        if self._sheet.is_landscape:
            out.set_landscape()
        out.set_paper(PAPER[book.paper])
        out.fit_to_pages(1, 0)
        out.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.7)
        left = _footer(f"{book.firm} · {book.as_of.isoformat()}")
        out.set_footer(f"&L&8{left}&C&8{_footer(book.confidentiality)}&R&8{PAGE_WORDS[book.language]}")


def _footer(text: str) -> str:
    return text.replace("&", "&&")[:80]


def _unique_titles(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    seen: set[str] = set()
    found = []
    for column in columns:
        title, count = column.title or "–", 1
        while title.casefold() in seen:
            count += 1
            title = f"{column.title} {count}"
        seen.add(title.casefold())
        found.append(column if title == column.title else _titled(column, title))
    return tuple(found)


def _titled(column: Column, title: str) -> Column:
    return Column(title, column.kind, column.total, column.has_bar, column.limits, column.choices, column.is_hidden)


def _shown(value: Value, kind: Kind) -> str:
    if value is None:
        return ""
    if isinstance(value, Link):
        return value.text
    if kind in NUMERIC and isinstance(value, int | Decimal):
        return f"{value:,.2f} $" if kind is Kind.MONEY else f"{value:,.0f} $"
    if isinstance(value, datetime):
        return "2026-11-23 10:42"
    return str(value).split("\n")[0]


def _change(value: Value, before: Value, words: tuple[str, str, str]) -> str:
    if not isinstance(value, int | Decimal) or not isinstance(before, int | Decimal):
        return ""
    difference = value - before
    if difference == 0:
        return f"= {words[2]}"
    return f"▲ +{difference:,} {words[0]}" if difference > 0 else f"▼ {difference:,} {words[1]}"
