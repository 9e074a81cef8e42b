"""Assessments, commands: start, answer with two at once, plan once, sign by a second person, frozen for good."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from tests.conftest import Cast
from tests.factories import DAY, make_client, make_partner, make_request
from tracker.assessments import commands, queries
from tracker.assessments.commands.answering import Given, seen_now
from tracker.assessments.commands.signing import content_digest
from tracker.assessments.comparing import compared
from tracker.assessments.freezing import SignedOffError, digest_of, verify
from tracker.assessments.models import Answer, Assessment, Finding
from tracker.assessments.planning import lay_out
from tracker.assessments.seen import read_seen
from tracker.assessments.sheet import Sheet, read_sheet
from tracker.clients.models import Client
from tracker.coordination.models import Delegation, Task
from tracker.documents.models import DocumentRequest
from tracker.platform.actor import Actor
from tracker.platform.clock import now
from tracker.platform.db import db, transaction
from tracker.platform.errors import Refusal, Stale

Named = Callable[[str], Actor]
pytestmark = pytest.mark.usefixtures("inside")


def start(actor: Actor, client_id: UUID) -> UUID:
    with transaction():
        return commands.start_assessment(actor, client_id=client_id, on=DAY).id


def sheet_now(assessment_id: UUID) -> Sheet:
    sheet = read_sheet(assessment_id)
    assert sheet is not None
    return sheet


def answer(actor: Actor, assessment_id: UUID, seen: str = "", **values: Any) -> int:
    given = {key: value if isinstance(value, Given) else Given(value) for key, value in values.items()}
    with transaction():
        return commands.save_answers(actor, assessment_id=assessment_id, given=given, seen=read_seen(seen))


def finish(actor: Actor, assessment_id: UUID, **values: Any) -> Sheet:
    """Answer what is given, and mark every other question as not applicable."""
    answer(actor, assessment_id, **values)
    for _round in range(6):
        sheet = sheet_now(assessment_id)
        todo = [q.key for s in sheet.sections for q in s.questions if not sheet.is_done(q.key)]
        if not todo:
            return sheet
        answer(actor, assessment_id, **{key: Given(None, "not looked at") for key in todo})
    raise AssertionError("never complete")


def sign(actor: Actor, assessment_id: UUID) -> Assessment:
    sheet = sheet_now(assessment_id)
    with transaction():
        return commands.sign_off(
            actor, assessment_id=assessment_id, version=sheet.version, digest=content_digest(sheet), on=DAY
        )


def count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def apply(actor: Actor, assessment_id: UUID, items: list[str], **over: Any) -> commands.Applied:
    with transaction():
        return commands.apply_plan(
            actor, assessment_id=assessment_id, version=sheet_now(assessment_id).version, items=items, on=DAY, **over
        )


def test_one_open_draft_per_client(actor_named: Named, cast: Cast) -> None:
    start(actor_named("colin"), cast.client_a)
    with pytest.raises(Refusal), transaction():
        commands.start_assessment(actor_named("priya"), client_id=cast.client_a, on=DAY)
    assert count(Assessment) == 1
    start(actor_named("priya"), cast.client_b)


def test_starting_for_nobody_is_refused(actor_named: Named) -> None:
    with pytest.raises(Refusal), transaction():
        commands.start_assessment(actor_named("colin"), client_id=UUID(int=7), on=DAY)


@pytest.mark.parametrize(
    ("question", "typed", "kept"),
    [
        ("has_bn", "yes", "yes"),
        ("rpp_wanted", "unknown", "unknown"),
        ("regimes", ["warehouse", "csa"], ["csa", "warehouse"]),
        ("broker_count", " 3 ", 3),
        ("first_import_on", "2027-01-15", "2027-01-15"),
        ("country", "", None),
    ],
)
def test_an_answer_is_kept_as_given(actor_named: Named, cast: Cast, question: str, typed: Any, kept: Any) -> None:
    made = start(actor_named("colin"), cast.client_a)
    answer(actor_named("colin"), made, **{question: typed})
    saved = sheet_now(made).kept.get(question)
    assert (saved.value if saved else None) == kept
    if saved:
        assert saved.by == actor_named("colin").user_id


@pytest.mark.parametrize(
    ("question", "typed"),
    [
        ("has_bn", "perhaps"),
        ("broker_count", "-2"),
        ("broker_count", "many"),
        ("first_import_on", "15/01/2027"),
        ("regimes", ["none", "csa"]),
        ("has_bn", Given(None, "  ")),
        ("no_such_question", "yes"),
    ],
)
def test_what_cannot_be_taken_is_refused_and_nothing_is_saved(
    actor_named: Named, cast: Cast, question: str, typed: Any
) -> None:
    made = start(actor_named("colin"), cast.client_a)
    with pytest.raises(Refusal) as refused:
        answer(actor_named("colin"), made, uses_broker="yes", **{question: typed})
    assert refused.value.field in (f"q_{question}", None)
    assert count(Answer) == 0


def test_two_people_at_once_clash_only_on_the_same_answer(actor_named: Named, cast: Cast) -> None:
    colin, priya = actor_named("colin"), actor_named("priya")
    made = start(colin, cast.client_a)
    answer(colin, made, has_bn="yes", uses_broker="yes")
    page = seen_now(made, ["has_bn", "uses_broker", "letter_signed"])
    answer(priya, made, page, has_bn="no", uses_broker="yes", letter_signed=None)
    # Colin's page still shows has_bn = yes, which he did not touch: Priya's answer stays.
    answer(colin, made, page, has_bn="yes", uses_broker="no", letter_signed="yes")
    sheet = sheet_now(made)
    assert {key: sheet.answers[key] for key in ("has_bn", "uses_broker", "letter_signed")} == {
        "has_bn": "no",
        "uses_broker": "no",
        "letter_signed": "yes",
    }
    with pytest.raises(Stale) as stale:
        answer(priya, made, page, has_bn="no", uses_broker=None, letter_signed=None)
    assert stale.value.record.q_uses_broker == "No"
    assert sheet_now(made).answers["uses_broker"] == "no"


def test_a_hidden_answer_waits_and_does_not_count(actor_named: Named, cast: Cast) -> None:
    colin = actor_named("colin")
    made = start(colin, cast.client_a)
    answer(colin, made, has_bn="yes", has_rm="yes", rm_profile="exporter")
    assert "export_only_account" in {rule.key for rule in sheet_now(made).findings}
    answer(colin, made, has_bn="no")
    sheet = sheet_now(made)
    assert "export_only_account" not in {rule.key for rule in sheet.findings}
    assert sheet.kept["rm_profile"].value == "exporter"


def test_the_plan_is_applied_once(actor_named: Named, cast: Cast) -> None:
    colin = actor_named("colin")
    client = db.session.get(Client, cast.client_a)
    assert client is not None
    broker = make_partner()
    make_request(client, kind="bn_confirmation")
    made = start(colin, cast.client_a)
    answer(colin, made, has_bn="no", uses_broker="yes", broker_delegation="none")
    shown = lay_out(sheet_now(made), DAY)
    existing = {line.key for line in shown.lines if not line.is_new}
    assert existing == {"bn_confirmation"}
    items = [line.item for line in shown.lines]
    first = apply(colin, made, items, partner_id=broker.id)
    assert first == commands.Applied(len(items) - 1, 1)
    before = {model: count(model) for model in (Task, DocumentRequest, Delegation, Finding)}
    assert before[Delegation] == 1 and before[Finding] == len(sheet_now(made).findings)
    assert before[DocumentRequest] == len(shown.documents)
    second = apply(colin, made, items, partner_id=broker.id)
    assert second.created == 0
    assert {model: count(model) for model in before} == before


def test_unticked_things_are_not_created(actor_named: Named, cast: Cast) -> None:
    colin = actor_named("colin")
    made = start(colin, cast.client_a)
    answer(colin, made, has_bn="no")
    assert apply(colin, made, ["task:get_bn", "task:never_heard_of"]) == commands.Applied(1, 0)
    assert (count(Task), count(DocumentRequest)) == (1, 0)


def test_what_corrects_a_known_error_is_due_by_the_laws_ninety_days(actor_named: Named, cast: Cast) -> None:
    colin = actor_named("colin")
    made = start(colin, cast.client_a)
    answer(colin, made, imported_before="yes", known_errors="yes", errors_known_since="2026-11-03")
    apply(colin, made, ["task:correct_entries"])
    assert db.session.scalars(select(Task.due_on)).one() == date(2027, 2, 1)


def test_a_delegation_needs_its_broker(actor_named: Named, cast: Cast) -> None:
    colin = actor_named("colin")
    made = start(colin, cast.client_a)
    answer(colin, made, uses_broker="yes", broker_delegation="none")
    with pytest.raises(Refusal) as refused:
        apply(colin, made, ["delegation"])
    assert refused.value.field == "partner_id"
    assert count(Finding) == 0


def test_a_stale_plan_is_refused(actor_named: Named, cast: Cast) -> None:
    colin = actor_named("colin")
    made = start(colin, cast.client_a)
    answer(colin, made, has_bn="no")
    old = sheet_now(made).version
    apply(colin, made, ["task:get_bn"])
    with pytest.raises(Stale), transaction():
        commands.apply_plan(colin, assessment_id=made, version=old, items=["task:open_rm"], on=DAY)


@pytest.mark.parametrize(("starter", "answerer"), [("priya", "colin"), ("colin", "priya")])
def test_who_prepared_it_cannot_sign(actor_named: Named, cast: Cast, starter: str, answerer: str) -> None:
    made = start(actor_named(starter), cast.client_a)
    finish(actor_named(answerer), made, has_bn="no")
    with pytest.raises(Refusal):
        sign(actor_named("priya"), made)
    assert not sheet_now(made).is_signed
    assert sign(actor_named("adam"), made).signed_by_name == "Adam Admin"


def test_open_questions_keep_it_from_being_signed(actor_named: Named, cast: Cast) -> None:
    made = start(actor_named("colin"), cast.client_a)
    with pytest.raises(Refusal):
        sign(actor_named("adam"), made)


def test_what_changed_after_reading_is_not_signed(actor_named: Named, cast: Cast) -> None:
    colin, adam = actor_named("colin"), actor_named("adam")
    made = start(colin, cast.client_a)
    read = content_digest(finish(colin, made, has_bn="no"))
    version = sheet_now(made).version
    answer(colin, made, letter_signed="yes")
    with pytest.raises(Refusal), transaction():
        commands.sign_off(adam, assessment_id=made, version=version, digest=read, on=DAY)


def signed(actor_named: Named, client_id: UUID) -> UUID:
    made = start(actor_named("colin"), client_id)
    finish(actor_named("colin"), made, has_bn="no", letter_signed="yes")
    sign(actor_named("adam"), made)
    return made


def test_a_signed_one_never_changes(actor_named: Named, cast: Cast) -> None:
    made = signed(actor_named, cast.client_a)
    with pytest.raises(Refusal):
        answer(actor_named("colin"), made, letter_signed="no")
    with pytest.raises(Refusal):
        sign(actor_named("priya"), made)
    row = db.session.get_one(Assessment, made)
    kept = db.session.scalars(select(Answer).where(Answer.assessment_id == made)).first()
    assert kept is not None

    def move_rules() -> None:
        db.session.get_one(Assessment, made).rules_on = date(2020, 1, 1)

    def change_answer() -> None:
        db.session.get_one(Answer, kept.id).value = "something else"

    def delete_answer() -> None:
        db.session.delete(db.session.get_one(Answer, kept.id))

    def add_answer() -> None:
        db.session.add(Answer(client_id=row.client_id, assessment_id=made, question="country", answered_at=now()))

    def delete_all() -> None:
        db.session.delete(db.session.get_one(Assessment, made))

    for change in (move_rules, change_answer, delete_answer, add_answer, delete_all):
        with pytest.raises(SignedOffError), transaction():
            change()
    assert verify(db.session.get_one(Assessment, made)).is_whole


def test_the_plan_may_follow_the_signature(actor_named: Named, cast: Cast) -> None:
    made = signed(actor_named, cast.client_a)
    assert apply(actor_named("colin"), made, ["task:get_bn"]).created == 1
    assert verify(db.session.get_one(Assessment, made)).is_whole


@pytest.mark.parametrize("what", ["frozen", "both", "answer", "name"])
def test_tampering_in_the_database_is_noticed(actor_named: Named, cast: Cast, what: str) -> None:
    made = signed(actor_named, cast.client_a)
    from_outside(made, what)
    db.session.rollback()
    assert not verify(db.session.get_one(Assessment, made)).is_whole


def from_outside(made: UUID, what: str) -> None:
    """Change the row behind the program's back, as somebody with the database file could."""
    row = db.session.get_one(Assessment, made)
    frozen = {**(row.frozen or {}), "answers": {**(row.frozen or {})["answers"], "letter_signed": "no"}}
    digest = digest_of(frozen) if what == "both" else row.frozen_digest
    db.session.rollback()
    with db.engine.connect().execution_options(writes=True, as_owner=True) as connection, connection.begin():
        table: Any = Assessment.__table__
        if what in ("frozen", "both"):
            connection.execute(table.update().where(table.c.id == made).values(frozen=frozen, frozen_digest=digest))
        elif what == "name":
            connection.execute(table.update().where(table.c.id == made).values(signed_by_name="Somebody Else"))
        else:
            answers: Any = Answer.__table__
            where = (answers.c.assessment_id == made) & (answers.c.question == "letter_signed")
            connection.execute(answers.update().where(where).values(value="no"))


