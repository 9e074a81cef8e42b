"""Guarantees, commands: figures a client's contact told, and what the firm makes of them: taken over, or sent back."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from tracker.clients.models import ProgramAccount
from tracker.coordination.commands import finish_task, return_task, words_for_client
from tracker.coordination.enums import Party, TaskState
from tracker.coordination.models import Task
from tracker.guarantees.commands.figures import check_figure, note_portal_figure
from tracker.guarantees.enums import ToldState
from tracker.guarantees.models import PortalFigure, ToldFigure
from tracker.guarantees.queries import open_accounts, told_waiting
from tracker.platform.actor import Actor
from tracker.platform.audit import record
from tracker.platform.clock import now
from tracker.platform.db import db
from tracker.platform.edge import check_version
from tracker.platform.errors import Refusal


def tell_figures(
    actor: Actor,
    *,
    client_id: UUID,
    task_id: UUID | None,
    amounts: Mapping[UUID, Decimal],
    read_on: date,
    today: date,
) -> int:
    """Keep what a contact says the portal showed (CAD by account), for the firm to check; returns how many were told.

    Nothing rests on them until `accept_told`. `task_id` is the step they answer, None where none asked. Told again for an account, the newer replaces what still waits. Refusal for
    an account that is not an open one of this client, an amount below zero or a day that has not come.
    """
    known = {account.id for account in open_accounts(client_id)}
    waiting = {row.program_account_id: row for row in told_waiting([client_id])}
    for account_id, amount in amounts.items():
        if account_id not in known:
            raise Refusal(None, _("This account is no longer there."))
        cents = check_figure(amount, read_on, today)
        row = waiting.get(account_id)
        if row is None:
            row = ToldFigure(client_id=client_id, program_account_id=account_id)
            db.session.add(row)
        row.task_id, row.amount, row.read_on = task_id, cents, read_on
        row.told_by, row.sent_at = actor.name, now()
        record(actor, "told-figure:told", row)
    db.session.flush()
    return len(amounts)


def accept_told(actor: Actor, *, told: ToldFigure, version: int, today: date) -> PortalFigure:
    """Take a told figure over: from now on it is the portal's. When it was the last of its step, the step is done."""
    _decide(actor, told, version, ToldState.ACCEPTED, today)
    account = db.session.get_one(ProgramAccount, told.program_account_id)
    figure = note_portal_figure(
        actor, account=account, amount=told.amount, read_on=told.read_on, today=today, read_by=told.told_by
    )
    record(actor, "told-figure:accepted", told)
    db.session.flush()
    task = _step_of(told)
    if task is not None and not _waits_still(task):
        finish_task(actor, task=task, version=task.version)
    return figure


def refuse_told(actor: Actor, *, told: ToldFigure, version: int, reason: str, today: date) -> ToldFigure:
    """Send a told figure back: its step waits on the client again, who reads the reason. Refusal without one."""
    _decide(actor, told, version, ToldState.REFUSED, today)
    told.reason = words_for_client(reason)
    record(actor, "told-figure:refused", told)
    task = _step_of(told)
    if task is not None:
        return_task(actor, task=task, version=task.version, reason=told.reason)
    return told


def _decide(actor: Actor, told: ToldFigure, version: int, state: ToldState, today: date) -> None:
    check_version(told, version)
    if told.state is not ToldState.WAITING:
        raise Refusal(None, _("Somebody has decided on this figure already."))
    told.state, told.decided_on, told.decided_by = state, today, actor.name


def _step_of(told: ToldFigure) -> Task | None:
    """The step it answered, as long as that waits on us."""
    task = db.session.get(Task, told.task_id) if told.task_id else None
    is_ours = task is not None and task.state is TaskState.OPEN and task.waiting_on is Party.US
    return task if is_ours else None


def _waits_still(task: Task) -> bool:
    query = select(ToldFigure.id).where(ToldFigure.task_id == task.id, ToldFigure.state == ToldState.WAITING)
    return db.session.scalars(query.limit(1)).first() is not None
