"""The way in: throttle, one answer for known and unknown, links that work once, the door shut at once, language."""

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from flask import Flask, request
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from tests.conftest import EMAILS
from tests.databases import Database, SqliteDatabase
from tests.factories import PASSWORD, as_firm
from tests.visitor import Visitor
from tracker import create_app
from tracker.accounts import commands
from tracker.accounts import queries as people
from tracker.accounts.enums import TokenPurpose
from tracker.accounts.models import OneTimeToken, SignInSession, UserAccount
from tracker.permissions import Role
from tracker.platform.actor import SYSTEM
from tracker.platform.clock import now
from tracker.platform.db import db, transaction

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


def aged(app: Flask, model: Any, **ages: timedelta) -> None:
    """Set instants of every row of a model so long ago."""
    with app.app_context(), transaction() as session:
        as_firm()
        session.execute(update(model).values({name: now() - age for name, age in ages.items()}))


@pytest.mark.parametrize(
    ("idle", "signed_in", "status"),
    [
        (timedelta(minutes=29, seconds=58), timedelta(hours=1), 200),
        (timedelta(minutes=30, seconds=1), timedelta(hours=1), 302),
        (timedelta(0), timedelta(hours=11, minutes=59, seconds=58), 200),
        (timedelta(0), timedelta(hours=12, seconds=1), 302),
    ],
)
def test_session_ends_after_half_an_hour_of_nothing_and_after_twelve_hours(
    app: Flask, visit: Visit, idle: timedelta, signed_in: timedelta, status: int
) -> None:
    colin = visit("colin")
    aged(app, SignInSession, last_seen_at=idle, started_at=signed_in)
    assert colin.get("/people").status_code == status


def test_request_renews_a_session(app: Flask, visit: Visit) -> None:
    colin = visit("colin")
    for _ in range(3):
        aged(app, SignInSession, last_seen_at=timedelta(minutes=29))
        assert colin.get("/people").status_code == 200


def test_busy_database_is_no_reason_to_refuse_a_page(app: Flask, visit: Visit, database: Database) -> None:
    if not isinstance(database, SqliteDatabase):
        pytest.skip("PostgreSQL has more than one writer")
    colin = visit("colin")
    aged(app, SignInSession, last_seen_at=timedelta(minutes=5))
    with closing(sqlite3.connect(database.file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert colin.get("/people").status_code == 200
        other.execute("ROLLBACK")


def dead_links(app: Flask, visit: Visit) -> dict[str, str]:
    """A link used, one too old, one replaced by another, one of somebody deactivated, and one that never was."""
    links = {name: make_link(app, f"{name}@firm.example") for name in ("used", "old", "replaced", "deactivated")}
    assert visit(None).post(links["used"], {"password": NEW, "language": "en"}).status_code == 303
    with app.app_context():
        as_firm()
        with transaction():
            replaced, gone, old = (found(f"{name}@firm.example") for name in ("replaced", "deactivated", "old"))
            commands.issue_link(SYSTEM, person=replaced, purpose=TokenPurpose.INVITATION)
            commands.deactivate(SYSTEM, person=gone, version=gone.version)
            tokens = update(OneTimeToken).where(OneTimeToken.user_id == old.id)
            db.session.execute(tokens.values(expires_at=now() - timedelta(seconds=1)))
    return links | {"never": "/welcome/" + "x" * 43}


def found(email: str) -> UserAccount:
    person = people.by_email(email)
    assert person is not None
    return person


def test_dead_links_answer_alike_and_let_nobody_in(app: Flask, visit: Visit) -> None:
    bodies = {}
    for name, link in dead_links(app, visit).items():
        nobody = visit(None)
        answers = [nobody.get(link), nobody.post(link, {"password": NEW, "language": "en"})]
        assert [answer.status_code for answer in answers] == [200, 422], name
        assert {answer.headers["Referrer-Policy"] for answer in answers} == {"no-referrer"}
        text = "".join(answer.get_data(as_text=True) for answer in answers).replace(link, "LINK")
        bodies[name] = "\n".join(line for line in text.splitlines() if "csrf_token" not in line)
    assert len(set(bodies.values())) == 1
    assert len({len(body) for body in bodies.values()}) == 1


def test_link_lives_fourteen_days(app: Flask, visit: Visit) -> None:
    link = make_link(app)
    with app.app_context():
        (token,) = db.session.scalars(select(OneTimeToken))
        assert abs(token.expires_at - token.created_at - timedelta(days=14)) < timedelta(seconds=5)
    assert visit(None).post(link, {"password": NEW, "language": "en"}).status_code == 303


def test_using_one_link_ends_every_other_of_this_person(app: Flask, visit: Visit) -> None:
    invitation = make_link(app)
    with app.app_context():
        as_firm()
        with transaction():
            secret = commands.issue_link(SYSTEM, person=found("new@firm.example"), purpose=TokenPurpose.NEW_PASSWORD)
    assert visit(None).post(invitation, {"password": NEW, "language": "en"}).status_code == 303
    assert visit(None).post(f"/new-password/{secret}", {"password": NEW + "!", "language": "en"}).status_code == 422


def test_unknown_host_is_not_answered(app: Flask) -> None:
    for path in ("/sign-in", "/static/app.css"):
        answer = app.test_client().get(path, headers={"Host": "evil.test"})
        assert answer.status_code == 400 and "evil" not in answer.get_data(as_text=True)
    assert app.test_client().get("/sign-in", headers={"Host": "127.0.0.1:5081"}).status_code == 200


@pytest.mark.parametrize(("proxies", "seen"), [(0, "10.0.0.1"), (1, "203.0.113.9")])
def test_only_a_proxy_that_was_named_says_where_somebody_comes_from(tmp_path: Path, proxies: int, seen: str) -> None:
    app = create_app({"TRACKER_DATA_DIR": tmp_path, "SECRET_KEY": "k" * 40, "TRACKER_PROXIES": proxies})
    addresses: list[str | None] = []
    app.before_request_funcs[None].insert(0, lambda: addresses.append(request.remote_addr))
    told = {
        "X-Forwarded-For": "198.51.100.1, 203.0.113.9",
        "X-Forwarded-Host": "evil.test",
        "X-Forwarded-Proto": "https",
    }
    answer = app.test_client().get("/static/none.css", headers=told, environ_overrides={"REMOTE_ADDR": "10.0.0.1"})
    assert (addresses, answer.status_code) == ([seen], 404)


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