def test_the_next_one_offers_and_compares(actor_named: Named, cast: Cast) -> None:
    first = signed(actor_named, cast.client_a)
    colin = actor_named("colin")
    second = start(colin, cast.client_a)
    sheet = sheet_now(second)
    assert sheet.previous_id == first
    assert (sheet.offers["has_bn"].value, sheet.offers["has_bn"].source) == ("no", "last_time")
    assert sheet.answers == {}
    finish(colin, second, has_bn="yes", has_rm="yes", letter_signed="yes")
    before, after = db.session.get_one(Assessment, first), db.session.get_one(Assessment, second)
    changes = {(change.kind.value, change.key) for change in compared(before, after, sheet_now(second))}
    assert {("altered", "has_bn"), ("finding_gone", "no_business_number")} <= changes
    sign(actor_named("adam"), second)
    still = [row for row in queries.findings_of(cast.client_a) if row.assessment_id == first and not row.settled_on]
    assert still == []


def test_the_file_offers_what_it_knows(actor_named: Named) -> None:
    client = make_client(legal_name="Far Away GmbH", bn9=None, country="DE")
    made = start(actor_named("priya"), client.id)
    sheet = sheet_now(made)
    assert sheet.offers["country"].source == "profile"
    assert "country" not in sheet.answers


