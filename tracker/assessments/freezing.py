"""Assessments, freezing: what is kept at sign-off, how it is verified later, and the guard that lets nobody change it."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import Session

from tracker.assessments.enums import AssessmentState
from tracker.assessments.models import Answer, Assessment
from tracker.assessments.rules import counted_answers, frozen_digest
from tracker.assessments.sheet import Sheet, answers_in, kept_answers, reasons_in
from tracker.platform.audit import AuditEvent
from tracker.platform.db import db
from tracker.rulebook.types import Rules

SIGNED_EVENT = "assessment:signed"
# The plan may be carried out after the signature; it is no part of what was signed.
MAY_CHANGE = frozenset({"plan_applied_at", "version"})


class SignedOffError(RuntimeError):
    """Code tried to change a signed assessment or one of its answers. Always a bug."""


@dataclass(frozen=True, slots=True)
class Seal:
    """Whether a signed assessment still is what was signed."""

    content: bool  # the frozen content gives the digest kept beside it
    answers: bool  # the answers are those frozen
    trail: bool  # the audit trail holds the same digest

    @property
    def is_whole(self) -> bool:
        """Whether nothing differs."""
        return self.content and self.answers and self.trail


def freeze(sheet: Sheet, *, signed_by: str, signed_at: datetime) -> dict[str, Any]:
    """What is kept at sign-off: answers, reasons, findings, profile, facts in force with their values, rulebook, signer."""
    asked = {question.key for section in sheet.sections for question in section.questions}
    return {
        "answers": counted_answers(sheet.rules, sheet.answers, sheet.profile),
        "not_applicable": {key: reason for key, reason in sheet.not_applicable.items() if key in asked},
        "hidden": {key: value for key, value in sheet.answers.items() if key not in asked},
        "findings": [rule.key for rule in sheet.findings],
        "severities": {rule.key: rule.severity for rule in sheet.findings},
        "profile": sheet.profile,
        "facts": _facts(sheet.rules),
        "rules_on": sheet.rules_on.isoformat(),
        "rulebook": sheet.rules.digest,
        "signed_by": signed_by,
        "signed_at": signed_at.isoformat(),
    }


def _facts(rules: Rules) -> dict[str, Any]:
    return {
        fact.id: {
            "value": _plain(fact.value),
            "unit": fact.unit,
            "since": fact.effective_from.isoformat() if fact.effective_from else None,
        }
        for fact in sorted(rules.facts.values(), key=lambda fact: fact.id)
    }


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def digest_of(frozen: dict[str, Any]) -> str:
    """SHA-256 in hex over everything frozen."""
    rest = {key: value for key, value in frozen.items() if key not in ("findings", "rulebook")}
    return frozen_digest(answers=rest, rulebook_digest=frozen.get("rulebook", ""), findings=frozen.get("findings", ()))


def verify(assessment: Assessment) -> Seal:
    """Work the digest out again from what the database holds now and compare it with the row's and the trail's."""
    frozen = assessment.frozen or {}
    kept = kept_answers(assessment.id)
    was = {**frozen.get("answers", {}), **frozen.get("hidden", {})}
    reasons = {key: reason for key, reason in reasons_in(kept).items() if key in frozen.get("not_applicable", {})}
    same = answers_in(kept) == was and reasons == frozen.get("not_applicable", {})
    named = assessment.signed_by_name == frozen.get("signed_by")
    by_hand = digest_of(frozen) if frozen else ""
    return Seal(named and by_hand == assessment.frozen_digest, same, by_hand == _digest_in_trail(assessment))


def _digest_in_trail(assessment: Assessment) -> str | None:
    query = select(AuditEvent.changes).where(
        AuditEvent.subject_id == str(assessment.id), AuditEvent.event == SIGNED_EVENT
    )
    changes = db.session.scalars(query).first()
    return changes["frozen_digest"][1] if changes and "frozen_digest" in changes else None


@event.listens_for(Session, "before_flush")
def _keep_signed(session: Session, _context: Any, _instances: Any) -> None:
    """Nothing that goes through the session changes what is signed, whichever command asks."""
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, Assessment) and row not in session.new:
            _refuse_signed(row, deleted=row in session.deleted)
        elif isinstance(row, Answer) and (row not in session.dirty or session.is_modified(row)):
            _refuse_answer(session, row)


def _refuse_signed(row: Assessment, *, deleted: bool) -> None:
    state = inspect(row)
    before = state.attrs.state.history.deleted
    was = before[0] if before else row.state
    if was is not AssessmentState.SIGNED:
        return
    changed = {attribute.key for attribute in state.attrs if attribute.history.has_changes()}
    if deleted or changed - MAY_CHANGE:
        raise SignedOffError("a signed assessment never changes")


def _refuse_answer(session: Session, row: Answer) -> None:
    with session.no_autoflush:
        owner = session.get(Assessment, row.assessment_id)
    if owner is not None and owner.state is AssessmentState.SIGNED and not inspect(owner).attrs.state.history.deleted:
        raise SignedOffError("the answers of a signed assessment never change")
