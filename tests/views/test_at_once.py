"""The same form sent by many at once: done once, answered alike; and what the database refuses at the last moment is said in words."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.test import TestResponse

from tests.visitor import Visitor
from tracker.platform.edge import attempt
from tracker.platform.forms import Form, VersionField

Visit = Callable[..., Visitor]


def test_person_invited_by_many_clicks_is_invited_once_and_each_click_answered_alike(visit: Visit) -> None:
    adam = visit("adam")
    together, token = Barrier(8), adam.token()
    cookie = adam.http.get_cookie("tracker")
    assert cookie is not None
    body = {"name": "Nora", "email": "nora@firm.example", "role": "consultant", "language": "en", "once": "k1"}

    def click(_number: int) -> TestResponse:
        browser = adam.app.test_client()
        browser.set_cookie("tracker", cookie.value)
        together.wait()
        return browser.post("/people/new", data={**body, "csrf_token": token})

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(click, range(8)))
    assert {(answer.status_code, answer.headers.get("Location")) for answer in answers} == {(303, "/people")}
    assert adam.get("/people").get_data(as_text=True).count("nora@firm.example") == 1


class OneForm(Form):
    """A form with a version, as every edit has."""

    version = VersionField()


def test_version_that_moved_under_the_lock_is_said(app: Flask) -> None:
    def act() -> str:
        raise StaleDataError("UPDATE expected to update 1 row(s); 0 were matched.")

    with app.test_request_context("/", method="POST", data={"version": "1"}):
        form = OneForm(meta={"csrf": False})
        assert attempt(form, act) is None
        assert form.is_stale and form.has_errors
