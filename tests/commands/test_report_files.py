"""The workbooks as files: what Excel demands and no checker sees, held over every real report in both languages."""

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from flask import Flask
from openpyxl import load_workbook

from tests.conftest import Cast
from tests.factories import as_firm, make_delegation, make_partner, make_request, make_statement, make_task
from tests.visitor import Visitor
from tracker.clients.models import Client, ProgramAccount
from tracker.coordination.enums import PartnerKind
from tracker.platform.actor import SYSTEM
from tracker.platform.audit import record
from tracker.platform.db import db, transaction
from tracker.reports.building import REPORTS

NASTY = "=cmd|' /C calc'!A0"
TABLES = {
    "Summary": {"tblGates", "tblCover", "tblShort"},
    "Portfolio": {"tblPortfolio"},
    "Movement": {"tblMovement"},
    "Guarantee": {"tblGuarantee"},
    "Shortfalls": {"tblShortfalls"},
    "Guarantee months": {"tblMonths"},
    "Annual review": {"tblReview"},
    "Documents": {"tblDocuments"},
    "Broker coordination": {"tblBrokers"},
    "Deadlines": {"tblDeadlines"},
    "Overdue and risk": {"tblRisks"},
    "Tasks": {"tblTasks"},
    "Team": {"tblTeam"},
    "Data quality": {"tblQuality"},
    "Read me": {"tblDefinitions", "tblRules"},
}
LEGIBLE = 0.495  # of full size: 10 points come out as 5


@pytest.fixture
def address(app: Flask, cast: Cast) -> dict[str, str]:
    """What each report needs to be asked for, over a client whose every word is a formula."""
    with app.app_context():
        as_firm()
        with transaction():
            client = db.session.get(Client, cast.client_a)
            assert client is not None
            client.legal_name, client.trade_name = NASTY, "@SUM(1+1)"
            record(SYSTEM, "client:changed", client)
        account = db.session.get(ProgramAccount, cast.account_a)
        assert account is not None
        make_statement(account)
        make_request(client, returned_reason=NASTY, title=NASTY, kind=None)
        make_task(client, title=NASTY)
        broker, surety = make_partner(name="+1-800-BROKERS"), make_partner(kind=PartnerKind.SURETY, name="-Surety")
        make_delegation(client, broker)
        return {
            "": "",
            "client": f"&client={client.id}",
            "broker": f"&broker={broker.id}",
            "surety": f"&surety={surety.id}",
        }


@pytest.fixture(params=[(name, language) for name in REPORTS for language in ("en", "fr")], ids=lambda p: "-".join(p))
def report(
    request: pytest.FixtureRequest, visit: Callable[..., Visitor], address: dict[str, str]
) -> tuple[str, str, bytes]:
    name, language = request.param
    answer = visit("priya").get(f"/reports/{name}.xlsx?lang={language}{address[REPORTS[name].needs]}")
    assert answer.status_code == 200
    return name, language, answer.data


def columns_wide(sheet: Any) -> float:
    shown = [size for size in sheet.column_dimensions.values() if not size.hidden]
    return sum(float(size.width) * 7 * (size.max - size.min + 1) for size in shown)


def test_file_is_what_excel_takes_without_a_word(report: tuple[str, str, bytes]) -> None:
    found = load_workbook(BytesIO(report[2]))
    names = [table for sheet in found for table in sheet.tables]
    assert len(names) == len({each.casefold() for each in names})
    assert len({sheet.title.casefold() for sheet in found}) == len(found.sheetnames)
    for sheet in found:
        assert len(sheet.title) <= 31 and not re.search(r"[\[\]:*?/\\]", sheet.title)
        assert sheet.auto_filter.ref is None, "a table brings its own filter"
        assert not sheet.merged_cells.ranges
        for table in sheet.tables.values():
            cells = [cell.value for cell in sheet[table.ref][0]]
            assert cells == [column.name for column in table.tableColumns]
            assert all(isinstance(text, str) and text.strip() for text in cells)
            assert len({text.casefold() for text in cells}) == len(cells), cells
            assert table.autoFilter is not None or table.headerRowCount == 0
        for rule in sheet.data_validations.dataValidation:
            assert rule.type != "list" or len(str(rule.formula1)) <= 255
            assert len(rule.prompt or "") <= 255 and len(rule.promptTitle or "") <= 32
        assert all(float(size.width) <= 61 for size in sheet.column_dimensions.values())


