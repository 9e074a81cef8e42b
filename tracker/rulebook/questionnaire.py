"""Rulebook questionnaire: questions, findings, documents, tasks and templates from TOML into one checked, frozen catalogue."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast, get_args

from tracker.rulebook.conditions import GROUPS, OPERATORS, SUBJECTS
from tracker.rulebook.reading import Row, read_rows, read_toml, refuse_repeats
from tracker.rulebook.references import PROFILE_FIELDS, check_references
from tracker.rulebook.types import (
    Condition,
    DocumentKind,
    DueFrom,
    EngagementTemplate,
    FindingRule,
    Option,
    Party,
    Question,
    Section,
    Severity,
    Source,
    TaskKind,
    TemplateStep,
    Text,
)

PARTIES: tuple[Party, ...] = get_args(Party)
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
KINDS = ("yes_no", "choice", "multi", "number", "amount", "date", "text")
LAST_GATE = 6


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What the firm asks, finds, gathers and does, by key."""

    sections: tuple[Section, ...]
    findings: tuple[FindingRule, ...]
    documents: Mapping[str, DocumentKind]
    tasks: Mapping[str, TaskKind]
    templates: Mapping[str, EngagementTemplate]


def load_catalogue(folder: Path, sources: Mapping[str, Source]) -> Catalogue:
    """The catalogue of a rulebook folder. RulebookError names the file and the key that cannot be trusted."""
    catalogue = Catalogue(
        sections=_sections(folder / "questions.toml", sources),
        findings=tuple(_finding(row, sources) for row in _rows(folder / "findings.toml", "finding")),
        documents=_by_key(_document(row, sources) for row in _rows(folder / "documents.toml", "document")),
        tasks=_by_key(_task(row, sources) for row in _rows(folder / "tasks.toml", "task")),
        templates=_by_key(_template(row) for row in _rows(folder / "templates.toml", "template")),
    )
    check_references(
        catalogue.sections,
        catalogue.findings,
        catalogue.documents,
        catalogue.tasks,
        catalogue.templates,
        _fact_ids(folder),
    )
    return catalogue


def _rows(path: Path, table: str) -> tuple[Row, ...]:
    rows = read_rows(path, table, "key")
    refuse_repeats(path.name, (row.name for row in rows))
    return rows


def _by_key(items: Any) -> Mapping[str, Any]:
    return MappingProxyType({item.key: item for item in items})


def _fact_ids(folder: Path) -> frozenset[str]:
    """Ids of the dated facts a condition may name; none when the folder holds no facts."""
    path = folder / "constants.toml"
    rows = read_toml(path).get("fact", []) if path.exists() else []
    return frozenset(row["id"] for row in rows if isinstance(row, dict) and "id" in row)


def _sections(path: Path, sources: Mapping[str, Source]) -> tuple[Section, ...]:
    rows = _rows(path, "section")
    sections = tuple(_section(row, sources) for row in rows)
    refuse_repeats(path.name, (question.key for section in sections for question in section.questions))
    return sections


def _section(row: Row, sources: Mapping[str, Source]) -> Section:
    tables = _tables(row, "question")
    questions = tuple(_question(Row(row.file, table, "key"), row.name, sources) for table in tables)
    section = Section(key=row.name, text=row.text("text"), questions=questions)
    row.done()
    return section


def _question(row: Row, section: str, sources: Mapping[str, Source]) -> Question:
    options = tuple(_option(row, table) for table in row.get("options") or [])
    refuse_repeats(f"{row.file}: {row.name}", (option.value for option in options))
    question = Question(
        key=row.name,
        section=section,
        kind=cast(Any, _one_of(row, "kind", KINDS)),
        text=row.text("text"),
        help=row.optional_text("help"),
        options=options,
        show_when=_condition(row, "show_when"),
        profile=_profile_field(row),
        citations=row.citations(sources),
    )
    row.done()
    if bool(options) is not (question.kind in ("choice", "multi")):
        row.fail(f"a {question.kind} question and its options do not fit")
    return question


def _profile_field(row: Row) -> str | None:
    field = row.get("profile")
    if field is not None and field not in PROFILE_FIELDS:
        row.fail(f"unknown profile field {field!r}")
    return cast(str | None, field)


def _option(row: Row, table: object) -> Option:
    option = Row(f"{row.file}: {row.name}", table, "value")
    found = Option(value=option.name, text=option.text("text"))
    option.done()
    return found


def _finding(row: Row, sources: Mapping[str, Source]) -> FindingRule:
    when = _condition(row, "when")
    if when is None:
        row.fail("when is missing")
    finding = FindingRule(
        key=row.name,
        when=when,
        severity=cast(Severity, _one_of(row, "severity", SEVERITIES)),
        party=cast(Party, _one_of(row, "party", PARTIES)),
        gate=_gate(row),
        title=row.text("title"),
        advice=row.text("advice"),
        citations=row.citations(sources),
        documents=_words(row, "documents"),
        tasks=_words(row, "tasks"),
        due=_due(row),
        asks_delegation=row.flag("asks_delegation", default=False),
        asks_security=row.flag("asks_security", default=False),
    )
    row.done()
    return finding


def _due(row: Row) -> DueFrom | None:
    table = row.get("due")
    if table is None:
        return None
    due = Row(f"{row.file}: {row.name}", table, "answer")
    found = DueFrom(answer=due.name, days=due.string("days") if due.get("days") is not None else None)
    due.done()
    return found


