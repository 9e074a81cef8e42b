"""Imports, rules: cells of held-back rows put right on the screen. The file stays as it is; what was typed stands beside it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tracker.imports.columns import cell_at, shown
from tracker.imports.intake import Intake
from tracker.imports.problems import Problem
from tracker.imports.reading import Row

MAX_TYPED = 2000
Corrections = Mapping[int, Mapping[int, str]]  # by the sheet's row number, then by position of the column

# A reason found in one cell may be put right in another as well.
ALSO = {"number_of_another_company": ("legal_name",), "account_mismatch": ("number",)}


@dataclass(frozen=True, slots=True)
class FixCell:
    """One cell that can be put right: its column, the file's own value, the value as it stands and why it cannot stay."""

    index: int
    heading: str
    given: str
    value: str
    sentence: str = ""


def corrections_of(options: Mapping[str, Any]) -> dict[int, dict[int, str]]:
    """The corrections a run carries."""
    kept = options.get("corrections", {})
    return {int(row): {int(index): text for index, text in cells.items()} for row, cells in kept.items()}


def to_keep(corrections: Corrections) -> dict[str, dict[str, str]]:
    """Corrections as a run's options keep them; rows without any are left out."""
    return {str(row): {str(i): text for i, text in cells.items()} for row, cells in corrections.items() if cells}


def corrected(intake: Intake, corrections: Corrections) -> Intake:
    """The file as it would read with these cells put right."""
    if not corrections:
        return replace(intake, sheet=intake.given, original=None)
    rows = tuple(_put_right(row, corrections.get(row.number, {})) for row in intake.given.rows)
    return replace(intake, sheet=replace(intake.given, rows=rows), original=intake.given)


def _put_right(row: Row, cells: Mapping[int, str]) -> Row:
    if not cells:
        return row
    values = [*row.cells, *[None] * (max(cells) + 1 - len(row.cells))]
    for index, text in cells.items():
        values[index] = text or None
    return Row(row.number, tuple(values))


def typed_text(text: str) -> str:
    """What somebody typed into a cell, on one line and without what no cell holds, at most 2,000 characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:MAX_TYPED]


def fix_cells(
    intake: Intake, number: int, problems: Iterable[Problem], corrections: Corrections, language: str
) -> list[FixCell]:
    """The cells of a row that hold it back, those that could also be at fault, and those put right already."""
    sentences: dict[int, list[Problem]] = {}
    for problem in problems:
        for key in (problem.field, *ALSO.get(problem.reason, ())):
            index = intake.layout.index_of.get(key)
            if index is not None:
                sentences.setdefault(index, [])
                if key == problem.field:
                    sentences[index].append(problem)
    for index in corrections.get(number, {}):
        sentences.setdefault(index, [])
    headings = {column.index: column.heading for column in intake.layout.columns}
    given = next((row for row in intake.given.rows if row.number == number), None)
    now = next((row for row in intake.sheet.rows if row.number == number), None)
    if given is None or now is None:
        return []
    return [
        FixCell(
            index,
            headings[index],
            shown(cell_at(given, index)),
            shown(cell_at(now, index)),
            " ".join(problem.message(language) for problem in found),
        )
        for index, found in sorted(sentences.items())
        if index in headings
    ]
