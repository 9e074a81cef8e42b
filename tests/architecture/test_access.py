"""Every route × every role, from the application's own map: who gets in is exactly what the policy says."""

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.conftest import EMAILS, Cast
from tests.visitor import Visitor
from tracker import create_app
from tracker.accounts.signing_in import TOKENS_ONLY
from tracker.permissions import ROLE_PERMISSIONS, Permission, Role
from tracker.platform.access import Public, policies

ROLES = {"adam": Role.ADMIN, "priya": Role.MANAGER, "colin": Role.CONSULTANT, "ana": Role.CONTACT, "bruno": Role.BROKER}
NEVER = uuid4()


def addresses(app: Flask, ids: dict[str, object]) -> list[tuple[str, str, Permission | Public]]:
    marks = policies(app)
    found = []
    with app.test_request_context():
        adapter = app.url_map.bind("localhost")
        for rule in app.url_map.iter_rules():
            if rule.endpoint.endswith("static"):
                continue
            values = {
                name: ids.get(name, NEVER) if "uuid" in str(type(c)).lower() else "x"
                for name, c in rule._converters.items()
            }
            path = adapter.build(rule.endpoint, values, force_external=False)
            found += [(m, path, marks[rule.endpoint, m]) for m in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})]
    return found


def test_every_permission_guards_a_route(app: Flask) -> None:
    """What guards nothing says of a role what is not so."""
    assert set(Permission) - set(policies(app).values()) == set()


READS_BY_POST = {"portal.choose"}  # which company is looked at: kept in the session, and nothing written


def test_nobody_writes_on_the_strength_of_reading(app: Flask) -> None:
    """While every role that reads also edits, no role can show that a guard was weakened: the policy itself is looked at."""
    weak = {
        endpoint
        for (endpoint, method), policy in policies(app).items()
        if method != "GET" and isinstance(policy, Permission) and policy.value.endswith(":read")
    }
    assert weak == READS_BY_POST


@pytest.mark.parametrize("name", [*ROLES, None])
def test_each_role_gets_in_where_the_policy_says(
    app: Flask, cast: Cast, visit: Callable[..., Visitor], name: str | None
) -> None:
    someone = visit(name)
    wrong = []
    for method, path, policy in addresses(app, {"client_id": cast.client_a}):
        if isinstance(policy, Public) or path == "/sign-out":
            continue
        answer = someone.get(path) if method == "GET" else someone.post(path)
        if path.startswith(TOKENS_ONLY):  # no cookie counts; with a token: tests/views/test_api.py
            ok = answer.status_code == 401
        elif name is None:
            ok = answer.status_code == 302 and "/sign-in" in answer.headers["Location"]
        elif policy in ROLE_PERMISSIONS[ROLES[name]]:
            ok = answer.status_code in (200, 302, 303, 400, 404, 409, 422)
        else:
            ok = answer.status_code == 403
        if not ok:
            wrong.append(f"{method} {path} as {name}: {answer.status_code}")
    assert not wrong


@pytest.mark.parametrize("name", ["celia", "ben"])
def test_stranger_learns_nothing_of_a_foreign_client(
    app: Flask, cast: Cast, visit: Callable[..., Visitor], name: str
) -> None:
    """A foreign id and one that never existed are answered alike, to the byte."""
    someone = visit(name)
    differing = []
    foreign = dict(addresses_by_path(app, {"client_id": cast.client_a}))
    absent = dict(addresses_by_path(app, {}))
    for (rule, method), path in foreign.items():
        if path == absent[rule, method]:
            continue
        pair = [someone.get(p) if method == "GET" else someone.post(p) for p in (path, absent[rule, method])]
        bodies = [without_nonces(p) for p in pair]
        if pair[0].status_code != pair[1].status_code or (pair[0].status_code == 404 and bodies[0] != bodies[1]):
            differing.append(f"{method} {path}: {pair[0].status_code} against {pair[1].status_code}")
    assert not differing


def without_nonces(answer: TestResponse) -> str:
    """The page without its request number and its form tokens, which carry the time."""
    body = answer.get_data(as_text=True).replace(answer.headers["X-Request-Id"], "")
    return re.sub(r'name="csrf_token"[^>]*', "", body)


def addresses_by_path(app: Flask, ids: dict[str, object]) -> list[tuple[tuple[str, str], str]]:
    with app.test_request_context():
        adapter = app.url_map.bind("localhost")
        found = []
        for rule in app.url_map.iter_rules():
            if "client_id" not in rule.arguments:
                continue
            values = {name: ids.get(name, NEVER) for name in rule.arguments}
            path = adapter.build(rule.endpoint, values, force_external=False)
            found += [((rule.rule, m), path) for m in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})]
    return found


def test_route_without_policy_stops_the_boot(app: Flask) -> None:
    broken = create_app({"SECRET_KEY": "k" * 40, "SQLALCHEMY_DATABASE_URI": "sqlite://"})
    broken.add_url_rule("/loose", "loose", lambda: "x")
    with pytest.raises(RuntimeError, match="no policy"):
        policies(broken)


@pytest.mark.parametrize(
    ("method", "headers"),
    [("POST", {}), ("POST", {"Sec-Fetch-Site": "cross-site"}), ("POST", {"Origin": "https://evil.example"})],
)
def test_unsafe_request_needs_token_and_own_origin(
    visit: Callable[..., Visitor], method: str, headers: dict[str, str]
) -> None:
    someone = visit("colin")
    data = {"language": "fr"} if not headers else {"language": "fr", "csrf_token": someone.token()}
    answer = someone.http.open("/language", method=method, data=data, headers=headers)
    assert answer.status_code in (400, 403)


def test_wrong_method_is_405_and_says_which(visit: Callable[..., Visitor]) -> None:
    answer = visit("colin").post("/desk")
    assert answer.status_code == 405 and "GET" in answer.headers["Allow"]


def test_all_of_the_cast_are_known() -> None:
    assert set(ROLES) <= set(EMAILS)
