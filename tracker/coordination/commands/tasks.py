"""Coordination, commands: tasks and who they wait on."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select, true

from tracker.clients.queries import archived
from tracker.coordination.enums import PartnerKind, Party, TaskState
from tracker.coordination.models import Delegation, Partner, Task
from tracker.coordination.queries import GONE, reaches
from tracker.platform.actor import Actor
from tracker.platform.audit import record
from tracker.platform.clock import today
from tracker.platform.db import db
from tracker.platform.edge import check_version
from tracker.platform.errors import Refusal
from tracker.rulebook.book import rules_at


def ensure_task(
    actor: Actor,
    *,
    client_id: UUID,
    kind: str,
    engagement_id: UUID | None = None,
    program_account_id: UUID | None = None,
    partner_id: UUID | None = None,
    finding: str | None = None,
    due_on: date | None = None,
    owner_id: UUID | None = None,
) -> Task | None:
    """A task of a rulebook kind, unless one of that kind is open (for the same account). None when nothing was added."""
    account = (
        Task.program_account_id.is_(None)
        if program_account_id is None
        else Task.program_account_id == program_account_id
    )
    existing = db.session.scalar(
        select(Task.id).where(Task.client_id == client_id, Task.kind == kind, Task.state == TaskState.OPEN, account)
    )
    if existing is not None:
        return None
    rule = rules_at(today()).tasks[kind]
    return add_task(
        actor,
        client_id=client_id,
        kind=kind,
        engagement_id=engagement_id,
        program_account_id=program_account_id,
        partner_id=partner_id,
        finding=finding,
        waiting_on=Party(rule.waiting_on),
        due_on=due_on,
        owner_id=owner_id,
        is_client_visible=rule.is_client_visible,
    )


def add_task(
    actor: Actor,
    *,
    client_id: UUID,
    title: str | None = None,
    kind: str | None = None,
    waiting_on: Party = Party.US,
    due_on: date | None = None,
    **details: Any,
) -> Task:
    """Add a task; it waits on its party from today. One that waits on a broker is the client's only broker's."""
    if not title and not kind:
        raise Refusal("title", _("Say what has to be done."))
    if waiting_on is Party.BROKER and details.get("partner_id") is None:
        details["partner_id"] = only_broker(client_id, details.get("program_account_id"))
    task = Task(
        client_id=client_id,
        title=title,
        kind=kind,
        waiting_on=waiting_on,
        waiting_since=today(),
        due_on=due_on,
        **details,
    )
    db.session.add(task)
    record(actor, "task:added", task)
    db.session.flush()
    return task


def only_broker(client_id: UUID, account_id: UUID | None = None) -> UUID | None:
    """The one broker of a client, of those trusted with this account where one is named; None where there is none, or
    several: then a person says which."""
    query = (
        select(Delegation.partner_id)
        .join(Partner, Partner.id == Delegation.partner_id)
        .where(Delegation.client_id == client_id, Partner.kind == PartnerKind.BROKER, Delegation.state.not_in(GONE))
        .where(Partner.is_active, reaches(account_id) if account_id else true())
        .distinct()
        .limit(2)
    )
    found = list(db.session.scalars(query))
    return found[0] if len(found) == 1 else None


def give_to_only_broker(actor: Actor, client_id: UUID) -> None:
    """Open tasks that wait on a broker nobody had named are the only broker's, now that there is one."""
    waiting = (Task.client_id == client_id, Task.waiting_on == Party.BROKER, Task.state == TaskState.OPEN)
    for task in db.session.scalars(select(Task).where(*waiting, Task.partner_id.is_(None)).order_by(Task.id)).all():
        partner_id = only_broker(client_id, task.program_account_id)
        if partner_id is not None:
            task.partner_id = partner_id
            record(actor, "task:edited", task)


def take_from_partner(actor: Actor, partner_id: UUID, *where: ColumnElement[bool]) -> None:
    """Open tasks (`where` chooses among them) that name a partner name it no more: one that waits on a broker becomes the
    client's only other one's, else a person says whose it is. An archived client's file stays as it is."""
    db.session.flush()
    named = (Task.partner_id == partner_id, Task.state == TaskState.OPEN, Task.client_id.not_in(archived()))
    lost = db.session.scalars(select(Task).where(*named, *where).order_by(Task.id)).all()
    for task in lost:
        task.partner_id = None
        record(actor, "task:edited", task)
    db.session.flush()
    for client_id in dict.fromkeys(task.client_id for task in lost):
        give_to_only_broker(actor, client_id)
    db.session.flush()


