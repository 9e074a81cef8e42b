"""Reports: the workbooks read back with openpyxl; figures equal to the pages, rows no wider than the actor's scope."""

import json
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from tests.conftest import Cast
from tests.factories import (
    as_firm,
    make_allocation,
    make_delegation,
    make_instrument,
    make_partner,
    make_request,
    make_statement,
    make_task,
)
from tests.visitor import Visitor
from tracker.clients.models import Client, ProgramAccount
from tracker.coordination.enums import DelegationState
from tracker.coordination.models import Delegation
from tracker.platform.actor import SYSTEM
from tracker.platform.audit import record
from tracker.platform.clock import today
from tracker.platform.db import db, transaction

SHEETS = {"Summary", "Portfolio", "Guarantee", "Documents", "Broker coordination", "Deadlines", "Read me"}
NASTY = '=HYPERLINK("http://evil.example","x")'


@pytest.fixture
def filled(app: Flask, cast: Cast) -> str:
    """Client A with a statement, a bond that is short by $7,100.00, a document, a task, a broker. Returns the broker's id."""
    with app.app_context():
        as_firm()
        account = db.session.get(ProgramAccount, cast.account_a)
        make_statement(account)
        client = db.session.get(Client, cast.client_a)
        make_allocation(make_instrument(client, amount=Decimal("35000.00")), account)
        make_request(client, due_on=today() - timedelta(days=3))
        make_task(client, title=NASTY, due_on=today() + timedelta(days=2))
        broker = make_partner()
        make_delegation(client, broker)
        return str(broker.id)


def book(visitor: Visitor, path: str) -> Any:
    answer = visitor.get(path)
    assert answer.status_code == 200, path
    return load_workbook(BytesIO(answer.data))


def rows(sheet: Any) -> list[dict[str, Any]]:
    """The rows of a sheet's first table by heading."""
    table = next(iter(sheet.tables.values()))
    cells = [[cell.value for cell in row] for row in sheet[table.ref]]
    body = cells[1:-1] if table.totalsRowCount else cells[1:]
    return [dict(zip(cells[0], values, strict=True)) for values in body]


def test_manager_workbook_has_the_figures_of_the_pages(visit: Callable[..., Visitor], cast: Cast, filled: str) -> None:
    found = book(visit("priya"), "/reports/manager.xlsx?lang=en")
    assert set(found.sheetnames) >= SHEETS
    (line,) = [r for r in rows(found["Guarantee"]) if r["Program account"] == "123456782RM0001"]
    assert (line["Required"], line["Posted"], line["Short"], line["Cover %"]) == (42100, 35000, 7100, 0.83)
    assert line["Client"] == "Maple Toys Inc." and "$84,200.00 × 50 % = $42,100.00" in line["How it came about"]
    (client,) = [r for r in rows(found["Portfolio"]) if r["BN9"] == "123456782"]
    assert (client["Client"], client["Required"], client["Short"]) == ("Maple Toys Inc.", 42100, 7100)
    assert client["May release tomorrow"].endswith("no") and client["Lead"] == "Colin Dubois"
    assert client["Documents open"] == 1 and client["Documents late"] == 1
    page = visit("priya").get(f"/clients/{cast.client_a}/guarantee").get_data(as_text=True)
    assert "$42,100.00" in page and "$7,100.00" in page
    (review,) = [r for r in rows(found["Annual review"]) if r["Program account"] == "123456782RM0001"]
    assert (review["Review sets"], review["Rise"], review["Statements"]) == (42100, 0, "1 of 12")
    assert review["Short then"] == 42100 - review["Posted then"] and review["Falls to"] is None
    dates = rows(found["Deadlines"])
    assert any(r["Days left"] < 0 and r["Owner"] == "Colin Dubois" and "Set by us" in r["Why"] for r in dates)
    law = [r for r in dates if r["Kind"] == "statutory" and r["Client"] == "all clients"]
    assert law and all("Set by us" not in r["Why"] and r["Why"].endswith(")") for r in law)


def test_text_is_never_a_formula(visit: Callable[..., Visitor], filled: str) -> None:
    found = book(visit("priya"), "/reports/manager.xlsx")
    formulas = [c.value for sheet in found for row in sheet.iter_rows() for c in row if c.data_type == "f"]
    assert all("SUBTOTAL(" in str(formula) for formula in formulas) and formulas
    shown = [c.value for row in found["Tasks"].iter_rows() for c in row if "HYPERLINK" in str(c.value)]
    assert shown == ["'" + NASTY]


def test_workbook_is_no_wider_than_the_screen(visit: Callable[..., Visitor], filled: str) -> None:
    found = book(visit("colin"), "/reports/manager.xlsx")
    text = json.dumps([[str(c.value) for c in row] for sheet in found for row in sheet.iter_rows()])
    assert "Maple Toys" in text and "Norland" not in text
    assert "Norland" in json.dumps(
        [[str(c.value) for c in r] for r in book(visit("priya"), "/reports/manager.xlsx")["Portfolio"].iter_rows()]
    )


def test_who_may_not(visit: Callable[..., Visitor], cast: Cast, filled: str) -> None:
    assert visit("ana").get("/reports/manager.xlsx").status_code == 403
    assert visit(None).get("/reports/manager.xlsx").status_code == 302
    colin = visit("colin")
    assert colin.get(f"/reports/client.xlsx?client={cast.client_b}").status_code == 404
    for path in (
        "/reports/nonsense.xlsx",
        "/reports/client.xlsx",
        "/reports/client.xlsx?client=x",
        "/reports/broker.xlsx",
    ):
        assert colin.get(path).status_code == 404


def test_client_and_broker_workbooks(app: Flask, visit: Callable[..., Visitor], cast: Cast, filled: str) -> None:
    colin = visit("colin")
    mine = book(colin, f"/reports/client.xlsx?client={cast.client_a}&lang=fr")
    assert "Garantie" in mine.sheetnames and "Relevés" in mine.sheetnames
    shared = book(colin, f"/reports/broker.xlsx?broker={filled}")
    (line,) = rows(shared["Broker coordination"])
    assert line["Client"] == "Maple Toys Inc." and line["Delegation"].endswith("not requested")
    with app.app_context():
        as_firm()
        with transaction():
            for delegation in db.session.scalars(select(Delegation)):
                delegation.state = DelegationState.REVOKED
                record(SYSTEM, "delegation:revoked", delegation)
    gone = book(colin, f"/reports/broker.xlsx?broker={filled}")
    assert "Maple Toys" not in str([cell.value for sheet in gone for row in sheet.iter_rows() for cell in row])


def test_french_workbook_speaks_french(visit: Callable[..., Visitor], filled: str, tmp_path: Path) -> None:
    found = book(visit("priya"), "/reports/manager.xlsx?lang=fr")
    assert found.sheetnames[0] == "Sommaire" and all(len(name) <= 31 for name in found.sheetnames)


def test_archived_clients_are_left_out(visit: Callable[..., Visitor], app: Flask, cast: Cast, filled: str) -> None:
    with app.app_context():
        as_firm()
        with transaction():
            client = db.session.get(Client, cast.client_a)
            client.state = type(client.state)("archived")
            record(SYSTEM, "client:archived", client)
    found = book(visit("priya"), "/reports/manager.xlsx")
    assert "Maple Toys Inc." not in [r["Client"] for r in rows(found["Portfolio"])]
