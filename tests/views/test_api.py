"""The API: the token is the only way in and acts as its person does now; what is told, how many statements, the description."""

import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from tests.conftest import EMAILS, Cast, StatementCount
from tests.databases import Database, SqliteDatabase
from tests.factories import (
    PASSWORD,
    as_firm,
    make_account,
    make_allocation,
    make_client,
    make_instrument,
    make_membership,
    make_request,
    make_statement,
    make_task,
    make_token,
)
from tests.visitor import Visitor
from tracker import permissions
from tracker.accounts import commands, queries, tokens
from tracker.accounts.enums import AccountState, TokenPurpose
from tracker.accounts.models import ApiToken, FailedSignIn, SignInSession, UserAccount
from tracker.api.plain import written
from tracker.cli.security import rows_of as security_of_the_command
from tracker.clients.enums import Duty
from tracker.clients.models import Client, ProgramAccount
from tracker.deadlines.queries import deadlines_between
from tracker.permissions import Permission, Role
from tracker.platform.actor import SYSTEM
from tracker.platform.audit import AuditEvent
from tracker.platform.clock import now, today
from tracker.platform.db import db, transaction
from tracker.platform.pages import PAGE_SIZE

NEVER = "00000000-0000-4000-8000-000000000000"  # fixed: the workers have to collect the same names

Visit = Callable[..., Visitor]
LISTS = ("/clients", "/security", "/deadlines", "/tasks", "/documents")


class Reader:
    """Another program with a token (or what it takes for one)."""

    def __init__(self, app: Flask, token: str | None) -> None:
        self.http: FlaskClient = app.test_client()
        self.headers = {"Authorization": f"Bearer {token}"} if token is not None else {}

    def ask(self, path: str, **options: Any) -> TestResponse:
        answer = self.http.get(f"/api/v1{path}", headers=self.headers, **options)
        assert answer.status_code < 500, answer.text
        assert answer.mimetype == "application/json" and answer.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in answer.headers
        return answer

    def rows(self, path: str) -> list[dict[str, Any]]:
        answer = self.ask(path)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.get_json()["rows"]
        return found


@pytest.fixture
def reader(app: Flask) -> Callable[[str], Reader]:
    """A program with a token of one of the cast."""

    def make(name: str) -> Reader:
        with app.app_context():
            return Reader(app, make_token(EMAILS[name]))

    return make


