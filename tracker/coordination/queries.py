"""Coordination, queries: tasks, partners and delegations as the pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select

from tracker.accounts.models import UserAccount
from tracker.clients.enums import ClientState
from tracker.clients.models import Client, ProgramAccount
from tracker.coordination.enums import DelegationLevel, DelegationState, PartnerKind, Party, TaskState, Visibility
from tracker.coordination.models import Delegation, Partner, Task
from tracker.coordination.rules import is_late
from tracker.platform.db import db
from tracker.platform.languages import language
from tracker.platform.tenancy import shared_with
from tracker.rulebook.book import rules_at

MOST_TASKS = 200  # of one partner, the oldest first
GONE = (DelegationState.REJECTED, DelegationState.REVOKED)  # the importer said no, or took its authority back


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One task with its words in the reader's language."""

    id: UUID
    client_id: UUID
    client: str
    title: str
    how: str
    waiting_on: Party
    waiting_since: date
    due_on: date | None
    state: TaskState
    owner: str | None
    partner: str | None
    done_on: date | None
    done_by: str | None
    version: int

    def is_late_on(self, day: date) -> bool:
        """Whether it is open past its day."""
        return self.state is TaskState.OPEN and is_late(self.due_on, day)


def get_task(task_id: UUID) -> Task | None:
    """The task, None when it is not in scope."""
    return db.session.get(Task, task_id)


def task_row(task_id: UUID, today: date) -> TaskRow | None:
    """One task, None when it is not in scope."""
    rows = task_rows(_tasks().where(Task.id == task_id), today)
    return rows[0] if rows else None


def tasks_of_engagement(engagement_id: UUID, today: date) -> list[TaskRow]:
    """An engagement's tasks: open ones first, soonest due first, then what is done; cancelled ones are left out."""
    query = _tasks().where(Task.engagement_id == engagement_id, Task.state != TaskState.CANCELLED)
    ordered = query.order_by(Task.state != TaskState.OPEN, Task.due_on.is_(None), Task.due_on, Task.id)
    return task_rows(ordered, today)


def _tasks() -> Any:
    return (
        select(Task, Client.legal_name, UserAccount.name, Partner.name)
        .join(Client, Client.id == Task.client_id)
        .outerjoin(UserAccount, UserAccount.id == Task.owner_id)
        .outerjoin(Partner, Partner.id == Task.partner_id)
    )


def task_rows(query: Select[Task, str, str, str], today: date) -> list[TaskRow]:
    """The rows of a query for (task, client's name, owner's name, partner's name), in its order."""
    return [_task_row(*row, today=today) for row in db.session.execute(query)]


def _task_row(task: Task, client: str, owner: str | None, partner: str | None, *, today: date) -> TaskRow:
    kind, words = rules_at(today).tasks.get(task.kind or ""), language()
    return TaskRow(
        task.id,
        task.client_id,
        client,
        task.title or (kind.name.in_(words) if kind else str(task.kind)),
        task.detail or (kind.how.in_(words) if kind else ""),
        task.waiting_on,
        task.waiting_since,
        task.due_on,
        task.state,
        owner,
        partner,
        task.done_on,
        task.done_by,
        task.version,
    )


@dataclass(frozen=True, slots=True)
class PartnerRow:
    """A partner with how many clients in scope it serves and what it is waited for."""

    id: UUID
    kind: PartnerKind
    name: str
    email: str | None
    clients: int
    open_tasks: int
    oldest_since: date | None


def partner_rows() -> list[PartnerRow]:
    """Partners by kind and name, with their numbers for the active clients in scope; three statements."""
    partners = db.session.scalars(
        select(Partner).where(Partner.is_active.is_(True)).order_by(Partner.kind, Partner.name)
    )
    clients = (
        select(Delegation.partner_id, func.count(func.distinct(Delegation.client_id)))
        .join(Client, Client.id == Delegation.client_id)
        .where(Client.state == ClientState.ACTIVE)
        .group_by(Delegation.partner_id)
    )
    tasks = (
        select(Task.partner_id, func.count(), func.min(Task.waiting_since))
        .join(Client, Client.id == Task.client_id)
        .where(Task.state == TaskState.OPEN, Task.partner_id.is_not(None), Client.state == ClientState.ACTIVE)
        .group_by(Task.partner_id)
    )
    served = {row[0]: row[1] for row in db.session.execute(clients)}
    waited = {row[0]: (row[1], row[2]) for row in db.session.execute(tasks)}
    return [
        PartnerRow(p.id, p.kind, p.name, p.email, served.get(p.id, 0), *waited.get(p.id, (0, None))) for p in partners
    ]


def get_partner(partner_id: UUID) -> Partner | None:
    """A partner."""
    return db.session.get(Partner, partner_id)


