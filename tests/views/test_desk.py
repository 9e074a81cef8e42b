"""Desk, views: Monday page, portfolio, client page, search; who sees what, and at what cost."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask

from tests.conftest import Cast, StatementCount
from tests.factories import (
    as_firm,
    make_account,
    make_client,
    make_contact,
    make_delegation,
    make_partner,
    make_request,
    make_statement,
    make_task,
)
from tests.visitor import Visitor
from tracker.clients.models import Client, ProgramAccount
from tracker.coordination.enums import Party
from tracker.platform.db import db

PAGES = ("/desk", "/clients", "/search?q=maple", "/rulebook", "/gallery")


@pytest.mark.parametrize("path", PAGES)
def test_staff_get_in_and_others_do_not(visit: Callable[..., Visitor], path: str) -> None:
    assert visit("colin").get(path).status_code == 200
    assert visit("ana").get(path).status_code == 403
    assert visit(None).get(path).status_code == 302


def test_consultant_sees_assigned_clients_only(visit: Callable[..., Visitor], cast: Cast) -> None:
    for path in ("/clients", "/search?q=o"):
        html = visit("colin").get(path).get_data(as_text=True)
        assert "Maple Toys" in html or path != "/clients"
        assert "Norland" not in html
    assert "Norland" in visit("priya").get("/clients").get_data(as_text=True)
    assert visit("colin").get(f"/clients/{cast.client_b}").status_code == 404
    assert visit("celia").get(f"/clients/{cast.client_a}").status_code == 404


def test_client_page_answers_the_question(visit: Callable[..., Visitor], cast: Cast, app: Flask) -> None:
    with app.app_context():
        as_firm()
        make_statement(db.session.get(ProgramAccount, cast.account_a))
    html = visit("colin").get(f"/clients/{cast.client_a}").get_data(as_text=True)
    assert "May release goods tomorrow?" in html and "Not known whether the business is linked" in html
    assert "$84,200.00 × 50 % = $42,100.00" in html


@pytest.mark.parametrize("text", ["maple", "MAPLE toys", "Mäple", "123 456 782", "123456782"])
def test_list_search_forgives_case_accents_and_spacing(visit: Callable[..., Visitor], text: str) -> None:
    html = visit("priya").get("/clients", query_string={"q": text}).get_data(as_text=True)
    assert "Maple Toys" in html and "Norland" not in html


def test_full_number_leads_straight_to_the_client(visit: Callable[..., Visitor], cast: Cast) -> None:
    for text in ("123456782RM0001", "123 456 782 rm 0001", "123456782"):
        answer = visit("colin").get("/search", query_string={"q": text})
        assert answer.status_code == 302 and str(cast.client_a) in answer.headers["Location"]
    assert visit("ana").get("/search?q=100000017").status_code == 403
    assert visit("colin").get("/search?q=100000017").status_code == 200  # another's number leads nowhere


def test_filters_and_sorts_are_addresses(visit: Callable[..., Visitor]) -> None:
    priya = visit("priya")
    for sort in ("name", "-name", "gates", "-cover", "short", "-short", "next", "-next", "waiting", "nonsense"):
        assert priya.get("/clients", query_string={"sort": sort}).status_code == 200
    for status in ("blocked", "ready", "short", "ending", "one_bam", "late_documents", "cbsa", "archived", "nonsense"):
        assert priya.get("/clients", query_string={"status": status, "owner": "x", "page": "99"}).status_code == 200


def grow(count: int) -> None:
    as_firm()
    for number in range(count):
        client: Client = make_client(legal_name=f"Client {number:03d} Ltd.", bn9=f"8{number:08d}")
        make_account(client)
        make_task(client)
        make_request(client, due_on=date(2026, 11, 1))


@pytest.mark.parametrize("path", ["/desk", "/clients"])
def test_cost_does_not_grow_with_clients(
    visit: Callable[..., Visitor], app: Flask, sql: StatementCount, path: str
) -> None:
    priya = visit("priya")
    priya.get(path)
    sql.reset()
    priya.get(path)
    few = len(sql)
    with app.app_context():
        grow(30)
    sql.reset()
    priya.get(path)
    assert len(sql) == few <= 12, sql.statements


def test_client_page_costs_the_same_for_one_row_and_thirty(
    visit: Callable[..., Visitor], app: Flask, sql: StatementCount, cast: Cast
) -> None:
    colin, path, counted = visit("colin"), f"/clients/{cast.client_a}", []
    for count in (1, 29):
        with app.app_context():
            as_firm()
            client, account = db.session.get(Client, cast.client_a), db.session.get(ProgramAccount, cast.account_a)
            assert client is not None and account is not None
            for number in range(count):
                make_task(client)
                make_request(client, due_on=date(2026, 11, 1))
                partner = make_partner(name=f"Broker {count}-{number}")
                make_delegation(client, partner, requested_on=date(2026, 11, 1))
                make_contact(client, name=f"Person {count}-{number}", email=None)
            make_statement(account, period_end=date(2026, 10, 17 - (count > 1)), statement_on=date(2026, 10, 25))
        sql.reset()
        assert colin.get(path).status_code == 200
        counted.append(len(sql))
    assert counted[0] == counted[1] <= 12, sql.statements


def test_pages_speak_french(visit: Callable[..., Visitor], cast: Cast) -> None:
    colin = visit("colin")
    colin.post("/language", {"language": "fr"})
    assert "Peut-il dédouaner" in colin.get(f"/clients/{cast.client_a}").get_data(as_text=True)
    for path in PAGES:
        assert 'lang="fr' in colin.get(path).get_data(as_text=True)


def test_stranger_counts_nothing(visit: Callable[..., Visitor], app: Flask, cast: Cast) -> None:
    with app.app_context():
        as_firm()
        make_task(db.session.get(Client, cast.client_a))
        make_request(db.session.get(Client, cast.client_a), due_on=date(2026, 1, 1))
    celia = visit("celia")
    for path in (
        "/desk",
        "/clients",
        "/search?q=maple",
        "/work",
        "/documents",
        "/guarantees",
        "/calendar?span=quarter",
    ):
        html = celia.get(path).get_data(as_text=True)
        assert "Maple" not in html and "Norland" not in html, path
    assert "0 of 0" in celia.get("/desk").get_data(as_text=True)


def test_number_and_name_together_are_found(visit: Callable[..., Visitor]) -> None:
    for text in ("123456782 maple", "maple 123456782"):
        assert "Maple Toys" in visit("priya").get("/clients", query_string={"q": text}).get_data(as_text=True)


def test_desk_and_list_count_the_same_risks(visit: Callable[..., Visitor], app: Flask) -> None:
    with app.app_context():
        grow(3)
    priya = visit("priya")
    listed = priya.get("/clients?status=risk").get_data(as_text=True).count('name="ids"')
    desk = priya.get("/desk").get_data(as_text=True)
    assert listed == 5 and re.search(r"Risks\s*(?:</\w+>\s*)?<span[^>]*>\s*5\s*<", desk)


def test_who_is_waited_for_shows_the_security_missing_there_once_a_client(
    visit: Callable[..., Visitor], app: Flask, cast: Cast
) -> None:
    with app.app_context():
        as_firm()
        make_statement(db.session.get_one(ProgramAccount, cast.account_a))  # 42,100.00 required, nothing posted
        for client_id, parties in (
            (cast.client_a, (Party.SURETY, Party.SURETY, Party.CBSA)),
            (cast.client_b, (Party.CBSA,)),
        ):
            for party in parties:
                make_task(db.session.get_one(Client, client_id), waiting_on=party)
    html = visit("priya").get("/desk").text
    rows = {party: html.split(f'party={party}"')[1].split("</li>")[0] for party in ("surety", "cbsa")}
    assert "2 tasks for 1 client" in rows["surety"] and "$42,100 of security missing there" in rows["surety"]
    assert "2 tasks for 2 clients" in rows["cbsa"] and "$42,100 of security missing there" in rows["cbsa"]
