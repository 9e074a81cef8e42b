"""Workbook, writing: a described workbook becomes a file, whole or not at all."""

import os
from collections.abc import Sized
from datetime import UTC
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypedDict

import xlsxwriter

from tracker.platform.days import spoken
from tracker.workbook.cells import CellWriter
from tracker.workbook.charts import draw_chart, reserve
from tracker.workbook.layout import Canvas, Lists, Place
from tracker.workbook.names import check_table_names, sheet_names
from tracker.workbook.panels import draw_figures, draw_text, draw_title
from tracker.workbook.parts import Block, Chart, Figures, Sheet, Table, Text, Workbook
from tracker.workbook.printing import set_up_page
from tracker.workbook.styles import INKS, Styles
from tracker.workbook.tables import draw_table
from tracker.workbook.text import clean
from tracker.workbook.words import words_for

FLAT_ABOVE = 20_000
MAX_FROZEN_ROW = 12  # headings further down would freeze half the screen
MAX_PROPERTY = 255
_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


class SheetRows(TypedDict):
    """What `tracker report --json` says of a sheet: its name and how many rows of data it holds."""

    name: str
    rows: int


def write(workbook: Workbook, path: Path) -> list[SheetRows]:
    """Write the workbook to `path`, replacing what stood there only once it is complete; name and rows of each sheet.

    ValueError for a workbook without sheets, a table without a stable name, or more rows than a sheet holds;
    KeyError or AttributeError for a row that lacks a column's key, or a chart of a table that is not there.
    """
    if not workbook.sheets:
        raise ValueError("a workbook has at least one sheet")
    check_table_names(table.name for table in _tables(workbook))
    with TemporaryDirectory(dir=path.parent, prefix=".workbook-") as room:
        part = Path(room) / "part.xlsx"
        flat = any(_is_flat(table) for table in _tables(workbook))
        options = {**_OPTIONS, "constant_memory": flat, "tmpdir": room}
        with xlsxwriter.Workbook(str(part), options) as book:
            answer = _fill(book, workbook, flat=flat)
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(path)
    return answer


def _tables(workbook: Workbook) -> list[Table]:
    return [block for sheet in workbook.sheets for block in sheet.blocks if isinstance(block, Table)]


def _is_flat(table: Table) -> bool:
    return table.flat or (isinstance(table.rows, Sized) and len(table.rows) > FLAT_ABOVE)


def _fill(book: Any, workbook: Workbook, *, flat: bool) -> list[SheetRows]:
    words = words_for(workbook.language)
    styles = Styles(book, workbook.language, words)
    *names, lists_name = sheet_names((*(sheet.title for sheet in workbook.sheets), words.lists), words.sheet)
    lists = Lists(lists_name)
    titles = {sheet.title: name for sheet, name in zip(workbook.sheets, names, strict=True)}
    canvases = []
    for sheet, name in zip(workbook.sheets, names, strict=True):
        page = book.add_worksheet(name)
        cells = CellWriter(page, titles)
        canvases.append(Canvas(page, sheet, name, workbook, styles, words, cells, lists, flat))
    charts = [waiting for number, canvas in enumerate(canvases) for waiting in _draw(canvas, first=number == 0)]
    _draw_charts(book, canvases, charts)
    _write_lists(book, lists)
    _describe(book, workbook)
    return [{"name": canvas.name, "rows": canvas.data_rows} for canvas in canvases]


Waiting = tuple[Canvas, Chart, tuple[int, int]]


def _draw(canvas: Canvas, *, first: bool) -> list[Waiting]:
    """Fill one sheet; its charts wait until every table has its place."""
    waiting: list[Waiting] = []
    if _has_title(canvas.sheet):
        draw_title(canvas, first=first)
        canvas.page.hide_gridlines(2)
    for block in canvas.sheet.blocks:
        if isinstance(block, Chart):
            waiting.append((canvas, block, reserve(canvas, block)))
        else:
            _draw_block(canvas, block)
    _set_widths(canvas)
    _freeze(canvas)
    if canvas.sheet.tab:
        canvas.page.set_tab_color(INKS[canvas.sheet.tab])
    set_up_page(canvas)
    return waiting


def _has_title(sheet: Sheet) -> bool:
    """A sheet that begins with a bare table is left so: its headings stand in row 1."""
    starts_with_table = bool(sheet.blocks) and isinstance(sheet.blocks[0], Table) and not sheet.blocks[0].heading
    return bool(sheet.intro) or not starts_with_table


def _draw_block(canvas: Canvas, block: Block) -> None:
    if isinstance(block, Table):
        draw_table(canvas, block)
    elif isinstance(block, Figures):
        draw_figures(canvas, block)
    elif isinstance(block, Text):
        draw_text(canvas, block)


def _set_widths(canvas: Canvas) -> None:
    for number, width in canvas.widths.items():
        canvas.page.set_column(number, number, width, None, {"hidden": number in canvas.hidden})


def _freeze(canvas: Canvas) -> None:
    """Keep the headings of the first table in sight, if no chart or figures push them too far down."""
    header = canvas.places[0].header if canvas.places else MAX_FROZEN_ROW
    below = header + 1 if header < MAX_FROZEN_ROW else 0
    if below or canvas.sheet.freeze:
        canvas.page.freeze_panes(below, canvas.sheet.freeze)


def _draw_charts(book: Any, canvases: list[Canvas], charts: list[Waiting]) -> None:
    tables: dict[str, Place] = {}
    for canvas in canvases:
        named = [block for block in canvas.sheet.blocks if isinstance(block, Table)]
        tables.update({table.name: place for table, place in zip(named, canvas.places, strict=True)})
    for canvas, chart, corner in charts:
        draw_chart(book, canvas, chart, corner, tables[chart.table])


def _write_lists(book: Any, lists: Lists) -> None:
    if not lists.columns:
        return
    page = book.add_worksheet(lists.sheet)
    for row in range(max(len(choices) for choices in lists.columns)):
        for number, choices in enumerate(lists.columns):
            if row < len(choices):
                page.write_string(row, number, choices[row])
    page.hide()


def _describe(book: Any, workbook: Workbook) -> None:
    """Fill in the document's properties."""
    words = words_for(workbook.language)
    about = words.as_of.format(date=spoken(workbook.as_of, workbook.language))
    properties = {
        "title": workbook.title,
        "subject": workbook.period,
        "author": workbook.made_by,
        "company": workbook.firm,
        "category": workbook.confidentiality,
        "comments": about,
    }
    shown = {name: clean(value)[:MAX_PROPERTY] for name, value in properties.items()}
    book.set_properties({**shown, "created": workbook.made_at.astimezone(UTC).replace(tzinfo=None)})
