"""Assessments, pages: who may see what, a section saved with and without a script, the plan, the signature, French."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from tests.conftest import EMAILS, Cast, StatementCount
from tests.factories import DAY, as_firm, make_client
from tests.visitor import Visitor
from tracker.accounts.models import UserAccount
from tracker.accounts.signing_in import actor_of
from tracker.assessments import commands
from tracker.assessments.commands.answering import Given
from tracker.assessments.models import Assessment
from tracker.assessments.sheet import Sheet, read_sheet
from tracker.coordination.models import Task
from tracker.documents.models import DocumentRequest
from tracker.platform.actor import Actor
from tracker.platform.db import db, transaction

Visit = Callable[..., Visitor]


def person(name: str) -> Actor:
    found = db.session.scalars(select(UserAccount).where(UserAccount.email == EMAILS[name])).one()
    return actor_of(found)


def start(app: Flask, client_id: UUID, name: str = "colin") -> UUID:
    with app.app_context():
        as_firm()
        who = person(name)
        with transaction():
            return commands.start_assessment(who, client_id=client_id, on=DAY).id


def sheet_of(app: Flask, made: UUID) -> Sheet:
    with app.app_context():
        as_firm()
        sheet = read_sheet(made)
        assert sheet is not None
        return sheet


def fill(app: Flask, made: UUID, name: str = "colin", **values: Any) -> None:
    """Answer what is given, and mark every other question as not applicable."""
    with app.app_context():
        as_firm()
        who = person(name)
        given = {key: Given(value) for key, value in values.items()}
        for _round in range(7):
            with transaction():
                commands.save_answers(who, assessment_id=made, given=given, seen={})
            sheet = read_sheet(made)
            assert sheet is not None
            todo = [q.key for s in sheet.sections for q in s.questions if not sheet.is_done(q.key)]
            given = {key: Given(None, "not looked at") for key in todo}


def test_a_finding_says_by_when_an_answer_makes_it_due(visit: Visit, app: Flask, cast: Cast) -> None:
    made = start(app, cast.client_a)
    fill(app, made, imported_before="yes", known_errors="yes", errors_known_since="2026-11-03")
    told = visit("colin").get(f"/assessments/{made}/findings").text
    assert "Due by 1\u00a0Feb\u00a02027" in told and told.count("Due by") == 1


def count(app: Flask, model: Any) -> int:
    with app.app_context():
        as_firm()
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def seen_in(html: str) -> str:
    found = re.search(r'id="seen"[^>]*value="([^"]*)"', html)
    assert found
    return found.group(1)


PAGES = ("", "/findings", "/plan", "/sign", "/compare")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(
    ("name", "status"),
    [("colin", 200), ("priya", 200), ("celia", 404), ("ana", 403), ("ben", 403), ("bruno", 403), (None, 302)],
)
def test_who_sees_an_assessment(visit: Visit, app: Flask, cast: Cast, path: str, name: str | None, status: int) -> None:
    made = start(app, cast.client_a)
    assert visit(name).get(f"/assessments/{made}{path}").status_code == status


@pytest.mark.parametrize("path", ["/clients/{id}/assessments", "/clients/{id}/assessments/new"])
@pytest.mark.parametrize(
    ("name", "status"), [("colin", 200), ("celia", 404), ("ana", 403), ("bruno", 403), (None, 302)]
)
def test_who_sees_a_clients_assessments(visit: Visit, cast: Cast, path: str, name: str | None, status: int) -> None:
    assert visit(name).get(path.format(id=cast.client_a)).status_code == status


@pytest.mark.parametrize(
    "path", ["/assessments/nonsense", f"/assessments/{UUID(int=3)}", f"/findings/{UUID(int=3)}/settle"]
)
def test_bad_addresses(visit: Visit, path: str) -> None:
    assert visit("colin").get(path).status_code == 404


def test_wrong_methods(visit: Visit, app: Flask, cast: Cast) -> None:
    made = start(app, cast.client_a)
    visitor = visit("colin")
    assert visitor.post("/assessments").status_code == 405
    assert visitor.post(f"/assessments/{made}/findings").status_code == 405


def test_starting_twice_makes_one(visit: Visit, app: Flask, cast: Cast) -> None:
    visitor = visit("colin")
    address = f"/clients/{cast.client_a}/assessments/new"
    first = visitor.post(address, {"once": "k1"})
    again = visitor.post(address, {"once": "k1"})
    assert (first.status_code, again.status_code) == (303, 303)
    assert first.headers["Location"] == again.headers["Location"]
    assert visitor.post(address, {"once": "k2"}).status_code == 422
    assert count(app, Assessment) == 1
    assert "Continue the draft" in visitor.get(address).get_data(as_text=True)


def test_a_section_is_saved_and_opens_what_follows(visit: Visit, app: Flask, cast: Cast) -> None:
    made = start(app, cast.client_a)
    visitor = visit("colin")
    address = f"/assessments/{made}?section=registration"
    html = visitor.get(address).get_data(as_text=True)
    assert "q_has_bn" in html and "q_has_rm" not in html
    done = visitor.post(address, {"version": seen_in(html), "q_has_bn": "yes"})
    assert done.status_code == 303
    assert done.headers["Location"].endswith("section=registration#ask-has_rm")
    html = visitor.get(address).get_data(as_text=True)
    assert "q_has_rm" in html
    answers = {"q_has_bn": "yes", "q_has_rm": "no", "q_names_match": "yes"}
    done = visitor.post(address, {"version": seen_in(html), **answers})
    assert "section=portal" in done.headers["Location"]
    assert sheet_of(app, made).answers == {"has_bn": "yes", "has_rm": "no", "names_match": "yes"}


def test_bad_input_loses_nothing(visit: Visit, app: Flask, cast: Cast) -> None:
    made = start(app, cast.client_a)
    visitor = visit("colin")
    address = f"/assessments/{made}?section=delegation"
    token = "uses_broker:0:,broker_count:0:,delegation_reviewed:0:"
    body = {
        "version": token,
        "q_uses_broker": "yes",
        "q_broker_count": "two or three",
        "na_delegation_reviewed": "y",
        "why_delegation_reviewed": "",
    }
    answer = visitor.post(address, body)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "two or three" in html and "Write a whole number" in html and "Say why it does not apply" in html
    assert re.search(r'value="yes"[^>]*checked|checked[^>]*value="yes"', html)
    assert sheet_of(app, made).kept == {}


def test_not_applicable_with_its_reason(visit: Visit, app: Flask, cast: Cast) -> None:
    made = start(app, cast.client_a)
    body = {"version": "has_bn:0:", "na_has_bn": "y", "why_has_bn": "A personal import"}
    assert visit("colin").post(f"/assessments/{made}?section=registration", body).status_code == 303
    assert sheet_of(app, made).not_applicable == {"has_bn": "A personal import"}


def autosave(visitor: Visitor, address: str, body: dict[str, str]) -> Any:
    return visitor.http.post(
        address, data={**body, "csrf_token": visitor.token()}, headers={"X-Autosave": "1", "Accept-Language": "en"}
    )


def test_autosave_answers_short_with_the_new_version(visit: Visit, app: Flask, cast: Cast) -> None:
    made = start(app, cast.client_a)
    visitor = visit("colin")
    address = f"/assessments/{made}?section=registration"
    token = seen_in(visitor.get(address).get_data(as_text=True))
    first = autosave(visitor, address, {"version": token, "q_has_bn": "yes"})
    assert (first.status_code, first.data) == (204, b"")
    second = autosave(visitor, address, {"version": first.headers["X-Version"], "q_has_bn": "no"})
    assert second.status_code == 204
    assert second.headers["X-Version"] != first.headers["X-Version"]
    assert sheet_of(app, made).answers == {"has_bn": "no"}
    assert autosave(visitor, address, {"version": token, "q_has_bn": "maybe"}).status_code == 422
    stale = autosave(visitor, address, {"version": token, "q_has_bn": "yes"})
    assert stale.status_code == 409 and "X-Version" not in stale.headers


def test_a_clash_shows_both_and_keeps_what_was_typed(visit: Visit, app: Flask, cast: Cast) -> None:
    made = start(app, cast.client_a)
    address = f"/assessments/{made}?section=registration"
    colin, priya = visit("colin"), visit("priya")
    token = seen_in(colin.get(address).get_data(as_text=True))
    assert priya.post(address, {"version": token, "q_has_bn": "no"}).status_code == 303
    clash = colin.post(address, {"version": token, "q_has_bn": "yes"})
    html = clash.get_data(as_text=True)
    assert clash.status_code == 409
    assert "Saved by someone else meanwhile: No" in html
    assert colin.post(address, {"version": seen_in(html), "q_has_bn": "yes"}).status_code == 303
    assert sheet_of(app, made).answers == {"has_bn": "yes"}


def test_what_is_known_is_offered_and_confirmed(visit: Visit, app: Flask) -> None:
    with app.app_context():
        client = make_client(legal_name="Far Away GmbH", bn9=None, country="DE")
        client_id = client.id
    made = start(app, client_id, "priya")
    visitor = visit("priya")
    address = f"/assessments/{made}?section=situation"
    visitor.post(address, {"version": "residency:0:", "q_residency": "non_resident"})
    html = visitor.get(address).get_data(as_text=True)
    assert "to confirm" in html
    visitor.post(address, {"version": seen_in(html), "q_residency": "non_resident"})
    assert "country" not in sheet_of(app, made).answers
    html = visitor.get(address).get_data(as_text=True)
    visitor.post(address, {"version": seen_in(html), "q_residency": "non_resident", "confirm": "country"})
    assert sheet_of(app, made).answers["country"] == "DE"


def test_the_plan_is_shown_before_and_carried_out_once(visit: Visit, app: Flask, cast: Cast) -> None:
    made = start(app, cast.client_a)
    fill(app, made, has_bn="no")
    visitor = visit("colin")
    address = f"/assessments/{made}/plan"
    html = visitor.get(address).get_data(as_text=True)
    assert "will be created" in html and count(app, Task) == 0
    items = re.findall(r'name="items" value="([^"]+)"', html)
    body = {"items": items, "version": str(sheet_of(app, made).version)}
    assert visitor.post(address, body).status_code == 303
    made_rows = count(app, Task) + count(app, DocumentRequest)
    assert made_rows == len(items)
    html = visitor.get(address).get_data(as_text=True)
    assert f"{len(items)} created, 0 existed already" in html
    assert "will be created" not in html
    assert visitor.post(address, body).status_code == 409
    visitor.post(address, {"items": items, "version": str(sheet_of(app, made).version)})
    assert count(app, Task) + count(app, DocumentRequest) == made_rows


def sign(visitor: Visitor, made: UUID) -> int:
    html = visitor.get(f"/assessments/{made}/sign").get_data(as_text=True)
    found = {name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', html) for name in ("version", "digest")}
    body = {name: match.group(1) for name, match in found.items() if match}
    return visitor.post(f"/assessments/{made}/sign", body).status_code


def test_signed_by_a_second_person_and_read_again(visit: Visit, app: Flask, cast: Cast) -> None:
    made = start(app, cast.client_a)
    fill(app, made, has_bn="no")
    assert sign(visit("colin"), made) in (409, 422)
    assert "Maple Toys Inc." in visit("priya").get("/assessments?list=waiting").get_data(as_text=True)
    assert "Maple Toys Inc." not in visit("colin").get("/assessments?list=waiting").get_data(as_text=True)
    assert sign(visit("priya"), made) == 303
    html = visit("colin").get(f"/assessments/{made}").get_data(as_text=True)
    assert "Signed off by Priya Partner" in html and "nothing in it has changed" in html
    answer = visit("colin").post(f"/assessments/{made}", {"version": "has_bn:1:", "q_has_bn": "yes"})
    assert answer.status_code == 422
    assert sheet_of(app, made).answers["has_bn"] == "no"
    with (
        app.app_context(),
        db.engine.connect().execution_options(writes=True, as_owner=True) as connection,
        connection.begin(),
    ):
        table: Any = Assessment.__table__
        connection.execute(update(table).where(table.c.id == made).values(signed_by_name="Nobody"))
    assert "not what was signed" in visit("colin").get(f"/assessments/{made}").get_data(as_text=True)


def test_settling_a_finding(visit: Visit, app: Flask, cast: Cast) -> None:
    made = start(app, cast.client_a)
    fill(app, made, has_bn="no")
    assert sign(visit("priya"), made) == 303
    visitor = visit("colin")
    html = visitor.get(f"/clients/{cast.client_a}/assessments").get_data(as_text=True)
    address = re.findall(r'href="(/findings/[^"]+/settle)"', html)[0]
    assert visit("celia").get(address).status_code == 404
    assert visitor.post(address, {"version": "1", "reason": ""}).status_code == 422
    assert visitor.post(address, {"version": "1", "reason": "Number received"}).status_code == 303
    assert "Number received" in visitor.get(f"/clients/{cast.client_a}/assessments").get_data(as_text=True)


def test_pages_in_french(visit: Visit, app: Flask, cast: Cast) -> None:
    made = start(app, cast.client_a)
    fill(app, made, has_bn="no")
    with app.app_context():
        as_firm()
        with transaction() as session:
            session.scalars(select(UserAccount).where(UserAccount.email == EMAILS["colin"])).one().language = "fr"
    visitor = visit("colin", language="fr")
    expected = {
        "": "Enregistrer et continuer",
        "/findings": "Bloque les importations",
        "/plan": "Exécuter le plan",
        "/sign": "Une deuxième personne",
        "/compare": "Aucune évaluation avant celle-ci",
    }
    for path, words in expected.items():
        assert words in visitor.get(f"/assessments/{made}{path}").get_data(as_text=True)
    assert "Évaluations" in visitor.get("/assessments").get_data(as_text=True)


def test_lists_cost_the_same_for_one_and_for_thirty(visit: Visit, app: Flask, cast: Cast, sql: StatementCount) -> None:
    fill(app, start(app, cast.client_a), has_bn="no")
    visitor = visit("priya")
    visitor.get("/assessments")
    sql.reset()
    visitor.get("/assessments")
    one = len(sql)
    for number in range(29):
        with app.app_context():
            client_id = make_client(legal_name=f"Importer {number:02}", bn9=None).id
        start(app, client_id, "adam")
    sql.reset()
    visitor.get("/assessments")
    assert len(sql) == one
    assert one <= 12
