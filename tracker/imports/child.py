"""Imports, the child process that opens a workbook: little memory, little time, nothing but JSON lines out.

Run by its path and apart from the application, so that it holds none of its secrets and starts quickly.
Exit 0 read, 3 no such sheet, 4 damaged, 5 more than a list can be; anything else means it was stopped.
"""

import json
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

from openpyxl import DEFUSEDXML, load_workbook

if sys.platform != "win32":
    import resource

MEMORY_BYTES = 512 * 1024 * 1024
CPU_SECONDS = 20
MAX_ROWS = 200_000
MAX_COLUMNS = 500
MAX_TEXT = 32_767  # what a cell of a workbook can hold
MAX_OUTPUT = 48 * 1024 * 1024  # one long text can be named by a million cells
LAST_ROW = 1_048_576

READ, NO_SHEET, DAMAGED, TOO_MUCH = 0, 3, 4, 5

ERRORS = {
    "#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!",
    "#CONNECT!", "#UNKNOWN!", "#GETTING_DATA",
}  # fmt: skip


class TooMuchError(Exception):
    """The sheet holds more rows, columns or text than a list can."""


def limit() -> None:
    """Cap memory, processor time and writing, where the system can."""
    if sys.platform == "win32":
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def pack(value: Any) -> list[Any] | None:
    """A cell's value as [kind, value]; None for an empty one, or a formula whose value was never stored."""
    if value is None:
        return None
    if isinstance(value, str):
        if len(value) > MAX_TEXT:
            raise ValueError("no cell holds so long a text")
        return ["e" if value in ERRORS else "s", value]
    if isinstance(value, bool):
        return ["b", value]
    if isinstance(value, int | float):
        return ["n", repr(int(value) if isinstance(value, float) and value.is_integer() else value)]
    if isinstance(value, datetime):
        return ["d", value.date().isoformat()]
    if isinstance(value, date):
        return ["d", value.isoformat()]
    return ["s", str(value)]


def show(sheet: Any) -> None:
    """Print every row that holds something, with its own number. TooMuchError when there is no end to it."""
    sheet.reset_dimensions()  # what a sheet says of its own size need not be so
    rows = written = 0
    for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
        if number > LAST_ROW:
            raise ValueError("no sheet is so long")
        cells = [pack(value) for value in values]
        while cells and cells[-1] is None:
            cells.pop()
        if not cells:
            continue
        line = json.dumps([number, cells])
        rows, written = rows + 1, written + len(line)
        if rows > MAX_ROWS or len(cells) > MAX_COLUMNS or written > MAX_OUTPUT:
            raise TooMuchError
        sys.stdout.write(line + "\n")


def main(path: str, name: str) -> int:
    """Read one sheet, the first that can be seen unless named, and print it."""
    limit()
    try:
        if not DEFUSEDXML:
            raise RuntimeError("entities would be expanded")
        # As an open file: stored files bear no ending, and openpyxl judges a path by it.
        with Path(path).open("rb") as file:
            workbook = load_workbook(file, read_only=True, data_only=True)
            sheets = {sheet.title: sheet for sheet in workbook.worksheets}
            seen = [title for title, sheet in sheets.items() if sheet.sheet_state == "visible"]
            chosen = name or next(iter(seen or sheets), "")
            if chosen not in sheets:
                return NO_SHEET
            sys.stdout.write(json.dumps({"sheet": chosen, "sheets": list(sheets)}) + "\n")
            show(sheets[chosen])
    except (MemoryError, TooMuchError):
        return TOO_MUCH
    except Exception:  # whatever a parser trips over in a stranger's file, the file is what is damaged
        return DAMAGED
    return READ


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
