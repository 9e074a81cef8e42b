"""Assessments, queries: one assessment read whole, with what is asked, what is offered and what it finds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from tracker.assessments.answers import AnswerProblem, check_answer
from tracker.assessments.enums import AssessmentState
from tracker.assessments.models import Answer, Assessment
from tracker.assessments.profiles import Profile, profile_of
from tracker.assessments.rules import Progress, findings_for, offered_answer, progress, visible_questions
from tracker.clients.models import Client
from tracker.platform.db import db
from tracker.rulebook.book import rules_at
from tracker.rulebook.conditions import is_unanswered
from tracker.rulebook.types import FindingRule, Question, Rules, Section

LAST_TIME, PROFILE = "last_time", "profile"


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it is saved."""

    value: Any
    reason: str | None  # why it does not apply
    version: int
    by: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Offer:
    """What an answer may be, to be confirmed by a person."""

    value: Any
    source: str  # LAST_TIME or PROFILE


@dataclass(frozen=True, slots=True)
class Sheet:
    """An assessment with everything worked out from its answers, by the rules of its day."""

    id: UUID
    client_id: UUID
    client_name: str
    state: AssessmentState
    rules: Rules
    rules_on: date
    started_on: date
    started_by: UUID | None
    previous_id: UUID | None
    engagement_id: UUID | None
    plan_applied_at: datetime | None
    version: int
    kept: Mapping[str, Kept]
    profile: Profile
    offers: Mapping[str, Offer]
    sections: tuple[Section, ...]
    progress: Progress
    findings: tuple[FindingRule, ...]

    @property
    def answers(self) -> dict[str, Any]:
        """Answers given, by question, without those marked not applicable."""
        return answers_in(self.kept)

    @property
    def not_applicable(self) -> dict[str, str]:
        """Reasons, by question marked not applicable."""
        return reasons_in(self.kept)

    @property
    def is_signed(self) -> bool:
        """Whether it is signed off and frozen."""
        return self.state is AssessmentState.SIGNED

    @property
    def is_complete(self) -> bool:
        """Whether every question asked is answered or marked not applicable."""
        return self.progress.answered >= self.progress.total

    def is_done(self, key: str) -> bool:
        """Whether a question is answered or marked not applicable."""
        kept = self.kept.get(key)
        return kept is not None and (bool(kept.reason) or not is_unanswered(kept.value))


def answers_in(kept: Mapping[str, Kept]) -> dict[str, Any]:
    """Values by question, without blanks and without what does not apply."""
    return {key: one.value for key, one in kept.items() if not one.reason and not is_unanswered(one.value)}


def reasons_in(kept: Mapping[str, Kept]) -> dict[str, str]:
    """Reasons by question that does not apply."""
    return {key: one.reason for key, one in kept.items() if one.reason}


def read_sheet(assessment_id: UUID) -> Sheet | None:
    """The assessment read whole, None when it is not in scope."""
    query = (
        select(Assessment, Client.legal_name)
        .join(Client, Client.id == Assessment.client_id)
        .where(Assessment.id == assessment_id)
    )
    row = db.session.execute(query).first()
    return sheet_of(row[0], row[1]) if row else None


def sheet_of(assessment: Assessment, client_name: str = "") -> Sheet:
    """Everything worked out for one assessment. A signed one keeps the profile it was signed with."""
    kept, rules = kept_answers(assessment.id), rules_at(assessment.rules_on)
    frozen = assessment.frozen or {}
    profile: Profile = frozen.get("profile") or profile_of(assessment.client_id)
    answers, reasons = answers_in(kept), reasons_in(kept)
    return Sheet(
        id=assessment.id,
        client_id=assessment.client_id,
        client_name=client_name,
        state=assessment.state,
        rules=rules,
        rules_on=assessment.rules_on,
        started_on=assessment.started_on,
        started_by=assessment.started_by,
        previous_id=assessment.previous_id,
        engagement_id=assessment.engagement_id,
        plan_applied_at=assessment.plan_applied_at,
        version=assessment.version,
        kept=kept,
        profile=profile,
        offers=_offers(assessment, rules, profile, kept),
        sections=visible_questions(rules, answers, profile),
        progress=progress(rules, answers, reasons.keys(), profile),
        findings=findings_for(rules, answers, profile),
    )


def kept_answers(assessment_id: UUID) -> dict[str, Kept]:
    """The saved answers of one assessment, by question."""
    query = select(Answer).where(Answer.assessment_id == assessment_id).execution_options(populate_existing=True)
    return {
        row.question: Kept(row.value, row.not_applicable_reason, row.version, row.answered_by, row.answered_at)
        for row in db.session.scalars(query)
    }


def _offers(assessment: Assessment, rules: Rules, profile: Profile, kept: Mapping[str, Kept]) -> dict[str, Offer]:
    """What the last signed assessment said, else what the profile says, for questions nobody answered yet."""
    if assessment.state is AssessmentState.SIGNED:
        return {}
    before = _answers_before(assessment.previous_id)
    found = {}
    for section in rules.sections:
        for question in section.questions:
            if question.key in kept and (kept[question.key].reason or not is_unanswered(kept[question.key].value)):
                continue
            offer = _offer(question, before.get(question.key), profile)
            if offer is not None:
                found[question.key] = offer
    return found


def _offer(question: Question, before: Any, profile: Profile) -> Offer | None:
    known = offered_answer(question, profile)
    if not is_unanswered(before) and _still_fits(question, before):
        return Offer(before, LAST_TIME)
    return None if is_unanswered(known) else Offer(known, PROFILE)


def _still_fits(question: Question, value: Any) -> bool:
    """The question may have lost an option since."""
    try:
        return check_answer(question, value if isinstance(value, list) else str(value), "en") is not None
    except AnswerProblem:
        return False


def _answers_before(previous_id: UUID | None) -> dict[str, Any]:
    before = db.session.get(Assessment, previous_id) if previous_id else None
    return dict((before.frozen or {}).get("answers", {})) if before else {}


def questions_of(rules: Rules) -> dict[str, Question]:
    """Every question of the rulebook by key, in its order."""
    return {question.key: question for section in rules.sections for question in section.questions}
