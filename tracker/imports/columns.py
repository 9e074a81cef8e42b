"""Imports, columns: where the header stands, and which of our fields each of their columns is."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tracker.imports.fields import Field
from tracker.imports.reading import Cell, CellError, Row, Sheet

LOOK_IN_ROWS = 30
SAMPLES = 5


@dataclass(frozen=True, slots=True)
class Column:
    """One of their columns: position, heading, five sample values and the field it seems to be."""

    index: int
    heading: str
    samples: tuple[str, ...]
    field: str | None


@dataclass(frozen=True, slots=True)
class Layout:
    """A sheet's header row (1-based) and its columns."""

    header_row: int
    columns: tuple[Column, ...]

    @property
    def index_of(self) -> Mapping[str, int]:
        """Column position by field."""
        return {column.field: column.index for column in self.columns if column.field}

    def heading_of(self, field: str) -> str:
        """Their heading of a field, or the field's key."""
        return next((column.heading for column in self.columns if column.field == field), field)


def fold(text: object) -> str:
    """Lower case, no accents, words of letters and digits joined by one space."""
    plain = unicodedata.normalize("NFKD", str(text)).encode("ascii", "ignore").decode().casefold()
    return " ".join(re.findall(r"[a-z0-9]+", plain))


def find_layout(sheet: Sheet, fields: Sequence[Field], chosen: Mapping[str, str] | None = None) -> Layout | None:
    """The header row and the columns; None when no row looks like a header.

    `chosen` maps their headings to our fields (or "" for none) and wins over the guess.
    """
    best: tuple[int, Row] | None = None
    for row in sheet.rows[:LOOK_IN_ROWS]:
        score = len(_guess(row, fields))
        if score >= 2 and (best is None or score > best[0]):
            best = (score, row)
    if best is None:
        return None
    header = best[1]
    guessed = _guess(header, fields)
    if chosen:
        guessed = _override(header, guessed, chosen)
    body = [row for row in sheet.rows if row.number > header.number]
    columns = tuple(
        Column(index, str(cell).strip(), _samples(body, index), guessed.get(index))
        for index, cell in enumerate(header.cells)
        if cell is not None and str(cell).strip()
    )
    return Layout(header.number, columns)


def _guess(row: Row, fields: Sequence[Field]) -> dict[int, str]:
    """Field by column: exact headings first, then headings that begin a cell's words. Each field once."""
    taken: dict[int, str] = {}
    headings = {index: fold(cell) for index, cell in enumerate(row.cells) if isinstance(cell, str)}
    for matches in (_is_heading, _begins_with_heading):
        for field in fields:
            if field.key in taken.values():
                continue
            index = next((i for i, words in headings.items() if i not in taken and matches(words, field)), None)
            if index is not None:
                taken[index] = field.key
    return taken


def _is_heading(words: str, field: Field) -> bool:
    return words in field.headings or words in (fold(field.label.en), fold(field.label.fr), fold(field.key))


def _begins_with_heading(words: str, field: Field) -> bool:
    return any(len(heading) > 2 and words.startswith(heading + " ") for heading in field.headings)


def _override(header: Row, guessed: dict[int, str], chosen: Mapping[str, str]) -> dict[int, str]:
    named = {str(cell).strip(): index for index, cell in enumerate(header.cells) if cell is not None}
    result = dict(guessed)
    for heading, field in chosen.items():
        if heading not in named:
            continue
        result = {index: key for index, key in result.items() if key != field and index != named[heading]}
        if field:
            result[named[heading]] = field
    return result


def _samples(rows: Iterable[Row], index: int) -> tuple[str, ...]:
    found: list[str] = []
    for row in rows:
        value = cell_at(row, index)
        if value is not None and (text := shown(value)) and text not in found:
            found.append(text)
        if len(found) == SAMPLES:
            break
    return tuple(found)


def cell_at(row: Row, index: int | None) -> Cell | CellError:
    """The cell of a row in a column, None past its end."""
    return row.cells[index] if index is not None and index < len(row.cells) else None


def shown(value: Cell | CellError) -> str:
    """A cell as a person would read it."""
    if value is None:
        return ""
    return value.shown if isinstance(value, CellError) else str(value).strip()
