"""Risks, views: who gets in, what is shown, the task button, the card, both languages and what a page costs."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.commands.test_risks import silent
from tests.conftest import Cast, StatementCount
from tests.factories import DAY, as_firm, make_account, make_client, make_statement
from tests.visitor import Visitor
from tracker.accounts.models import UserAccount
from tracker.coordination.models import Task
from tracker.platform.db import db, transaction
from tracker.risks.advice import ADVICE
from tracker.risks.preflight import PreflightFacts, preflight
from tracker.risks.words import source_links
from tracker.rulebook.book import rules_at


@pytest.fixture
def key(app: Flask, cast: Cast) -> str:
    """Client A's silent account as a risk's key."""
    with app.app_context():
        as_firm()
        return f"risk:silent:{silent(cast).id}"


def test_who_gets_in(visit: Callable[..., Visitor], cast: Cast, key: str) -> None:
    card = f"/clients/{cast.client_a}/preflight"
    assert [visit("colin").get(path).status_code for path in ("/risks", card)] == [200, 200]
    assert card in visit("colin").get(f"/clients/{cast.client_a}").text  # a page that nothing leads to is not there
    assert visit("celia").get(card).status_code == 404
    assert visit("ana").get("/risks").status_code == 403
    assert visit(None).get("/risks").status_code == 302
    assert visit("colin").get(f"/clients/{uuid4()}/preflight").status_code == 404
    assert visit("colin").get(f"/clients/{cast.client_a}/risks/task").status_code == 405
    assert visit("celia").post(f"/clients/{cast.client_a}/risks/task", {"key": key}).status_code == 404


def test_only_my_clients(visit: Callable[..., Visitor], key: str) -> None:
    mine, others = visit("colin").get("/risks").text, visit("celia").get("/risks").text
    assert "No one has confirmed the portal figure for 41 days" in mine
    assert "Norland Steel" not in mine
    assert "Maple Toys" not in others
    assert "No risk found" in others


def test_chips_filter_by_kind(visit: Callable[..., Visitor], key: str) -> None:
    text = visit("colin").get("/risks?kind=silence").text
    assert "41 days" in text
    assert "No business account manager is known" not in text
    for odd in ("kind=nothing", "page=99999", "part=9999", "part=²", "part=0"):
        assert visit("colin").get(f"/risks?{odd}").status_code == 200


def test_the_button_makes_one_task(app: Flask, visit: Callable[..., Visitor], cast: Cast, key: str) -> None:
    path = f"/clients/{cast.client_a}/risks/task"
    browser = visit("colin")
    for _time in range(2):
        assert browser.post(path, {"key": key}).status_code == 303
    with app.app_context():
        as_firm()
        assert db.session.scalar(select(func.count(Task.id)).where(Task.finding == key)) == 1
    assert "Task open" in browser.get("/risks").text
    assert browser.post(path, {"key": "risk:none"}).status_code == 422


def test_french(app: Flask, visit: Callable[..., Visitor], cast: Cast, key: str) -> None:
    with app.app_context():
        as_firm()
        with transaction() as session:
            session.scalars(select(UserAccount).where(UserAccount.email == cast.emails["colin"])).one().language = "fr"
    browser = visit("colin", language="fr")
    assert "Personne n&#39;a confirmé le montant du portail depuis 41 jours" in browser.get("/risks").text
    assert "Feu rouge" in browser.get(f"/clients/{cast.client_a}/preflight").text


def test_what_a_page_costs(app: Flask, visit: Callable[..., Visitor], key: str, sql: StatementCount) -> None:
    browser = visit("priya")
    browser.get("/risks")
    sql.reset()
    browser.get("/risks")
    few = len(sql)
    with app.app_context():
        as_firm()
        for n in range(30):
            make_statement(make_account(make_client(legal_name=f"Client {n}", bn9=f"9000000{n:02}")))
    sql.reset()
    browser.get("/risks")
    assert len(sql) == few
    assert few <= 12


def test_every_source_is_said_in_words(app: Flask) -> None:
    """No risk and no line of the card shows a bare key: each leads to a title, most to an address."""
    card = preflight(
        PreflightFacts(
            legal_name="A",
            other_names=(),
            has_address=False,
            is_bn9_valid=False,
            is_bn9_overridden=False,
            importer_accounts=0,
            unknown_accounts=0,
            is_nonresident=True,
            has_bsf900=False,
            has_transaction=False,
            payments=(),
            balances=(),
            managers_with_email=0,
            managers=0,
        )
    )
    keys = {advice.source for advice in ADVICE.values()} | {item.source for item in card.items}
    with app.test_request_context():
        for key in sorted(keys):
            links = source_links(key, rules_at(DAY))
            assert links and all(link["label"] and link["label"] != key for link in links), key
