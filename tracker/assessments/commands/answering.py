"""Assessments, commands: start one, and save answers as they are given."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from tracker.assessments.answers import AnswerProblem, check_answer
from tracker.assessments.enums import AssessmentState
from tracker.assessments.models import Answer, Assessment
from tracker.assessments.seen import Seen, fingerprint, seen_of, write_seen
from tracker.assessments.sheet import kept_answers, questions_of
from tracker.assessments.words import PROBLEM_WORDS, answer_words
from tracker.clients.models import Client
from tracker.engagements.enums import EngagementState
from tracker.engagements.models import Engagement
from tracker.platform.actor import Actor
from tracker.platform.audit import record
from tracker.platform.clock import now
from tracker.platform.db import db
from tracker.platform.errors import Refusal, Stale
from tracker.platform.languages import language
from tracker.rulebook.book import rules_at
from tracker.rulebook.types import Question

FIELD = "q_"


@dataclass(frozen=True, slots=True)
class Given:
    """What a person gave for one question: a value, or why it does not apply. Neither clears the answer."""

    value: Any = None
    reason: str | None = None


def start_assessment(actor: Actor, *, client_id: UUID, on: date) -> Assessment:
    """Start an assessment by the rules of `on`, after the client's last signed one. Refusal while a draft is open."""
    client = db.session.get(Client, client_id, with_for_update=True)  # two people starting at once: one after the other
    if client is None:
        raise Refusal(None, _("This client is no longer there."))
    mine = select(Assessment).where(Assessment.client_id == client_id)
    if db.session.scalars(mine.where(Assessment.state == AssessmentState.DRAFT)).first():
        raise Refusal(None, _("A draft is open for this client already. Finish that one first."))
    signed = mine.where(Assessment.state == AssessmentState.SIGNED).order_by(Assessment.signed_at.desc())
    before = db.session.scalars(signed).first()
    assessment = Assessment(
        client_id=client_id,
        engagement_id=_open_engagement(client_id),
        previous_id=before.id if before else None,
        rules_on=on,
        started_on=on,
        started_by=actor.user_id,
    )
    db.session.add(assessment)
    record(actor, "assessment:started", assessment)
    db.session.flush()
    return assessment


def _open_engagement(client_id: UUID) -> UUID | None:
    query = (
        select(Engagement.id)
        .where(Engagement.client_id == client_id, Engagement.state == EngagementState.OPEN)
        .order_by(Engagement.opened_on.desc(), Engagement.id)
    )
    return db.session.scalars(query).first()


def open_draft(assessment_id: UUID) -> Assessment:
    """The draft, held until the commit. Refusal when it is gone or signed."""
    assessment = db.session.get(Assessment, assessment_id, with_for_update=True)
    if assessment is None:
        raise Refusal(None, _("This assessment is no longer there."))
    if assessment.state is AssessmentState.SIGNED:
        raise Refusal(None, _("This assessment is signed off. It does not change any more; start a new one."))
    return assessment


def save_answers(actor: Actor, *, assessment_id: UUID, given: Mapping[str, Given], seen: Mapping[str, Seen]) -> int:
    """Save what changed among `given`; returns how many answers did.

    An answer somebody else changed meanwhile is left alone when this person did not touch it, and Stale (with what
    is saved now) when both did. Refusal beside the question for a value that cannot be taken.
    """
    assessment = open_draft(assessment_id)
    rules = rules_at(assessment.rules_on)
    questions = questions_of(rules)
    rows = {
        row.question: row for row in db.session.scalars(select(Answer).where(Answer.assessment_id == assessment_id))
    }
    wanted = {key: _sound(questions, key, one) for key, one in given.items()}
    changed = {key: one for key, one in wanted.items() if _is_changed(one, rows.get(key), seen.get(key))}
    clashes = [key for key in changed if _clashes(rows.get(key), seen.get(key))]
    if clashes:
        raise _both_changed(questions, rows, clashes, [*given])
    changes = {key: _write(actor, assessment, key, one, rows.get(key)) for key, one in changed.items()}
    if changes:
        record(actor, "assessment:answered", assessment, changes=changes)
        db.session.flush()
    return len(changes)


def _sound(questions: Mapping[str, Question], key: str, given: Given) -> Given:
    if key not in questions:
        raise Refusal(None, _("One of these questions is not in the rulebook."))
    if given.reason is not None:
        if not given.reason.strip():
            raise Refusal(f"{FIELD}{key}", _("Say why it does not apply."))
        return Given(None, given.reason.strip())
    raw = given.value
    try:
        typed = raw if isinstance(raw, list | tuple) else "" if raw is None else str(raw)
        return Given(check_answer(questions[key], typed, language()), None)
    except AnswerProblem as problem:
        raise Refusal(f"{FIELD}{key}", PROBLEM_WORDS[problem.code]()) from problem


def _is_changed(given: Given, row: Answer | None, seen: Seen | None) -> bool:
    """Whether this person changed it: it differs from what is saved and from what they saw."""
    mine = fingerprint(given.value, given.reason)
    now_saved = fingerprint(row.value, row.not_applicable_reason) if row else fingerprint(None, None)
    return mine != now_saved and (seen is None or mine != seen.fingerprint)


def _clashes(row: Answer | None, seen: Seen | None) -> bool:
    return seen is not None and seen.version != (row.version if row else 0)


def _write(actor: Actor, assessment: Assessment, key: str, given: Given, row: Answer | None) -> list[Any]:
    before = None if row is None else row.not_applicable_reason or row.value
    if row is None:
        row = Answer(client_id=assessment.client_id, assessment_id=assessment.id, question=key)
        db.session.add(row)
    row.value, row.not_applicable_reason = given.value, given.reason
    row.answered_by, row.answered_at = actor.user_id, now()
    return [before, given.reason or given.value]


def _both_changed(
    questions: Mapping[str, Question], rows: Mapping[str, Answer], clashes: list[str], asked: list[str]
) -> Stale:
    theirs: dict[str, Any] = {"version": write_seen({key: seen_of(rows.get(key)) for key in asked})}
    for key in clashes:
        row = rows.get(key)
        words = (
            None if row is None else row.not_applicable_reason or answer_words(questions[key], row.value, language())
        )
        theirs[f"{FIELD}{key}"] = words
    return Stale(
        SimpleNamespace(**theirs),
        _("Someone else answered this too. Their answer stands beside yours; save again to keep yours."),
    )


def seen_now(assessment_id: UUID, keys: list[str]) -> str:
    """The token of what is saved now for these questions, for a form that stays open."""
    kept = kept_answers(assessment_id)
    return write_seen({
        key: Seen(kept[key].version, fingerprint(kept[key].value, kept[key].reason)) if key in kept else seen_of(None)
        for key in keys
    })  # fmt: skip
