"""Reports, sheets: the columns and tables every sheet is made of."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from tracker.reports.addresses import Address
from tracker.workbook import Column, Sheet, Table

__all__ = ["Address", "Value", "col", "count", "cover_col", "table", "without"]
Value = Any


def col(title: str, kind: Any = "text", *, total: Any = "", marks: Any = "", width: float | None = None) -> Column:
    """A column whose key is its place in the table, given by `table`."""
    return Column("", title, kind, width=width, total=total, marks=marks)


def count(title: str, *, total: Any = "sum") -> Column:
    """A narrow column of counts under a heading on its end."""
    return Column("", title, "integer", total=total, upright=True)


def cover_col(title: str, warning: int) -> Column:
    """A column of cover in per cent, amber under the firm's own warning band."""
    return replace(col(title, "percent", marks="coverage"), warning=warning)


def table(
    name: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Value]],
    *,
    empty: str = "",
    group_by: int | None = None,
    heading: str = "",
) -> Table:
    """A table whose columns are keyed by their place; it totals where a column does, and breaks the page by `group_by`."""
    keyed = tuple(replace(column, key=f"c{n}") for n, column in enumerate(columns))
    return Table(
        name,
        keyed,
        [tuple(row) for row in rows],
        totals=any(column.total for column in keyed),
        empty=empty,
        group="" if group_by is None else f"c{group_by}",
        heading=heading,
    )


def without(sheet: Sheet, place: int) -> Sheet:
    """The sheet without the column at `place` of its table, such as the client's in one client's own pack. The other
    columns keep their keys, so that charts still find them. A sheet with another number of tables: ValueError."""
    (found,) = (block for block in sheet.blocks if isinstance(block, Table))
    narrower = replace(
        found,
        columns=found.columns[:place] + found.columns[place + 1 :],
        rows=[row[:place] + row[place + 1 :] for row in found.rows],
    )
    blocks = tuple(narrower if block is found else block for block in sheet.blocks)
    return replace(sheet, blocks=blocks, freeze=sheet.freeze - (place < sheet.freeze))