def own_paths(app: Flask, cast: Cast) -> list[str]:
    """Every address of the API that needs a token, with client A where it names a client."""
    rules = [rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/v1")]
    found = [rule.removeprefix("/api/v1").replace("<uuid:client_id>", str(cast.client_a)) for rule in rules]
    assert len(found) == 8 and not [path for path in found if "<" in path]
    return [path for path in found if path != "/openapi.json"]


def person(name: str) -> UserAccount:
    as_firm()
    found = queries.by_email(EMAILS[name])
    assert found is not None
    return found


def client_of(key: Any) -> Client:
    as_firm()
    found = db.session.get(Client, key)
    assert found is not None
    return found


def account_of(key: Any) -> ProgramAccount:
    as_firm()
    found = db.session.get(ProgramAccount, key)
    assert found is not None
    return found


def without_number(answer: TestResponse) -> tuple[int, bytes, list[tuple[str, str]]]:
    """An answer but for its request number."""
    headers = sorted((name, value) for name, value in answer.headers if name != "X-Request-Id")
    return answer.status_code, answer.get_data(), headers


# The way in ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["adam", "priya", "colin", "celia"])
def test_staff_read_every_address(app: Flask, cast: Cast, reader: Callable[[str], Reader], name: str) -> None:
    for path in own_paths(app, cast):
        is_foreign = name == "celia" and str(cast.client_a) in path
        assert reader(name).ask(path).status_code == (404 if is_foreign else 200), path


@pytest.mark.parametrize("name", ["ana", "bruno"])
def test_contacts_and_brokers_have_no_tokens(app: Flask, cast: Cast, visit: Visit, name: str) -> None:
    assert visit(name).get("/account/tokens").status_code == 403
    assert visit(name).post("/account/tokens", {"label": "x", "days": "30"}).status_code == 403
    with app.app_context():
        with pytest.raises(tokens.Refusal):
            make_token(EMAILS[name])
        secret = "trk_" + "a" * 43
        with transaction() as session:  # should one ever come about, it opens nothing
            session.add(ApiToken(user_id=person(name).id, label="x", prefix="trk_aaaaaa",
                                 secret_hash=queries.digest(secret), expires_at=now() + timedelta(days=1)))  # fmt: skip
    assert Reader(app, secret).ask("/clients").status_code == 401


@pytest.fixture
def refused(app: Flask) -> dict[str, str | None]:
    """What opens nothing, by why."""
    with app.app_context():
        revoked, over = make_token(EMAILS["priya"]), make_token(EMAILS["priya"])
        priya = person("priya")
        with transaction():
            rows = {row.prefix: row for row in db.session.scalars(select(ApiToken))}
            tokens.revoke_token(commands._as_actor(priya), token_id=rows[revoked[: tokens.SHOWN]].id)
            rows[over[: tokens.SHOWN]].expires_at = now() - timedelta(seconds=1)
    return {
        "missing": None,
        "unknown": "trk_" + "x" * 43,
        "revoked": revoked,
        "over": over,
        "empty": "",
        "odd": "é\xff",
    }


def test_missing_unknown_revoked_and_over_are_answered_alike(
    app: Flask, cast: Cast, refused: dict[str, str | None]
) -> None:
    answers = {}
    for path in own_paths(app, cast):
        for why, token in refused.items():
            answer = Reader(app, token).ask(path)
            assert answer.status_code == 401 and answer.headers["WWW-Authenticate"].startswith("Bearer realm="), why
            answers[without_number(answer)[1], str(without_number(answer)[2])] = why
    assert len(answers) == 1


def test_no_other_way_to_hand_a_token_in(app: Flask, cast: Cast, visit: Visit) -> None:
    with app.app_context():
        token = make_token(EMAILS["priya"])
    priya = visit("priya")  # signed in, with a cookie
    for path in own_paths(app, cast):
        assert priya.http.get(f"/api/v1{path}").status_code == 401, path
        assert priya.http.get(f"/api/v1{path}?access_token={token}").status_code == 401
    for header in (f"Basic {token}", token, f"Token {token}", "Bearer", f"Bearer {token} x"):
        assert priya.http.get("/api/v1/clients", headers={"Authorization": header}).status_code == 401, header
    assert priya.http.get("/api/v1/clients", headers={"Authorization": f"bearer {token}"}).status_code == 200


def test_the_cookie_of_another_person_changes_nothing(app: Flask, cast: Cast, visit: Visit) -> None:
    with app.app_context():
        token = make_token(EMAILS["colin"])
    answer = visit("priya").http.get("/api/v1/clients", headers={"Authorization": f"Bearer {token}"})
    assert [row["legal_name"] for row in answer.get_json()["rows"]] == ["Maple Toys Inc."]


def test_no_session_is_made(app: Flask, cast: Cast, reader: Callable[[str], Reader]) -> None:
    priya = reader("priya")
    for path in own_paths(app, cast):
        priya.ask(path)
    with app.app_context():
        assert db.session.scalars(select(SignInSession)).all() == []


def test_a_role_without_the_permission_reads_403(
    app: Flask, reader: Callable[[str], Reader], monkeypatch: pytest.MonkeyPatch
) -> None:
    colin = reader("colin")
    less = permissions.ROLE_PERMISSIONS[Role.CONSULTANT] - {Permission.GUARANTEE_READ}
    monkeypatch.setitem(permissions.ROLE_PERMISSIONS, Role.CONSULTANT, less)
    answer = colin.ask("/security")
    assert answer.status_code == 403 and answer.get_json()["error"]["code"] == "forbidden"
    assert colin.ask("/clients").status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_is_written(app: Flask, cast: Cast, reader: Callable[[str], Reader], method: str) -> None:
    priya = reader("priya")
    for path in [*own_paths(app, cast), "/openapi.json"]:
        answer = priya.http.open(f"/api/v1{path}", method=method, headers=priya.headers, json={"a": 1})
        assert answer.status_code == 405 and "GET" in answer.headers["Allow"], path
        assert answer.get_json()["error"]["code"] == "method_not_allowed"


@pytest.mark.parametrize("path", ["/clients/x", "/nowhere", f"/clients/{NEVER}", f"/clients/{NEVER}/accounts", ""])
def test_what_is_not_there_is_404_in_json(reader: Callable[[str], Reader], path: str) -> None:
    answer = reader("priya").ask(path)
    assert answer.status_code == 404 and answer.get_json() == {
        "error": {"code": "not_found", "message": "It does not exist, or it is not one of yours."}
    }


def test_a_fault_of_ours_is_json_too(
    app: Flask, reader: Callable[[str], Reader], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.view_functions, "api.clients", lambda: 1 / 0)
    priya = reader("priya")
    answer = priya.http.get("/api/v1/clients", headers=priya.headers)
    assert answer.status_code == 500 and answer.get_json()["error"]["code"] == "failed"


# At once ---------------------------------------------------------------------------------------------------------------


def end_by(how: str) -> None:
    colin = person("colin")
    secret = ""
    if how == "password":
        with transaction():
            secret = commands.issue_link(SYSTEM, person=colin, purpose=TokenPurpose.NEW_PASSWORD)
    with transaction():
        if how == "deactivated":
            commands.deactivate(SYSTEM, person=colin, version=colin.version)
        elif how == "role":
            commands.change_role(SYSTEM, person=colin, role=Role.MANAGER, version=colin.version)
        elif how == "password":
            commands.redeem_link(
                secret=secret, purpose=TokenPurpose.NEW_PASSWORD, password="quatre mots bien longs", language="en"
            )
        else:
            (row,) = queries.tokens_of(colin.id)
            tokens.revoke_token(commands._as_actor(colin), token_id=row.id)


@pytest.mark.parametrize("how", ["deactivated", "role", "password", "revoked"])
def test_it_ends_at_once_and_for_good(app: Flask, reader: Callable[[str], Reader], how: str) -> None:
    colin, priya = reader("colin"), reader("priya")
    assert colin.ask("/clients").status_code == 200
    with app.app_context():
        end_by(how)
    assert [colin.ask("/clients").status_code for _ in range(3)] == [401] * 3
    assert priya.ask("/clients").status_code == 200
    with app.app_context():
        if how == "role":
            changed = person("colin")
            with transaction():
                commands.change_role(SYSTEM, person=changed, role=Role.CONSULTANT, version=changed.version)
        events = [row.event for row in db.session.scalars(select(AuditEvent).order_by(AuditEvent.seq))]
    assert colin.ask("/clients").status_code == 401
    assert events.count("api_token:made") == 2 and events.count("api_token:revoked") == 1


def test_somebody_deactivated_by_other_means_is_out_as_well(app: Flask, reader: Callable[[str], Reader]) -> None:
    colin = reader("colin")
    with app.app_context(), transaction():
        person("colin").state = AccountState.DEACTIVATED
    assert colin.ask("/clients").status_code == 401


def test_the_scope_is_that_of_the_moment(app: Flask, cast: Cast, reader: Callable[[str], Reader]) -> None:
    celia = reader("celia")
    assert celia.rows("/clients") == []
    with app.app_context():
        make_membership(person("celia"), client_of(cast.client_b), Duty.TEAM)
    assert [row["legal_name"] for row in celia.rows("/clients")] == ["Norland Steel Ltd"]


# Too often -------------------------------------------------------------------------------------------------------------


def test_failures_close_the_door_for_failures(app: Flask, reader: Callable[[str], Reader]) -> None:
    priya, nobody = reader("priya"), Reader(app, "trk_wrong")
    assert [nobody.ask("/clients").status_code for _ in range(50)] == [401] * 50
    answer = nobody.ask("/clients")
    assert answer.status_code == 429 and 0 < int(answer.headers["Retry-After"]) <= 300
    assert answer.get_json()["error"]["code"] == "too_many_requests"
    assert priya.ask("/clients").status_code == 200  # a forgotten script keeps nobody else out
    with app.app_context():
        assert len(db.session.scalars(select(FailedSignIn)).all()) == 50
    with time_machine.travel(now() + timedelta(minutes=6)):
        assert nobody.ask("/clients").status_code == 401


def test_a_token_asks_only_so_often(app: Flask, reader: Callable[[str], Reader]) -> None:
    colin, priya = reader("colin"), reader("priya")
    assert colin.ask("/clients").status_code == 200
    with app.app_context(), transaction():
        few = update(ApiToken).where(ApiToken.user_id == person("colin").id)
        db.session.execute(few.values(window_requests=tokens.REQUESTS - 2))
    assert [colin.ask("/clients").status_code for _ in range(4)] == [200, 200, 429, 429]
    assert 0 < int(colin.ask("/tasks").headers["Retry-After"]) <= 301
    assert priya.ask("/clients").status_code == 200
    with time_machine.travel(now() + timedelta(minutes=5, seconds=2)):
        assert colin.ask("/clients").status_code == 200
        with app.app_context():
            counted = db.session.scalar(select(ApiToken.window_requests).where(ApiToken.user_id == person("colin").id))
    assert counted == 1


def test_of_requests_at_once_no_more_than_the_limit(app: Flask) -> None:
    """Two that saw the same count: the statement itself decides."""
    with app.app_context():
        make_token(EMAILS["colin"])
        token = db.session.scalars(select(ApiToken)).one()
        db.session.expunge(token)
        token.window_requests, token.window_began_at = tokens.REQUESTS - 1, now()  # what both of them read
        with transaction():
            values = {"window_requests": tokens.REQUESTS - 1, "window_began_at": now()}
            db.session.execute(update(ApiToken).values(**values))
        first, second = tokens.count_request(token), tokens.count_request(token)
    assert first is None and second is not None and second > now()


def test_a_busy_database_refuses_nobody(app: Flask, reader: Callable[[str], Reader], database: Database) -> None:
    if not isinstance(database, SqliteDatabase):
        pytest.skip("PostgreSQL has more than one writer")
    colin = reader("colin")
    with closing(sqlite3.connect(database.file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert colin.ask("/clients").status_code == 200
        other.execute("ROLLBACK")
    with app.app_context():
        assert db.session.scalars(select(ApiToken.window_requests)).one() == 0


# What is told ----------------------------------------------------------------------------------------------------------


def test_a_consultant_sees_the_own_clients_only(app: Flask, cast: Cast, reader: Callable[[str], Reader]) -> None:
    with app.app_context():
        for key in (cast.client_a, cast.client_b):
            client = client_of(key)
            make_task(client, title=f"TASK {client.legal_name}", due_on=today())
            make_request(client, kind=None, title=f"PAPER {client.legal_name}", due_on=today())
    for name, expected in (("priya", {"Maple Toys Inc.", "Norland Steel Ltd"}), ("colin", {"Maple Toys Inc."}), ("celia", set())):  # fmt: skip
        someone = reader(name)
        assert {row["legal_name"] for row in someone.rows("/clients")} == expected
        for path in ("/security", "/tasks", "/documents", "/deadlines"):
            answer = someone.ask(path).get_json()
            assert {row["client"] for row in answer["rows"]} - {None} == expected, (name, path)
            if path != "/deadlines":
                assert answer["total"] == len(expected), (name, path)


def test_a_strangers_client_is_like_none(cast: Cast, reader: Callable[[str], Reader]) -> None:
    colin = reader("colin")
    for rest in ("", "/accounts"):
        foreign, missing = (colin.ask(f"/clients/{key}{rest}") for key in (cast.client_b, NEVER))
        assert foreign.status_code == 404 and without_number(foreign) == without_number(missing)


def test_a_client_and_its_accounts(app: Flask, cast: Cast, reader: Callable[[str], Reader]) -> None:
    with app.app_context():
        number = account_of(cast.account_a).number
        make_account(client_of(cast.client_a), number="123456782RM0002", is_closed=True)
    colin = reader("colin")
    told = colin.ask(f"/clients/{cast.client_a}").get_json()
    assert told == {
        "id": str(cast.client_a), "legal_name": "Maple Toys Inc.", "trade_name": None, "business_number": "123456782",
        "residency": "unknown", "language": "en", "state": "active", "leads": ["Colin Dubois"],
        "program_accounts": [number], "special_regimes": [],
    }  # fmt: skip
    assert colin.rows("/clients") == [told]
    accounts = colin.ask(f"/clients/{cast.client_a}/accounts").get_json()
    assert [(row["number"], row["is_closed"]) for row in accounts["rows"]] == [
        (number, False),
        ("123456782RM0002", True),
    ]
    assert (accounts["page"], accounts["pages"], accounts["total"]) == (1, 1, 2)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?q=maple", ["Maple Toys Inc."]), ("?q=ltd+norland", ["Norland Steel Ltd"]), ("?q=nothing", []),
        ("?q=123+456+782", ["Maple Toys Inc."]), ("?q=%25", []), ("?state=archived", []), ("?page=2", []),
        ("?q=&page=&state=", ["Maple Toys Inc.", "Norland Steel Ltd"]),
    ],
)  # fmt: skip
def test_clients_are_found(reader: Callable[[str], Reader], query: str, names: list[str]) -> None:
    assert [row["legal_name"] for row in reader("priya").rows(f"/clients{query}")] == names


@pytest.mark.parametrize(
    "path",
    [
        "/clients?page=0", "/clients?page=x", "/clients?page=-1", "/clients?page=1000000", "/clients?state=gone",
        f"/clients?q={'x' * 201}", "/deadlines?from=yesterday", "/deadlines?from=2026-12-01&to=2026-11-01",
        "/deadlines?from=2026-01-01&to=2028-01-01", "/tasks?state=late", "/documents?view=x", "/clients?q=%00",
        "/tasks?page=%C2%B2",
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(reader: Callable[[str], Reader], path: str) -> None:
    answer = reader("priya").ask(path)
    assert answer.status_code == 400 and answer.get_json()["error"]["code"] == "bad_request"


def test_security_says_what_the_command_says(app: Flask, cast: Cast, reader: Callable[[str], Reader]) -> None:
    with app.app_context():
        make_statement(account_of(cast.account_a))
        bond = make_instrument(client_of(cast.client_a), amount=Decimal("30000.00"))
        make_allocation(bond, account_of(cast.account_a))
        as_firm()
        expected = {row["program_account"]: row for _cover, row in security_of_the_command(today())}
    told = {row["program_account"]: row for row in reader("priya").rows("/security")}
    for number, row in expected.items():
        here = told[number]
        assert (here["required"], here["posted"], here["shortfall"], here["cover"]) == (
            row["required"], row["posted"], row["shortfall"], row["coverage"],
        )  # fmt: skip
    a = next(row for row in told.values() if row["client_id"] == str(cast.client_a))
    assert (a["required"], a["posted"], a["shortfall"]) == ("42100.00", "30000.00", "12100.00")
    assert a["basis"] == "estimate" and a["portal_figure"] is None and a["as_of"] == today().isoformat()
    assert set(a["explanation"]) == {"en", "fr"} and "50" in a["explanation"]["fr"]
    b = next(row for row in told.values() if row["client_id"] == str(cast.client_b))
    assert b["basis"] == "unknown" and b["required"] == "0.00" and b["cover"] is None


def test_deadlines_cite_their_facts(app: Flask, cast: Cast, reader: Callable[[str], Reader]) -> None:
    with app.app_context():
        make_task(client_of(cast.client_a), title="TASK X", due_on=date(2027, 1, 4))
    rows = reader("colin").rows("/deadlines?from=2027-01-01&to=2027-01-31")
    review = next(row for row in rows if row["source"] == "rpp.review_deadline")
    assert review["on"] == "2027-01-15" and review["kind"] == "statutory" and review["client"] is None
    (fact,) = review["facts"]
    assert fact["id"] == "rpp.review_deadline" and fact["citations"][0]["source"]["en"] and fact["text"]["fr"]
    task = next(row for row in rows if row["source"] == "task")
    assert task["what"] == {"en": "TASK X", "fr": "TASK X"} and task["facts"] == [] and task["owner"] == "Colin Dubois"
    assert task["rule"] == {"en": "Set by us.", "fr": "Fixée par nous."} and review["rule"] == fact["text"]


def test_pages_of_deadlines_put_together_are_the_whole_list(
    app: Flask, cast: Cast, reader: Callable[[str], Reader]
) -> None:
    """The cycle's own dates and the clients' are merged page by page: none lost, none twice, the cycle's first on a day."""
    first, last = date(2026, 12, 1), date(2027, 12, 15)
    with app.app_context():
        client = client_of(cast.client_a)
        for number in range(130):
            make_task(client, title=f"TASK {number}", due_on=first + timedelta(days=(number * 7) % 380))
        whole = deadlines_between(first, last)
    priya, told = reader("priya"), []
    pages = priya.ask(f"/deadlines?from={first}&to={last}").get_json()["pages"]
    for number in range(1, pages + 1):
        answer = priya.ask(f"/deadlines?from={first}&to={last}&page={number}").get_json()
        assert answer["total"] == len(whole) and (len(answer["rows"]) == PAGE_SIZE or number == pages)
        told += answer["rows"]
    assert sorted((row["on"], row["what"]["en"]) for row in told) == sorted(
        (d.on.isoformat(), d.what.en) for d in whole
    )
    order = [(row["on"], row["client"] is not None) for row in told]
    assert pages > 3 and order == sorted(order)
    assert priya.rows(f"/deadlines?from={first}&to={last}&page={pages + 1}") == []


def test_words_are_those_of_the_persons_language(app: Flask, cast: Cast, reader: Callable[[str], Reader]) -> None:
    with app.app_context():
        make_request(client_of(cast.client_a), kind="bn_confirmation")
        with transaction():
            person("priya").language = "fr"
    priya = reader("priya")
    priya.headers["Accept-Language"] = "en"
    assert priya.rows("/documents")[0]["name"] == "Confirmation du numéro d'entreprise"
    assert priya.ask("/nowhere").get_json()["error"]["message"].startswith("It does not exist")


@pytest.mark.parametrize("path", [*LISTS, "/clients/{a}", "/clients/{a}/accounts"])
def test_as_many_statements_for_thirty_as_for_one(
    app: Flask, cast: Cast, reader: Callable[[str], Reader], sql: StatementCount, path: str
) -> None:
    priya, path = reader("priya"), path.format(a=cast.client_a)
    with app.app_context():
        fill(client_of(cast.client_a), 1)
    priya.ask(path)
    sql.reset()
    few = priya.ask(path).get_json()
    before = len(sql)
    with app.app_context():
        for number in range(30):
            fill(make_client(legal_name=f"Importer {number}", bn9=f"9{number:08}"), number + 2)
    sql.reset()
    many = priya.ask(path).get_json()
    assert len(sql) == before <= 8, sql.statements
    assert path not in LISTS or len(many["rows"]) >= 20 + len(few["rows"])


def fill(client: Client, number: int) -> None:
    account = make_account(client, number=f"{client.bn9}RM{number + 10:04}")
    make_statement(account)
    make_allocation(make_instrument(client, number=f"B-{number}"), account)
    make_task(client, title=f"TASK {number}", due_on=today())
    make_request(client, kind=None, title=f"PAPER {number}", due_on=today())


def test_a_page_has_fifty_rows(app: Flask, reader: Callable[[str], Reader]) -> None:
    with app.app_context():
        for number in range(PAGE_SIZE + 1):
            make_account(make_client(legal_name=f"Importer {number:02}", bn9=f"9{number:08}"))
    priya = reader("priya")
    for path in ("/clients", "/security"):
        first, second = (priya.ask(f"{path}?page={number}").get_json() for number in (1, 2))
        assert [len(first["rows"]), len(second["rows"])] == [PAGE_SIZE, 3]
        assert (first["total"], first["pages"], second["page"]) == (PAGE_SIZE + 3, 2, 2)
        keys = [row.get("account_id") or row["id"] for row in [*first["rows"], *second["rows"]]]
        assert len(set(keys)) == PAGE_SIZE + 3


# The description -------------------------------------------------------------------------------------------------------


@pytest.fixture
def description(app: Flask) -> dict[str, Any]:
    answer = Reader(app, None).ask("/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.get_json()
    return found


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def test_the_description_names_every_address_and_nothing_that_is_not_there(
    app: Flask, description: dict[str, Any]
) -> None:
    rules = {r.rule for r in app.url_map.iter_rules() if r.rule.startswith("/api/")} - {"/api/v1/openapi.json"}
    assert set(description["paths"]) == {re.sub(r"<uuid:(\w+)>", r"{\1}", rule) for rule in rules}
    assert description["openapi"] == "3.1.0" and {"title", "version"} <= set(description["info"])
    names = [operation["get"]["operationId"] for operation in description["paths"].values()]
    assert len(set(names)) == len(names) and all(set(path) == {"get"} for path in description["paths"].values())
    for reference in set(references(description)):
        node: Any = description
        for part in reference.removeprefix("#/").split("/"):
            node = node[part]
        assert node
    for path, operation in description["paths"].items():
        declared = {p["name"] for p in operation["get"]["parameters"] if p["in"] == "path"}
        assert declared == set(re.findall(r"{(\w+)}", path))
        assert {"200", "401", "403", "405", "429"} <= set(operation["get"]["responses"])


def fits(value: Any, schema: dict[str, Any], whole: dict[str, Any]) -> bool:
    """Whether a value is what its schema says: as much of JSON Schema as the description uses."""
    if "$ref" in schema:
        return fits(value, whole["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]], whole)
    if "anyOf" in schema:
        return any(fits(value, one, whole) for one in schema["anyOf"])
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if value is None:
        return "null" in kinds
    python = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}
    if not any(type(value) is python[kind] for kind in kinds if kind != "null"):
        return False
    if "enum" in schema and value not in schema["enum"]:
        return False
    if "pattern" in schema and not re.search(schema["pattern"], value):
        return False
    if isinstance(value, list):
        return all(fits(item, schema["items"], whole) for item in value)
    if isinstance(value, dict):
        known = schema["properties"]
        return set(schema["required"]) <= set(value) <= set(known) and all(
            fits(value[k], known[k], whole) for k in value
        )
    return True


def test_answers_are_as_described(
    app: Flask, cast: Cast, reader: Callable[[str], Reader], description: dict[str, Any]
) -> None:
    with app.app_context():
        fill(client_of(cast.client_a), 1)
    priya, nobody = reader("priya"), Reader(app, None)
    for path, operation in description["paths"].items():
        asked = path.removeprefix("/api/v1").format(client_id=cast.client_a)
        answer = priya.ask(asked).get_json()
        schema = operation["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        assert fits(answer, schema, description), f"{path}: {json.dumps(answer)[:800]}"
        assert "rows" not in answer or answer["rows"], path
        error = description["components"]["schemas"]["Error"]
        assert fits(nobody.ask(asked).get_json(), error, description)
    assert not fits({"rows": [1], "page": 1, "pages": 1, "total": 1}, schema, description)


def test_no_value_is_written_by_chance() -> None:
    with pytest.raises(TypeError):
        written(object())
    with pytest.raises(TypeError):
        written(1.5)


# The page --------------------------------------------------------------------------------------------------------------


def test_made_on_the_page_shown_once_and_revoked(app: Flask, visit: Visit, cast: Cast) -> None:
    colin = visit("colin")
    assert colin.post("/account/tokens", {"label": "Ledger", "days": "90"}).status_code == 303
    shown = colin.get("/account/tokens").text
    (secret,) = set(re.findall(r'value="(trk_[\w-]{43})"', shown))
    again = colin.get("/account/tokens").text
    assert secret not in again and f"{secret[:10]}…" in again and "Ledger" in again and "never" in again
    assert Reader(app, secret).ask("/clients").status_code == 200
    with app.app_context():
        token = db.session.scalars(select(ApiToken)).one()
        assert token.secret_hash == queries.digest(secret) and token.last_used_on == today()
        assert timedelta(days=89) < token.expires_at - now() <= timedelta(days=90)
        key = token.id
        trail = [str(row.changes) + row.summary for row in db.session.scalars(select(AuditEvent))]
        assert not [text for text in trail if secret in text or token.secret_hash in text]
    assert visit("priya").post(f"/account/tokens/{key}/revoke").status_code == 422  # nobody else's
    assert Reader(app, secret).ask("/clients").status_code == 200
    assert colin.post(f"/account/tokens/{key}/revoke").status_code == 303
    assert Reader(app, secret).ask("/clients").status_code == 401
    assert "Ledger" not in colin.get("/account/tokens").text
    assert colin.post(f"/account/tokens/{key}/revoke").status_code == 422


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"label": "", "days": "90"}, "Fill this in."), ({"label": "x", "days": "3650"}, "Choose one of the list."),
        ({"label": "x" * 81, "days": "90"}, "At most 80"), ({"label": "x", "days": "soon"}, "Choose one"),
        ({"label": "x"}, "Choose one"),
    ],
)  # fmt: skip
def test_a_token_is_refused_beside_its_field(app: Flask, visit: Visit, data: dict[str, str], words: str) -> None:
    answer = visit("colin").post("/account/tokens", data)
    assert answer.status_code == 422 and words in answer.text
    with app.app_context():
        assert db.session.scalars(select(ApiToken)).all() == []


def test_ten_are_enough_and_no_life_is_longer_than_a_year(app: Flask, visit: Visit) -> None:
    with app.app_context():
        for _ in range(tokens.MOST_TOKENS):
            make_token(EMAILS["colin"])
        for days in (366, 0, -1):
            with pytest.raises(tokens.Refusal):
                make_token(EMAILS["priya"], days=days)
    answer = visit("colin").post("/account/tokens", {"label": "x", "days": "90"})
    assert answer.status_code == 422 and "Revoke one" in answer.text
    assert max(tokens.LIVES) == 365


def test_the_same_form_twice_makes_one(app: Flask, visit: Visit) -> None:
    colin = visit("colin")
    for _ in range(2):
        assert colin.post("/account/tokens", {"label": "x", "days": "30", "once": "k" * 20}).status_code == 303
    with app.app_context():
        assert len(db.session.scalars(select(ApiToken)).all()) == 1


def test_the_page_in_french_and_over_is_said(app: Flask, visit: Visit) -> None:
    with app.app_context():
        make_token(EMAILS["priya"], label="N" * 80)
        with transaction():
            person("priya").language = "fr"
            db.session.execute(update(ApiToken).values(expires_at=now() - timedelta(days=1)))
    text = visit("priya").get("/account/tokens").text
    assert "Jetons pour d'autres programmes" in text.replace("&#39;", "'") and "échu depuis le" in text
    assert PASSWORD not in text
