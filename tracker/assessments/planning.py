"""Assessments, queries: the plan that follows from a sheet, laid beside what exists already. Nothing is written here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from sqlalchemy import select

from tracker.assessments.rules import Plan, PlanItem, due_dates, plan_for
from tracker.assessments.sheet import Sheet
from tracker.coordination.enums import DelegationState, PartnerKind, TaskState
from tracker.coordination.models import Delegation, Partner, Task
from tracker.documents.models import DocumentRequest
from tracker.documents.rules import is_answered
from tracker.documents.wording import state_word
from tracker.platform.db import db
from tracker.rulebook.task_kinds import READ_REQUIREMENT
from tracker.rulebook.types import Text

LineKind = Literal["document", "task", "delegation"]


@dataclass(frozen=True, slots=True)
class Line:
    """One thing the plan asks for, and what of it exists."""

    item: str  # "document:bn_confirmation", "task:get_bn", "delegation"
    kind: LineKind
    key: str
    name: Text
    why: Text | None
    party: str
    severity: str
    due_on: date | None
    findings: tuple[str, ...]
    existing_id: UUID | None  # what stands already and is left alone
    existing_state: str

    @property
    def is_new(self) -> bool:
        """Whether applying the plan would create it."""
        return self.existing_id is None


@dataclass(frozen=True, slots=True)
class PlanShown:
    """The whole plan beside what exists."""

    documents: tuple[Line, ...]
    tasks: tuple[Line, ...]
    delegation: Line | None
    delegations: tuple[tuple[str, DelegationState], ...]  # providers asked or approved already
    security: tuple[str, ...]  # findings that ask for security

    @property
    def lines(self) -> tuple[Line, ...]:
        """Everything, documents first."""
        return (*self.documents, *self.tasks, *((self.delegation,) if self.delegation else ()))

    @property
    def new_items(self) -> list[str]:
        """What applying all of it would create."""
        return [line.item for line in self.lines if line.is_new]


def lay_out(sheet: Sheet, on: date) -> PlanShown:
    """The plan of a sheet with due dates counted from `on`."""
    plan = plan_for(sheet.rules, sheet.findings, due_dates(sheet.rules, sheet.findings, sheet.answers, on))
    tasks = _with_security(plan, sheet)
    requests = _requests(sheet.client_id, on)
    open_tasks = _tasks(sheet.client_id)
    held = _delegations(sheet.client_id)
    return PlanShown(
        documents=tuple(_document(sheet, item, requests, on) for item in plan.documents),
        tasks=tuple(_task(sheet, item, open_tasks, on) for item in tasks),
        delegation=_delegation(plan, sheet) if plan.delegation else None,
        delegations=tuple((row[1], row[2]) for row in held),
        security=plan.security_findings,
    )


def _with_security(plan: Plan, sheet: Sheet) -> tuple[PlanItem, ...]:
    """Security always begins with the portal's figure, also when no finding lists that step itself."""
    if not plan.security or any(item.key == READ_REQUIREMENT for item in plan.tasks):
        return plan.tasks
    severity = next(rule.severity for rule in sheet.findings if rule.key in plan.security_findings)
    first = PlanItem(READ_REQUIREMENT, severity, sheet.rules.tasks[READ_REQUIREMENT].due_days, plan.security_findings)
    return (*plan.tasks, first)


def _document(sheet: Sheet, item: PlanItem, requests: Mapping[str, DocumentRequest], on: date) -> Line:
    kind, standing = sheet.rules.documents[item.key], requests.get(item.key)
    return Line(
        f"document:{item.key}", "document", item.key, kind.name, kind.why, kind.from_party, item.severity,
        item.due_on(on), item.findings,
        standing.id if standing else None, state_word(standing.state) if standing else "",
    )  # fmt: skip


def _task(sheet: Sheet, item: PlanItem, tasks: Mapping[str, Task], on: date) -> Line:
    kind, standing = sheet.rules.tasks[item.key], tasks.get(item.key)
    return Line(
        f"task:{item.key}", "task", item.key, kind.name, kind.how, kind.waiting_on, item.severity,
        item.due_on(on), item.findings,
        standing.id if standing else None, "",
    )  # fmt: skip


def _delegation(plan: Plan, sheet: Sheet) -> Line:
    severity = next(rule.severity for rule in sheet.findings if rule.key in plan.delegation_findings)
    name = Text(
        en="Ask the broker to request access in the portal",
        fr="Demander au courtier de présenter sa demande d'accès dans le portail",
    )
    return Line(
        "delegation", "delegation", "", name, None, "broker", severity, None, plan.delegation_findings, None, ""
    )  # fmt: skip


def _requests(client_id: UUID, on: date) -> dict[str, DocumentRequest]:
    """By kind, what `ensure_request` would leave alone."""
    query = (
        select(DocumentRequest)
        .where(DocumentRequest.client_id == client_id, DocumentRequest.program_account_id.is_(None))
        .order_by(DocumentRequest.requested_on, DocumentRequest.id)
    )
    rows = db.session.scalars(query)
    return {row.kind: row for row in rows if row.kind and is_answered(row.state, row.expires_on, on)}


def _tasks(client_id: UUID) -> dict[str, Task]:
    query = (
        select(Task)
        .where(Task.client_id == client_id, Task.state == TaskState.OPEN, Task.program_account_id.is_(None))
        .order_by(Task.waiting_since, Task.id)
    )
    return {row.kind: row for row in db.session.scalars(query) if row.kind}


def _delegations(client_id: UUID) -> list[tuple[UUID, str, DelegationState]]:
    query = (
        select(Delegation.partner_id, Partner.name, Delegation.state)
        .join(Partner, Partner.id == Delegation.partner_id)
        .where(Delegation.client_id == client_id, Partner.kind == PartnerKind.BROKER)
        .order_by(Partner.name, Delegation.id)
    )
    return [(row[0], row[1], row[2]) for row in db.session.execute(query)]


def broker_choices() -> list[tuple[str, str]]:
    """(id, name) of the active brokers, for a choice field."""
    query = (
        select(Partner.id, Partner.name)
        .where(Partner.kind == PartnerKind.BROKER, Partner.is_active.is_(True))
        .order_by(Partner.name)
    )
    return [(str(row[0]), row[1]) for row in db.session.execute(query)]