def test_no_text_of_theirs_is_a_formula(report: tuple[str, str, bytes]) -> None:
    found = load_workbook(BytesIO(report[2]))
    cells = [cell for sheet in found for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert all(str(cell.value).startswith("=SUBTOTAL(10") for cell in cells if cell.data_type == "f")
    assert all(not str(cell.value).startswith(("=", "+", "-", "@")) for cell in cells if cell.data_type == "s")
    with ZipFile(BytesIO(report[2])) as parts:
        assert not [part for part in parts.namelist() if "externalLink" in part or "vba" in part.lower()]


def test_every_sheet_is_ready_for_the_printer_and_the_board(report: tuple[str, str, bytes]) -> None:
    _name, language, content = report
    found = load_workbook(BytesIO(content))
    assert found.properties.title and found.properties.creator == "Priya Partner"
    for sheet in found:
        setup, footer = sheet.page_setup, sheet.oddFooter
        assert setup.paperSize == 1
        room = (11.0 if setup.orientation == "landscape" else 8.5) - 0.8
        assert room * 96 / columns_wide(sheet) >= LEGIBLE, f"{sheet.title}: {room * 96 / columns_wide(sheet):.0%}"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage or setup.scale
        assert str(footer.right.text).strip() == ("Page &P sur &N" if language == "fr" else "Page &P of &N")
        assert str(footer.center.text).strip() == ("Confidentiel" if language == "fr" else "Confidential")
        assert str(footer.left.text).strip()
        if len(sheet.tables) == 1:
            header = sheet[next(iter(sheet.tables.values())).ref][0][0].row
            assert sheet.print_title_rows == f"${header}:${header}"
            assert sheet.freeze_panes is not None and int(re.sub(r"\D", "", sheet.freeze_panes)) == header + 1


def test_the_tables_of_the_managers_workbook_keep_their_names(
    visit: Callable[..., Visitor], address: dict[str, str]
) -> None:
    found = load_workbook(BytesIO(visit("priya").get("/reports/manager.xlsx?lang=en").data))
    assert {sheet.title: set(sheet.tables) for sheet in found} == TABLES
    french = load_workbook(BytesIO(visit("priya").get("/reports/manager.xlsx?lang=fr").data))
    assert [set(sheet.tables) for sheet in french] == list(TABLES.values()), "a template built on them works in both"


def test_records_are_one_click_away(visit: Callable[..., Visitor], address: dict[str, str], cast: Cast) -> None:
    found = load_workbook(BytesIO(visit("priya").get("/reports/manager.xlsx?lang=en").data))
    for title in ("Portfolio", "Guarantee", "Shortfalls", "Guarantee months", "Annual review", "Documents", "Broker coordination", "Deadlines",
                  "Overdue and risk", "Tasks", "Data quality"):  # fmt: skip
        targets = {cell.hyperlink.target for row in found[title].iter_rows() for cell in row if cell.hyperlink}
        assert any(f"/clients/{cast.client_a}" in str(target) for target in targets), title


def test_a4_where_the_firm_says_so(visit: Callable[..., Visitor], address: dict[str, str]) -> None:
    settings = {"name": "Laurier", "warning_percent": "120", "paper": "a4"}
    assert visit("adam").post("/firm", settings).status_code == 303
    found = load_workbook(BytesIO(visit("priya").get("/reports/partner.xlsx").data))
    assert {sheet.page_setup.paperSize for sheet in found} == {9}


def test_the_list_of_reports_is_kept(tmp_path: Path) -> None:
    assert [(report.name, report.needs) for report in REPORTS.values()] == [
        ("manager", ""),
        ("partner", ""),
        ("team", ""),
        ("client", "client"),
        ("broker", "broker"),
        ("surety", "surety"),
    ]
