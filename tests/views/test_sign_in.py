"""The way in: throttle, one answer for known and unknown, links that work once, the door shut at once, language."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.conftest import EMAILS
from tests.factories import PASSWORD, as_firm
from tests.visitor import Visitor
from tracker.accounts import commands
from tracker.accounts import queries as people
from tracker.accounts.enums import TokenPurpose
from tracker.permissions import Role
from tracker.platform.actor import SYSTEM
from tracker.platform.db import transaction

Visit = Callable[..., Visitor]
NEW = "quatre mots bien longs"


def make_link(app: Flask, email: str = "new@firm.example") -> str:
    with app.app_context():
        as_firm()
        with transaction():
            person = commands.add_person(SYSTEM, email=email, name="Nora New", role=Role.CONSULTANT)
            return "/welcome/" + commands.issue_link(SYSTEM, person=person, purpose=TokenPurpose.INVITATION)


def test_unknown_person_and_wrong_password_read_the_same(visit: Visit) -> None:
    bodies = []
    for email in (EMAILS["colin"], "nobody@firm.example"):
        answer = visit(None).post("/sign-in", {"email": email, "password": "wrong"})
        assert answer.status_code == 422
        text = answer.get_data(as_text=True).replace(email, "EMAIL")
        bodies.append("\n".join(line for line in text.splitlines() if "csrf_token" not in line))
    assert bodies[0] == bodies[1]


@pytest.mark.parametrize("email", [EMAILS["colin"], "nobody@firm.example"])
def test_ten_failures_close_the_door_even_for_the_right_password(visit: Visit, email: str) -> None:
    nobody = visit(None)
    answers = [nobody.post("/sign-in", {"email": email, "password": "wrong"}).status_code for _ in range(10)]
    assert answers == [422] * 10
    assert nobody.post("/sign-in", {"email": email, "password": PASSWORD}).status_code == 429


def try_at_once(app: Flask, email: str, count: int) -> list[TestResponse]:
    """Wrong passwords for one address, sent by many at once."""
    senders = [Visitor(app, None, "") for _ in range(count)]
    together = Barrier(count)

    def send(sender: Visitor) -> TestResponse:
        token = sender.token()
        together.wait()
        return sender.http.post("/sign-in", data={"email": email, "password": "wrong", "csrf_token": token})

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(send, senders))


def test_of_tries_sent_at_once_exactly_ten_are_looked_at(app: Flask) -> None:
    answers = try_at_once(app, EMAILS["colin"], 24)
    assert sorted(answer.status_code for answer in answers) == [422] * 10 + [429] * 14
    waits = {int(answer.headers["Retry-After"]) for answer in answers if answer.status_code == 429}
    assert waits and all(290 < wait <= 300 for wait in waits)


def test_one_network_address_tries_fifty_times_whoever_is_meant(visit: Visit) -> None:
    nobody = visit(None)
    answers = [
        nobody.post("/sign-in", {"email": f"p{n % 25}@x.example", "password": "x"}).status_code for n in range(51)
    ]
    assert answers == [422] * 50 + [429]


def test_right_password_is_no_failure(visit: Visit) -> None:
    for _ in range(people.TRIES + 2):
        assert visit(None).post("/sign-in", {"email": EMAILS["colin"], "password": PASSWORD}).status_code == 303


@pytest.mark.parametrize("target", ["https://evil.test/", "//evil.test", "/\\evil.test", "evil", "/\t/evil.test"])
def test_next_never_leaves_the_house(visit: Visit, target: str) -> None:
    answer = visit(None).post(
        "/sign-in", {"email": EMAILS["colin"], "password": PASSWORD}, query_string={"next": target}
    )
    assert answer.headers["Location"] == "/"


def test_link_survives_looking_and_works_once(app: Flask, visit: Visit) -> None:
    path, form = make_link(app), {"password": NEW, "language": "fr"}
    nobody = visit(None)
    for _ in range(20):
        assert "Nora New" in nobody.get(path).get_data(as_text=True)
    assert nobody.post(path, form).status_code == 303
    assert nobody.post(path, form).status_code == 422
    assert "Nora New" not in nobody.get(path).get_data(as_text=True)
    assert nobody.post("/sign-in", {"email": "new@firm.example", "password": NEW}).status_code == 303
    assert '<html lang="fr">' in nobody.get("/people").get_data(as_text=True)


@pytest.mark.parametrize("password", ["short", "password1234", "abababababababab"])
def test_weak_password_leaves_the_link_whole(app: Flask, visit: Visit, password: str) -> None:
    path = make_link(app)
    assert visit(None).post(path, {"password": password, "language": "en"}).status_code == 422
    assert visit(None).post(path, {"password": NEW, "language": "en"}).status_code == 303


def test_deactivated_person_is_out_at_once(app: Flask, visit: Visit) -> None:
    colin, adam = visit("colin"), visit("adam")
    assert colin.get("/people").status_code == 200
    with app.app_context():
        person = people.by_email(EMAILS["colin"])
        assert person is not None
        path, version = f"/people/{person.id}/deactivate", str(person.version)
    assert adam.post(path, {"version": version}).status_code == 303
    assert colin.get("/people").status_code == 302
    answer = visit(None).post("/sign-in", {"email": EMAILS["colin"], "password": PASSWORD})
    assert answer.status_code == 422


def test_language_is_chosen_before_sign_in(visit: Visit) -> None:
    nobody = visit(None)
    assert nobody.post("/language", {"language": "fr", "back": "/sign-in"}).headers["Location"] == "/sign-in"
    assert "Ouvrir une session" in nobody.get("/sign-in").get_data(as_text=True)
    assert nobody.post("/language", {"language": "de"}).status_code == 400


def test_pages_of_people_open_for_the_administrator(visit: Visit, app: Flask) -> None:
    adam = visit("adam")
    for path in ("/people", "/people/new"):
        assert adam.get(path).status_code == 200
    with app.app_context():
        person = people.by_email(EMAILS["celia"])
        assert person is not None
        path = f"/people/{person.id}"
    assert adam.get(path).status_code == 200
    assert visit("priya").get(path).status_code == 403
