"""The workbook engine: what is written is read back equal, typed, harmless, printable and true after recalculation."""

import csv
import io
import re
import subprocess
import zipfile
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from tracker.workbook import (
    Chart,
    Column,
    Figure,
    Figures,
    Link,
    Marked,
    Series,
    Sheet,
    Status,
    Table,
    Text,
    Workbook,
    cell_text,
    neutralise,
    restore,
    write,
)
from tracker.workbook.names import headings, sheet_names

# What openpyxl says of every data bar of Excel 2010 and later.
pytestmark = pytest.mark.filterwarnings("ignore:.*xtension is not supported")

MADE_AT = datetime(2026, 11, 23, 15, 42, tzinfo=UTC)
NASTY = [
    *(
        "=1+1",
        "+1+1",
        "-1+1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "\x00=1",
        "|calc",
        "＝1+1",
        "＋1",
        "－1",
        "＠x",
        "｜x",
    ),
    *("'=1", "''=1", "'x", "'", "'+1 613 555-0100", "+1 613 555-0100", '"=1+1"', ";=1+1", ",=1+1", " =1+1", "\u00a0=1"),
    *(
        "=cmd|' /C calc'!A0",
        '=HYPERLINK("http://x")',
        "{=SUM(A1:A2)}",
        "=",
        "-",
        "-100",
        "00123",
        "1e5",
        "TRUE",
        "#REF!",
    ),
    *(
        "http://example.com/?a=1&b=2",
        "mailto:a@b.example",
        "internal:Sheet1!A1",
        "_x000D_=1",
        "é=1",
        "e\u0301",
        "a\nb",
        "<b>&amp;",
    ),
]


def book(*sheets: Sheet, language: str = "en", **changes: Any) -> Workbook:
    plain = Workbook("Month-end", "Aldgate & Co", language, date(2026, 11, 20), "Priya Partner", MADE_AT, sheets)
    return replace(plain, **changes)


def saved(tmp_path: Path, *sheets: Sheet, **changes: Any) -> openpyxl.Workbook:
    path = tmp_path / "book.xlsx"
    write(book(*sheets, **changes), path)
    return openpyxl.load_workbook(path)


def wall(*parts: int) -> datetime:
    """What a clock on a wall in Toronto shows: a workbook knows no time zones."""
    return datetime(*parts, tzinfo=UTC).replace(tzinfo=None)  # type: ignore[arg-type, misc]


def one_table(table: Table, **changes: Any) -> Sheet:
    return Sheet("Data", (table,), **changes)


def text_table(values: list[str], **changes: Any) -> Table:
    return Table(
        "tblNasty", (Column("a", "Text"), Column("b", "Wrapped", "wrapped")), [(v, v) for v in values], **changes
    )


def xml(path: Path, pattern: str) -> str:
    with zipfile.ZipFile(path) as parts:
        return "".join(parts.read(name).decode() for name in parts.namelist() if re.search(pattern, name))


# --- text -------------------------------------------------------------------------------------------------------------


@settings(max_examples=500)
@given(st.text() | st.builds(str.__add__, st.text("'\"=+-@|＝＋－＠\t\r\n\0 ;,", max_size=6), st.text(max_size=4)))
def test_restore_gives_back_exactly_what_was_neutralised(value: str) -> None:
    assert restore(neutralise(value)) == value
    assert not neutralise(value)[:1] or neutralise(value)[0] not in "=+-@|＝＋－＠｜\t\r\n\0"


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("=1", "'=1"),
        ("'=1", "''=1"),
        ("'x", "'x"),
        ("O'Neil", "O'Neil"),
        ("", ""),
        ("-100", "'-100"),
        ("00123", "00123"),
    ],
)
def test_only_what_could_be_a_formula_is_marked(value: str, kept: str) -> None:
    assert neutralise(value) == kept


@pytest.mark.parametrize("value", ["x" * 40_000, "=" * 40_000, "😀" * 20_000])
def test_no_cell_is_longer_than_excel_holds_and_a_cut_shows(value: str) -> None:
    shown = cell_text(value)
    assert len(shown.encode("utf-16-le")) // 2 <= 32_767
    assert shown.endswith("…")


