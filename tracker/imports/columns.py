"""Imports, columns: where the header stands, and which of our fields each of their columns is."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from tracker.imports.fields import Field
from tracker.imports.reading import Cell, CellError, Row, Sheet
from tracker.rulebook.types import Text

LOOK_IN_ROWS = 30
SAMPLES = 5
MIN_FIELDS = 2
WHY_HELD_BACK = Text("Why held back", "Pourquoi la ligne est retenue")  # our own column in what was handed back


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


def without_reasons(sheet: Sheet) -> Sheet:
    """The sheet without the column of reasons that a workbook of held-back rows carries: it is ours, not theirs."""
    ours = {fold(WHY_HELD_BACK.en), fold(WHY_HELD_BACK.fr)}
    for row in sheet.rows[:LOOK_IN_ROWS]:
        for index, cell in enumerate(row.cells):
            if isinstance(cell, str) and fold(cell) in ours:
                rows = tuple(replace(each, cells=each.cells[:index] + each.cells[index + 1 :]) for each in sheet.rows)
                return replace(sheet, rows=rows)
    return sheet


def fold(text: object) -> str:
    """Lower case, no accents, words of letters and digits joined by one space."""
    plain = unicodedata.normalize("NFKD", str(text)).encode("ascii", "ignore").decode().casefold()
    return " ".join(re.findall(r"[a-z0-9]+", plain))


def find_layout(sheet: Sheet, fields: Sequence[Field], chosen: Mapping[str, str] | None = None) -> Layout | None:
    """The header row (the last one where there are two) and the columns; None when no row looks like a header.

    `chosen` maps their headings to our fields (or "" for none) and wins over the guess.
    """
    header = _find_header(sheet.rows[:LOOK_IN_ROWS], fields)
    if header is None:
        return None
    guessed = _guess(header, fields)
    if chosen:
        guessed = _override(header, guessed, chosen)
    body = [row for row in sheet.rows if row.number > header.row]
    columns = tuple(
        Column(index, heading, _samples(body, index), guessed.get(index)) for index, heading in header.headings.items()
    )
    return Layout(header.row, columns)


@dataclass(frozen=True, slots=True)
class _Header:
    """A header as it stands: its last row, the heading of each column, and the words to know each by, best first."""

    row: int
    headings: Mapping[int, str]
    words: Mapping[int, tuple[str, ...]]


def _find_header(rows: Sequence[Row], fields: Sequence[Field]) -> _Header | None:
    """The row most of our fields are named in, with the row above or below it when that names more of them."""
    best, best_at, best_score = None, 0, MIN_FIELDS - 1
    for at, row in enumerate(rows):
        header = _one_row(row)
        score = len(_guess(header, fields))
        if score > best_score:
            best, best_at, best_score = header, at, score
    if best is None:
        return None
    above, single, below = (rows[i] if 0 <= i < len(rows) else None for i in (best_at - 1, best_at, best_at + 1))
    for top, sub, extra in ((above, single, above), (single, below, below)):
        if top is None or sub is None or extra is None or sub.number != top.number + 1 or not _is_words(extra):
            continue
        both = _two_rows(top, sub)
        score = len(_guess(both, fields))
        if score > best_score:
            best, best_score = both, score
    if single is not None and below is not None and best.row == single.number and _is_units(below, best, fields):
        best = replace(best, row=below.number)
    return best


def _one_row(row: Row) -> _Header:
    headings = {index: str(cell).strip() for index, cell in enumerate(row.cells) if shown(cell)}
    words = {index: (fold(cell),) for index, cell in enumerate(row.cells) if isinstance(cell, str) and shown(cell)}
    return _Header(row.number, headings, words)


def _two_rows(top: Row, sub: Row) -> _Header:
    """Each lower heading with the group above it; a group stands for the columns to its right until the next."""
    headings: dict[int, str] = {}
    words: dict[int, tuple[str, ...]] = {}
    group = ""
    for index in range(max(len(top.cells), len(sub.cells))):
        upper, lower = shown(cell_at(top, index)), shown(cell_at(sub, index))
        if upper or not lower:
            group = upper if lower else ""
        heading = " ".join(part for part in (group if lower else upper, lower) if part)
        if heading:
            headings[index] = heading
            words[index] = tuple(dict.fromkeys((fold(heading), fold(lower or upper))))
    return _Header(sub.number, headings, words)


def _is_words(row: Row) -> bool:
    """Whether a row may be part of a header: two cells or more, all words, and no digit, as every data row has."""
    filled = [cell for cell in row.cells if cell is not None]
    return len(filled) > 1 and all(isinstance(cell, str) and not re.search(r"[\d@]", cell) for cell in filled)


def _is_units(row: Row, header: _Header, fields: Sequence[Field]) -> bool:
    """A row of units such as (CAD) or (dd/mm/yyyy) directly below: nothing where names and numbers would stand."""
    required = {field.key for field in fields if field.is_required}
    named = [index for index, key in _guess(header, fields).items() if key in required]
    filled = [shown(cell) for cell in row.cells if shown(cell)]
    is_bracketed = all(text.startswith(("(", "[")) and text.endswith((")", "]")) for text in filled)
    return (
        row.number == header.row + 1
        and is_bracketed
        and bool(filled)
        and not any(shown(cell_at(row, i)) for i in named)
    )


def _guess(header: _Header, fields: Sequence[Field]) -> dict[int, str]:
    """Field by column: exact headings first, then headings that begin a cell's words. Each field and column once."""
    taken: dict[int, str] = {}
    most = max((len(words) for words in header.words.values()), default=0)
    for rank in (_exact_rank, _beginning_rank):
        for place in range(most):
            words = {index: told[place] for index, told in header.words.items() if place < len(told)}
            for field in fields:
                if field.key not in taken.values():
                    _take(field, words, taken, rank)
    return taken


def _take(field: Field, words: Mapping[int, str], taken: dict[int, str], rank: Callable[[str, Field], int]) -> None:
    """Give a field its best free column: the heading that stands first in the field's list, then the leftmost."""
    ranked = [
        (found, index) for index, said in words.items() if index not in taken and (found := rank(said, field)) >= 0
    ]
    if ranked:
        taken[min(ranked)[1]] = field.key


def _exact_rank(words: str, field: Field) -> int:
    known = (*field.headings, fold(field.label.en), fold(field.label.fr), fold(field.key))
    return known.index(words) if words in known else -1


def _beginning_rank(words: str, field: Field) -> int:
    known = enumerate(field.headings)
    return next((rank for rank, heading in known if len(heading) > 2 and words.startswith(heading + " ")), -1)


def _override(header: _Header, guessed: dict[int, str], chosen: Mapping[str, str]) -> dict[int, str]:
    named = {heading: index for index, heading in sorted(header.headings.items(), reverse=True)}
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
