"""Import, columns and fates: headers over two rows, odd totals, error cells; nothing is taken for what it is not."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tracker.imports.classify import Classified, classify
from tracker.imports.columns import Layout, find_layout
from tracker.imports.fields import CLIENT_FIELDS
from tracker.imports.reading import CellError, Row, Sheet

BN = "123456782RM0001"


def laid_out(*rows: tuple[Any, ...]) -> tuple[Layout, Classified]:
    sheet = Sheet("s", ("s",), tuple(Row(n, cells) for n, cells in enumerate(rows, start=1) if any(cells)))
    layout = find_layout(sheet, CLIENT_FIELDS)
    assert layout is not None
    return layout, classify(sheet, layout)


def test_second_header_row_under_merged_groups() -> None:
    layout, found = laid_out(
        ("Client", None, "Contact", None, "Bond", None, "Broker", None),
        ("Legal name", "BN / RM", "Name", "E-mail", "Amount", "Expiry", "Name", "Delegated?"),
        ("Maple", BN, "Léa Roy", "lea@a.example", "1,000.00", "29/04/2028", "Northgate", "Y"),
    )
    assert layout.header_row == 2 and found.ignored_rows == [1] and found.rows == 1
    (row,) = found.accepted
    assert (row.legal_name, row.key, row.broker, row.is_delegated) == ("Maple", BN, "Northgate", True)
    assert [(p.name, p.email) for p in row.people] == [("Léa Roy", "lea@a.example")]
    assert (row.security_amount, row.security_until) == (Decimal("1000.00"), date(2028, 4, 29))


def test_second_header_row_that_only_splits_some_columns() -> None:
    layout, found = laid_out(
        ("Raison sociale", "NE / RM", "Garantie", None, None, "Courtier"),
        (None, None, "Type", "Montant", "Échéance", None),
        ("Érable", BN, "Cautionnement", "1 000,00 $", "29/04/2028", "Northgate"),
    )
    assert layout.header_row == 2
    (row,) = found.accepted
    assert (row.security_kind, row.security_amount) == ("surety_bond", Decimal("1000.00"))


def test_row_of_units_below_the_header_is_no_data() -> None:
    layout, found = laid_out(
        ("Legal name", "BN / RM", "Bond amount", "Bond expiry"),
        (None, None, "(CAD)", "(dd/mm/yyyy)"),
        ("Maple", BN, 1000, None),
    )
    assert layout.header_row == 2 and found.rows == 1 and not found.problems and len(found.accepted) == 1


def test_first_data_row_is_not_taken_for_a_header() -> None:
    layout, found = laid_out(
        ("Legal name", "BN / RM", "Guarantee"), ("Security", BN, "Bond"), ("Amount", None, "Broker")
    )
    assert layout.header_row == 1 and found.rows == 2
    assert [row.legal_name for row in found.accepted] == ["Security"] and found.rejected_rows == [3]


@pytest.mark.parametrize(
    "heading", ["Name", "NOM", "Dénomination sociale", "Company Name", "Raison  sociale", "Client (legal name)"]
)
def test_headings_for_the_name(heading: str) -> None:
    layout, _found = laid_out((heading, "Business Number"), ("Maple", BN))
    assert layout.index_of == {"legal_name": 0, "number": 1}


def test_legal_name_wins_over_a_shorter_client_column() -> None:
    layout, _found = laid_out(("Client", "Legal name", "BN"), ("M", "Maple", BN))
    assert layout.index_of["legal_name"] == 1


@pytest.mark.parametrize("order", [("BN9", "RM"), ("RM", "BN9")])
@pytest.mark.parametrize("reference", ["RM0001", "0001", Decimal(1), "rm 0001", BN])
def test_business_number_and_account_in_two_columns(order: tuple[str, str], reference: Any) -> None:
    values = {"BN9": Decimal(123456782), "RM": reference}
    _layout, found = laid_out(("Legal name", *order), ("Maple", *(values[heading] for heading in order)))
    assert [(row.bn9, row.rm) for row in found.accepted] == [("123456782", BN)] and not found.problems


def test_account_of_another_business_number_is_held_back() -> None:
    _layout, found = laid_out(("Legal name", "BN9", "RM"), ("Maple", "123456782", "888446937RM0001"))
    assert [(p.column, p.reason) for p in found.problems] == [("RM", "account_mismatch")]


def test_company_whose_name_begins_with_total_is_a_client() -> None:
    _layout, found = laid_out(
        ("Legal name", "BN / RM", "City", "Bond amount"),
        ("Total Energies Ltd", None, "Calgary", 1000),
        ("TOTAL", None, None, Decimal(1000)),
        ("Total (1)", None, None, "1,000.00"),
    )
    assert found.rejected_rows == [2] and found.ignored_rows == [3, 4]


def test_error_cell_is_held_back_as_an_error() -> None:
    _layout, found = laid_out(
        ("Legal name", "BN / RM", "Contact", "Bond amount"),
        ("Maple", CellError("#N/A"), None, None),
        (CellError("#REF!"), BN, None, None),
        ("Maple", BN, CellError("#NAME?"), None),
        ("Maple", BN, None, CellError("#DIV/0!")),
    )
    assert [(p.row, p.column, p.value, p.reason) for p in found.problems] == [
        (2, "BN / RM", "#N/A", "error"),
        (3, "Legal name", "#REF!", "error"),
        (4, "Contact", "#NAME?", "error"),
        (5, "Bond amount", "#DIV/0!", "error"),
    ]


def test_number_too_large_to_be_an_amount_is_held_back() -> None:
    _layout, found = laid_out(("Legal name", "BN / RM", "Bond amount"), ("Maple", BN, Decimal("1e300")))
    assert [p.reason for p in found.problems] == ["amount"]


def test_duplicate_is_one_whatever_else_its_cells_say() -> None:
    header = ("Legal name", "BN / RM", "Bond amount")
    _layout, found = laid_out(header, ("Maple", BN, 1), ("MAPLE ", BN, "abt 20k"))
    assert [(d.row, d.of_row) for d in found.duplicates] == [(3, 2)] and not found.problems
