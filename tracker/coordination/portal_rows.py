"""Coordination, queries: the tasks a client's own contact may see. Frozen rows, for the portal."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from tracker.coordination.enums import Party, TaskState
from tracker.coordination.models import Task
from tracker.coordination.rules import is_late
from tracker.platform.clock import today
from tracker.platform.db import db
from tracker.platform.languages import language
from tracker.rulebook.book import rules_at


@dataclass(frozen=True, slots=True)
class ClientTaskRow:
    """One step shown to the client, words in the reader's language."""

    id: UUID
    client_id: UUID
    kind: str | None  # of the rulebook; None for a step typed by hand
    name: str
    how: str
    waiting_on: Party
    waiting_since: date
    due_on: date | None
    is_late: bool
    is_open: bool
    done_on: date | None
    returned_reason: str | None  # why it came back, while it waits on the client
    version: int


def client_tasks(client_id: UUID) -> list[ClientTaskRow]:
    """The open and done steps of a company that its contact may see, soonest due first."""
    query = select(Task).where(
        Task.client_id == client_id, Task.is_client_visible.is_(True), Task.state != TaskState.CANCELLED
    )
    rows = [_row(task) for task in db.session.scalars(query)]
    return sorted(rows, key=lambda row: (row.due_on or date.max, row.name, str(row.id)))


def client_task(task_id: UUID) -> ClientTaskRow | None:
    """One step; None when it is not in scope or not shown to the client."""
    task = db.session.get(Task, task_id)
    is_shown = task is not None and task.is_client_visible and task.state is not TaskState.CANCELLED
    return _row(task) if task is not None and is_shown else None


def _row(task: Task) -> ClientTaskRow:
    kind = rules_at(today()).tasks.get(task.kind) if task.kind else None
    is_open = task.state is TaskState.OPEN
    return ClientTaskRow(
        id=task.id,
        client_id=task.client_id,
        kind=task.kind,
        name=task.title or (kind.name.in_(language()) if kind else task.kind or ""),
        # A typed detail is the firm's own note; only the rulebook's words are written for the client.
        how=kind.how.in_(language()) if kind else "",
        waiting_on=task.waiting_on,
        waiting_since=task.waiting_since,
        due_on=task.due_on,
        is_late=is_open and task.waiting_on is Party.CLIENT and is_late(task.due_on, today()),
        is_open=is_open,
        done_on=task.done_on,
        returned_reason=task.returned_reason if is_open and task.waiting_on is Party.CLIENT else None,
        version=task.version,
    )
