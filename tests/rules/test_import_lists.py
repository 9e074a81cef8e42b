"""Import, rules: both real lists come out exactly as a careful person reads them."""

import json
from pathlib import Path
from typing import Any

import pytest

from tracker.imports.classify import Known, classify, company_key
from tracker.imports.columns import find_layout
from tracker.imports.fields import CLIENT_FIELDS
from tracker.imports.reading import Row, Sheet, read_file

DATA = Path(__file__).resolve().parents[1] / "data"
LISTS = ("client-list-en", "liste-clients-fr")


def read(name: str) -> tuple[Any, Any, Any]:
    expected = json.loads((DATA / f"{name}.expected.json").read_text())
    sheet = read_file(DATA / f"{name}.xlsx", f"{name}.xlsx")
    layout = find_layout(sheet, CLIENT_FIELDS)
    assert layout is not None
    return expected, layout, classify(sheet, layout)


@pytest.mark.parametrize("name", LISTS)
def test_list_gives_exactly_the_expected_clients(name: str) -> None:
    expected, layout, found = read(name)
    assert layout.header_row == expected["header_row"]
    assert found.rows == expected["rows"]
    got = {row.key: {"row": row.row, "name": row.legal_name} for row in found.accepted}
    assert got == {key: {"row": c["row"], "name": c["name"]} for key, c in expected["clients"].items()}


@pytest.mark.parametrize("name", LISTS)
def test_list_holds_back_exactly_the_expected_rows(name: str) -> None:
    expected, _layout, found = read(name)
    duplicates = {(d.row, d.of_row) for d in found.duplicates}
    assert duplicates == {(p["row"], p["of"]) for p in expected["problems"] if p["kind"] == "duplicate"}
    reasons = {(p.row, p.reason) for p in found.problems}
    assert reasons == {(p["row"], p["kind"]) for p in expected["problems"] if p["kind"] != "duplicate"}
    assert {r for r in found.ignored_rows if r > expected["header_row"]} == set(expected["not_data"])
    assert len(found.accepted) + len(found.duplicates) + len(found.rejected_rows) == found.rows


@pytest.mark.parametrize("name", LISTS)
def test_every_column_is_recognised(name: str) -> None:
    _expected, layout, _found = read(name)
    assert [column.heading for column in layout.columns if column.field is None] == []


def test_amounts_dates_and_people_of_the_english_list() -> None:
    _expected, _layout, found = read("client-list-en")
    rows = {row.row: row for row in found.accepted}
    assert str(rows[5].stated_peak_amount) == "1200117.00" and str(rows[6].security_amount) == "5259.00"
    assert str(rows[9].stated_peak_amount) == "0.00" and str(rows[9].security_until) == "2027-06-24"
    assert [p.email for p in rows[9].people] == [
        "lea.levesque@brookfieldglob.example",
        "grace.patel@brookfieldglob.example",
    ]
    assert rows[5].is_portal_linked is None and rows[5].is_delegated is True and rows[5].is_resident is True
    assert rows[64].shipments_per_month == "15-20" and rows[8].hs_chapters == ("73", "84")
    assert rows[8].notes is None  # a formula whose value was never stored is empty
    assert found.is_day_first and found.is_day_order_shown


def sheet_of(*rows: tuple[Any, ...]) -> Sheet:
    return Sheet("s", ("s",), tuple(Row(n, cells) for n, cells in enumerate(rows, start=1)))


HEADER = ("Legal name", "BN / RM", "Bond amount", "Bond expiry")


def test_title_rows_above_the_header_are_ignored_and_named() -> None:
    sheet = sheet_of(("Our clients",), (None,), HEADER, ("Maple", "123456782RM0001", "1,000.00", None))
    layout = find_layout(sheet, CLIENT_FIELDS)
    assert layout is not None and layout.header_row == 3
    found = classify(sheet, layout)
    assert found.ignored_rows == [1] and [r.key for r in found.accepted] == ["123456782RM0001"]


def test_number_recorded_for_another_company_is_held_back() -> None:
    sheet = sheet_of(HEADER, ("Norland", "123456782RM0002", None, None))
    layout = find_layout(sheet, CLIENT_FIELDS)
    assert layout is not None
    found = classify(sheet, layout, Known({"123456782": "Maple Toys Inc."}))
    assert [(p.reason, p.other) for p in found.problems] == [("number_of_another_company", "Maple Toys Inc.")]
    assert "Maple Toys Inc." in found.problems[0].message("fr")


def test_row_with_several_bad_cells_is_one_rejected_row() -> None:
    sheet = sheet_of(HEADER, (None, "12345", "abt 20k", "31/02/2027"))
    layout = find_layout(sheet, CLIENT_FIELDS)
    assert layout is not None
    found = classify(sheet, layout)
    assert found.rejected_rows == [2] and {p.reason for p in found.problems} == {"length", "no_name", "amount", "date"}


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [("Acme Inc", " ACME  inc ", True), ("Acme Inc", "Acme Inc.", False), ("Acme Inc", "Acme Ltd", False)],
)
def test_only_blanks_and_case_are_forgiven_in_names(a: str, b: str, same: bool) -> None:
    assert (company_key(a) == company_key(b)) is same