def edit_task(actor: Actor, *, task: Task, version: int, waiting_on: Party, **details: Any) -> Task:
    """Change a task; the clock of whom it waits on starts again when that changes. A broker is named as in add_task."""
    check_version(task, version)
    for field, value in details.items():
        setattr(task, field, value)
    _hand(task, waiting_on)
    record(actor, "task:edited", task)
    return task


def reschedule_task(actor: Actor, *, task: Task, version: int, due_on: date) -> Task:
    """Set the day an open task is due."""
    _check_open(task, version)
    task.due_on = due_on
    record(actor, "task:rescheduled", task)
    return task


def move_task(actor: Actor, *, task: Task, version: int, waiting_on: Party) -> Task:
    """Hand a task to another party; its clock starts again. A broker is named as in add_task."""
    check_version(task, version)
    if task.waiting_on is not waiting_on:
        _hand(task, waiting_on)
        record(actor, "task:moved", task)
    return task


def return_task(actor: Actor, *, task: Task, version: int, reason: str) -> Task:
    """Give an open step back to the client, who reads the reason beside it. Refusal where the client would not see it."""
    _check_open(task, version)
    if not task.is_client_visible:
        raise Refusal(None, _("The client does not see this task."))
    said = words_for_client(reason)
    _hand(task, Party.CLIENT)
    task.returned_reason = said
    record(actor, "task:returned", task)
    return task


def words_for_client(reason: str) -> str:
    """A reason as the client reads it. Refusal on "reason" when there is none: nobody can mend what is not said."""
    if not reason.strip():
        raise Refusal("reason", _("Say in a sentence what the client has to look at again."))
    return reason.strip()


def finish_task(actor: Actor, *, task: Task, version: int) -> Task:
    """Done. Refusal when it is not open."""
    return _end(actor, task, version, TaskState.DONE, "task:done")


def reopen_task(actor: Actor, *, task: Task, version: int) -> Task:
    """Open again; its clock starts again."""
    check_version(task, version)
    if task.state is TaskState.OPEN:
        raise Refusal(None, _("This task is open already."))
    task.state, task.done_on, task.done_by, task.waiting_since = TaskState.OPEN, None, None, today()
    task.returned_reason = None
    record(actor, "task:reopened", task)
    return task


def cancel_task(actor: Actor, *, task: Task, version: int) -> Task:
    """No longer needed. Refusal when it is not open."""
    return _end(actor, task, version, TaskState.CANCELLED, "task:cancelled")


def change_many(actor: Actor, *, ids: Sequence[UUID], change: str) -> int:
    """Finish many open tasks ("done"), or hand them to a party (its name); returns how many changed."""
    if change != "done" and change not in set(Party):
        raise Refusal(None, _("Choose one of the list."))
    tasks = db.session.scalars(
        select(Task).where(Task.id.in_(list(ids)), Task.state == TaskState.OPEN).order_by(Task.id)
    )
    count = 0
    for task in tasks:
        if change == "done":
            finish_task(actor, task=task, version=task.version)
        else:
            move_task(actor, task=task, version=task.version, waiting_on=Party(change))
        count += 1
    return count


def _check_open(task: Task, version: int) -> None:
    check_version(task, version)
    if task.state is not TaskState.OPEN:
        raise Refusal(None, _("This task is not open."))


def _end(actor: Actor, task: Task, version: int, state: TaskState, event: str) -> Task:
    _check_open(task, version)
    task.state, task.done_on, task.done_by = state, today(), actor.name
    record(actor, event, task)
    return task


def _hand(task: Task, party: Party) -> None:
    """Let it wait on a party: its clock starts again when that is another, what the last was told is over, and a broker's
    task has a broker if it can."""
    if task.waiting_on is not party:
        task.waiting_on, task.waiting_since, task.returned_reason = party, today(), None
    if party is Party.BROKER and task.partner_id is None:
        task.partner_id = only_broker(task.client_id, task.program_account_id)
