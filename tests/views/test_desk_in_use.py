"""The desk in use: what is overdue, deciding in place, the portal figure nobody confirmed, people found as they are typed."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from tests.conftest import Cast, StatementCount
from tests.factories import (
    as_firm,
    make_account,
    make_client,
    make_contact,
    make_partner,
    make_request,
    make_statement,
    make_task,
    saved,
)
from tests.visitor import Visitor
from tracker.clients.enums import AccountProfile
from tracker.clients.models import Client, ProgramAccount
from tracker.documents.enums import RequestState
from tracker.documents.models import DocumentRequest, DocumentVersion
from tracker.guarantees.models import PortalFigure
from tracker.platform.clock import now, today
from tracker.platform.db import db

Visit = Callable[..., Visitor]


def client_of(cast: Cast) -> Client:
    as_firm()
    client = db.session.get(Client, cast.client_a)
    assert client is not None
    return client


def account_of(cast: Cast) -> ProgramAccount:
    as_firm()
    account = db.session.get(ProgramAccount, cast.account_a)
    assert account is not None
    return account


def card(html: str, title: str) -> str:
    """The words of one card of the desk."""
    found = next(part for part in re.split(r"<section", html) if re.search(rf">\s*{title}\s*<", part[:400]))
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", found)).split())


def test_overdue_comes_first_with_word_and_sign(visit: Visit, app: Flask, cast: Cast) -> None:
    with app.app_context():
        client, account = client_of(cast), account_of(cast)
        make_task(client, title="LATE TASK", due_on=today() - timedelta(days=4))
        make_task(client, title="NEXT TASK", due_on=today() + timedelta(days=2))
        make_request(client, kind=None, title="LATE PAPER", due_on=today() - timedelta(days=2))
        make_statement(account, due_on=today() - timedelta(days=9))
        make_statement(account, due_on=today() - timedelta(days=40), period_end=date(2026, 9, 17), paid_on=today())
    words = card(visit("colin").get("/desk").text, "Due this week")
    assert words.index("▲ Overdue (3)") < words.index("Statement of") < words.index("LATE TASK")
    assert words.index("LATE TASK") < words.index("LATE PAPER") < words.index("Until") < words.index("NEXT TASK")
    assert words.count(" overdue ") == 3 and words.count("Statement of") == 1
    assert "LATE" not in visit("celia").get("/desk").text


def handed_in(cast: Cast, **over: Any) -> UUID:
    values = {"state": RequestState.RECEIVED, "received_at": now(), "kind": None, "title": "BN letter", **over}
    row = make_request(client_of(cast), **values)
    saved(
        DocumentVersion(
            client_id=row.client_id,
            request_id=row.id,
            number=1,
            file_name="a.pdf",
            content_type="application/pdf",
            size=1,
            sha256="b",
            storage_key=f"{row.id.hex}",
            uploaded_by="Ana Roy",
            is_from_client=True,
        )
    )
    key: UUID = row.id
    return key


def request_of(app: Flask, key: UUID) -> DocumentRequest:
    with app.app_context():
        as_firm()
        row = db.session.get(DocumentRequest, key)
        assert row is not None
        return row


def test_accepting_in_place_leads_back_to_the_desk(visit: Visit, app: Flask, cast: Cast) -> None:
    with app.app_context():
        key = handed_in(cast)
    colin = visit("colin")
    assert "1 file" in card(colin.get("/desk").text, "New from clients")
    answer = colin.post(f"/desk/documents/{key}/accept", {"version": "1"})
    assert answer.status_code == 303 and answer.headers["Location"].endswith("/desk")
    assert request_of(app, key).state is RequestState.ACCEPTED
    page = colin.get("/desk").text
    assert "Accepted." in page and "BN letter" not in card(page, "New from clients")


def test_returning_in_place_needs_a_reason(visit: Visit, app: Flask, cast: Cast) -> None:
    with app.app_context():
        key = handed_in(cast)
    colin = visit("colin")
    empty = colin.post(f"/desk/documents/{key}/return", {"version": "1", "reason": "  "})
    assert empty.status_code == 422 and "Say what is missing or wrong" in empty.text
    assert f'href="#reason-{key}"' in empty.text and f'id="reason-{key}"' in empty.text
    assert request_of(app, key).state is RequestState.RECEIVED
    done = colin.post(f"/desk/documents/{key}/return", {"version": "1", "reason": "Only page 1"})
    assert done.status_code == 303 and request_of(app, key).returned_reason == "Only page 1"


def test_decided_by_someone_else_first_is_said_kindly(visit: Visit, app: Flask, cast: Cast) -> None:
    with app.app_context():
        key = handed_in(cast)
    colin, priya = visit("colin"), visit("priya")
    assert priya.post(f"/desk/documents/{key}/accept", {"version": "1"}).status_code == 303
    answer = colin.post(f"/desk/documents/{key}/return", {"version": "1", "reason": "Blurred on page 2"})
    words = unescape(answer.text)
    assert answer.status_code == 409 and "“BN letter” of Maple Toys Inc. changed while you were looking at it" in words
    assert "it is “Accepted” now" in words and "You had written: “Blurred on page 2”" in words
    assert request_of(app, key).state is RequestState.ACCEPTED and request_of(app, key).returned_reason is None


def test_changed_but_still_new_keeps_what_was_typed(visit: Visit, app: Flask, cast: Cast) -> None:
    with app.app_context():
        key = handed_in(cast)
    colin = visit("colin")
    answer = colin.post(f"/desk/documents/{key}/return", {"version": "7", "reason": "Blurred"})
    assert answer.status_code == 409 and "decide again below" in answer.text and ">Blurred</textarea>" in answer.text
    assert 'name="version" value="1"' in answer.text  # the next try carries what is saved now


def test_what_runs_out_is_accepted_on_its_own_page(visit: Visit, app: Flask, cast: Cast) -> None:
    with app.app_context():
        key = handed_in(cast, kind="financial_statements", title=None)
    page = visit("colin").get("/desk").text
    assert f"/desk/documents/{key}/accept" not in page and "Accept until…" in page
    assert visit("colin").post(f"/desk/documents/{key}/accept", {"version": "1"}).status_code == 422


@pytest.mark.parametrize(("name", "status"), [("celia", 404), ("ana", 403), ("bruno", 403), (None, 302)])
@pytest.mark.parametrize("action", ["accept", "return"])
def test_others_decide_nothing(
    visit: Visit, app: Flask, cast: Cast, name: str | None, status: int, action: str
) -> None:
    with app.app_context():
        key = handed_in(cast)
    answer = visit(name).post(f"/desk/documents/{key}/{action}", {"version": "1", "reason": "no"})
    assert answer.status_code == status and request_of(app, key).state is RequestState.RECEIVED
    assert visit("colin").get(f"/desk/documents/{key}/{action}").status_code == 405


def read_figure(account: ProgramAccount, days_ago: int) -> None:
    amount, read_on = Decimal("42100.00"), today() - timedelta(days=days_ago)
    saved(
        PortalFigure(
            client_id=account.client_id, program_account_id=account.id, amount=amount, read_on=read_on, read_by="Colin"
        )
    )


@pytest.mark.parametrize(
    ("read", "statements", "words"),
    [
        ([], True, "portal figure never confirmed"),
        ([41], True, "portal figure not confirmed for 41 days"),
        ([90, 41], True, "portal figure not confirmed for 41 days"),
        ([40], True, None),
        ([90, 3], True, None),
        ([], False, None),
    ],
)
def test_portal_figure_nobody_confirmed(
    visit: Visit, app: Flask, cast: Cast, read: list[int], statements: bool, words: str | None
) -> None:
    with app.app_context():
        account = account_of(cast)
        if statements:
            make_statement(account)
        for days in read:
            read_figure(account, days)
    colin = visit("colin")
    risks = card(colin.get("/desk").text, "Risks")
    assert (words in risks) if words else ("portal figure n" not in risks)
    assert "counts as confirmed for 40 days: our own measure" in risks
    listed = colin.get("/clients?status=silent").get_data(as_text=True)
    assert ('name="ids"' in listed) is (words is not None)


def test_account_confirmed_longest_ago_decides_and_exporters_do_not(visit: Visit, app: Flask, cast: Cast) -> None:
    with app.app_context():
        client, account = client_of(cast), account_of(cast)
        make_statement(account)
        read_figure(account, 50)
        for number, (days, over) in enumerate(
            [(70, {}), (300, {"is_closed": True}), (200, {"profile": AccountProfile.EXPORTER})], start=2
        ):
            other = make_account(client, number=f"{client.bn9}RM000{number}", **over)
            make_statement(other)
            read_figure(other, days)
    assert "not confirmed for 70 days" in card(visit("colin").get("/desk").text, "Risks")


def test_desk_full_of_everything_stays_within_twelve(visit: Visit, app: Flask, cast: Cast, sql: StatementCount) -> None:
    colin, counted = visit("colin"), []
    for count in (1, 29):
        with app.app_context():
            client, account = client_of(cast), account_of(cast)
            for number in range(count):
                handed_in(cast, title=f"Paper {count}-{number}")
                make_task(client, due_on=today() - timedelta(days=number + 1))
            make_statement(account, period_end=date(2026, 10, 17 - (count > 1)), due_on=today() - timedelta(days=2))
        sql.reset()
        colin.get("/desk")
        counted.append(len(sql))
    assert counted[0] == counted[1] <= 12, sql.statements


@pytest.mark.parametrize("text", ["Jose Perez", "josé pérez", "PÉREZ", "JoséPérez", "jose-perez", "Élodie  perez"])
def test_people_are_found_however_they_are_typed(visit: Visit, app: Flask, cast: Cast, text: str) -> None:
    with app.app_context():
        client = client_of(cast)
        make_contact(client, name="José Pérez", email=None)
        make_contact(client, name="ÉLODIE PEREZ", email=None)
        make_contact(make_client(legal_name="Other Ltd."), name="Jean Roy", email=None)
    html = visit("colin").get("/search", query_string={"q": text}).get_data(as_text=True)
    assert ("José Pérez" in html or "ÉLODIE PEREZ" in html) and "Jean Roy" not in html
    assert (
        "Pérez" not in visit("celia").get("/search", query_string={"q": text}).get_data(as_text=True).split("<h2")[-1]
    )


@pytest.mark.parametrize("text", ["cautionnement quebec", "CautionnementQuébec", "Québec", "l'hopital"])
def test_partners_are_found_however_they_are_typed(visit: Visit, app: Flask, text: str) -> None:
    with app.app_context():
        make_partner(name="Cautionnement Québec de l’Hôpital")
        make_partner(name="Northgate Customs Brokers")
    html = visit("colin").get("/search", query_string={"q": text}).get_data(as_text=True)
    assert "Cautionnement Québec" in html and "Northgate" not in html


@pytest.mark.parametrize("text", ["-", " - ", "%", "_"])
def test_signs_alone_find_nobody(visit: Visit, app: Flask, cast: Cast, text: str) -> None:
    with app.app_context():
        make_contact(client_of(cast), name="José Pérez", email=None)
    assert "José Pérez" not in visit("colin").get("/search", query_string={"q": text}).get_data(as_text=True)
