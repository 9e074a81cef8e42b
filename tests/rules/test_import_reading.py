"""Import, reading: hostile, wrong and lying files are refused with a clear code in bounded time; honest ones lose nothing."""

import io
import re
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from openpyxl import Workbook

from tracker.imports import child
from tracker.imports.reading import MAX_BYTES, MESSAGES, CellError, UnreadableFileError, read_file

SHEET = "xl/worksheets/sheet1.xml"
LAUGHS = (
    b'<!DOCTYPE z [<!ENTITY a "aaaaaaaaaaaaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 12) for n in range(9))
    + b"]>"
)


def workbook(path: Path, *rows: tuple[Any, ...], more: Callable[[Any, Any], None] | None = None) -> Path:
    """A workbook as Excel would write it, shared strings included."""
    book = xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("Clients")
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    if more:
        more(book, sheet)
    book.close()
    return path


def rewritten(source: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    """The same workbook with one part changed."""
    made = io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry)
            new.writestr(entry.filename, change(content) if entry.filename == part else content)
    source.write_bytes(made.getvalue())
    return source


def with_part(source: Path, name: str, content: bytes) -> Path:
    with zipfile.ZipFile(source, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return source


def refusal(path: Path, name: str | None = None, sheet: str | None = None) -> str:
    """The code a file is refused with; reading must not take long."""
    started = time.monotonic()
    with pytest.raises(UnreadableFileError) as caught:
        read_file(path, name or path.name, sheet)
    assert time.monotonic() - started < 60
    return caught.value.code


@pytest.fixture
def honest(tmp_path: Path) -> Path:
    return workbook(tmp_path / "list.xlsx", ("Legal name", "BN"), *((f"Company {n}", 100 + n) for n in range(50)))


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "list.xlsx", "empty"),
        (b"", "list.csv", "empty"),
        (b"MZ\x90\x00" + bytes(600), "list.xlsx", "not_a_table"),
        (b"MZ\x90\x00" + bytes(600), "list.csv", "not_a_table"),
        (b"name,bn\nMaple,\x001\n", "list.csv", "not_a_table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "protected.xlsx", "old_excel"),
        (b"%PDF-1.7\n", "list.xlsx", "not_a_table"),
        (b"PK\x03\x04 and no more", "list.xlsx", "broken"),
    ],
)
def test_file_of_another_kind_is_refused(tmp_path: Path, content: bytes, name: str, code: str) -> None:
    path = tmp_path / "stored"
    path.write_bytes(content)
    assert refusal(path, name) == code


def test_large_file_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "large.xlsx"
    with path.open("wb") as file:
        file.write(b"PK\x03\x04")
        file.truncate(MAX_BYTES + 1)
    assert refusal(path) == "too_large"


@pytest.mark.parametrize(
    "part",
    [
        "xl/vbaProject.bin",
        "xl/VBAPROJECT.BIN",
        "xl/externalLinks/externalLink1.xml",
        "xl/embeddings/oleObject1.bin",
        "xl/activeX/activeX1.xml",
    ],
)
def test_workbook_with_macros_links_or_objects_is_refused(honest: Path, part: str) -> None:
    assert refusal(with_part(honest, part, b"x")) == "macros"


def test_other_office_file_is_not_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "letter.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<a/>")
    assert refusal(path) == "not_a_table"


def test_zip_bombs_are_not_unpacked(honest: Path) -> None:
    dense = honest.with_name("dense.xlsx")
    dense.write_bytes(honest.read_bytes())
    assert refusal(with_part(dense, "xl/media/a.bin", bytes(20 * 1024 * 1024))) == "bomb"
    many = honest.with_name("many.xlsx")
    many.write_bytes(honest.read_bytes())
    with zipfile.ZipFile(many, "a") as archive:
        for number in range(501):
            archive.writestr(f"xl/media/{number}", b"")
    assert refusal(many) == "bomb"


@pytest.mark.parametrize("part", [SHEET, "xl/sharedStrings.xml", "xl/workbook.xml", "xl/styles.xml"])
def test_entities_that_multiply_are_refused(honest: Path, part: str) -> None:
    def laugh(content: bytes) -> bytes:
        body = re.sub(rb"^<\?xml[^>]*\?>", b"", content)
        return LAUGHS + body.replace(b"Legal name", b"&j;")

    assert refusal(rewritten(honest, part, laugh)) == "broken"


def test_one_long_text_named_by_many_cells_does_not_fill_the_memory(honest: Path) -> None:
    text = b"".join(b"%d," % (n * 7919) for n in range(3_000))[:20_000]
    strings = (
        b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>' + text + b"</t></si></sst>"
    )
    cells = b"".join(b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (n, n) for n in range(1, 20_001))
    rewritten(honest, "xl/sharedStrings.xml", lambda _content: strings)
    rewritten(
        honest,
        SHEET,
        lambda c: re.sub(rb"<sheetData>.*</sheetData>", b"<sheetData>" + cells + b"</sheetData>", c, flags=re.S),
    )  # 400 MB of text out of a file of some kilobytes
    assert honest.stat().st_size < 200_000
    assert refusal(honest) == "too_much"


def test_text_longer_than_a_cell_can_hold_is_refused(honest: Path) -> None:
    long = b"x" * (child.MAX_TEXT + 1)
    rewritten(honest, "xl/sharedStrings.xml", lambda content: content.replace(b"Legal name", long))
    assert refusal(honest) == "broken"