@pytest.mark.parametrize("flat", [False, True])
def test_no_text_becomes_a_formula_and_each_is_restored(tmp_path: Path, flat: bool) -> None:
    sheet = saved(tmp_path, one_table(text_table(NASTY, flat=flat)))["Data"]
    assert len(NASTY) >= 40
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row]
    assert {cell.data_type for cell in cells} == {"s"} or {cell.data_type for cell in cells} == {"inlineStr"}
    assert "<f>" not in xml(tmp_path / "book.xlsx", "sheet1.xml$")
    for value, (first, second) in zip(NASTY, sheet.iter_rows(min_row=2, values_only=True), strict=True):
        assert first == second
        read = str(first).replace("_x005F_", "_") if flat else str(first)  # openpyxl leaves Excel's escape in streams
        assert restore(read) == value.replace("\x00", "").replace("\r", "\n")


def test_headings_sheet_names_links_statuses_and_footers_are_harmless_too(tmp_path: Path) -> None:
    table = Table(
        "tblA",
        (Column("a", "=1+1", "status"), Column("b", "@x", "link", note="=1", choices=("=1", "b"))),
        [(Status("late", "=1"), Link("=1", "javascript:alert(1)")), (None, Link("=2", "https://x.example/?q==1"))],
        empty="=1",
    )
    saved(tmp_path, Sheet("=1+1", (table, Text(("=1",), heading="=2"))), firm="&P&N=1", made_by="=1")
    written = xml(tmp_path / "book.xlsx", r"\.xml$")
    assert "<f>" not in xml(tmp_path / "book.xlsx", "sheet1.xml$")
    assert "javascript" not in written
    assert "&amp;&amp;P&amp;&amp;N=1" in written


# --- values -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("flat", [False, True])
@pytest.mark.parametrize(
    ("kind", "value", "expected", "code"),
    [
        ("money", Decimal("42100.005"), 42100.0, "[$$-1009]#,##0.00;-[$$-1009]#,##0.00"),
        ("money", Decimal("-7.1"), -7.1, "[$$-1009]#,##0.00;-[$$-1009]#,##0.00"),
        ("money0", Decimal("0.00"), 0, "[$$-1009]#,##0;-[$$-1009]#,##0"),
        ("integer", 12, 12, "#,##0"),
        ("integer", 1234567890123456, "1234567890123456", "#,##0"),
        ("days", 17, 17, '#,##0\\ "d"'),
        ("percent", Decimal("99.99"), 0.99, "0%"),
        ("percent", 83, 0.83, "0%"),
        ("date", date(2026, 11, 23), wall(2026, 11, 23), "yyyy-mm-dd"),
        ("date", date(1867, 7, 1), "1867-07-01", "yyyy-mm-dd"),
        ("date", datetime(2026, 11, 24, 3, 0, tzinfo=UTC), wall(2026, 11, 23), "yyyy-mm-dd"),
        ("datetime", datetime(2026, 11, 24, 3, 0, tzinfo=UTC), wall(2026, 11, 23, 22, 0), "yyyy-mm-dd hh:mm"),
        ("text", 123456782, "123456782", "@"),
        ("text", "00123", "00123", "@"),
        ("status", Status("late", "Late"), "▲ Late", "@"),
        ("money", None, None, "[$$-1009]#,##0.00;-[$$-1009]#,##0.00"),
        ("money", "n/a", "n/a", "[$$-1009]#,##0.00;-[$$-1009]#,##0.00"),
    ],
)
def test_values_keep_their_type(
    tmp_path: Path, kind: Any, value: object, expected: object, code: str, flat: bool
) -> None:
    table = Table("tblA", (Column("v", "V", kind), Column("n", "N")), [{"v": value, "n": "x"}], flat=flat)
    cell = saved(tmp_path, one_table(table))["Data"]["A2"]
    assert cell.value == expected
    assert type(cell.value) is type(expected) or isinstance(expected, (int, float))
    assert cell.number_format == code


