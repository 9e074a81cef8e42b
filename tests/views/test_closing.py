"""An engagement's page shows and does what the person may: closing it cancels nothing for who may not cancel."""

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from tests.conftest import EMAILS, Cast
from tests.factories import as_firm, make_engagement, make_request, make_task
from tests.visitor import Visitor
from tracker.accounts.models import UserAccount
from tracker.clients.models import Client
from tracker.coordination.enums import TaskState
from tracker.coordination.models import Task
from tracker.documents.enums import RequestState
from tracker.documents.models import DocumentRequest
from tracker.engagements.enums import EngagementState
from tracker.engagements.models import Engagement
from tracker.permissions import ROLE_PERMISSIONS, Permission, Role
from tracker.platform.clock import today
from tracker.platform.db import db, transaction

Visit = Callable[..., Visitor]
NO = "You may not cancel all of what is still open. Let it stay open, or ask someone who may."


@pytest.fixture
def keys(app: Flask, cast: Cast) -> dict[str, UUID]:
    """An engagement of client A with a task and a request open in it."""
    with app.app_context():
        as_firm()
        client = db.session.get_one(Client, cast.client_a)
        engagement = make_engagement(client, target_on=today() + timedelta(days=30)).id
        task = make_task(client, title="Call the broker", engagement_id=engagement)
        request = make_request(client, engagement_id=engagement)
        return {"engagement": engagement, "task": task.id, "request": request.id}


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """A firm whose consultants hold fewer permissions."""

    def take(*permissions: Permission) -> None:
        held = ROLE_PERMISSIONS[Role.CONSULTANT] - set(permissions)
        monkeypatch.setitem(ROLE_PERMISSIONS, Role.CONSULTANT, held)

    return take


def states(app: Flask, keys: dict[str, UUID]) -> tuple[EngagementState, TaskState, RequestState]:
    with app.app_context():
        as_firm()
        return (
            db.session.get_one(Engagement, keys["engagement"]).state,
            db.session.get_one(Task, keys["task"]).state,
            db.session.get_one(DocumentRequest, keys["request"]).state,
        )


def close(visitor: Visitor, keys: dict[str, UUID], open_work: str) -> tuple[int, str]:
    body = {"closing_note": "Went elsewhere.", "version": "1", "open_work": open_work}
    answer = visitor.post(f"/engagements/{keys['engagement']}/close", body)
    return answer.status_code, answer.text


@pytest.mark.parametrize("missing", [Permission.TASK_EDIT, Permission.DOCUMENT_REQUEST])
def test_who_may_not_cancel_closes_only_what_may_stay(
    app: Flask, keys: dict[str, UUID], visit: Visit, without: Callable[..., None], missing: Permission
) -> None:
    without(missing)
    colin, path = visit("colin"), f"/engagements/{keys['engagement']}"
    assert "goes with it" not in colin.get(path).text
    status, text = close(colin, keys, "cancel")
    assert (status, NO in text) == (422, True)
    assert states(app, keys) == (EngagementState.OPEN, TaskState.OPEN, RequestState.REQUESTED)  # nothing by halves
    assert close(colin, keys, "keep")[0] == 303
    assert states(app, keys) == (EngagementState.CLOSED, TaskState.OPEN, RequestState.REQUESTED)


def test_only_the_permission_that_is_needed_is_asked_for(
    app: Flask, keys: dict[str, UUID], visit: Visit, without: Callable[..., None]
) -> None:
    colin = visit("colin")
    assert colin.post(f"/work/{keys['task']}/done", {"version": "1"}).status_code == 303
    without(Permission.TASK_EDIT)  # only a document is open now
    assert close(colin, keys, "cancel")[0] == 303
    assert states(app, keys) == (EngagementState.CLOSED, TaskState.DONE, RequestState.NOT_REQUIRED)


def test_the_refusal_speaks_french(
    app: Flask, keys: dict[str, UUID], visit: Visit, without: Callable[..., None]
) -> None:
    with app.app_context():
        as_firm()
        with transaction() as session:
            session.scalars(select(UserAccount).where(UserAccount.email == EMAILS["colin"])).one().language = "fr"
    assert "disparaît avec lui" in visit("colin").get(f"/engagements/{keys['engagement']}").text  # le mandat
    without(Permission.TASK_EDIT)
    status, text = close(visit("colin", language="fr"), keys, "cancel")
    assert status == 422 and "Vous ne pouvez pas annuler tout ce qui est encore ouvert." in text


@pytest.mark.parametrize(
    ("missing", "hidden", "shown"),
    [
        (Permission.COORDINATION_READ, ("Call the broker", "1 of 1 open", "1 task and"), "0 of 1 accepted"),
        (Permission.DOCUMENT_READ, ("0 of 1 accepted", "and 1 document"), "Call the broker"),
        (
            Permission.ENGAGEMENT_EDIT,
            ("Close the engagement", "Move to this stage", "Lead and target"),
            "Call the broker",
        ),
        (Permission.TASK_EDIT, ("Add a task", "Move the date"), "Call the broker"),
    ],
)
def test_what_may_not_be_seen_or_done_is_not_on_the_page(
    keys: dict[str, UUID],
    visit: Visit,
    without: Callable[..., None],
    missing: Permission,
    hidden: tuple[str, ...],
    shown: str,
) -> None:
    path = f"/engagements/{keys['engagement']}"
    before = visit("colin").get(path).text
    assert all(words in before for words in (*hidden, shown))
    without(missing)
    text = visit("colin").get(path).text
    assert shown in text and not [words for words in hidden if words in text]


def test_neither_answer_is_chosen_beforehand(keys: dict[str, UUID], visit: Visit) -> None:
    text = visit("colin").get(f"/engagements/{keys['engagement']}").text
    found = re.findall(r"<input[^>]*name=\"open_work\"[^>]*>", text)
    assert len(found) == 2 and not [each for each in found if "checked" in each or "radio" not in each]


def test_nobody_closes_unawares_over_what_they_may_not_see(
    app: Flask, keys: dict[str, UUID], visit: Visit, without: Callable[..., None]
) -> None:
    without(Permission.COORDINATION_READ, Permission.DOCUMENT_READ)
    colin = visit("colin")
    assert "What is still open" in colin.get(f"/engagements/{keys['engagement']}").text
    assert close(colin, keys, "")[0] == 422
    assert close(colin, keys, "keep")[0] == 303
