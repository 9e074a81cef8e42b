"""Workbook, names: of sheets, tables and headings, as Excel allows them and never twice. Pure."""

import re
from collections.abc import Iterable

from tracker.workbook.text import cell_text, shortened, utf16_length

MAX_SHEET_NAME = 31
MAX_HEADING = 255
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_TABLE_NAME = re.compile(r"tbl[A-Z][A-Za-z0-9]{0,60}")
_RESERVED = {"history", "historique"}  # Excel keeps these for itself, in each language


def sheet_names(titles: Iterable[str], fallback: str) -> list[str]:
    """The titles as sheet names: no forbidden character, at most 31 units, no two alike in any case."""
    taken: set[str] = set(_RESERVED)
    names = []
    for title in titles:
        bare = " ".join(_FORBIDDEN.sub(" ", shortened(title, 1000)).split()).strip("'").strip() or fallback
        names.append(_unlike(bare, taken, MAX_SHEET_NAME))
    return names


def headings(titles: Iterable[str], fallback: str) -> list[str]:
    """The titles as headings of a table: one line, never empty, no two alike in any case."""
    taken: set[str] = set()
    return [
        _unlike(cell_text(shortened(title, MAX_HEADING - 1)) or f"{fallback} {number}", taken, MAX_HEADING)
        for number, title in enumerate(titles, 1)
    ]


def _unlike(wanted: str, taken: set[str], limit: int) -> str:
    """`wanted`, or `wanted 2`, `wanted 3` if it is taken already; it is taken afterwards."""
    name, number = shortened(wanted, limit), 1
    while name.casefold() in taken:
        number += 1
        ending = f" {number}"
        name = shortened(wanted, limit - utf16_length(ending)) + ending
    taken.add(name.casefold())
    return name


def check_table_names(names: Iterable[str]) -> None:
    """ValueError for a table name that is no stable name such as `tblPortfolio`, or that stands twice."""
    taken: set[str] = set()
    for name in names:
        if not _TABLE_NAME.fullmatch(name):
            raise ValueError(f"a table is called tblSomething, not {name!r}")
        if name.casefold() in taken:
            raise ValueError(f"two tables are called {name!r}")
        taken.add(name.casefold())