@pytest.mark.parametrize(("language", "code"), [("en", "[$$-1009]#,##0.00"), ("fr", r"#,##0.00\ [$$-C0C]")])
def test_money_is_written_as_the_language_writes_it(tmp_path: Path, language: str, code: str) -> None:
    table = Table("tblA", (Column("v", "V", "money"),), [(Decimal("1200.00"),)])
    assert saved(tmp_path, one_table(table), language=language)["Data"]["A2"].number_format == f"{code};-{code}"


@dataclass(frozen=True)
class AsObject:
    n: int
    t: str


@pytest.mark.parametrize("rows", [[(1, "a")], [{"n": 1, "t": "a"}], [AsObject(1, "a")], iter([(1, "a")])])
def test_rows_may_be_tuples_mappings_objects_or_a_stream(tmp_path: Path, rows: Any) -> None:
    sheet = saved(tmp_path, one_table(Table("tblA", (Column("n", "N", "integer"), Column("t", "T")), rows)))["Data"]
    assert [cell.value for cell in sheet[2]] == [1, "a"]


@pytest.mark.parametrize("flat", [False, True])
def test_a_row_without_the_key_is_an_error_and_leaves_the_old_file(tmp_path: Path, flat: bool) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"last month's")
    with pytest.raises(KeyError):
        write(book(one_table(Table("tblA", (Column("n", "N"),), [{"m": 1}], flat=flat))), path)
    assert path.read_bytes() == b"last month's"
    assert [found.name for found in tmp_path.iterdir()] == ["book.xlsx"]


# --- tables -----------------------------------------------------------------------------------------------------------


def money_table(rows: Any, **changes: Any) -> Table:
    columns = (
        Column("client", "Client"),
        Column("posted", "Posted [CAD] #1", "money", total="sum", marks="shortfall"),
        Column("cover", "Coverage", "percent", total="average", marks="coverage"),
        Column("state", "State", "status", total="count", choices=("● Done", "▲ Late")),
    )
    return replace(Table("tblPortfolio", columns, rows, totals=True), **changes)


ROWS = [
    ("Maple", Decimal("35000.10"), 83, Status("late", "Late")),
    ("Norland", Decimal("7100.25"), 117, Status("waiting", "Waiting")),
    ("Kestrel", Decimal("0"), None, None),
]


def test_table_is_real_frozen_filtered_and_totalled(tmp_path: Path) -> None:
    sheet = saved(tmp_path, one_table(money_table(ROWS), freeze=2))["Data"]
    table = sheet.tables["tblPortfolio"]
    assert (table.ref, table.autoFilter.ref, table.totalsRowCount) == ("A1:D5", "A1:D4", 1)
    assert sheet.freeze_panes == "C2"
    assert sheet.auto_filter.ref is None
    assert [column.name for column in table.tableColumns] == [cell.value for cell in sheet[1]]
    assert [cell.value for cell in sheet[5]] == [
        "Total",
        "=SUBTOTAL(109,tblPortfolio[Posted '[CAD'] '#1])",
        "=SUBTOTAL(101,tblPortfolio[Coverage])",
        "=SUBTOTAL(103,tblPortfolio[State])",
    ]
    assert not sheet.merged_cells.ranges
    assert [rule.sqref for rule in sheet.data_validations.dataValidation] != []


def test_totals_show_their_value_before_any_recalculation(tmp_path: Path) -> None:
    write(book(one_table(money_table(ROWS))), tmp_path / "book.xlsx")
    values = openpyxl.load_workbook(tmp_path / "book.xlsx", data_only=True)["Data"]
    assert [cell.value for cell in values[5]] == ["Total", 42100.35, 1.0, 2]


def test_colour_never_stands_alone(tmp_path: Path) -> None:
    write(book(one_table(money_table(ROWS))), tmp_path / "book.xlsx")
    written = xml(tmp_path / "book.xlsx", "sheet1.xml$")
    assert written.count('operator="beginsWith"') == 6
    assert "ISNUMBER($C2),$C2&lt;1)" in written
    assert "&quot;▲ &quot;0%" in xml(tmp_path / "book.xlsx", "styles.xml$")


