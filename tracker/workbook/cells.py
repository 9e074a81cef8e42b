"""Workbook, cells: the one function that puts a value into a cell, by the kind of its column."""

import math
from datetime import date, datetime, time
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from tracker.platform.clock import TORONTO
from tracker.platform.money import to_cents
from tracker.workbook.parts import Kind, Link, Marked, Status
from tracker.workbook.text import cell_text, clean, utf16_length

MAX_LINKS = 65_530  # a sheet holds no more
MAX_ADDRESS = 2_079
MAX_EXACT = 10**15  # a spreadsheet's number keeps 15 digits
FIRST_DAY = date(1900, 3, 1)  # before it Excel's calendar is wrong: it believes in a 29 February 1900
_ADDRESSES = ("http://", "https://", "mailto:")


class CellWriter:
    """Writes the cells of one sheet and remembers how many links it holds."""

    def __init__(self, page: Any, sheet_names: dict[str, str]) -> None:
        self.page, self._sheet_names, self._links = page, sheet_names, 0

    def write(self, row: int, column: int, value: object, kind: Kind, style: Any) -> None:
        """Put `value` into the cell: numbers and dates as what they are, everything else as harmless text."""
        plain = plain_value(value, kind)
        if plain is None:
            self.page.write_blank(row, column, None, style)
        elif isinstance(plain, Link):
            self._link(row, column, plain, style)
        elif isinstance(plain, str):
            self.page.write_string(row, column, cell_text(plain), style)
        elif isinstance(plain, date):
            self.page.write_datetime(row, column, plain, style)
        else:
            self.page.write_number(row, column, plain, style)

    def _link(self, row: int, column: int, link: Link, style: Any) -> None:
        address, shown = self._address(link.url), cell_text(link.text)
        if not shown or not address or self._links >= MAX_LINKS:
            self.page.write_string(row, column, shown, style)
            return
        self._links += 1
        self.page.write_url(row, column, address, style, shown)

    def _address(self, url: str) -> str:
        """The address as the engine wants it; "" for one that a workbook must not or cannot hold."""
        if url.startswith("#"):
            name = self._sheet_names.get(url[1:], "")
            return "internal:'{}'!A1".format(name.replace("'", "''")) if name else ""
        allowed = url.startswith(_ADDRESSES) and clean(url) == url and utf16_length(url) <= MAX_ADDRESS
        return url if allowed else ""


def kind_of(value: object, kind: Kind) -> Kind:
    """The kind of one cell: the column's; in a mixed column that of its value, and a link where something is led to."""
    if isinstance(value, Link) and value.url:
        return "link"
    if kind == "link":
        return "wrapped"
    if kind != "mixed":
        return kind
    if isinstance(value, Decimal):
        return "money"
    if isinstance(value, int) and not isinstance(value, bool):
        return "integer"
    return "date" if isinstance(value, date) else "wrapped"


def plain_value(value: object, kind: Kind) -> float | str | date | Link | None:
    """The value as a spreadsheet keeps it; None for an empty cell. A datetime becomes Toronto wall time."""
    if value is None or value == "":
        return None
    if isinstance(value, Marked):
        return plain_value(value.value, kind)
    if isinstance(value, bool) or kind in ("text", "wrapped"):
        return _shown(value)
    if isinstance(value, (int, Decimal, float)):
        return _number(value, kind)
    if isinstance(value, datetime):
        return _moment(value, kind)
    if isinstance(value, date):
        return value if value >= FIRST_DAY else value.isoformat()
    return value if isinstance(value, Link) and value.url else _shown(value)


def _shown(value: object) -> str:
    if isinstance(value, (Status, Link)):
        return value.text
    return str(value)


def _number(value: float | Decimal, kind: Kind) -> float | str | None:
    """Money to the cent, percentages rounded down to a whole one as on the screen, so that 99.9 never reads as 100."""
    if not math.isfinite(value):
        return None
    exact = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
    if kind in ("link", "status", "date", "datetime") or abs(exact) >= MAX_EXACT:
        return str(value)
    if kind == "percent":
        return float(exact.to_integral_value(ROUND_FLOOR) / 100)
    if kind in ("money", "money0"):
        return float(to_cents(exact))
    return int(value) if exact == exact.to_integral_value() else float(exact)


def _moment(value: datetime, kind: Kind) -> date | str:
    local = value.astimezone(TORONTO).replace(tzinfo=None) if value.tzinfo else value
    if local.date() < FIRST_DAY:
        return local.isoformat(" ", "minutes")
    return datetime.combine(local.date(), time()) if kind == "date" else local.replace(microsecond=0)
