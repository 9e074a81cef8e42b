"""The months a guarantee is sized by and the shortfalls as bars: in the manager's, the client's and the surety's workbook."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from flask import Flask
from openpyxl import load_workbook

from tests.conftest import Cast, StatementCount
from tests.factories import (
    as_firm,
    make_account,
    make_allocation,
    make_client,
    make_instrument,
    make_partner,
    make_statement,
)
from tests.visitor import Visitor
from tracker.clients.models import Client, ProgramAccount
from tracker.coordination.enums import PartnerKind
from tracker.guarantees.rules import closed_periods
from tracker.guarantees.wording import short_month
from tracker.platform.clock import today
from tracker.platform.db import db
from tracker.reports.addresses import to_nowhere
from tracker.reports.gathering import portfolio
from tracker.reports.sheets.months import LARGEST, months, shortfalls
from tracker.rulebook.book import rules_at

Visit = Callable[..., Visitor]
MONTHS = slice(2, 14)


@pytest.fixture
def surety(app: Flask, cast: Cast) -> str:
    """Client A: two statements of equal charges and a higher one before the window; a bond that falls short. Its surety."""
    with app.app_context():
        as_firm()
        client, account = db.session.get(Client, cast.client_a), db.session.get(ProgramAccount, cast.account_a)
        assert client and account
        ends = closed_periods(today())
        before = ends[0].replace(year=ends[0].year - 1)
        for end, charges in ((before, "99000.00"), (ends[3], "84200.49"), (ends[7], "84200.49"), (ends[11], "0.00")):
            make_statement(account, period_start=end - timedelta(29), period_end=end, statement_on=end + timedelta(8),
                           due_on=end + timedelta(14), charges_amount=Decimal(charges))  # fmt: skip
        partner = make_partner(kind=PartnerKind.SURETY, name="Boreal Surety Company")
        bond = make_instrument(client, amount=Decimal("35000.00"), provider_id=partner.id)
        make_allocation(bond, account)
        return str(partner.id)


def book(visitor: Visitor, path: str) -> Any:
    answer = visitor.get(path)
    assert answer.status_code == 200, path
    return load_workbook(BytesIO(answer.data)), answer.data


def lines(sheet: Any, name: str) -> list[Any]:
    return [list(row) for row in sheet[sheet.tables[name].ref]]


@pytest.mark.parametrize(
    ("language", "title", "missing"), [("en", "Guarantee months", "missing"), ("fr", "Garantie, mois", "manquant")]
)
def test_twelve_months_stand_in_their_order_and_the_peak_stands_out(
    visit: Visit, surety: str, language: str, title: str, missing: str
) -> None:
    found, _content = book(visit("priya"), f"/reports/manager.xlsx?lang={language}")
    heads, *rows = lines(found[title], "tblMonths")
    ends = closed_periods(today())
    assert [cell.value for cell in heads[MONTHS]] == [short_month(end, language) for end in ends]
    (row,) = [row for row in rows if row[1].value == "123456782RM0001"]
    cells = row[MONTHS]
    expected = [missing] * 12
    expected[3] = expected[7] = 84200.49  # type: ignore[call-overload]
    expected[11] = 0  # type: ignore[call-overload]
    assert [cell.value for cell in cells] == expected, "nothing owed and nothing known are not the same"
    assert [n for n, cell in enumerate(cells) if cell.font.b] == [3], (
        "the earliest of equals, and never a month outside"
    )
    assert cells[3].number_format.startswith('"◆ "') and "◆" not in cells[7].number_format
    assert cells[3].font.color == cells[7].font.color, "bold and its sign say it, not a colour"
    assert row[14].value.date() == ends[3]
    assert row[15].value == ("3 of 12" if language == "en" else "3 sur 12")
    assert not found[title].tables["tblMonths"].totalsRowCount, "the peak of a sum would be nobody's"


def test_an_account_that_owed_nothing_has_no_peak(app: Flask, visit: Visit, cast: Cast) -> None:
    with app.app_context():
        as_firm()
        account = db.session.get(ProgramAccount, cast.account_a)
        assert account
        make_statement(account, charges_amount=Decimal("0.00"))
    found, _content = book(visit("colin"), "/reports/manager.xlsx?lang=en")
    (row,) = lines(found["Guarantee months"], "tblMonths")[1:]
    assert not any(cell.font.b for cell in row[MONTHS]) and row[14].value is None


def test_bars_show_the_largest_shortfalls_first_and_no_more_than_can_be_read(
    app: Flask, visit: Visit, surety: str
) -> None:
    with app.app_context():
        as_firm()
        client = make_client(legal_name="Compagnie internationale d'importation d'équipements industriels ltée")
        for number in range(LARGEST + 2):
            account = make_account(client, number=f"{client.bn9}RM{number + 1:04}")
            make_statement(account, charges_amount=Decimal(20_000 + number * 1000))
    found, content = book(visit("priya"), "/reports/manager.xlsx?lang=fr")
    sheet = found["Manques de garantie"]
    heads, *rows = lines(sheet, "tblShortfalls")
    short = [cell.value for cell in heads].index("Manque")
    amounts = [row[short].value for row in rows]
    assert len(rows) == LARGEST and amounts == sorted(amounts, reverse=True) and amounts[-1] > 0
    assert f"Les {LARGEST} manques les plus élevés sur {LARGEST + 3}." in [row[0].value for row in sheet.iter_rows()]
    labels = [row[-1].value for row in rows]
    assert len(set(labels)) == LARGEST and all(len(label) <= 41 for label in labels)
    (chart,) = sheet._charts
    assert re.search(r"\$F\$\d+:\$F\$\d+", chart.series[0].cat.strRef.f) and "$E$" in chart.series[0].val.numRef.f
    with ZipFile(BytesIO(content)) as parts:
        drawn = [parts.read(name).decode() for name in parts.namelist() if "charts/chart" in name]
    assert any("Manques les plus élevés, en dollars canadiens" in xml and "[$$-C0C]" in xml for xml in drawn)


def test_where_nothing_is_short_a_sentence_says_so_and_nothing_is_drawn(visit: Visit, cast: Cast) -> None:
    found, _content = book(visit("priya"), "/reports/manager.xlsx?lang=en")
    sheet = found["Shortfalls"]
    assert [row[0].value for row in lines(sheet, "tblShortfalls")[1:]] == ["No program account is short of security."]
    assert not sheet._charts


def test_client_and_surety_get_them_in_their_language_without_links(visit: Visit, cast: Cast, surety: str) -> None:
    mine, _content = book(visit("priya"), f"/reports/client.xlsx?client={cast.client_a}&lang=fr")
    assert mine.sheetnames[1:4] == ["Garantie", "Manques de garantie", "Garantie, mois"]
    theirs, _content = book(visit("priya"), f"/reports/surety.xlsx?surety={surety}&lang=en")
    assert theirs.sheetnames[:3] == ["Guarantee", "Shortfalls", "Guarantee months"]
    (row,) = lines(mine["Garantie, mois"], "tblMonths")[1:]
    assert row[0].value == "123456782RM0001" and row[4].value == 84200.49, "its name is not repeated on each row"
    assert (len(mine["Manques de garantie"]._charts), len(theirs["Shortfalls"]._charts)) == (1, 1)
    assert "$D$" in mine["Manques de garantie"]._charts[0].series[0].val.numRef.f, "the bars found their column"
    assert len(lines(theirs["Guarantee months"], "tblMonths")) == 2, "of one surety, its own accounts alone"
    assert not any(
        cell.hyperlink for each in (mine, theirs) for sheet in each for row in sheet.iter_rows() for cell in row
    )


def test_they_ask_the_database_nothing(app: Flask, surety: str, sql: StatementCount) -> None:
    with app.test_request_context():
        as_firm()
        rows, rules = portfolio(today()), rules_at(today())
        sql.reset()
        assert shortfalls(rows, to_nowhere).blocks and months(rows, rules, "en", to_nowhere).blocks
    assert rows and not len(sql), sql.statements