@pytest.mark.parametrize(("language", "said"), [("en", "Nothing to show"), ("fr", "Rien à afficher")])
def test_empty_table_is_still_a_table_and_says_so(tmp_path: Path, language: str, said: str) -> None:
    path = tmp_path / "book.xlsx"
    answer = write(book(one_table(money_table([])), language=language), path)
    sheet = openpyxl.load_workbook(path)["Data"]
    assert answer == [{"name": "Data", "rows": 0}]
    assert sheet.tables["tblPortfolio"].ref == "A1:D2"
    assert [cell.value for cell in sheet[2]] == [said, None, None, None]


def test_flat_table_keeps_filter_freeze_and_totals(tmp_path: Path) -> None:
    sheet = saved(tmp_path, one_table(money_table(iter(ROWS), flat=True)))["Data"]
    assert (sheet.auto_filter.ref, sheet.freeze_panes, len(sheet.tables)) == ("A1:D4", "A2", 0)
    assert sheet["B5"].value == "=SUBTOTAL(109,B2:B4)"


def test_record_columns_are_hidden_and_carry_id_and_moment(tmp_path: Path) -> None:
    table = Table("tblA", (Column("n", "N"),), [{"n": "x", "id": "0a"}], record="id")
    sheet = saved(tmp_path, one_table(table))["Data"]
    assert [cell.value for cell in sheet[1]] == ["N", "record_id", "as_of"]
    assert [cell.value for cell in sheet[2]] == ["x", "0a", wall(2026, 11, 23, 10, 42)]
    assert [sheet.column_dimensions[letter].hidden for letter in "ABC"] == [False, True, True]


def test_long_or_comma_lists_stand_on_a_hidden_sheet(tmp_path: Path) -> None:
    long = tuple(f"Choice {number}, really" for number in range(40))
    table = Table("tblA", (Column("a", "A", choices=long), Column("b", "B", choices=("x", "y"))), [("x", "y")])
    found = saved(tmp_path, one_table(table), language="fr")
    sources = [rule.formula1 for rule in found["Data"].data_validations.dataValidation]
    assert sources == ["'Listes'!$A$1:$A$40", '"x,y"']
    assert found["Listes"].sheet_state == "hidden"
    assert [row[0] for row in found["Listes"].iter_rows(values_only=True)] == list(long)


def test_widths_follow_content_up_to_sixty_and_only_text_wraps(tmp_path: Path) -> None:
    columns = (Column("a", "A"), Column("b", "B", "wrapped"), Column("c", "C", "money"), Column("d", "D", width=22))
    rows = [("x" * 300, "word " * 80, Decimal("1234567.89"), "y")]
    sheet = saved(tmp_path, one_table(Table("tblA", columns, rows)))["Data"]
    widths = [sheet.column_dimensions[letter].width for letter in "ABCD"]
    assert widths[0] == pytest.approx(60, abs=1)
    assert 13 < widths[2] < 20
    assert widths[3] == pytest.approx(22, abs=1)
    assert [bool(cell.alignment.wrap_text) for cell in sheet[2]] == [False, True, False, False]


def test_links_lead_to_records_and_sheets_and_stop_at_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker.workbook.cells.MAX_LINKS", 2)
    urls = ["https://firm.example/clients/1", "#Read me: all", "https://firm.example/clients/3", "#nowhere"]
    table = Table("tblA", (Column("l", "Client", "link"),), [(Link("x", url),) for url in urls])
    sheet = saved(tmp_path, one_table(table), Sheet("Read me: all", (Text(("…",)),)))["Data"]
    links = [sheet.cell(row, 1).hyperlink for row in range(2, 6)]
    assert [link and (link.target or link.location) for link in links] == [urls[0], "'Read me all'!A1", None, None]
    assert [cell.value for cell in sheet["A"]] == ["Client", "x", "x", "x", "x"]


def test_strong_rows_are_bold(tmp_path: Path) -> None:
    rows = [{"m": "Oct", "peak": False}, {"m": "Nov", "peak": True}]
    sheet = saved(tmp_path, one_table(Table("tblA", (Column("m", "Month"),), rows, strong="peak")))["Data"]
    assert [cell.font.b for cell in sheet["A"][1:]] == [False, True]


