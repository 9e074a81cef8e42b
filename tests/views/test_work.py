"""Coordination, engagements, guarantees and deadlines, views: who gets in, what is refused, what it costs."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from tests.conftest import Cast, StatementCount
from tests.factories import (
    as_firm,
    make_account,
    make_client,
    make_delegation,
    make_engagement,
    make_instrument,
    make_partner,
    make_statement,
    make_task,
)
from tests.visitor import Visitor
from tracker.clients.models import Client
from tracker.coordination.models import Task
from tracker.engagements.models import Engagement
from tracker.guarantees.models import Instrument, PortalFigure
from tracker.platform.db import db

LISTS = ("/work", "/partners", "/engagements", "/guarantees", "/calendar", "/reports", "/assessments", "/documents")


@pytest.fixture
def rows(app: Flask, cast: Cast) -> dict[str, UUID]:
    """One record of each kind of client A."""
    with app.app_context():
        as_firm()
        client = db.session.get_one(Client, cast.client_a)
        partner = make_partner()
        return {
            "task": make_task(client).id,
            "partner": partner.id,
            "delegation": make_delegation(client, partner).id,
            "engagement": make_engagement(client).id,
            "instrument": make_instrument(client).id,
        }


def own_pages(cast: Cast, rows: dict[str, UUID]) -> list[str]:
    base = f"/clients/{cast.client_a}"
    return [
        f"/work/{rows['task']}", f"/delegations/{rows['delegation']}", f"/engagements/{rows['engagement']}",
        f"/instruments/{rows['instrument']}", f"/guarantees/{cast.account_a}", f"{base}/delegations", f"{base}/tasks/new",
        f"{base}/engagements", f"{base}/engagements/new", f"{base}/guarantee", f"{base}/instruments/new",
    ]  # fmt: skip


def test_pages_open_for_the_team_and_nobody_else(
    visit: Callable[..., Visitor], cast: Cast, rows: dict[str, UUID]
) -> None:
    for language in ("en", "fr"):
        colin = visit("colin")
        colin.post("/language", {"language": language})
        for path in (*own_pages(cast, rows), *LISTS, f"/partners/{rows['partner']}"):
            answer = colin.get(path)
            assert answer.status_code == 200 and f'lang="{language}' in answer.get_data(as_text=True), path
    for name, status in (("celia", 404), ("ana", 403), (None, 302)):
        stranger = visit(name)
        for path in own_pages(cast, rows):
            assert stranger.get(path).status_code == status, (name, path)


def test_bad_amount_stays_beside_its_field(visit: Callable[..., Visitor], cast: Cast, app: Flask) -> None:
    path = f"/clients/{cast.client_a}/instruments/new"
    data = {"kind": "surety_bond", "amount": "abt 20k", "state": "quote", "number": "B-77"}
    answer = visit("colin").post(path, data)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "abt 20k" in html and "B-77" in html and "amount-error" in html
    with app.app_context():
        as_firm()
        assert db.session.scalar(select(Instrument.id)) is None


def test_same_form_twice_makes_one(visit: Callable[..., Visitor], cast: Cast, app: Flask) -> None:
    path = f"/clients/{cast.client_a}/tasks/new"
    colin = visit("colin")
    data = {"title": "Call", "waiting_on": "us", "once": "the-same-key"}
    locations = {colin.post(path, data).headers["Location"] for _ in range(3)}
    assert len(locations) == 1
    with app.app_context():
        as_firm()
        assert len(list(db.session.scalars(select(Task.id)))) == 1


def test_stale_edit_shows_both(visit: Callable[..., Visitor], rows: dict[str, UUID], app: Flask) -> None:
    colin, path = visit("colin"), f"/work/{rows['task']}"
    first = {"title": "Mine", "waiting_on": "us", "version": "1"}
    assert colin.post(path, first).status_code == 303
    answer = colin.post(path, {**first, "title": "Theirs"})
    html = answer.get_data(as_text=True)
    assert answer.status_code == 409 and "Mine" in html and "Theirs" in html


def test_task_buttons(visit: Callable[..., Visitor], rows: dict[str, UUID], app: Flask) -> None:
    colin, path = visit("colin"), f"/work/{rows['task']}"
    assert colin.post(f"{path}/done", {"version": "1"}).status_code == 303
    assert colin.post(f"{path}/done", {"version": "1"}).status_code == 409
    assert colin.post(f"{path}/reopen", {"version": "2"}).status_code == 303
    assert colin.post("/work/bulk", {"ids": [str(rows["task"])], "change": "broker"}).status_code == 303
    assert colin.get("/work?party=broker").get_data(as_text=True).count('name="ids"') == 1
    assert visit("celia").post("/work/bulk", {"ids": [str(rows["task"])], "change": "done"}).status_code == 303
    assert colin.get("/work?party=broker").get_data(as_text=True).count('name="ids"') == 1  # hers it was not


def test_portal_figure_is_noted_on_the_account_page(visit: Callable[..., Visitor], cast: Cast, app: Flask) -> None:
    path = f"/guarantees/{cast.account_a}"
    colin = visit("colin")
    assert colin.post(path, {"amount": "51 000,00 $", "read_on": "2026-11-20"}).status_code == 303
    assert "$51,000.00" in colin.get(path).get_data(as_text=True)
    assert colin.post(path, {"amount": "1", "read_on": "2999-01-01"}).status_code == 422
    with app.app_context():
        as_firm()
        assert len(list(db.session.scalars(select(PortalFigure.id)))) == 1


def test_start_for_many_shows_first_and_then_does(visit: Callable[..., Visitor], cast: Cast, app: Flask) -> None:
    colin, data = visit("colin"), {"ids": [str(cast.client_a), str(cast.client_b)], "template": "annual_review"}
    shown = colin.post("/engagements/start", {**data, "confirmed": ""}).get_data(as_text=True)
    assert "Maple Toys" in shown and "Norland" not in shown
    assert colin.post("/engagements/start", {**data, "confirmed": "yes"}).status_code == 303
    with app.app_context():
        as_firm()
        assert list(db.session.scalars(select(Engagement.client_id))) == [cast.client_a]


def test_closing_needs_a_sentence(visit: Callable[..., Visitor], rows: dict[str, UUID]) -> None:
    colin, path = visit("colin"), f"/engagements/{rows['engagement']}"
    assert colin.post(f"{path}/close", {"closing_note": " ", "version": "1"}).status_code == 422
    assert colin.post(f"{path}/stage", {"stage": "2", "version": "1"}).status_code == 303
    assert colin.post(f"{path}/close", {"closing_note": "All in place.", "version": "2"}).status_code == 303
    assert colin.post(f"{path}/stage", {"stage": "3", "version": "3"}).status_code == 422


def test_broker_sees_the_own_list(visit: Callable[..., Visitor]) -> None:
    assert visit("bruno").get("/shared").status_code == 200
    assert visit("colin").get("/shared").status_code == 403


@pytest.mark.parametrize("path", LISTS)
def test_cost_does_not_grow(visit: Callable[..., Visitor], app: Flask, sql: StatementCount, path: str) -> None:
    priya = visit("priya")
    priya.get(path)
    sql.reset()
    priya.get(path)
    few = len(sql)
    with app.app_context():
        as_firm()
        for number in range(12):
            client = make_client(legal_name=f"Client {number:03d} Ltd.", bn9=f"8{number:08d}")
            account = make_account(client)
            make_statement(account)
            make_task(client, due_on=date(2026, 11, 28))
            make_delegation(client, make_partner(name=f"Broker {number}"))
            make_engagement(client)
    sql.reset()
    priya.get(path)
    assert few <= len(sql) <= few + 3 and len(sql) <= 14, (few, len(sql))


def test_a_partners_page_does_not_name_it_in_every_row(
    app: Flask, visit: Callable[..., Visitor], cast: Cast, rows: dict[str, UUID]
) -> None:
    path, column = f"/partners/{rows['partner']}", 'data-label="Partner"'
    assert 'colspan="5"' in visit("colin").get(path).text
    with app.app_context():
        as_firm()
        make_task(db.session.get_one(Client, cast.client_a), title="File it", partner_id=rows["partner"])
    text = visit("colin").get(path).text
    assert "File it" in text and column not in text
    assert column in visit("colin").get("/work").text  # where the rows are of several
