"""The client's portal: what a contact sees, hands in and says, and what stays out of sight."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from html import unescape
from typing import Any
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.conftest import Cast, StatementCount
from tests.factories import as_firm, make_membership, make_statement, make_task
from tests.views.test_documents import PDF, asked, row_of, send, stored_files, versions_of
from tests.visitor import Visitor
from tracker.accounts import queries as accounts
from tracker.clients.enums import Duty
from tracker.clients.models import Client, Membership, ProgramAccount
from tracker.coordination.enums import Party, TaskState
from tracker.coordination.models import Task
from tracker.documents.commands import upload_version
from tracker.documents.enums import RequestState as S
from tracker.documents.intake import NewFile
from tracker.guarantees.enums import ToldState
from tracker.guarantees.models import PortalFigure, ToldFigure
from tracker.platform.actor import SYSTEM
from tracker.platform.clock import today
from tracker.platform.db import db, transaction
from tracker.platform.files import StoredFile
from tracker.rulebook.task_kinds import READ_REQUIREMENT

Visit = Callable[..., Visitor]
NEVER = "00000000-0000-4000-8000-000000000000"


def step(app: Flask, client_id: UUID, **over: Any) -> UUID:
    with app.app_context():
        as_firm()
        client = db.session.get(Client, client_id)
        assert client is not None
        values = {"is_client_visible": True, "waiting_on": Party.CLIENT, **over}
        return make_task(client, **values).id


def task_of(app: Flask, task_id: UUID) -> Task:
    with app.app_context():
        as_firm()
        task = db.session.get(Task, task_id)
        assert task is not None
        return task


def member_of(app: Flask, email: str, client_id: UUID) -> None:
    with app.app_context():
        as_firm()
        person, client = accounts.by_email(email), db.session.get(Client, client_id)
        assert person is not None and client is not None
        make_membership(person, client, Duty.CONTACT)


def filed_internally(app: Flask, request_id: UUID) -> UUID:
    with app.app_context():
        as_firm()
        file = NewFile("internal.pdf", StoredFile("a" * 40, 1, "b", "application/pdf"))
        with transaction():
            return upload_version(SYSTEM, request_id=request_id, files=[file], is_internal=True)[0].id


@pytest.mark.parametrize("path", ["/portal", "/portal/company", "/portal/files"])
@pytest.mark.parametrize(("name", "status"), [("ana", 200), ("colin", 403), ("bruno", 403), (None, 302)])
def test_only_contacts_enter(visit: Visit, path: str, name: str | None, status: int) -> None:
    assert visit(name).get(path).status_code == status


def test_home_says_what_to_do_soonest_first_and_returned_on_top(app: Flask, cast: Cast, visit: Visit) -> None:
    asked(app, cast.client_a, kind=None, title="LATER", due_on=today() + timedelta(days=9))
    step(app, cast.client_a, title="SOONER", due_on=today() + timedelta(days=1))
    back = asked(app, cast.client_a, kind=None, title="BACK", due_on=today() + timedelta(days=20), state=S.RETURNED,
                 returned_reason="Only page 1 arrived")  # fmt: skip
    step(app, cast.client_a, title="WITH SURETY", waiting_on=Party.SURETY)
    asked(app, cast.client_a, kind=None, title="LOOKED AT", state=S.UNDER_REVIEW)
    asked(app, cast.client_a, kind=None, title="FINE", state=S.ACCEPTED)
    page = visit("ana").get("/portal").text
    places = [page.index(word) for word in
              ("BACK", "Only page 1", "SOONER", "LATER", "We are working on", "WITH SURETY", "FINE")]  # fmt: skip
    assert places == sorted(places)
    assert page.count("Is it done?") == 1 and "Show me how" not in page  # a step without words has nothing to show
    assert "3 things for you" in page and "not yet" in page and "Maple Toys Inc." in page and "Colin Dubois" in page
    assert f"/portal/documents/{back}/files" in page


def test_list_empties_itself(cast: Cast, visit: Visit) -> None:
    page = visit("ana").get("/portal").text
    assert "Nothing for you to do" in page


def test_nothing_internal_is_seen(app: Flask, cast: Cast, visit: Visit) -> None:
    secret = asked(app, cast.client_a, kind=None, title="CANARY request", is_client_visible=False)
    asked(app, cast.client_a, kind=None, title="Org chart", finding="CANARY finding")
    hidden_step = step(app, cast.client_a, title="CANARY step", is_client_visible=False)
    step(app, cast.client_a, title="Shown step", detail="CANARY detail")
    step(app, cast.client_a, title="CANARY cancelled", state=TaskState.CANCELLED)
    shown = asked(app, cast.client_a)
    inside = filed_internally(app, shown)
    ana = visit("ana")
    for path in ("/portal", "/portal/files", f"/portal/documents/{shown}"):
        assert "CANARY" not in ana.get(path).text and "internal.pdf" not in ana.get(path).text
    for path in (f"/portal/documents/{secret}", f"/portal/tasks/{hidden_step}", f"/portal/files/{inside}"):
        assert ana.get(path).status_code == 404
    assert send(ana, f"/portal/documents/{secret}/files", (PDF, "a.pdf")).status_code == 404
    assert ana.post(f"/portal/tasks/{hidden_step}", {"version": "1"}).status_code == 404


def test_ben_can_do_nothing_with_what_is_anas(app: Flask, cast: Cast, visit: Visit) -> None:
    request_id, task_id = asked(app, cast.client_a), step(app, cast.client_a)
    assert send(visit("ana"), f"/portal/documents/{request_id}/files", (PDF, "a.pdf")).status_code == 303
    version_id, before = versions_of(app, request_id)[0].id, stored_files(app)
    ben = visit("ben")
    for path, key in (("/portal/documents/{}", request_id), ("/portal/files/{}", version_id),
                      ("/portal/tasks/{}", task_id)):  # fmt: skip
        assert same(ben.get(path.format(key)), ben.get(path.format(NEVER)))
    assert same(*[send(ben, f"/portal/documents/{key}/files", (PDF, "b.pdf")) for key in (request_id, NEVER)])
    assert same(*[ben.post(f"/portal/tasks/{key}", {"version": "1"}) for key in (task_id, NEVER)])
    assert same(*[ben.post("/portal/company", {"company": str(key)}) for key in (cast.client_a, NEVER)])
    assert "Maple" not in ben.get("/portal").text
    assert ben.get(f"/clients/{cast.client_a}/as-client").status_code == 403
    assert len(versions_of(app, request_id)) == 1 and stored_files(app) == before
    assert task_of(app, task_id).waiting_on is Party.CLIENT


def same(one: Any, other: Any) -> bool:
    # The page names its own address and its number; nothing else may differ.
    bodies = [
        a.get_data(as_text=True).replace(a.headers["X-Request-Id"], "").replace(a.request.path, "")
        for a in (one, other)
    ]
    return one.status_code == other.status_code == 404 and bodies[0] == bodies[1]


def test_handing_in_several_files_and_getting_them_back(app: Flask, cast: Cast, visit: Visit) -> None:
    request_id, ana = asked(app, cast.client_a), visit("ana")
    answer = send(ana, f"/portal/documents/{request_id}/files", (PDF, "one.pdf"), (b"\xff\xd8\xff\xe0", "two.jpg"))
    assert answer.status_code == 303
    assert "Thank you. “Business number confirmation” is with us now." in ana.get("/portal").text
    assert row_of(app, request_id).state is S.RECEIVED
    found = versions_of(app, request_id)
    assert [(v.number, v.is_from_client, v.uploaded_by) for v in found] == [(2, True, "Ana Roy"), (1, True, "Ana Roy")]
    assert "two.jpg" in ana.get("/portal/files").text
    download = ana.get(f"/portal/files/{found[1].id}", buffered=True)
    assert download.data == PDF and download.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "new=" not in visit("colin").get("/documents?state=new").text
    assert "Business number confirmation" in visit("colin").get("/documents?state=new").text.split("<tbody>")[1]


def test_contact_cannot_file_internally(app: Flask, cast: Cast, visit: Visit) -> None:
    request_id = asked(app, cast.client_a)
    send(visit("ana"), f"/portal/documents/{request_id}/files", (PDF, "one.pdf"), is_internal="y")
    assert [v.is_internal for v in versions_of(app, request_id)] == [False]


@pytest.mark.parametrize("state", [S.ACCEPTED, S.NOT_REQUIRED, S.EXPIRED])
def test_settled_request_takes_nothing_more(app: Flask, cast: Cast, visit: Visit, state: S) -> None:
    request_id, before = asked(app, cast.client_a, state=state), stored_files(app)
    answer = send(visit("ana"), f"/portal/documents/{request_id}/files", (PDF, "one.pdf"))
    assert answer.status_code == 422 and stored_files(app) == before


@pytest.mark.parametrize(("content", "name"), [(b"MZ", "bill.pdf"), (b"", "empty.pdf"), (b"<svg>", "a.svg")])
def test_wrong_file_is_said_in_words(app: Flask, cast: Cast, visit: Visit, content: bytes, name: str) -> None:
    answer = send(visit("ana"), f"/portal/documents/{asked(app, cast.client_a)}/files", (content, name))
    assert answer.status_code == 422 and name in answer.text


def test_token_is_asked_for(app: Flask, cast: Cast, visit: Visit) -> None:
    request_id = asked(app, cast.client_a)
    assert visit("ana").http.post(f"/portal/documents/{request_id}/files", data={}).status_code == 400


def test_i_have_done_this_moves_the_step_to_us(app: Flask, cast: Cast, visit: Visit) -> None:
    task_id, ana = step(app, cast.client_a, kind="choose_bams", title=None), visit("ana")
    assert "business account managers" in ana.get(f"/portal/tasks/{task_id}").text
    assert ana.post(f"/portal/tasks/{task_id}", {"version": "1"}).status_code == 303
    task = task_of(app, task_id)
    assert (task.waiting_on, task.waiting_since, task.state) == (Party.US, today(), TaskState.OPEN)
    assert ana.post(f"/portal/tasks/{task_id}", {"version": "1"}).status_code == 409
    assert ana.post(f"/portal/tasks/{task_id}", {"version": "2"}).status_code == 422


def test_several_companies_are_chosen_between(app: Flask, cast: Cast, visit: Visit) -> None:
    member_of(app, cast.emails["ana"], cast.client_b)
    asked(app, cast.client_b, kind=None, title="FOR NORLAND")
    ana = visit("ana")
    assert ana.get("/portal").headers["Location"].endswith("/portal/company")
    assert ana.post("/portal/company", {"company": str(cast.client_b)}).status_code == 303
    page = ana.get("/portal").text
    assert "FOR NORLAND" in page and "Another company" in page
    with app.app_context():
        as_firm()
        with transaction() as session:
            rows = session.query(Membership).filter_by(client_id=cast.client_b).all()
            for row in rows:
                session.delete(row)
    page = ana.get("/portal").text
    assert "Norland" not in page.upper() and "NORLAND" not in page and "Maple Toys" in page


def test_person_without_a_company_is_told(app: Flask, cast: Cast, visit: Visit) -> None:
    with app.app_context():
        as_firm()
        with transaction() as session:
            for row in session.query(Membership).filter_by(client_id=cast.client_b):
                session.delete(row)
    assert "not connected to a company" in visit("ben").get("/portal").text


@pytest.mark.parametrize(("name", "status"), [("colin", 200), ("priya", 200), ("celia", 404), ("ana", 403)])
def test_view_as_client_is_only_looked_at(app: Flask, cast: Cast, visit: Visit, name: str, status: int) -> None:
    asked(app, cast.client_a)
    step(app, cast.client_a)
    answer = visit(name).get(f"/clients/{cast.client_a}/as-client")
    assert answer.status_code == status
    if status == 200:
        assert "/portal/" not in answer.text and 'type="file"' not in answer.text


def test_guarantee_and_statements_in_plain_words(app: Flask, cast: Cast, visit: Visit) -> None:
    with app.app_context():
        as_firm()
        account = db.session.get(ProgramAccount, cast.account_a)
        assert account is not None
        make_statement(account, due_on=today() + timedelta(days=3))
    page = visit("ana").get("/portal").text
    assert "$0.00 posted of $42,100.00 required" in page and "$84,200.00" in page and "Next dates" in page


def test_home_costs_the_same_for_one_and_thirty(app: Flask, cast: Cast, visit: Visit, sql: StatementCount) -> None:
    ana, counted = visit("ana"), []
    for count in (1, 29):
        for _each in range(count):
            asked(app, cast.client_a)
            step(app, cast.client_a)
        sql.reset()
        ana.get("/portal")
        counted.append(len(sql))
    assert counted[0] == counted[1] <= 12, counted


def test_french_home(app: Flask, cast: Cast, visit: Visit) -> None:
    asked(app, cast.client_a)
    ana = visit("ana")
    ana.post("/language", {"language": "fr", "back": "/portal"})
    page = ana.get("/portal").text
    assert "Confirmation du numéro" in page and "pas encore" in page and "things for you" not in page


def test_a_contact_tells_what_the_portal_shows(app: Flask, cast: Cast, visit: Visit) -> None:
    path, ana = (
        f"/portal/tasks/{step(app, cast.client_a, kind=READ_REQUIREMENT, title=None)}",
        visit("ana", language="fr"),
    )
    assert path in ana.get("/portal").text  # the first page leads there
    data = {f"amount_{cast.account_a}": "42 100,00 $", "read_on": today().isoformat(), "version": "1"}
    assert ana.post(path, data).status_code == 303
    with app.app_context():
        as_firm()
        figure = db.session.scalars(select(ToldFigure)).one()
        assert (figure.amount, figure.told_by, figure.state) == (Decimal("42100.00"), "Ana Roy", ToldState.WAITING)
        assert db.session.scalars(select(PortalFigure)).all() == []  # nothing counts before the firm has looked
        assert db.session.scalars(select(Task)).one().waiting_on is Party.US
    assert "Les montants sont chez nous" in unescape(ana.get(path).text)


@pytest.mark.parametrize(
    ("amount", "said"), [("", "at least one account"), ("forty", "is not an amount"), ("1,200.555", "two decimals")]
)
def test_an_answer_that_says_nothing_is_asked_again(
    app: Flask, cast: Cast, visit: Callable[..., Visitor], amount: str, said: str
) -> None:
    path = f"/portal/tasks/{step(app, cast.client_a, kind=READ_REQUIREMENT, title=None)}"
    data = {f"amount_{cast.account_a}": amount, "read_on": today().isoformat(), "version": "1"}
    answer = visit("ana").post(path, data)
    assert answer.status_code == 422 and said in answer.text
    with app.app_context():
        as_firm()
        assert db.session.scalars(select(ToldFigure)).all() == []


def test_a_contact_tells_nothing_about_another_company(app: Flask, cast: Cast, visit: Callable[..., Visitor]) -> None:
    path = f"/portal/tasks/{step(app, cast.client_a, kind=READ_REQUIREMENT, title=None)}"
    assert visit("ben").post(path, {f"amount_{cast.account_a}": "1", "version": "1"}).status_code == 404
    data = {f"amount_{cast.account_b}": "1", "read_on": today().isoformat(), "version": "1"}
    assert visit("ana").post(path, data).status_code == 422  # not an account of hers: nothing was said


def test_a_figure_sent_back_says_why_where_the_contact_looks(app: Flask, cast: Cast, visit: Visit) -> None:
    task_id = step(app, cast.client_a, kind=READ_REQUIREMENT, title=None)
    path, ana, colin = f"/portal/tasks/{task_id}", visit("ana"), visit("colin")
    data = {f"amount_{cast.account_a}": "42100", "read_on": today().isoformat(), "version": "1"}
    assert ana.post(path, data).status_code == 303
    with app.app_context():
        as_firm()
        told = db.session.scalars(select(ToldFigure)).one()
        told_id, version = told.id, str(told.version)
    account = f"/guarantees/{cast.account_a}"
    for page in (account, "/guarantees"):
        assert "42,100" in colin.get(page).text and f"{cast.account_a}#told" in colin.get("/guarantees").text
    for name, status in (("celia", 404), ("ana", 403), ("ben", 403), ("bruno", 403)):
        for action in ("accept", "return"):
            assert visit(name).post(f"/guarantees/told/{told_id}/{action}", {"version": version}).status_code == status
    silent = colin.post(f"/guarantees/told/{told_id}/return", {"version": version, "reason": ""})
    assert silent.status_code == 422 and "field-error" in silent.text
    stale = colin.post(f"/guarantees/told/{told_id}/accept", {"version": "9"})
    assert stale.status_code == 409
    sent = {"version": version, "reason": "This is <last> year's amount."}
    assert colin.post(f"/guarantees/told/{told_id}/return", sent).status_code == 303
    for page in ("/portal", path):
        assert "Please look at it again: This is &lt;last&gt; year" in ana.get(page).text
    assert "#told" not in colin.get("/guarantees").text


def test_a_figure_taken_over_prevails(app: Flask, cast: Cast, visit: Visit) -> None:
    task_id = step(app, cast.client_a, kind=READ_REQUIREMENT, title=None)
    data = {f"amount_{cast.account_a}": "77700", "read_on": today().isoformat(), "version": "1"}
    visit("ana").post(f"/portal/tasks/{task_id}", data)
    with app.app_context():
        as_firm()
        told = db.session.scalars(select(ToldFigure)).one()
    colin = visit("colin")
    assert "Nobody has read it yet" in colin.get(f"/guarantees/{cast.account_a}").text
    assert colin.post(f"/guarantees/told/{told.id}/accept", {"version": str(told.version)}).status_code == 303
    page = colin.get(f"/guarantees/{cast.account_a}").text
    assert "of $77,700.00: short by" in page and "Ana Roy" in page
    assert task_of(app, task_id).state is TaskState.DONE


def test_what_comes_in_on_an_evening_is_of_that_day(app: Flask, cast: Cast, visit: Visit) -> None:
    with time_machine.travel("2026-11-24T02:00:00Z", tick=False):  # nine in the evening of the 23rd in Toronto
        request_id = asked(app, cast.client_a)
        with app.app_context():
            as_firm()
            file = NewFile("letter.pdf", StoredFile("a" * 40, 1, "b", "application/pdf"))
            with transaction():
                upload_version(SYSTEM, request_id=request_id, files=[file])
        text = visit("ana").get("/portal").text.replace("\u00a0", " ")
    assert "since 23 Nov 2026" in text and "24 Nov 2026" not in text
