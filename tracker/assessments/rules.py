"""Assessments, rules: which questions are asked, what the answers mean, the plan that follows, and the freeze. Pure."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import sha256
from typing import Any, get_args
from uuid import UUID

from tracker.assessments.answers import AnswerProblem, AnswerValue, check_answer, offered_answer
from tracker.assessments.enums import ChangeKind
from tracker.rulebook.calendar import first_business_day
from tracker.rulebook.conditions import holds, is_unanswered
from tracker.rulebook.types import FindingRule, Rules, Section, Severity, Text

__all__ = [
    "AnswerProblem",
    "AnswerValue",
    "Change",
    "Plan",
    "PlanItem",
    "Progress",
    "SecondPersonError",
    "check_answer",
    "check_sign_off",
    "compare",
    "counted_answers",
    "due_date",
    "due_dates",
    "findings_for",
    "frozen_digest",
    "offered_answer",
    "plan_for",
    "progress",
    "visible_questions",
]

SEVERITIES: tuple[Severity, ...] = get_args(Severity)
NO_GATE = 99
NO_DATES: Mapping[str, date] = {}


class SecondPersonError(ValueError):
    """The signer started the assessment or answered in it; a second person is required."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the assessment is, and how that was counted."""

    answered: int
    not_applicable: int
    total: int  # visible questions, those not applicable left out
    percent: int  # whole percent, rounded down, so that 100 means done
    formula: Text


@dataclass(frozen=True, slots=True)
class PlanItem:
    """A document or a task of the plan, and the findings that ask for it."""

    key: str
    severity: Severity  # the gravest of them
    due_days: int
    findings: tuple[str, ...]
    dates: tuple[date, ...] = ()  # by which findings have to be settled whose day an answer sets

    def due_on(self, on: date) -> date:
        """The day it is due when asked for on `on`: its own days count unless every finding behind it sets a day."""
        own = first_business_day(on + timedelta(days=self.due_days))
        return min(self.dates) if len(self.dates) == len(self.findings) else min((own, *self.dates))