def test_damaged_workbooks_are_called_damaged(honest: Path) -> None:
    whole = honest.read_bytes()
    with zipfile.ZipFile(honest) as archive:
        at = archive.getinfo(SHEET).header_offset + 30 + len(SHEET) + 40
    for damaged in (whole[:3000], whole[:at] + b"X" * 12 + whole[at + 12 :]):
        honest.write_bytes(damaged)
        assert refusal(honest) == "broken"


def test_workbook_with_a_password_on_its_parts_is_called_protected(honest: Path) -> None:
    content = bytearray(honest.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        while at >= 0:
            content[at + offset] |= 1
            at = content.find(mark, at + 4)
    honest.write_bytes(bytes(content))
    assert refusal(honest) == "old_excel"


def test_unknown_sheet_is_refused_and_a_known_one_read(tmp_path: Path) -> None:
    path = workbook(tmp_path / "b.xlsx", ("a",), more=lambda book, _sheet: book.add_worksheet("old").write(0, 0, "b"))
    assert refusal(path, sheet="Feuille") == "no_sheet"
    read = read_file(path, path.name, "old")
    assert (read.name, read.names, read.rows[0].cells) == ("old", ("Clients", "old"), ("b",))


def test_first_sheet_that_can_be_seen_is_read(tmp_path: Path) -> None:
    book = Workbook()
    lists = book.active
    assert lists is not None
    lists.title, lists.sheet_state = "Lists", "hidden"
    book.create_sheet("Clients").append(["Legal name"])
    path = tmp_path / "h.xlsx"
    book.save(path)
    assert read_file(path, path.name).name == "Clients"


def test_sheet_that_lies_about_its_size_loses_nothing(honest: Path) -> None:
    lie = rewritten(honest, SHEET, lambda c: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:A2"', c))
    rows = read_file(lie, lie.name).rows
    assert len(rows) == 51 and rows[50].cells == ("Company 49", Decimal(149))


def test_stray_cell_at_the_bottom_of_the_sheet_is_no_reason_to_refuse(honest: Path) -> None:
    stray = b'<row r="1048576"><c r="A1048576"/></row></sheetData>'
    rewritten(honest, SHEET, lambda content: content.replace(b"</sheetData>", stray))
    assert len(read_file(honest, honest.name).rows) == 51


def test_cells_keep_their_type_and_rows_their_number(tmp_path: Path) -> None:
    def more(book: Any, sheet: Any) -> None:
        sheet.write_row(3, 0, ("Maple", 717982904, 12.5, True, datetime(2028, 4, 29)))  # noqa: DTZ001
        sheet.write_formula(3, 5, "=1+1", None, 2)
        sheet.write_formula(3, 6, "=A9", None, "")
        sheet.write_formula(3, 7, "=1/0", None, "#DIV/0!")
        sheet.write_string(3, 8, "=cmd()")
        sheet.set_column(1, 2, None, None, {"hidden": True})

    row = read_file(workbook(tmp_path / "t.xlsx", more=more), "t.xlsx").rows[0]
    assert row.number == 4
    assert row.cells == (
        "Maple", Decimal(717982904), Decimal("12.5"), True, date(2028, 4, 29), Decimal(2), None, CellError("#DIV/0!"), "=cmd()",
    )  # fmt: skip


CSV = "Raison sociale{0}NE / RM{0}Montant\nMontréal{0}123456782RM0001{0}{1}\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize(("mark", "amount"), [(";", "1 200,50"), ("\t", "1 200,50"), (",", '"1,200.50"')])
def test_csv_in_the_encodings_and_separators_people_have(tmp_path: Path, encoding: str, mark: str, amount: str) -> None:
    path = tmp_path / "liste.csv"
    path.write_bytes(CSV.format(mark, amount).encode(encoding))
    first, second = read_file(path, path.name).rows
    assert first.cells == ("Raison sociale", "NE / RM", "Montant")
    assert second.cells == ("Montréal", "123456782RM0001", amount.strip('"'))


@pytest.mark.parametrize(
    "body",
    [
        b"a,1\n" * (child.MAX_ROWS + 1),
        b"\n" * (child.LAST_ROW + 1),
        b",".join([b"x"] * (child.MAX_COLUMNS + 1)),
        b"Maple," + b"x" * (child.MAX_TEXT + 1),
        b'Maple,"' + b"x\n" * 200_000,
    ],
    ids=["rows", "blank rows", "columns", "text", "quote never closed"],
)
def test_csv_without_end_is_refused(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"Legal name,BN\n" + body)
    assert refusal(path) == "too_much"


@pytest.mark.parametrize("filler", [b"\n", b",", b"  ,\r\n"])
def test_rows_and_columns_of_nothing_are_not_kept(tmp_path: Path, filler: bytes) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"Legal name,BN\n" + filler * 500_000 + b"\nMaple,123456782\n")
    tracemalloc.start()
    try:
        first, second = read_file(path, path.name).rows
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (first.number, second.number) == (1, 3 + (500_000 if b"\n" in filler else 0))
    assert second.cells == ("Maple", "123456782") and peak < 40_000_000


def test_child_knows_nothing_of_the_application() -> None:
    source = Path(child.__file__).read_text()
    assert "tracker" not in source.replace("tracker.imports", "") and "from tracker" not in source


def test_every_code_has_a_sentence_in_both_languages() -> None:
    assert all(text.en and text.fr for text in MESSAGES.values())
