"""Client pages: who gets in, what a form says, and that lists cost the same for one row and for thirty."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from tests.conftest import Cast, StatementCount
from tests.factories import as_firm, make_contact, make_statement
from tests.visitor import Visitor
from tracker.accounts import queries as people
from tracker.clients import queries
from tracker.clients.models import Contact, Statement
from tracker.clients.searching import search
from tracker.notifications.models import OutboxMessage
from tracker.platform.db import db

Visit = Callable[..., Visitor]
PAGES = ["edit", "accounts", "accounts/new", "contacts", "contacts/new", "team", "statements"]


@pytest.mark.parametrize("page", PAGES)
def test_pages_open_for_the_lead_in_both_languages_and_for_nobody_else(cast: Cast, visit: Visit, page: str) -> None:
    path = f"/clients/{cast.client_a}/{page}"
    for language in ("en", "fr"):
        colin = visit("colin")
        colin.post("/language", {"language": language})
        answer = colin.get(path)
        assert answer.status_code == 200
        assert "Maple Toys Inc." in answer.get_data(as_text=True)
        assert ("Garantie" in answer.get_data(as_text=True)) is (language == "fr")
    assert visit("celia").get(path).status_code == 404
    assert visit("ana").get(path).status_code == 403
    assert visit(None).get(path).status_code == 302
    assert visit("priya").get(f"/clients/{uuid4()}/{page}").status_code == 404


def test_new_client_is_taken_on_once(visit: Visit, app: Flask) -> None:
    priya = visit("priya")
    form = {"legal_name": "Érable Inc.", "bn9": "700 000 003", "residency": "resident", "language": "fr"}
    form |= {"is_portal_linked": "unknown", "is_payment_ready": "unknown", "once": "the-key-of-this-form"}
    first, second = priya.post("/clients/new", form), priya.post("/clients/new", form)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["Location"] == second.headers["Location"]
    with app.app_context():
        as_firm()
        assert [hit.legal_name for hit in search("erable").clients] == ["Érable Inc."]


def test_wrong_number_stands_beside_its_field_and_nothing_typed_is_lost(visit: Visit) -> None:
    answer = visit("priya").post("/clients/new", {"legal_name": "Aubier", "bn9": "123456789"})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'value="Aubier"' in text


def test_consultant_takes_on_nobody(visit: Visit) -> None:
    assert visit("colin").get("/clients/new").status_code == 403


def test_stale_profile_shows_both_values(cast: Cast, visit: Visit) -> None:
    colin, priya = visit("colin"), visit("priya")
    form = {"residency": "resident", "language": "en", "is_portal_linked": "no", "is_payment_ready": "no"}
    path = f"/clients/{cast.client_a}/edit"
    assert priya.post(path, {**form, "legal_name": "Maple Toys Ltd", "version": "1"}).status_code == 303
    answer = colin.post(path, {**form, "legal_name": "Maple Toys Corp", "version": "1"})
    assert answer.status_code == 409
    assert "Maple Toys Ltd" in answer.get_data(as_text=True)
    assert "Maple Toys Corp" in answer.get_data(as_text=True)


def test_account_of_another_client_does_not_exist_here(cast: Cast, visit: Visit) -> None:
    priya = visit("priya")
    assert priya.get(f"/clients/{cast.client_a}/accounts/{cast.account_b}/edit").status_code == 404
    assert priya.get(f"/clients/{cast.client_a}/statements/{cast.account_b}").status_code == 404


def test_statement_is_proposed_and_refused_beside_its_field(cast: Cast, visit: Visit, app: Flask) -> None:
    with app.app_context():
        as_firm()
        make_statement(db.session.get_one(queries.ProgramAccount, cast.account_a))
    colin = visit("colin")
    path = f"/clients/{cast.client_a}/statements/{cast.account_a}/new"
    page = colin.get(path).get_data(as_text=True)
    assert 'value="2026-10-18"' in page
    assert 'value="84200.00"' in page
    form = {"period_start": "2026-09-17", "period_end": "2026-10-17", "charges_amount": "-1", "total_amount": "1"}
    assert "18 Sep 2026" in colin.post(path, form).get_data(as_text=True)
    bad = {"period_start": "2026-08-18", "period_end": "2026-09-17", "charges_amount": "1.234", "total_amount": "1"}
    assert colin.post(path, bad).status_code == 422


PARTS = {"duties_amount": "40.00", "excise_amount": "10.00", "sima_amount": "0.00", "gst_amount": "34.20"}


def filled_in(html: str) -> dict[str, str]:
    """What the statement's form would send as it stands."""
    form = html[html.index('<form method="post" novalidate') :]
    tags = re.findall(r"<input [^>]*>", form[: form.index("</form>")])
    return {
        name[1]: value[1] if (value := re.search(r'value="([^"]*)"', tag)) else ""
        for tag in tags
        if (name := re.search(r'name="(\w+)"', tag))
    }


def stands(app: Flask, row_id: UUID) -> dict[str, str]:
    """What is recorded of a statement's breakdown."""
    with app.app_context():
        as_firm()
        row = db.session.get_one(Statement, row_id)
        return {key: str(getattr(row, key)) for key in PARTS}