@dataclass(frozen=True, slots=True)
class Plan:
    """What follows from the findings, each thing once, the gravest first."""

    documents: tuple[PlanItem, ...]
    tasks: tuple[PlanItem, ...]
    delegation_findings: tuple[str, ...]
    security_findings: tuple[str, ...]

    @property
    def delegation(self) -> bool:
        """Whether a delegation of authority has to be followed up."""
        return bool(self.delegation_findings)

    @property
    def security(self) -> bool:
        """Whether financial security has to be sized or posted."""
        return bool(self.security_findings)


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two assessments; `key` is of a question or of a finding."""

    kind: ChangeKind
    key: str
    before: Any = None
    after: Any = None


def visible_questions(rules: Rules, answers: Mapping[str, Any], profile: Mapping[str, Any]) -> tuple[Section, ...]:
    """The sections with the questions asked now; a section without any is left out. Answers to hidden questions are
    not looked at, so that one changed answer hides a whole branch."""
    return _asked(rules, answers, profile)[0]


def counted_answers(rules: Rules, answers: Mapping[str, Any], profile: Mapping[str, Any]) -> dict[str, Any]:
    """The answers to questions asked now, without blanks and without what stands behind a hidden question."""
    return _asked(rules, answers, profile)[1]


def _asked(
    rules: Rules, answers: Mapping[str, Any], profile: Mapping[str, Any]
) -> tuple[tuple[Section, ...], dict[str, Any]]:
    """One walk in the order of the questionnaire: a question only looks at answers before it."""
    counted: dict[str, Any] = {}
    sections = []
    for section in rules.sections:
        asked = []
        for question in section.questions:
            if question.show_when is not None and not holds(question.show_when, counted, profile, rules.facts):
                continue
            asked.append(question)
            if not is_unanswered(answers.get(question.key)):
                counted[question.key] = answers[question.key]
        if asked:
            sections.append(replace(section, questions=tuple(asked)))
    return tuple(sections), counted


def progress(rules: Rules, answers: Mapping[str, Any], na: Collection[str], profile: Mapping[str, Any]) -> Progress:
    """How many of the questions asked are answered. Those in `na` (not applicable) are out of both numbers."""
    sections, counted = _asked(rules, _without(answers, na), profile)
    asked = [question.key for section in sections for question in section.questions]
    not_applicable = sum(key in na for key in asked)
    total, answered = len(asked) - not_applicable, len(counted)
    percent = 100 if total == 0 else answered * 100 // total
    return Progress(answered, not_applicable, total, percent, _formula(answered, not_applicable, total, percent))


def _without(answers: Mapping[str, Any], na: Collection[str]) -> dict[str, Any]:
    return {key: value for key, value in answers.items() if key not in na}


def _formula(answered: int, not_applicable: int, total: int, percent: int) -> Text:
    return Text(
        en=f"{answered} of {total} questions answered = {percent} %, rounded down. "
        f"{not_applicable} not applicable and all hidden questions are left out. Our own measure, not CBSA's.",
        fr=f"Réponses données : {answered} sur {total} = {percent} %, arrondi vers le bas. "
        f"Sont exclues les questions sans objet ({not_applicable}) et toutes les questions masquées. Notre propre mesure, non celle de l'ASFC.",
    )


def findings_for(rules: Rules, answers: Mapping[str, Any], profile: Mapping[str, Any]) -> tuple[FindingRule, ...]:
    """The findings that hold, the gravest first, then by gate, then as the rulebook lists them."""
    counted = counted_answers(rules, answers, profile)
    found = [rule for rule in rules.findings if holds(rule.when, counted, profile, rules.facts)]
    return tuple(sorted(found, key=lambda rule: (SEVERITIES.index(rule.severity), rule.gate or NO_GATE)))


def due_date(rule: FindingRule, rules: Rules, answers: Mapping[str, Any], on: date) -> date | None:
    """The day an answer sets for a finding; None where none does, or where the end it names is past on `on`.

    What the law counts from a day stays due when that day is long past: the 90 days of Customs Act s. 32.2 do not begin anew.
    """
    if rule.due is None or is_unanswered(answers.get(rule.due.answer)):
        return None
    answered = date.fromisoformat(str(answers[rule.due.answer]))
    if rule.due.days is None:
        return answered if answered >= on else None
    return answered + timedelta(days=int(str(rules.fact(rule.due.days).value)))


def due_dates(rules: Rules, findings: Iterable[FindingRule], answers: Mapping[str, Any], on: date) -> dict[str, date]:
    """The days that answers set, by finding."""
    found = {rule.key: due_date(rule, rules, answers, on) for rule in findings}
    return {key: day for key, day in found.items() if day is not None}


def plan_for(rules: Rules, findings: Iterable[FindingRule], dates: Mapping[str, date] = NO_DATES) -> Plan:
    """What the findings ask for, each document and task once, with the days answers set. KeyError: one is not in `rules`."""
    found = sorted(findings, key=lambda rule: SEVERITIES.index(rule.severity))
    return Plan(
        documents=_items(found, lambda rule: rule.documents, lambda key: rules.documents[key].due_days, dates),
        tasks=_items(found, lambda rule: rule.tasks, lambda key: rules.tasks[key].due_days, dates),
        delegation_findings=tuple(rule.key for rule in found if rule.asks_delegation),
        security_findings=tuple(rule.key for rule in found if rule.asks_security),
    )


def _items(
    findings: Sequence[FindingRule],
    wanted: Callable[[FindingRule], Sequence[str]],
    due_days: Callable[[str], int],
    dates: Mapping[str, date],
) -> tuple[PlanItem, ...]:
    """Each key once with all findings that want it, in the order of the gravest finding."""
    askers: dict[str, list[FindingRule]] = {}
    for rule in findings:
        for key in wanted(rule):
            askers.setdefault(key, []).append(rule)
    return tuple(
        PlanItem(
            key,
            rules[0].severity,
            due_days(key),
            tuple(rule.key for rule in rules),
            tuple(dates[rule.key] for rule in rules if rule.key in dates),
        )
        for key, rules in askers.items()
    )


def compare(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    findings_before: Collection[str] = (),
    findings_after: Collection[str] = (),
) -> tuple[Change, ...]:
    """What changed between the answers and finding keys of two assessments, by key; answers first."""
    answers = [_answer_change(key, before.get(key), after.get(key)) for key in sorted({*before, *after})]
    new = [Change(ChangeKind.FINDING_NEW, key) for key in sorted(set(findings_after) - set(findings_before))]
    gone = [Change(ChangeKind.FINDING_GONE, key) for key in sorted(set(findings_before) - set(findings_after))]
    return (*(change for change in answers if change is not None), *new, *gone)


def _answer_change(key: str, before: Any, after: Any) -> Change | None:
    was_blank, is_blank = is_unanswered(before), is_unanswered(after)
    if before == after or (was_blank and is_blank):
        return None
    if was_blank:
        return Change(ChangeKind.ANSWERED, key, None, after)
    return Change(ChangeKind.CLEARED, key, before, None) if is_blank else Change(ChangeKind.ALTERED, key, before, after)


def frozen_digest(*, answers: Mapping[str, Any], rulebook_digest: str, findings: Collection[str]) -> str:
    """SHA-256 in hex over canonical JSON of what was signed: the same whatever the order of keys and findings.
    TypeError when an answer is not of JSON."""
    frozen = {"answers": dict(answers), "findings": sorted(findings), "rulebook": rulebook_digest}
    written = json.dumps(frozen, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return sha256(written.encode()).hexdigest()


def check_sign_off(started_by: UUID | None, answered_by: Collection[UUID | None], signer: UUID) -> None:
    """SecondPersonError when the signer started the assessment or answered any question of it."""
    if signer == started_by or signer in answered_by:
        raise SecondPersonError("who prepared the assessment cannot sign it")
