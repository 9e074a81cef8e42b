"""Imports, intake: a file read and laid out, before any transaction begins; and the answer contract.md promises."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tracker.imports.classify import Duplicate
from tracker.imports.columns import Layout, find_layout
from tracker.imports.enums import RunKind
from tracker.imports.fields import CLIENT_FIELDS, STATEMENT_FIELDS
from tracker.imports.problems import Problem
from tracker.imports.reading import Sheet, UnreadableFileError, read_file

FIELDS = {RunKind.CLIENTS: CLIENT_FIELDS, RunKind.STATEMENTS: STATEMENT_FIELDS}


@dataclass(frozen=True, slots=True)
class Intake:
    """A file as it was read: which file, which sheet, which columns."""

    kind: RunKind
    file_name: str
    sha256: str
    sheet: Sheet
    layout: Layout


def open_file(
    path: Path, name: str, kind: RunKind, *, sheet: str | None = None, mapping: Mapping[str, str] | None = None
) -> Intake:
    """Read and lay out a file. UnreadableFileError when it cannot be read or no row looks like a header."""
    read = read_file(path, name, sheet)
    layout = find_layout(read, FIELDS[kind], mapping)
    if layout is None:
        raise UnreadableFileError("no_header")
    return Intake(kind, name, hashlib.sha256(path.read_bytes()).hexdigest(), read, layout)


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