def _document(row: Row, sources: Mapping[str, Source]) -> DocumentKind:
    document = DocumentKind(
        key=row.name,
        number=row.whole("number"),
        name=row.text("name"),
        why=row.text("why"),
        from_party=cast(Party, _one_of(row, "from_party", PARTIES)),
        stage=_stage(row),
        expires=row.flag("expires", default=False),
        due_days=_days(row, "due_days"),
        citations=row.citations(sources),
    )
    row.done()
    return document


def _task(row: Row, sources: Mapping[str, Source]) -> TaskKind:
    task = TaskKind(
        key=row.name,
        name=row.text("name"),
        how=row.text("how"),
        waiting_on=cast(Party, _one_of(row, "waiting_on", PARTIES)),
        gate=_gate(row),
        due_days=_days(row, "due_days"),
        is_client_visible=row.flag("is_client_visible"),
        citations=row.citations(sources),
    )
    row.done()
    return task


def _template(row: Row) -> EngagementTemplate:
    template = EngagementTemplate(
        key=row.name,
        version=row.whole("version"),
        name=row.text("name"),
        purpose=row.text("purpose"),
        stages=tuple(_stage_name(row, table) for table in _tables(row, "stages")),
        steps=tuple(_step(Row(f"{row.file}: {row.name}", table, "key")) for table in _tables(row, "steps")),
        duration_days=_days(row, "duration_days"),
    )
    row.done()
    if any(step.stage > len(template.stages) for step in template.steps):
        row.fail("a step stands in a stage that is not there")
    refuse_repeats(f"{row.file}: {row.name}", (f"{step.kind} {step.key}" for step in template.steps))
    return template


def _stage_name(row: Row, table: object) -> Text:
    stage = Row(f"{row.file}: {row.name}", table, "key")
    name = stage.text("name")
    stage.done()
    return name


def _step(row: Row) -> TemplateStep:
    step = TemplateStep(
        kind=cast(Any, _one_of(row, "kind", ("task", "document"))),
        key=row.name,
        stage=_stage(row),
        after_days=_days(row, "after_days"),
        when=_condition(row, "when"),
        anew=row.flag("anew", default=False),
    )
    row.done()
    if step.anew and step.kind != "document":
        row.fail("only a document is asked for anew")
    return step


def _one_of(row: Row, key: str, choices: Sequence[str]) -> str:
    value = row.string(key)
    if value not in choices:
        row.fail(f"{key} has to be one of {', '.join(choices)}, found {value!r}")
    return value


def _stage(row: Row) -> int:
    stage = row.whole("stage")
    if not 1 <= stage <= LAST_GATE:
        row.fail(f"stage has to be 1 to {LAST_GATE}, found {stage}")
    return stage


def _gate(row: Row) -> int | None:
    gate = row.whole("gate", default=0)
    if not 0 <= gate <= LAST_GATE:
        row.fail(f"gate has to be 1 to {LAST_GATE}, found {gate}")
    return gate or None


def _days(row: Row, key: str) -> int:
    days = row.whole(key)
    if days < 0:
        row.fail(f"{key} has to be zero or more, found {days}")
    return days


def _words(row: Row, key: str) -> tuple[str, ...]:
    values = row.get(key) or []
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        row.fail(f"{key} has to be a list of keys, found {values!r}")
    refuse_repeats(f"{row.file}: {row.name}", values)
    return tuple(values)


def _tables(row: Row, key: str) -> list[object]:
    tables = row.get(key)
    if not isinstance(tables, list) or not tables:
        row.fail(f"{key} is missing")
    return tables


def _condition(row: Row, key: str) -> Condition | None:
    value = row.get(key)
    return None if value is None else _frozen_condition(row, value)


def _frozen_condition(row: Row, value: object) -> Condition:
    """A condition of the known grammar, read-only. RulebookError on an unknown group, subject or operator."""
    if not isinstance(value, dict):
        row.fail(f"condition {value!r} has to be a table")
    group = next((name for name in GROUPS if name in value), None)
    if group is not None:
        if set(value) != {group} or not isinstance(value[group], list) or not value[group]:
            row.fail(f"condition group {group} has to hold a list and nothing else")
        return MappingProxyType({group: tuple(_frozen_condition(row, part) for part in value[group])})
    subjects, operators = set(value) & set(SUBJECTS), set(value) - set(SUBJECTS)
    if len(subjects) != 1 or len(operators) != 1:
        row.fail(f"condition {value!r} needs one of {', '.join(SUBJECTS)} and one operator")
    if unknown := operators - set(OPERATORS):
        row.fail(f"unknown operator {', '.join(unknown)}")
    _check_operand(row, operators.pop(), value)
    return MappingProxyType(value)


def _check_operand(row: Row, operator: str, condition: dict[str, Any]) -> None:
    operand = condition[operator]
    if operator == "in" and not isinstance(operand, list):
        row.fail(f"in needs a list, found {operand!r}")
    if operator in ("empty", "answered") and not isinstance(operand, bool):
        row.fail(f"{operator} needs true or false, found {operand!r}")
    if isinstance(operand, float) or (isinstance(operand, dict) and set(operand) != {"fact"}):
        row.fail(f"{operator} cannot be compared with {operand!r}")
