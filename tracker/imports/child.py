"""Imports, the child process that opens a workbook: little memory, little time, nothing but JSON lines out.

Exit 0 read, 3 no such sheet, 4 damaged; anything else means it was stopped.
"""

import json
import sys
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

try:
    import resource
except ImportError:  # Windows knows no such limits; the time-out of the parent remains
    resource: Any = None  # type: ignore[no-redef]

MEMORY_BYTES = 768 * 1024 * 1024
CPU_SECONDS = 40
MAX_ROWS = 200_000
MAX_COLUMNS = 500


def limit() -> None:
    """Cap memory and processor time, where the system can."""
    if resource is None:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))


def pack(cell: Any) -> list[Any] | None:
    """A cell as [kind, value]; None for an empty one, or a formula whose value was never stored."""
    value = cell.value
    if value is None:
        return None
    if cell.data_type == "e":
        return ["e", str(value)]
    if isinstance(value, bool):
        return ["b", value]
    if isinstance(value, int | float):
        return ["n", repr(int(value) if isinstance(value, float) and value.is_integer() else value)]
    if isinstance(value, datetime):
        return ["d", value.date().isoformat()]
    if isinstance(value, date):
        return ["d", value.isoformat()]
    if isinstance(value, time):
        return ["s", value.isoformat()]
    return ["s", str(value)]


def main(path: str, sheet: str) -> int:
    """Read one sheet and print it."""
    limit()
    try:
        # As an open file: stored files bear no ending, and openpyxl judges a path by it.
        workbook = load_workbook(Path(path).open("rb"), read_only=True, data_only=True)  # noqa: SIM115
    except (KeyError, ValueError, OSError, SyntaxError, TypeError, AttributeError, IndexError):
        return 4
    names = [s.title for s in workbook.worksheets]
    if not names or (sheet and sheet not in names):
        return 3
    chosen = workbook[sheet or names[0]]
    out = sys.stdout
    out.write(json.dumps({"sheet": chosen.title, "sheets": names}) + "\n")
    try:
        for number, row in enumerate(chosen.iter_rows(max_col=MAX_COLUMNS), start=1):
            if number > MAX_ROWS:
                return 5
            cells = [pack(cell) for cell in row]
            while cells and cells[-1] is None:
                cells.pop()
            out.write(json.dumps([number, cells]) + "\n")
    except (KeyError, ValueError, SyntaxError, TypeError, AttributeError, IndexError):
        return 4
    return 0


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.exit(main(sys.argv[1], sys.argv[2]))
