"""Assessments, showing: a sheet turned into what the pages draw. Words and shapes, no decisions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from tracker.assessments.commands.answering import FIELD
from tracker.assessments.enums import ChangeKind
from tracker.assessments.forms import REASON, SKIP, SectionForm
from tracker.assessments.queries import FindingRow
from tracker.assessments.rules import NO_DATES, Change
from tracker.assessments.sheet import LAST_TIME, Sheet, questions_of
from tracker.assessments.words import (
    GATE_WORDS,
    PARTY_WORDS,
    SEVERITY_TONES,
    SEVERITY_WORDS,
    answer_words,
)
from tracker.platform.languages import language
from tracker.platform.pages import cited
from tracker.rulebook.book import rules_at
from tracker.rulebook.types import FindingRule, Question, Rules, Section


@dataclass(frozen=True, slots=True)
class QuestionShown:
    """One question of a section with its fields and what is offered for it."""

    key: str
    help: str
    citations: list[dict[str, str | None]]
    field: Any
    skip: Any
    reason: Any
    offer: str
    offer_from: str
    is_done: bool


@dataclass(frozen=True, slots=True)
class SectionShown:
    """One line of the list of sections."""

    key: str
    label: str
    done: int
    total: int
    state: str  # done, current, todo


@dataclass(frozen=True, slots=True)
class FindingShown:
    """A finding as a card."""

    key: str
    title: str
    advice: str
    severity: str
    tone: str
    party: str
    gate: str
    citations: list[dict[str, str | None]]
    due_on: date | None  # the day an answer sets for it


@dataclass(frozen=True, slots=True)
class AnswerShown:
    """A question with its answer in words."""

    text: str
    answer: str
    reason: str | None


def sections_shown(sheet: Sheet, current: str | None) -> list[SectionShown]:
    """The sections with how many of their questions are done."""
    found = []
    for section in sheet.sections:
        done, total = sum(sheet.is_done(q.key) for q in section.questions), len(section.questions)
        state = "current" if section.key == current else "done" if done == total else "todo"
        found.append(SectionShown(section.key, section.text.in_(language()), done, total, state))
    return found


def questions_shown(sheet: Sheet, form: SectionForm) -> list[QuestionShown]:
    """The questions of the form, in order."""
    return [_question(sheet, form, question) for question in form.questions]


def _question(sheet: Sheet, form: SectionForm, question: Question) -> QuestionShown:
    offer = sheet.offers.get(question.key)
    source = "" if offer is None else _("last time") if offer.source == LAST_TIME else _("from the client's file")
    return QuestionShown(
        key=question.key,
        help=question.help.in_(language()) if question.help else "",
        citations=cited(question.citations),
        field=form[f"{FIELD}{question.key}"],
        skip=form[f"{SKIP}{question.key}"],
        reason=form[f"{REASON}{question.key}"],
        offer=answer_words(question, offer.value, language()) if offer else "",
        offer_from=source,
        is_done=sheet.is_done(question.key),
    )


def section_to_show(sheet: Sheet, wanted: str | None) -> Section | None:
    """The section asked for, else the first one with an open question, else the last."""
    by_key = {section.key: section for section in sheet.sections}
    if wanted in by_key:
        return by_key[str(wanted)]
    todo = [s for s in sheet.sections if not all(sheet.is_done(q.key) for q in s.questions)]
    return next(iter(todo or sheet.sections[-1:]), None)


def findings_shown(rules: Iterable[FindingRule], dates: Mapping[str, date] = NO_DATES) -> list[FindingShown]:
    """Findings as cards, in the order given, with the days that answers set."""
    return [
        FindingShown(
            rule.key,
            rule.title.in_(language()),
            rule.advice.in_(language()),
            SEVERITY_WORDS[rule.severity](),
            SEVERITY_TONES[rule.severity],
            PARTY_WORDS[rule.party](),
            GATE_WORDS[rule.gate]() if rule.gate else "",
            cited(rule.citations),
            dates.get(rule.key),
        )
        for rule in rules
    ]


def frozen_findings(rules: Rules, frozen: Mapping[str, Any]) -> list[FindingRule]:
    """The findings that were signed, by today's book: one it dropped since is left out here and stays in the record."""
    by_key = {rule.key: rule for rule in rules.findings}
    return [by_key[key] for key in frozen.get("findings", ()) if key in by_key]


def answers_shown(rules: Rules, frozen: Mapping[str, Any]) -> list[tuple[str, list[AnswerShown]]]:
    """Frozen answers in words, by section."""
    answers, reasons = frozen.get("answers", {}), frozen.get("not_applicable", {})
    found = []
    for section in rules.sections:
        rows = [
            AnswerShown(q.text.in_(language()), answer_words(q, answers.get(q.key), language()), reasons.get(q.key))
            for q in section.questions
            if q.key in answers or q.key in reasons
        ]
        if rows:
            found.append((section.text.in_(language()), rows))
    return found


def changes_shown(rules: Rules, changes: Sequence[Change]) -> list[dict[str, str]]:
    """What differs between two assessments: the question or finding, before and after, in words."""
    questions = questions_of(rules)
    findings = {rule.key: rule.title.in_(language()) for rule in rules.findings}
    return [_change(change, questions.get(change.key), findings) for change in changes]


def _change(change: Change, question: Question | None, findings: Mapping[str, str]) -> dict[str, str]:
    if change.kind in (ChangeKind.FINDING_NEW, ChangeKind.FINDING_GONE):
        return {"kind": change.kind.value, "what": findings.get(change.key, change.key), "before": "", "after": ""}
    if question is None:
        return {"kind": change.kind.value, "what": change.key, "before": str(change.before), "after": str(change.after)}
    before, after = (answer_words(question, value, language()) for value in (change.before, change.after))
    return {"kind": change.kind.value, "what": question.text.in_(language()), "before": before, "after": after}


def finding_words(rule: str, on: date) -> FindingShown | None:
    """One kept finding by the book of `on`; None when the book no longer has it."""
    by_key = {one.key: one for one in rules_at(on).findings}
    return findings_shown([by_key[rule]])[0] if rule in by_key else None


def rows_shown(rows: Sequence[FindingRow]) -> list[tuple[FindingRow, FindingShown | None]]:
    """Kept findings with their words."""
    return [(row, finding_words(row.rule, row.rules_on)) for row in rows]