@pytest.mark.parametrize("flat", [False, True])
def test_a_link_too_long_for_one_line_moves_to_a_short_word_of_its_row(tmp_path: Path, flat: bool) -> None:
    """LibreOffice shows a link as a field that never wraps: what is longer than its column would be cut off."""
    columns = (
        Column("c", "Client", "link", width=20),
        Column("w", "Why", "wrapped"),
        Column("s", "State", "status"),
        Column("n", "No."),
    )
    long, url = "Compagnie internationale d'importation de la Gaspésie ltée", "https://firm.example/clients/1"
    rows = [
        (Link("Maple", url), "because", Status("late", "late"), "7"),
        (Link(long, url), "because", Status("late", "late"), "7"),
        (Link(long, url), "because", None, "7"),
        (Link(long, url), "because", None, None),
    ]
    sheet = saved(tmp_path, one_table(Table("tblA", columns, rows, flat=flat)))["Data"]
    links = [[cell.value for cell in row if cell.hyperlink] for row in sheet.iter_rows(min_row=2)]
    assert links == [["Maple"], ["▲ late"], ["7"], [long]], "a row keeps its link, at worst where it is cut"
    assert [cell.value for cell in sheet["A"][1:]] == ["Maple", long, long, long]
    assert sheet["A3"].alignment.wrap_text and not sheet["A3"].font.u
    assert sheet["C3"].number_format == "@" and sheet.row_dimensions[3].height > 30


def test_counts_stand_under_the_middle_of_an_upright_heading(tmp_path: Path) -> None:
    columns = (Column("a", "A", "integer", total="sum", upright=True), Column("b", "B", "integer", total="sum"))
    sheet = saved(tmp_path, one_table(Table("tblA", columns, [(1, 2)], totals=True)))["Data"]
    assert [[cell.alignment.horizontal for cell in row] for row in sheet["A2:B3"]] == [["center", "right"]] * 2


def test_a_chart_below_a_table_is_printed_whole(tmp_path: Path) -> None:
    table = Table("tblA", (Column("a", "A"), Column("b", "B", "integer")), [("x", 1), ("y", 2)])
    chart = Chart("bar", "Bars", "tblA", "a", ("b",), height=10, width=500)
    sheet = saved(tmp_path, Sheet("Data", (table, chart)))["Data"]
    drawn, below = sheet._charts[0].anchor, sheet.max_row
    _first, last = str(sheet.print_area).replace("$", "").split("!")[1].split(":")
    end = sheet[last]
    assert end.row >= drawn.to.row + 1 and end.column >= drawn.to.col + 1
    assert drawn._from.row >= below, "below the last row of the table, not over it"


@pytest.mark.parametrize("flat", [False, True])
def test_a_marked_number_stands_out_in_print_too(tmp_path: Path, flat: bool) -> None:
    columns = (Column("a", "A", "money0", total="sum"), Column("b", "B", "money0"))
    rows = [(Marked(Decimal("-7.25")), Decimal(1)), (Decimal(1), Marked(Decimal(1234567)))]
    sheet = saved(tmp_path, one_table(Table("tblA", columns, rows, totals=True, flat=flat)))["Data"]
    assert [[cell.value for cell in row] for row in sheet["A2:B3"]] == [[-7.25, 1], [1, 1234567]]
    assert [[bool(cell.font.b) for cell in row] for row in sheet["A2:B3"]] == [[True, False], [False, True]]
    assert sheet["A2"].number_format == '"◆ "[$$-1009]#,##0;"◆ "-[$$-1009]#,##0'
    assert sheet.column_dimensions["B"].width > sheet.column_dimensions["A"].width
    write(book(one_table(Table("tblA", columns, rows, totals=True, flat=flat))), tmp_path / "book.xlsx")
    assert openpyxl.load_workbook(tmp_path / "book.xlsx", data_only=True)["Data"]["A4"].value == -6.25


def test_words_of_a_mixed_column_wrap_and_its_amounts_do_not(tmp_path: Path) -> None:
    table = Table("tblA", (Column("a", "A", "mixed", width=20),), [("word " * 12,), (Decimal("1.50"),), (3,)])
    sheet = saved(tmp_path, one_table(table))["Data"]
    assert [bool(cell.alignment.wrap_text) for cell in sheet["A"][1:]] == [True, False, False]
    assert sheet.row_dimensions[2].height > 30 and sheet["A3"].value == 1.5


