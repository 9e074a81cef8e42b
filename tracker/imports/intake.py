"""Imports, intake: a file read and laid out, before any transaction begins; and the answer contract.md promises."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tracker.imports.cells import is_day_first
from tracker.imports.classify import Duplicate
from tracker.imports.columns import Layout, cell_at, find_layout, fold, without_reasons
from tracker.imports.enums import RunKind
from tracker.imports.fields import CLIENT_FIELDS, STATEMENT_FIELDS
from tracker.imports.problems import Problem
from tracker.imports.reading import Sheet, UnreadableFileError, read_file

FIELDS = {RunKind.CLIENTS: CLIENT_FIELDS, RunKind.STATEMENTS: STATEMENT_FIELDS}
DAY_COLUMN = {RunKind.CLIENTS: "security_until", RunKind.STATEMENTS: "period_end"}  # whose dates show their order


@dataclass(frozen=True, slots=True)
class Intake:
    """A file as it was read: which file, which sheet, which columns."""

    kind: RunKind
    file_name: str
    sha256: str
    sheet: Sheet
    layout: Layout
    original: Sheet | None = None  # the sheet before somebody corrected cells of it

    @property
    def given(self) -> Sheet:
        """The sheet as the file has it, whatever was corrected since."""
        return self.original or self.sheet


def open_file(
    path: Path, name: str, kind: RunKind, *, sheet: str | None = None, mapping: Mapping[str, str] | None = None
) -> Intake:
    """Read and lay out a file. UnreadableFileError when it cannot be read or no row looks like a header."""
    read = without_reasons(read_file(path, name, sheet))
    layout = find_layout(read, FIELDS[kind], mapping)
    if layout is None:
        raise UnreadableFileError("no_header")
    return Intake(kind, name, hashlib.sha256(path.read_bytes()).hexdigest(), read, layout)


def columns_of(intake: Intake) -> list[list[str]]:
    """The columns in order as [heading, field or ""]: what a run remembers of how its file was read."""
    return [[column.heading, column.field or ""] for column in intake.layout.columns]


def told_day_order(intake: Intake) -> str | None:
    """The order its slash dates show by themselves: "day", "month", or None when nothing tells."""
    index = intake.layout.index_of.get(DAY_COLUMN[intake.kind])
    below = (row for row in intake.sheet.rows if row.number > intake.layout.header_row)
    told = is_day_first(cell_at(row, index) for row in below)
    return None if told is None else "day" if told else "month"


def read_alike(intake: Intake, columns: Sequence[Sequence[str]]) -> dict[str, str] | None:
    """What to map otherwise than guessed, so that this file is read like one with these columns; None if it has others.

    A heading that stood there twice comes back from a workbook with a number behind it.
    """
    ours = intake.layout.columns
    if len(ours) != len(columns):
        return None
    if not all(fold(c.heading).startswith(fold(heading)) for c, (heading, _field) in zip(ours, columns, strict=True)):
        return None
    pairs = zip(ours, columns, strict=True)
    return {column.heading: key for column, (_heading, key) in pairs if (column.field or "") != key}


def answer(
    intake: Intake,
    *,
    run_id: str,
    dry_run: bool,
    language: str,
    rows: int,
    fates: Mapping[str, int],
    duplicates: list[Duplicate],
    problems: list[Problem],
    ignored_rows: list[int],
) -> dict[str, Any]:
    """The document every import answers with; counts of rows add up to `rows`."""
    return {
        "run": run_id,
        "dry_run": dry_run,
        "sheet": intake.sheet.name,
        "header_row": intake.layout.header_row,
        "mapping": {column.heading: column.field for column in intake.layout.columns if column.field},
        "unmapped": [column.heading for column in intake.layout.columns if not column.field],
        "rows": rows,
        "created": fates.get("created", 0),
        "updated": fates.get("updated", 0),
        "unchanged": fates.get("unchanged", 0),
        "duplicates": [{"row": d.row, "of_row": d.of_row, "key": d.key} for d in duplicates],
        "rejected": [
            {
                "row": p.row,
                "column": p.column,
                "value": p.value,
                "reason": p.reason,
                "message": p.message(language),
            }
            for p in problems
        ],
        "ignored_rows": sorted(ignored_rows),
    }