def partner_choices(kind: PartnerKind | None = None) -> list[tuple[str, str]]:
    """(id, name) of active partners, for a choice field."""
    query = select(Partner.id, Partner.name).where(Partner.is_active.is_(True)).order_by(Partner.name)
    if kind is not None:
        query = query.where(Partner.kind == kind)
    return [(str(row[0]), row[1]) for row in db.session.execute(query)]


@dataclass(frozen=True, slots=True)
class DelegationRow:
    """One delegation with its partner, client and account."""

    id: UUID
    client_id: UUID
    client: str
    partner_id: UUID
    partner: str
    is_partner_active: bool
    account: str | None
    state: DelegationState
    level: DelegationLevel
    visibility: Visibility
    requested_on: date | None
    decided_on: date | None
    decided_by: str | None
    review_on: date | None
    version: int


def get_delegation(delegation_id: UUID) -> Delegation | None:
    """The delegation, None when it is not in scope."""
    return db.session.get(Delegation, delegation_id)


def delegations_of(client_id: UUID) -> list[DelegationRow]:
    """A client's delegations by partner and account."""
    return _delegations(Delegation.client_id == client_id)


def delegations_for_partner(partner_id: UUID) -> list[DelegationRow]:
    """A partner's delegations over the clients in scope."""
    return _delegations(*_of_partner(partner_id))


def _of_partner(partner_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return Delegation.partner_id == partner_id, Client.state == ClientState.ACTIVE


def tasks_for_partner(partner_id: UUID, today: date) -> list[TaskRow]:
    """Open tasks that name a partner, the oldest first; at most 200."""
    return task_rows(_tasks_of_partner(partner_id), today)


def _tasks_of_partner(partner_id: UUID) -> Any:
    return (
        _tasks()
        .where(Task.partner_id == partner_id, Task.state == TaskState.OPEN, Client.state == ClientState.ACTIVE)
        .order_by(Task.waiting_since, Task.id)
        .limit(MOST_TASKS)
    )


def _delegations(*where: ColumnElement[bool]) -> list[DelegationRow]:
    query = (
        select(Delegation, Client.legal_name, Partner.name, Partner.is_active, ProgramAccount.number)
        .join(Client, Client.id == Delegation.client_id)
        .join(Partner, Partner.id == Delegation.partner_id)
        .outerjoin(ProgramAccount, ProgramAccount.id == Delegation.program_account_id)
        .where(*where)
        .order_by(Partner.name, Client.legal_name, ProgramAccount.number, Delegation.id)
        .limit(2000)
    )
    return [_delegation_row(*row) for row in db.session.execute(query)]


def _delegation_row(row: Delegation, client: str, partner: str, is_active: bool, number: str | None) -> DelegationRow:
    return DelegationRow(
        row.id,
        row.client_id,
        client,
        row.partner_id,
        partner,
        is_active,
        number,
        row.state,
        row.level,
        row.visibility,
        row.requested_on,
        row.decided_on,
        row.decided_by,
        row.review_on,
        row.version,
    )


@dataclass(frozen=True, slots=True)
class BrokerList:
    """What a broker's own people see: their firm's delegations and the tasks that name it. Nothing else of a client."""

    name: str
    delegations: Sequence[DelegationRow]
    tasks: Sequence[TaskRow]


def broker_list(partner_id: UUID, today: date) -> BrokerList | None:
    """The list of one broker, whatever clients share it; None when there is none, or the firm works with it no more.

    Filtered on the partner here, and once more by the database. A client that took its authority back, or that the firm
    looks after no more, is gone from it with all its tasks; one the firm named it for is there before it has asked.
    A task handed on to somebody else is asked of the broker no more.
    """
    partner = get_partner(partner_id)
    if partner is None or not partner.is_active:
        return None
    with shared_with(db.session(), partner_id):
        live = _delegations(*_of_partner(partner_id), Delegation.state.not_in(GONE))
        asked = _tasks_of_partner(partner_id).where(Task.waiting_on == Party.BROKER, is_trusted())
        return BrokerList(partner.name, live, task_rows(asked, today))


def is_trusted() -> ColumnElement[bool]:
    """Of a task that names a broker: whether its client still has it, for the whole business or the task's own account.

    Asked of what is there, never by what is missing: a broker without a delegation sees nothing of a client.
    """
    query = select(Delegation.id).where(
        Delegation.client_id == Task.client_id,
        Delegation.partner_id == Task.partner_id,
        Delegation.state.not_in(GONE),
        or_(Task.program_account_id.is_(None), reaches(Task.program_account_id)),
    )
    return query.correlate(Task).exists()


def reaches(account: Any) -> ColumnElement[bool]:
    """Whether a delegation is over this account (an id, or a column): by its own RM, or by the whole business."""
    return or_(Delegation.program_account_id.is_(None), Delegation.program_account_id == account)
