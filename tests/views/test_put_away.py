"""An archived client's file stays as it is: for staff, for its own contact, through every feature; and it stays readable."""

from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask

from tests.conftest import Cast
from tests.factories import as_firm, make_engagement, make_request, make_task
from tests.views.test_documents import PDF, send
from tests.visitor import Visitor
from tracker.clients.commands import archive_client
from tracker.clients.models import Client
from tracker.coordination.enums import Party, TaskState
from tracker.coordination.models import Task
from tracker.documents.enums import RequestState
from tracker.documents.models import DocumentRequest
from tracker.platform.actor import SYSTEM
from tracker.platform.clock import today
from tracker.platform.db import db, transaction

Visit = Callable[..., Visitor]


@pytest.fixture
def keys(app: Flask, cast: Cast) -> dict[str, UUID]:
    """Client A put away, with a task, a request and an engagement open in it."""
    with app.app_context():
        as_firm()
        client = db.session.get_one(Client, cast.client_a)
        made = {
            "task": make_task(client, waiting_on=Party.CLIENT, is_client_visible=True).id,
            "request": make_request(client).id,
            "engagement": make_engagement(client).id,
        }
        with transaction():
            archive_client(SYSTEM, client=client, version=client.version)
    return made


def test_staff_change_nothing_in_it(keys: dict[str, UUID], cast: Cast, visit: Visit) -> None:
    priya, base = visit("priya"), f"/clients/{cast.client_a}"
    day = today().isoformat()
    for path, body in (
        (f"{base}/tasks/new", {"title": "T", "waiting_on": "us", "once": "1"}),
        (f"{base}/documents/new", {"title": "D", "once": "2"}),
        (f"{base}/contacts/new", {"name": "Ana", "language": "en", "once": "3"}),
        (f"{base}/assessments/new", {"once": "4"}),
        (f"{base}/engagements/new", {"template": "annual_review", "opened_on": day, "once": "5"}),
        (f"/work/{keys['task']}/done", {"version": "1"}),
        (f"/guarantees/{cast.account_a}", {"amount": "5000", "read_on": day, "once": "6"}),
        (f"/engagements/{keys['engagement']}/stage", {"stage": "2", "version": "1"}),
    ):
        answer = priya.post(path, body)
        assert answer.status_code in (404, 422), (path, answer.status_code)
        assert answer.status_code == 404 or "archived" in answer.text, path
    assert priya.get(base).status_code == 200


def test_its_contact_reads_it_and_hands_nothing_in(app: Flask, keys: dict[str, UUID], visit: Visit) -> None:
    ana = visit("ana")
    home = ana.get("/portal").text
    assert "Your file is closed" in home and "I have done this" not in home
    assert send(ana, f"/portal/documents/{keys['request']}/files", (PDF, "b.pdf")).status_code == 422
    assert ana.post(f"/portal/tasks/{keys['task']}", {"version": "1"}).status_code == 422
    with app.app_context():
        as_firm()
        assert db.session.get_one(DocumentRequest, keys["request"]).state is RequestState.REQUESTED
        assert db.session.get_one(Task, keys["task"]).waiting_on is Party.CLIENT


def test_taken_up_again_it_can_be_worked_on(keys: dict[str, UUID], cast: Cast, visit: Visit) -> None:
    priya = visit("priya")
    assert (
        priya.post(f"/clients/{cast.client_a}/notes", {"text": "Kept for six years.", "once": "n"}).status_code == 303
    )
    assert priya.post(f"/clients/{cast.client_a}/restore", {"version": "2"}).status_code == 303
    assert priya.post(f"/work/{keys['task']}/done", {"version": "1"}).status_code == 303


@pytest.mark.parametrize(
    ("choice", "status", "state"),
    [(None, 422, TaskState.OPEN), ("cancel", 303, TaskState.CANCELLED), ("keep", 303, TaskState.OPEN)],
)
def test_nobody_closes_over_open_work_unawares(
    app: Flask, cast: Cast, visit: Visit, choice: str | None, status: int, state: TaskState
) -> None:
    with app.app_context():
        as_firm()
        client = db.session.get_one(Client, cast.client_a)
        engagement = make_engagement(client).id
        task = make_task(client, engagement_id=engagement).id
        request = make_request(client, engagement_id=engagement).id
    body = {"closing_note": "Went elsewhere.", "version": "1", **({"open_work": choice} if choice else {})}
    answer = visit("colin").post(f"/engagements/{engagement}/close", body)
    assert answer.status_code == status
    assert status == 303 or (
        "Say what becomes of what is still open." in answer.text and "1 task and 1 document" in answer.text
    )
    with app.app_context():
        as_firm()
        assert db.session.get_one(Task, task).state is state
        found = db.session.get_one(DocumentRequest, request)
        assert (found.state is RequestState.NOT_REQUIRED) is (choice == "cancel")
        assert found.not_required_reason == ("Went elsewhere." if choice == "cancel" else None)
