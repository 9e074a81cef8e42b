"""Statements of account: the chain A to H, and the shared example of 40 accounts."""

import csv
import json
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tracker.clients.statement_rules import StatementTotals, unexplained, unexplained_in_chain
from tracker.guarantees.enums import SecurityForm
from tracker.guarantees.rules import MonthlyTotal, required_amount
from tracker.rulebook.book import rules_at

DATA = Path(__file__).parents[1] / "data"
COLUMNS = {
    "opening": "A_opening",
    "corrections": "B_corrections",
    "payments": "C_payments",
    "disbursements": "D_disbursements",
    "interest_penalties": "E_interest_penalties",
    "charges": "F_charges",
    "credits": "G_credits",
    "total": "H_total",
}


def make_statement(**over: Any) -> StatementTotals:
    values = dict.fromkeys(COLUMNS, Decimal("0.00")) | {"period_end": date(2026, 7, 17)} | over
    return StatementTotals(**values)


def read_statements() -> dict[str, list[StatementTotals]]:
    found = defaultdict(list)
    with (DATA / "statements.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            amounts = {name: Decimal(row[column]) for name, column in COLUMNS.items()}
            statement = StatementTotals(period_end=date.fromisoformat(row["period_end"]), **amounts)
            found[row["program_account"]].append(statement)
    return found


STATEMENTS = read_statements()
EXPECTED = json.loads((DATA / "statements.expected.json").read_text(encoding="utf-8"))


def test_the_example_holds_every_account_once() -> None:
    assert set(STATEMENTS) == set(EXPECTED["accounts"])
    assert {len(rows) for rows in STATEMENTS.values()} == {14}


@pytest.mark.parametrize("account", STATEMENTS)
def test_both_estimates_and_the_peak_of_every_account(account: str) -> None:
    as_of = date.fromisoformat(EXPECTED["as_of"])
    months = [MonthlyTotal(row.period_end, row.charges) for row in STATEMENTS[account]]
    expected = EXPECTED["accounts"][account]
    for form in SecurityForm:
        found = required_amount(form, months, rules_at(as_of), as_of)
        assert str(found.peak_period_end) == expected["peak_period_end"]
        assert found.peak_amount == Decimal(expected["peak_amount"])
        assert found.required_amount == Decimal(expected[form.value])


@pytest.mark.parametrize("account", STATEMENTS)
def test_exactly_the_statements_that_do_not_add_up_are_found(account: str) -> None:
    expected = EXPECTED["accounts"][account]["unexplained"]
    found = [[day.isoformat(), str(amount)] for day, amount in unexplained_in_chain(STATEMENTS[account])]
    assert found == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("line", "sign"),
    [
        ("opening", 1),
        ("corrections", 1),
        ("payments", -1),
        ("disbursements", 1),
        ("interest_penalties", 1),
        ("charges", 1),
        ("credits", -1),
    ],
)
def test_each_line_moves_the_total_its_way(line: str, sign: int) -> None:
    assert unexplained(make_statement(**{line: Decimal("10.00"), "total": sign * Decimal("10.00")})) == 0
    assert unexplained(make_statement(**{line: Decimal("10.00")})) == -sign * Decimal("10.00")


def test_an_opening_that_is_not_the_last_total_is_found() -> None:
    assert unexplained(make_statement(opening=Decimal(10), total=Decimal(10)), last_total=Decimal(4)) == 6


def test_two_gaps_that_cancel_out_are_still_found() -> None:
    assert unexplained(make_statement(opening=Decimal(10), total=Decimal(4)), last_total=Decimal(4)) == -6


def test_a_missing_month_is_no_gap_in_the_money() -> None:
    june = make_statement(period_end=date(2026, 6, 17), total=Decimal(5), charges=Decimal(5))
    august = make_statement(period_end=date(2026, 8, 17), opening=Decimal(9), total=Decimal(9))
    assert list(unexplained_in_chain([august, june])) == []
