"""Imports, held back: the rows that could not come in, as a workbook that can be corrected and dropped in again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from tracker.imports.columns import WHY_HELD_BACK, Column, cell_at, shown
from tracker.imports.intake import Intake
from tracker.imports.problems import Problem
from tracker.imports.reading import Cell, CellError, Row
from tracker.platform.clock import now
from tracker.platform.languages import language
from tracker.workbook import Column as Heading
from tracker.workbook import Sheet, Table, Workbook, write
from tracker.workbook.parts import Kind

WHY_WIDTH = 46.0


def kept(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """Problems as an applied run remembers them: in codes, to be said in whatever language is asked for later."""
    return [asdict(problem) for problem in problems]


def remembered(options: Mapping[str, Any]) -> list[Problem]:
    """What `kept` had put into a run's options; empty for a run without held-back rows."""
    return [Problem(**problem) for problem in options.get("held_back", ())]


def held_back_rows(problems: Iterable[Problem]) -> list[int]:
    """The numbers of the rows these problems hold back, in order."""
    return sorted({problem.row for problem in problems})


def write_held_back(intake: Intake, problems: Sequence[Problem], path: Path, *, made_by: str, firm: str) -> int:
    """Write the rows these problems hold back, under the sheet's own headings, to `path`; how many rows.

    Every value is the file's own. The reasons stand in front, in a column that is left out when the file comes back.
    """
    said = _reasons(problems)
    rows = [row for row in intake.given.rows if row.number in said]
    columns = intake.layout.columns
    headings = [Heading("why", WHY_HELD_BACK.in_(language()), "wrapped", width=WHY_WIDTH)]
    headings += [Heading(str(column.index), column.heading, _kind(column, rows)) for column in columns]
    values = [(said[row.number], *(_value(cell_at(row, column.index)) for column in columns)) for row in rows]
    title = intake.sheet.name or _("Held-back rows")
    made_at = now()
    book = Workbook(
        title=_("Held-back rows of %(file)s", file=intake.file_name),
        firm=firm,
        language=language(),
        as_of=made_at.date(),
        made_by=made_by,
        made_at=made_at,
        sheets=(Sheet(title, (Table("tblHeldBack", tuple(headings), values),), freeze=1),),
        confidentiality=_("Confidential"),
    )
    write(book, path)
    return len(rows)


def _reasons(problems: Iterable[Problem]) -> dict[int, str]:
    """What is wrong with each row, a line for each cell; the row's number in the file it came from stands first."""
    lines: dict[int, list[str]] = {}
    for problem in problems:
        value = " " + _("“%(value)s”", value=problem.value) if problem.value else ""
        lines.setdefault(problem.row, []).append(f"{problem.column}{value}{_(':')} {problem.message(language())}")
    return {number: "\n".join([_("Row %(row)s", row=number), *said]) for number, said in lines.items()}


def _kind(column: Column, rows: Iterable[Row]) -> Kind:
    """How to keep a column: numbers and dates as what they are; anything else as text, whose zeros in front stay."""
    cells = [cell_at(row, column.index) for row in rows]
    if any(isinstance(cell, date) for cell in cells):
        return "date"
    return "plain" if any(isinstance(cell, Decimal) for cell in cells) else "text"


def _value(cell: Cell | CellError) -> Cell:
    return shown(cell) if isinstance(cell, CellError) else cell