@pytest.mark.parametrize("shows_breakdown", [True, False])
def test_noting_a_payment_leaves_a_statements_breakdown(
    cast: Cast, visit: Visit, app: Flask, shows_breakdown: bool
) -> None:
    with app.app_context():
        as_firm()
        parts = {key: Decimal(value) for key, value in PARTS.items()}
        row_id = make_statement(db.session.get_one(queries.ProgramAccount, cast.account_a), **parts).id
    colin = visit("colin")
    path = f"/clients/{cast.client_a}/statement/{row_id}/edit"
    form = filled_in(colin.get(path).get_data(as_text=True))
    assert {key: form[key] for key in PARTS} == PARTS
    sent = {key: value for key, value in form.items() if shows_breakdown or key not in PARTS}
    assert colin.post(path, {**sent, "paid_on": "2026-10-30"}).status_code == 303
    assert stands(app, row_id) == PARTS


def test_a_breakdown_is_typed_and_corrected_on_the_form(cast: Cast, visit: Visit, app: Flask) -> None:
    colin = visit("colin")
    path = f"/clients/{cast.client_a}/statements/{cast.account_a}/new"
    form = filled_in(colin.get(path).get_data(as_text=True))
    assert colin.post(path, {**form, "charges_amount": "84.20", "total_amount": "84.20", **PARTS}).status_code == 303
    with app.app_context():
        as_firm()
        row_id = db.session.scalars(select(Statement.id)).one()
    assert stands(app, row_id) == PARTS
    path = f"/clients/{cast.client_a}/statement/{row_id}/edit"
    form = filled_in(colin.get(path).get_data(as_text=True))
    assert colin.post(path, {**form, "sima_amount": "", "gst_amount": "34.25"}).status_code == 303
    assert stands(app, row_id) == {**PARTS, "sima_amount": "None", "gst_amount": "34.25"}


def test_invitation_queues_a_mail_in_the_contacts_language(cast: Cast, visit: Visit, app: Flask) -> None:
    with app.app_context():
        as_firm()
        client = queries.get(cast.client_a)
        assert client is not None
        key = make_contact(client, name="Zoé Roy", email="zoe@maple.example", language="fr").id
    path = f"/clients/{cast.client_a}/contacts/{key}"
    assert visit("colin").post(f"{path}/invite").status_code == 303
    with app.app_context():
        as_firm()
        mail = db.session.query(OutboxMessage).one()
        assert mail.to_email == "zoe@maple.example"
        assert mail.body.startswith("Bonjour Zoé Roy")
        assert "/welcome/" in mail.body
        assert {row.access for row in queries.contacts_of(cast.client_a)} == {"invited"}
    assert visit("colin").post(f"{path}/withdraw").status_code == 303
    with app.app_context():
        as_firm()
        assert {row.access for row in queries.contacts_of(cast.client_a)} == {"withdrawn"}
        assert db.session.get_one(Contact, key).is_active


def test_bulk_assignment_lets_the_consultant_in(cast: Cast, visit: Visit, app: Flask) -> None:
    with app.app_context():
        celia = people.by_email("celia@firm.example")
        assert celia is not None
        who = str(celia.id)
    form = {"ids": [str(cast.client_a), str(cast.client_b)], "user_id": who, "duty": "reviewer"}
    assert visit("colin").post("/clients/assign", form).status_code == 403
    assert visit("priya").post("/clients/assign", form).status_code == 303
    assert visit("celia").get(f"/clients/{cast.client_b}/team").status_code == 200


@pytest.mark.parametrize("page", ["contacts", "statements"])
def test_lists_cost_the_same_for_one_row_and_thirty(
    cast: Cast, visit: Visit, app: Flask, sql: StatementCount, page: str
) -> None:
    counts = []
    colin = visit("colin")
    for extra in (1, 29):
        with app.app_context():
            as_firm()
            client = queries.get(cast.client_a)
            account = db.session.get_one(queries.ProgramAccount, cast.account_a)
            assert client is not None
            for number in range(extra):
                year, month = divmod(12 * 2020 + extra + number, 12)
                make_contact(client, name=f"Person {extra} {number}")
                make_statement(account, period_end=date(year, month + 1, 17))
        sql.reset()
        assert colin.get(f"/clients/{cast.client_a}/{page}").status_code == 200
        counts.append(len(sql))
    assert counts[0] == counts[1] <= 12


def test_every_page_of_a_client_leads_to_every_other(visit: Callable[..., Visitor], cast: Cast) -> None:
    """The tabs stand on each of them, the page looked at marked: nobody loses their way from one to the next."""
    colin = visit("colin")
    first = colin.get(f"/clients/{cast.client_a}").get_data(as_text=True)
    tabs = re.findall(r'<a href="([^"]+)"', first.split('class="tabs"')[1].split("</nav>")[0])
    assert len(tabs) == 11
    for path in tabs:
        nav = colin.get(path).get_data(as_text=True).split('class="tabs"')[1].split("</nav>")[0]
        assert re.findall(r'<a href="([^"]+)"', nav) == tabs and f'href="{path}" aria-current="page"' in nav, path