def test_settling_needs_a_reason_and_counts_down(actor_named: Named, cast: Cast) -> None:
    made = signed(actor_named, cast.client_a)
    latest = queries.latest_for([cast.client_a, cast.client_b])
    assert set(latest) == {cast.client_a}
    assert latest[cast.client_a].id == made
    open_before = latest[cast.client_a].open_count
    row = queries.findings_of(cast.client_a)[0]
    for reason in (None, "  "):
        with pytest.raises(Refusal), transaction():
            commands.settle_finding(actor_named("colin"), finding_id=row.id, version=row.version, reason=reason, on=DAY)
    with transaction():
        commands.settle_finding(actor_named("colin"), finding_id=row.id, version=row.version, reason="Done", on=DAY)
    assert queries.latest_for([cast.client_a])[cast.client_a].open_count == open_before - 1
    with pytest.raises(Refusal), transaction():
        commands.settle_finding(actor_named("colin"), finding_id=row.id, version=row.version + 1, reason="x", on=DAY)


def test_facts_are_frozen_with_their_values(actor_named: Named, cast: Cast) -> None:
    frozen = db.session.get_one(Assessment, signed(actor_named, cast.client_a)).frozen or {}
    assert frozen["rules_on"] == DAY.isoformat()
    assert len(frozen["facts"]) > 20
    assert all({"value", "unit", "since"} == set(fact) for fact in frozen["facts"].values())
    assert frozen["findings"] and frozen["rulebook"]