@pytest.mark.parametrize("names", [("Portfolio",), ("tblA", "tblA"), ("tbl A",), ("tblA", "tbla")])
def test_table_names_are_stable_and_unique(tmp_path: Path, names: tuple[str, ...]) -> None:
    tables = tuple(Table(name, (Column("a", "A"),), []) for name in names)
    with pytest.raises(ValueError, match="table"):
        write(book(Sheet("S", tables)), tmp_path / "book.xlsx")


# --- names ------------------------------------------------------------------------------------------------------------


@given(st.lists(st.text(max_size=50), min_size=1, max_size=12))
def test_sheet_names_are_what_excel_allows(titles: list[str]) -> None:
    names = sheet_names(titles, "Feuille")
    assert len({name.casefold() for name in names}) == len(titles)
    for name in names:
        assert 1 <= len(name.encode("utf-16-le")) // 2 <= 31
        assert not set(name) & set("[]:*?/\\")
        assert name[0] != "'"
        assert name.casefold() != "history"


@given(st.lists(st.text(max_size=300), min_size=1, max_size=12))
def test_headings_are_unique_and_never_empty(titles: list[str]) -> None:
    found = headings(titles, "Column")
    assert len({title.casefold() for title in found}) == len(titles)
    assert all(title.strip() and "\n" not in title and len(title.encode("utf-16-le")) // 2 <= 255 for title in found)


# --- the whole sheet --------------------------------------------------------------------------------------------------


def every_block(language: str) -> Workbook:
    """A workbook with each kind of block, as a manager would get it."""
    fr = language == "fr"
    clients = ["Aubier inc.", "Érablière Saint-Élie", "Kestrel Ltd", "Maple Toys Inc.", "Norland Steel Ltd"]
    late, done = Status("late", "En retard" if fr else "Late"), Status("done", "Prêt" if fr else "Ready")
    waiting = Status("waiting", "En attente" if fr else "Waiting")
    portfolio = Table(
        "tblPortfolio",
        (
            Column("number", "N° de client" if fr else "Client no."),
            Column("client", "Dénomination sociale" if fr else "Legal name", "link"),
            Column("since", "Phase depuis" if fr else "Phase since", "days"),
            Column("ready", "Préparation" if fr else "Readiness", "percent", marks="bar"),
            Column("state", "État" if fr else "State", "status"),
            Column("required", "Montant requis" if fr else "Required", "money", total="sum"),
            Column("posted", "Montant déposé" if fr else "Posted", "money", total="sum"),
            Column("cover", "Couverture" if fr else "Coverage", "percent", marks="coverage", note="posted ÷ required"),
            Column("end", "Fin du cautionnement" if fr else "Bond end", "date"),
            Column("left", "Jours restants" if fr else "Days left", "days", marks="deadline"),
            Column("login", "Dernière visite" if fr else "Last visit", "datetime"),
            Column("comment", "Commentaire" if fr else "Comment", "wrapped"),
        ),
        [
            {
                "number": f"{number:05}",
                "client": Link(name, f"https://firm.example/clients/{number}"),
                "since": number * 7,
                "ready": 20 * number,
                "state": (late, waiting, done)[number % 3],
                "required": Decimal("42100.00") * number,
                "posted": Decimal("35000.10") * number if number != 3 else Decimal("200000.00"),
                "cover": Decimal(100) * Decimal("35000.10") / Decimal("42100") if number != 3 else 158,
                "end": date(2026, 12, 14),
                "left": number * 25 - 30,
                "login": MADE_AT,
                "comment": ("Attendre la caution. " if fr else "Wait for the surety. ") * number,
                "id": number,
            }
            for number, name in enumerate(clients, 1)
        ],
        totals=True,
        record="id",
    )
    phases = Table(
        "tblPhases",
        (
            Column("phase", "Étape" if fr else "Phase"),
            Column("ready", "Prêts" if fr else "Ready", "integer", total="sum"),
            Column("late", "En retard" if fr else "Late", "integer", total="sum"),
        ),
        [("Registered", 12, 3), ("Delegated", 8, 4), ("Secured", 5, 6)],
        totals=True,
        heading="Préparation par étape" if fr else "Readiness by phase",
    )
    figures = Figures(
        (
            Figure("Clients actifs" if fr else "Active clients", 62, previous=60, better=""),
            Figure("Prêts" if fr else "Ready", 71, "percent", 68, "up", "ready ÷ active"),
            Figure("En retard" if fr else "Overdue", 9, previous=6, better="down"),
            Figure(
                "Insuffisance totale" if fr else "Total shortfall", Decimal("48250"), "money0", Decimal("61400"), "down"
            ),
            Figure(
                "Cautionnements expirant d’ici 30 jours" if fr else "Bonds ending within 30 days",
                3,
                previous=3,
                better="down",
            ),
            Figure("Attente moyenne" if fr else "Average wait", 11, "days", None),
        )
    )
    stacked = Chart(
        "stacked_bar",
        "Préparation par étape" if fr else "Readiness by phase",
        "tblPhases",
        "phase",
        (Series("ready", "done"), Series("late", "late")),
        place="right",
    )
    cover = Chart("column", "Couverture" if fr else "Coverage", "tblPortfolio", "client", ("cover",), place="right")
    trend = Chart(
        "line", "Montants requis" if fr else "Amounts required", "tblPortfolio", "client", ("required", "posted")
    )
    readme = Text(
        (
            "La couverture est le montant déposé divisé par le montant requis."
            if fr
            else "Coverage is posted over required.",
            ("Une phrase longue qui explique le chiffre. " if fr else "A long sentence that explains the figure. ") * 6,
        ),
        heading="Définitions" if fr else "Definitions",
    )
    groups = Table(
        "tblBrokers",
        (
            Column("broker", "Courtier" if fr else "Broker"),
            Column("client", "Client"),
            Column("open", "À faire" if fr else "Open", "integer", total="sum"),
        ),
        [(f"Northgate {number // 4}", f"Client {number}", number) for number in range(12)],
        totals=True,
        group="broker",
    )
    nothing = Table(
        "tblNothing",
        (Column("a", "Client"), Column("b", "Valeur" if fr else "Value", "money", total="sum")),
        [],
        totals=True,
    )
    return book(
        Sheet("Sommaire" if fr else "Summary", (figures, stacked, cover, phases), one_page=True, tab="done"),
        Sheet("Portefeuille" if fr else "Portfolio", (portfolio,), freeze=2),
        Sheet("Tendance" if fr else "Trend", (trend, replace(nothing, heading="Mouvement" if fr else "Movement"))),
        Sheet("Courtiers" if fr else "Brokers", (groups,), landscape=False),
        Sheet("Lisez-moi" if fr else "Read me", (readme,), intro=("…",)),
        language=language,
        period="17 Oct – 17 nov. 2026" if fr else "18 Oct – 17 Nov 2026",
        confidentiality="Confidentiel" if fr else "Confidential",
        title="Rapport de fin de mois" if fr else "Month-end report",
    )


@pytest.fixture(params=["en", "fr"])
def whole(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "whole.xlsx"
    write(every_block(request.param), path)
    return path


def printable(sheet: Worksheet) -> tuple[Any, ...]:
    setup = sheet.page_setup
    return (
        setup.orientation,
        setup.paperSize,
        setup.fitToWidth or 1,
        setup.fitToHeight,
        sheet.sheet_properties.pageSetUpPr,
    )


def test_pages_print_one_wide_with_titles_footer_and_properties(whole: Path) -> None:
    found = openpyxl.load_workbook(whole)
    summary, portfolio, _trend, brokers, _readme = found.worksheets
    assert printable(portfolio)[:4] == ("landscape", 1, 1, 0)
    assert portfolio.sheet_properties.pageSetUpPr.fitToPage
    assert portfolio.print_title_rows == "$1:$1"
    assert summary.page_setup.fitToHeight in (None, 1)
    assert [mark.id for mark in brokers.row_breaks.brk] == [5, 9]
    assert brokers.page_setup.orientation in (None, "portrait")
    footer = portfolio.oddFooter
    assert "Aldgate && Co · " in str(footer.left.text)
    assert str(footer.center.text).strip() in ("Confidential", "Confidentiel")
    assert str(footer.right.text).strip() in ("Page &P of &N", "Page &P sur &N")
    assert (found.properties.creator, found.properties.created) == ("Priya Partner", MADE_AT.replace(tzinfo=None))
    assert found.properties.title in ("Month-end report", "Rapport de fin de mois")


def test_paper_is_letter_unless_asked(tmp_path: Path) -> None:
    assert saved(tmp_path, one_table(money_table(ROWS)), paper="a4")["Data"].page_setup.paperSize == 9


def test_figures_say_the_difference_with_arrow_sign_and_word(whole: Path) -> None:
    summary = openpyxl.load_workbook(whole).worksheets[0]
    rows = {row[0].value: row for row in summary.iter_rows(max_col=4)}
    ready = rows.get("Ready") or rows["Prêts"]
    assert [cell.value for cell in ready[1:]] == [0.71, 0.68, 3]
    assert '"▲ +"' in ready[3].number_format
    assert re.search("better|mieux", ready[3].number_format)


def test_answer_names_sheets_and_counts_rows_of_data(tmp_path: Path) -> None:
    answer = write(every_block("en"), tmp_path / "a.xlsx")
    assert [tuple(sheet.values()) for sheet in answer] == [
        ("Summary", 3),
        ("Portfolio", 5),
        ("Trend", 0),
        ("Brokers", 12),
        ("Read me", 0),
    ]


def test_long_list_goes_flat_by_itself(tmp_path: Path) -> None:
    table = Table("tblA", (Column("n", "N", "integer", total="sum"),), [(n,) for n in range(20_001)], totals=True)
    sheet = saved(tmp_path, one_table(table))["Data"]
    assert (len(sheet.tables), sheet.max_row) == (0, 20_003)


# --- in another program -----------------------------------------------------------------------------------------------

RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>
"""


def converted(source: Path, to: str, room: Path) -> None:
    """LibreOffice with every formula computed anew, never the value that was stored."""
    user = room / "profile" / "user"
    user.mkdir(parents=True, exist_ok=True)
    (user / "registrymodifications.xcu").write_text(RECALCULATE)
    command = ["soffice", f"-env:UserInstallation=file://{room}/profile", "--headless", "--convert-to", to]
    subprocess.run([*command, "--outdir", str(room), str(source)], check=True, capture_output=True, timeout=180)


@pytest.mark.office
@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("flat", [False, True])
def test_another_program_computes_the_same(tmp_path: Path, language: str, flat: bool) -> None:
    workbook = every_block(language)
    if flat:
        sheets = tuple(
            replace(sheet, blocks=tuple(replace(b, flat=True) if isinstance(b, Table) else b for b in sheet.blocks))
            for sheet in workbook.sheets
        )
        workbook = replace(workbook, sheets=sheets)
    source = tmp_path / "whole.xlsx"
    write(workbook, source)
    converted(source, "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1", tmp_path)
    cells = {path.stem: list(csv.reader(io.StringIO(path.read_text("utf-8")))) for path in tmp_path.glob("whole-*.csv")}
    assert len(cells) == 5
    everything = " ".join(cell for rows in cells.values() for row in rows for cell in row)
    assert not re.search(r"Err:|#NAME|#REF|#VALUE|#DIV|#N/A", everything)
    stored = openpyxl.load_workbook(source, data_only=True)
    for name, rows in cells.items():
        sheet = stored[name.removeprefix("whole-")]
        for number, row in enumerate(rows, 1):
            if row and row[0] == "Total":
                computed = [float(cell) for cell in row[1:] if re.fullmatch(r"-?[0-9.]+", cell)]
                expected = [cell.value for cell in sheet[number][1:] if isinstance(cell.value, (int, float))]
                assert computed == pytest.approx(expected)
                assert sum(expected) > 0
    converted(source, "pdf", tmp_path)
    assert (tmp_path / "whole.pdf").stat().st_size > 10_000
