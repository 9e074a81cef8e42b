"""Import, cells: what people type is read the way they meant it; what cannot be has a reason and never a crash."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.imports import cells
from tracker.imports.cells import CellProblem, Person
from tracker.imports.reading import CellError
from tracker.platform.money import format_money

AMOUNTS = st.decimals(min_value=0, max_value=10_000_000, places=2)
DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31))
FRENCH = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre")  # fmt: skip


@given(AMOUNTS, st.sampled_from(["en", "fr"]))
def test_amount_as_we_print_it_is_read_back(amount: Decimal, language: str) -> None:
    assert cells.read_amount(format_money(amount, language)) == amount


@given(AMOUNTS)
def test_amount_a_workbook_keeps_as_a_number_is_read_to_the_cent(amount: Decimal) -> None:
    assert cells.read_amount(Decimal(repr(float(amount)))) == amount


@given(DAYS)
def test_date_is_read_back_however_it_is_written(day: date) -> None:
    written = (
        day,
        day.isoformat(),
        f"{day.isoformat()} 00:00:00",
        f"{day:%d/%m/%Y}",
        f"{day:%d-%m-%Y}",
        f"{day:%d.%m.%Y}",
        f"{day:%Y/%m/%d}",
        f"{day:%b %d, %Y}",
        f"{day:%d-%b-%y}",
        f"{day.day} {FRENCH[day.month - 1]} {day.year}",
    )
    assert {cells.read_date(text, day_first=True) for text in written} == {day}
    assert cells.read_date(f"{day:%m/%d/%Y}", day_first=False) == day


ANYTHING: st.SearchStrategy[Any] = st.one_of(
    st.none(), st.booleans(), st.text(max_size=40), st.dates(), st.decimals(), st.just(CellError("#N/A"))
)


@given(ANYTHING)
@pytest.mark.parametrize(
    "read",
    [cells.read_text, cells.read_yes_no, cells.read_count, cells.read_amount, cells.read_date, cells.read_security],
)
def test_no_cell_makes_the_reader_crash(read: Any, cell: Any) -> None:
    try:
        read(cell)
    except CellProblem as problem:
        assert problem.reason in {"amount", "date", "count", "error"}


@given(ANYTHING, ANYTHING)
def test_no_two_cells_make_the_people_crash(names: Any, emails: Any) -> None:
    try:
        people = cells.read_people(names, emails)
    except CellProblem as problem:
        assert problem.reason == "error"
    else:
        assert all(person.name for person in people)


@pytest.mark.parametrize("cell", ["Y", "y", "Yes ", "oui", "Oui", "O", "x", "X", "1", Decimal(1), True])
def test_yes_in_both_languages(cell: Any) -> None:
    assert cells.read_yes_no(cell) is True


@pytest.mark.parametrize("cell", ["N", "no", "non", "Non ", "0", Decimal(0), False])
def test_no_in_both_languages(cell: Any) -> None:
    assert cells.read_yes_no(cell) is False


@pytest.mark.parametrize("cell", [None, "", "pending", "en cours", "?", "n/a", "peut-être"])
def test_anything_else_is_not_known_yet(cell: Any) -> None:
    assert cells.read_yes_no(cell) is None


@pytest.mark.parametrize("cell", [None, "", "pending", "en cours", "n/a", "-", "?"])
def test_count_not_known_yet_refuses_no_row(cell: Any) -> None:
    assert cells.read_count(cell) is None


@pytest.mark.parametrize(
    ("column", "order"),
    [
        (["05/06/2027", "29/04/2028"], True),
        (["05/06/2027", "04/29/2028"], False),
        (["05/06/2027", None, "2027-30-01"], None),
        ([], None),
    ],
)
def test_value_above_twelve_shows_the_order_of_a_column(column: list[Any], order: bool | None) -> None:
    assert cells.is_day_first(column) is order


@pytest.mark.parametrize("text", ["31/02/2027", "2027-13-01", "April 2028", "soon", "6 avril", Decimal("46141")])
def test_date_that_cannot_be_is_refused(text: Any) -> None:
    with pytest.raises(CellProblem) as caught:
        cells.read_date(text)
    assert caught.value.reason == "date"


@pytest.mark.parametrize(
    ("names", "emails", "people"),
    [
        ("Léa Roy / Qi Li", "lea@a.example; qi@a.example", [("Léa Roy", "lea@a.example"), ("Qi Li", "qi@a.example")]),
        ("Léa Roy; Qi Li", "LEA@a.example, qi@a.example", [("Léa Roy", "lea@a.example"), ("Qi Li", "qi@a.example")]),
        ("Léa Roy", None, [("Léa Roy", None)]),
        (None, "lea@a.example", [("lea", "lea@a.example")]),
        ("Léa Roy", "Léa Roy <lea@a.example>", [("Léa Roy", "lea@a.example")]),
        (None, None, []),
    ],
)
def test_people_are_paired_with_their_addresses(names: Any, emails: Any, people: list[tuple[str, Any]]) -> None:
    assert cells.read_people(names, emails) == tuple(Person(*person) for person in people)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("bond", "surety_bond"),
        ("Cautionnement ", "surety_bond"),
        ("CASH", "cash_deposit"),
        ("Dépôt", "cash_deposit"),
        ("Dépôt en espèces", "cash_deposit"),
        ("lettre de crédit", "letter_of_credit"),
        ("?", None),
        (None, None),
    ],
)
def test_words_for_forms_of_security(words: Any, kind: str | None) -> None:
    assert cells.read_security(words) == kind


@pytest.mark.parametrize(
    ("products", "chapters"),
    [("HS 7318, 8483", ["73", "84"]), ("73; 84", ["73", "84"]), ("84", ["84"]), ("furniture", []), ("24 pallets", [])],
)
def test_chapters_named_among_the_products(products: str, chapters: list[str]) -> None:
    assert cells.hs_chapters(products) == chapters
