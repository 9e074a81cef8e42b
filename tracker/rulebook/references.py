"""Rulebook references: every key one part of the catalogue names stands in another part. Pure."""

from collections.abc import Container, Mapping, Sequence
from typing import Any

from tracker.rulebook.conditions import comparisons
from tracker.rulebook.types import (
    Condition,
    DocumentKind,
    DueFrom,
    EngagementTemplate,
    FindingRule,
    Question,
    RulebookError,
    Section,
    TaskKind,
)

PROFILE_FIELDS = frozenset(
    {
        "bn9",
        "residency",
        "country",
        "shipments_per_month",
        "yearly_value_amount",
        "products",
        "hs_chapters",
        "origins",
        "regulated_goods",
        "special_regimes",
        "program_account_count",
        "broker_count",
        "bam_count",
    }
)
STANDING_FIELDS = PROFILE_FIELDS | {
    "gates_done",
    "is_portal_linked",
    "steps_done",
}  # a template knows what is in place, too
YES_NO = ("yes", "no")


def check_references(
    sections: Sequence[Section],
    findings: Sequence[FindingRule],
    documents: Mapping[str, DocumentKind],
    tasks: Mapping[str, TaskKind],
    templates: Mapping[str, EngagementTemplate],
    fact_ids: Container[str],
) -> None:
    """RulebookError when a condition, a finding or a template step names a key that is not there."""
    questions = {question.key: question for section in sections for question in section.questions}
    seen: dict[str, Question] = {}
    for key, question in questions.items():
        if question.show_when is not None:
            _check_condition(f"questions.toml: {key}", question.show_when, seen, fact_ids)
        seen[key] = question
    for finding in findings:
        where = f"findings.toml: {finding.key}"
        _check_condition(where, finding.when, questions, fact_ids)
        if finding.due is not None:
            _check_due(where, finding.due, questions, fact_ids)
        _check_keys(where, "document", finding.documents, documents)
        _check_keys(where, "task", finding.tasks, tasks)
    for template in templates.values():
        for step in template.steps:
            known: Container[str] = tasks if step.kind == "task" else documents
            where = f"templates.toml: {template.key}"
            _check_keys(where, step.kind, (step.key,), known)
            if step.when is not None:
                _check_condition(where, step.when, {}, fact_ids, STANDING_FIELDS)  # and no answers


def _check_keys(where: str, what: str, keys: Sequence[str], known: Container[str]) -> None:
    for key in keys:
        if key not in known:
            raise RulebookError(f"{where}: unknown {what} {key!r}")


def _check_condition(
    where: str,
    condition: Condition,
    questions: Mapping[str, Question],
    fact_ids: Container[str],
    profile: Container[str] = PROFILE_FIELDS,
) -> None:
    """A question may only be asked by answers that come before it, so that no two wait for each other."""
    for part in comparisons(condition):
        if "answer" in part:
            _check_keys(where, "question", (part["answer"],), questions)
            _check_options(where, part, questions[part["answer"]])
        if "profile" in part:
            _check_keys(where, "profile field", (part["profile"],), profile)
        _check_keys(where, "fact", _facts_named(part), fact_ids)


def _check_due(where: str, due: DueFrom, questions: Mapping[str, Question], fact_ids: Container[str]) -> None:
    _check_keys(where, "question", (due.answer,), questions)
    if questions[due.answer].kind != "date":
        raise RulebookError(f"{where}: {due.answer!r} is no date")
    _check_keys(where, "fact", (due.days,) if due.days is not None else (), fact_ids)


def _facts_named(part: Condition) -> tuple[str, ...]:
    limits = [value["fact"] for value in part.values() if isinstance(value, Mapping)]
    return (*limits, part["fact"]) if "fact" in part else tuple(limits)


def _check_options(where: str, part: Condition, question: Question) -> None:
    known = YES_NO if question.kind == "yes_no" else tuple(option.value for option in question.options)
    if not known:
        return
    for operator in ("is", "not", "in", "has"):
        if operator in part:
            _check_keys(where, f"option of {question.key}", _listed(part[operator]), known)


def _listed(value: Any) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, list | tuple) else (value,)
