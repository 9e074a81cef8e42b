"""Import, rules: monthly statements read row by row; what cannot be is held back with its reason."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tracker.imports.columns import find_layout
from tracker.imports.fields import STATEMENT_FIELDS
from tracker.imports.reading import Row, Sheet, read_file
from tracker.imports.statement_rows import ClassifiedStatements, classify_statements

DATA = Path(__file__).resolve().parents[1] / "data"
TODAY = date(2026, 11, 23)
HEADER = ("program_account", "period_start", "period_end", "A_opening", "F_charges", "H_total", "C_payments")
GOOD = ("123456782RM0001", "2026-09-18", "2026-10-17", "0", "100.00", "100.00", "0")


def classified(*rows: tuple[Any, ...]) -> ClassifiedStatements:
    sheet = Sheet("", (), tuple(Row(n, cells) for n, cells in enumerate((HEADER, *rows), start=1)))
    layout = find_layout(sheet, STATEMENT_FIELDS)
    assert layout is not None
    return classify_statements(sheet, layout, frozenset({"123456782RM0001"}), TODAY)


def test_real_file_is_accepted_whole() -> None:
    sheet = read_file(DATA / "statements.csv", "statements.csv")
    layout = find_layout(sheet, STATEMENT_FIELDS)
    assert layout is not None and [c.heading for c in layout.columns if c.field is None] == []
    accounts = frozenset(str(row.cells[0]) for row in sheet.rows[1:])
    found = classify_statements(sheet, layout, accounts, TODAY)
    assert (found.rows, len(found.accepted), len(accounts)) == (560, 560, 40)
    assert not found.problems and not found.duplicates


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        (0, "712345677RM0001", "unknown_account"),
        (0, "123456783RM0001", "check_digit"),
        (1, "2026-09-17", "period"),
        (2, "2026-10-31", "period"),
        (2, "31/02/2026", "date"),
        (2, None, "missing"),
        (4, "-1.00", "negative"),
        (4, "1.005", "amount"),
        (4, None, "missing"),
    ],
)
def test_row_that_cannot_be_is_held_back(column: int, value: str | None, reason: str) -> None:
    row = [*GOOD]
    row[column] = value  # type: ignore[call-overload]
    found = classified(tuple(row))
    assert reason in {p.reason for p in found.problems} and not found.accepted
    assert found.rows == 1 and found.rejected_rows == [2]


def test_statement_of_a_period_that_has_not_ended_is_held_back() -> None:
    found = classified((*GOOD[:1], "2026-11-18", "2026-12-17", *GOOD[3:]))
    assert [p.reason for p in found.problems] == ["future"]


def test_statement_twice_is_a_duplicate() -> None:
    found = classified(GOOD, GOOD)
    assert [(d.row, d.of_row) for d in found.duplicates] == [(3, 2)] and len(found.accepted) == 1


def test_statement_twice_with_other_figures_is_held_back_and_names_both_rows() -> None:
    other = (*GOOD[:4], "1.00", "1.00", *GOOD[6:])
    found = classified(GOOD, other, GOOD, ("123456782RM0001", "2026-08-18", "2026-09-17", "0", "5.00", "5.00", "0"))
    assert [(p.row, p.column, p.value, p.reason) for p in found.problems] == [
        (3, "F_charges", "1.00", "differs"),
        (3, "H_total", "1.00", "differs"),
    ]
    assert "Rows 2 and 3" in found.problems[0].message("en") and "lignes 2 et 3" in found.problems[0].message("fr")
    assert [(d.row, d.of_row) for d in found.duplicates] == [(4, 2)]
    assert [row.row for row in found.accepted] == [2, 5] and found.rejected_rows == [3]
    assert found.rows == len(found.accepted) + len(found.duplicates) + len(found.rejected_rows)


def test_statement_written_another_way_is_the_same_statement() -> None:
    again = ("123456782 RM 0001", "18/09/2026", "17/10/2026", "0.00", "$100.00", "100", None)
    assert [(d.row, d.of_row) for d in classified(GOOD, again).duplicates] == [(3, 2)]


def test_dates_missing_in_the_file_come_from_the_billing_calendar() -> None:
    (row,) = classified(GOOD).accepted
    assert (row.statement_on, row.due_on) == (date(2026, 10, 25), date(2026, 10, 30))
