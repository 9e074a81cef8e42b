"""Coordination, commands: partners, delegations of authority, tasks and who they wait on."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from tracker.coordination.enums import (
    DelegationLevel,
    DelegationState,
    PartnerKind,
    Party,
    TaskState,
    Visibility,
)
from tracker.coordination.models import Delegation, Partner, Task
from tracker.coordination.rules import can_move, partner_key
from tracker.platform.actor import Actor
from tracker.platform.audit import record
from tracker.platform.clock import today
from tracker.platform.db import db
from tracker.platform.edge import check_version
from tracker.platform.errors import Refusal
from tracker.rulebook.book import rules_at


def find_or_add_partner(actor: Actor, *, kind: PartnerKind, name: str, **details: Any) -> Partner:
    """The partner of this kind and name (case and blanks forgiven), added when there is none."""
    key = partner_key(name)
    found = db.session.scalar(select(Partner).where(Partner.kind == kind, Partner.name_key == key))
    if found is not None:
        return found
    partner = Partner(kind=kind, name=" ".join(name.split()), name_key=key, **details)
    db.session.add(partner)
    record(actor, "partner:added", partner)
    db.session.flush()
    return partner


def edit_partner(actor: Actor, *, partner: Partner, version: int, name: str, **details: Any) -> Partner:
    """Change a partner's card. Refusal on "name" when another of its kind has that name."""
    check_version(partner, version)
    key = partner_key(name)
    other = db.session.scalar(
        select(Partner.id).where(Partner.kind == partner.kind, Partner.name_key == key, Partner.id != partner.id)
    )
    if other is not None:
        raise Refusal("name", _("There is already a partner of this name."))
    partner.name, partner.name_key = " ".join(name.split()), key
    for field, value in details.items():
        setattr(partner, field, value)
    record(actor, "partner:edited", partner)
    return partner


def _delegation(client_id: UUID, partner_id: UUID, program_account_id: UUID | None) -> Delegation | None:
    account = (
        Delegation.program_account_id.is_(None)
        if program_account_id is None
        else Delegation.program_account_id == program_account_id
    )
    return db.session.scalar(
        select(Delegation).where(Delegation.client_id == client_id, Delegation.partner_id == partner_id, account)
    )


def ask_delegation(
    actor: Actor,
    *,
    client_id: UUID,
    partner_id: UUID,
    program_account_id: UUID | None = None,
    level: DelegationLevel | None = None,
    requested_on: date | None = None,
) -> Delegation:
    """Note that a provider asked for authority; one record a provider and account, made when missing.

    Already asked or approved: nothing changes. `program_account_id` None is business level: the BN9 with all RMs.
    """
    row = _delegation(client_id, partner_id, program_account_id)
    if row is None:
        row = Delegation(client_id=client_id, partner_id=partner_id, program_account_id=program_account_id)
        db.session.add(row)
    elif row.state in (DelegationState.REQUESTED, DelegationState.APPROVED):
        return row
    row.level = level or (DelegationLevel.PROGRAM if program_account_id else DelegationLevel.BUSINESS)
    row.state, row.requested_on = DelegationState.REQUESTED, requested_on or today()
    row.decided_on = row.decided_by = None
    record(actor, "delegation:requested", row)
    db.session.flush()
    return row


def name_broker(
    actor: Actor, *, client_id: UUID, partner_id: UUID, program_account_id: UUID | None = None
) -> Delegation:
    """Put a provider on a client's list before anything was asked."""
    row = _delegation(client_id, partner_id, program_account_id)
    if row is None:
        level = DelegationLevel.PROGRAM if program_account_id else DelegationLevel.BUSINESS
        row = Delegation(client_id=client_id, partner_id=partner_id, program_account_id=program_account_id, level=level)
        db.session.add(row)
        record(actor, "delegation:named", row)
        db.session.flush()
    return row


def decide_delegation(
    actor: Actor,
    *,
    delegation: Delegation,
    version: int,
    state: DelegationState,
    decided_on: date,
    decided_by: str | None = None,
    visibility: Visibility | None = None,
    review_on: date | None = None,
) -> Delegation:
    """Note what the importer decided in the portal: who, when, how much is visible. Refusal on "state" for a move that is none."""
    check_version(delegation, version)
    if not can_move(delegation.state, state):
        raise Refusal("state", _("It cannot go there from where it stands."))
    if delegation.requested_on and decided_on < delegation.requested_on:
        raise Refusal("decided_on", _("This is before it was asked for."))
    if decided_on > today():
        raise Refusal("decided_on", _("This day has not come yet."))
    delegation.state = state
    if state is DelegationState.REQUESTED:
        delegation.requested_on, delegation.decided_on = decided_on, None
    else:
        delegation.decided_on, delegation.decided_by = decided_on, decided_by
        delegation.verified_on = decided_on if state is DelegationState.APPROVED else delegation.verified_on
    if visibility is not None:
        delegation.visibility = visibility
    delegation.review_on = review_on
    record(actor, f"delegation:{state.value}", delegation)
    return delegation


def revoke_delegation(actor: Actor, *, delegation: Delegation, version: int, decided_on: date) -> Delegation:
    """Note that the importer took the authority back."""
    return decide_delegation(
        actor, delegation=delegation, version=version, state=DelegationState.REVOKED, decided_on=decided_on
    )


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
    """Add a task; it waits on its party from today."""
    if not title and not kind:
        raise Refusal("title", _("Say what has to be done."))
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


def edit_task(actor: Actor, *, task: Task, version: int, waiting_on: Party, **details: Any) -> Task:
    """Change a task; the clock of whom it waits on starts again when that changes."""
    check_version(task, version)
    if task.waiting_on is not waiting_on:
        task.waiting_on, task.waiting_since = waiting_on, today()
    for field, value in details.items():
        setattr(task, field, value)
    record(actor, "task:edited", task)
    return task


def reschedule_task(actor: Actor, *, task: Task, version: int, due_on: date) -> Task:
    """Set the day an open task is due."""
    check_version(task, version)
    if task.state is not TaskState.OPEN:
        raise Refusal(None, _("This task is not open."))
    task.due_on = due_on
    record(actor, "task:rescheduled", task)
    return task


def move_task(actor: Actor, *, task: Task, version: int, waiting_on: Party) -> Task:
    """Hand a task to another party; its clock starts again."""
    check_version(task, version)
    if task.waiting_on is not waiting_on:
        task.waiting_on, task.waiting_since = waiting_on, today()
        record(actor, "task:moved", task)
    return task


def finish_task(actor: Actor, *, task: Task, version: int) -> Task:
    """Done. Refusal when it is not open."""
    check_version(task, version)
    if task.state is not TaskState.OPEN:
        raise Refusal(None, _("This task is not open."))
    task.state, task.done_on, task.done_by = TaskState.DONE, today(), actor.name
    record(actor, "task:done", task)
    return task


def reopen_task(actor: Actor, *, task: Task, version: int) -> Task:
    """Open again; its clock starts again."""
    check_version(task, version)
    if task.state is TaskState.OPEN:
        raise Refusal(None, _("This task is open already."))
    task.state, task.done_on, task.done_by, task.waiting_since = TaskState.OPEN, None, None, today()
    record(actor, "task:reopened", task)
    return task


def cancel_task(actor: Actor, *, task: Task, version: int) -> Task:
    """No longer needed. Refusal when it is not open."""
    check_version(task, version)
    if task.state is not TaskState.OPEN:
        raise Refusal(None, _("This task is not open."))
    task.state, task.done_on, task.done_by = TaskState.CANCELLED, today(), actor.name
    record(actor, "task:cancelled", task)
    return task


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
