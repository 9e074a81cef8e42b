"""Guarantees, commands: figures a client's contact told, and what the firm makes of them: taken over, or sent back."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import or_, select

from tracker.clients.models import ProgramAccount
from tracker.coordination.commands import add_task, finish_task, return_task, words_for_client
from tracker.coordination.enums import Party, TaskState
from tracker.coordination.models import Task
from tracker.guarantees.commands.figures import check_figure, check_posted, note_portal_figure
from tracker.guarantees.enums import ToldState
from tracker.guarantees.models import PortalFigure, ToldFigure
from tracker.guarantees.queries import open_accounts, told_waiting
from tracker.guarantees.rules.review import CONFIRM_DAYS
from tracker.platform.actor import Actor
from tracker.platform.audit import record
from tracker.platform.clock import now
from tracker.platform.db import db
from tracker.platform.edge import check_version
from tracker.platform.errors import Refusal
from tracker.rulebook.task_kinds import READ_REQUIREMENT


def tell_figures(
    actor: Actor,
    *,
    client_id: UUID,
    task_id: UUID | None,
    amounts: Mapping[UUID, Decimal],
    read_on: date,
    today: date,
    posted: Mapping[UUID, Decimal] | None = None,
) -> int:
    """Keep what a contact says the portal showed (CAD by account), for the firm to check; returns how many were told.

    `posted` is the security it showed beside an amount told (CAD by account), where the contact read that too.

    Nothing rests on them until `accept_told`. `task_id` is the step they answer, None where none asked. Told again for an
    account, the newer replaces what still waits. Refusal for an account that is not an open one of this client, an amount
    below zero or a day that has not come.
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
        row.posted_amount = check_posted((posted or {}).get(account_id))
        row.told_by, row.sent_at = actor.name, now()
        record(actor, "told-figure:told", row)
    db.session.flush()
    return len(amounts)


def accept_told(actor: Actor, *, told: ToldFigure, version: int, today: date) -> PortalFigure:
    """Take a told figure over: from now on it is the portal's of its day. The step is done once nothing of it waits and
    every open account's figure was told for it or read lately: security is sized account by account (facts A-5)."""
    _decide(actor, told, version, ToldState.ACCEPTED, today)
    account = db.session.get_one(ProgramAccount, told.program_account_id)
    figure = note_portal_figure(
        actor, account=account, amount=told.amount, read_on=told.read_on, today=today, read_by=told.told_by,
        posted_amount=told.posted_amount,
    )  # fmt: skip
    record(actor, "told-figure:accepted", told)
    db.session.flush()
    task = db.session.get(Task, told.task_id) if told.task_id else None
    is_ours = task is not None and task.state is TaskState.OPEN and task.waiting_on is Party.US
    if task is not None and is_ours and not _is_still_asked(task, today):
        finish_task(actor, task=task, version=task.version)
    return figure


def refuse_told(actor: Actor, *, told: ToldFigure, version: int, reason: str, today: date) -> ToldFigure:
    """Send a told figure back: a step waits on the client, who reads the reason there. Refusal without one.

    It is the step that asked for it; where that is over or hidden from the client, another that asks, or a new one.
    """
    _decide(actor, told, version, ToldState.REFUSED, today)
    told.reason = words_for_client(reason)
    record(actor, "told-figure:refused", told)
    task = _step_to_return(actor, told)
    return_task(actor, task=task, version=task.version, reason=told.reason)
    return told


def _decide(actor: Actor, told: ToldFigure, version: int, state: ToldState, today: date) -> None:
    check_version(told, version)
    if told.state is not ToldState.WAITING:
        raise Refusal(None, _("Somebody has decided on this figure already."))
    told.state, told.decided_on, told.decided_by = state, today, actor.name


def _step_to_return(actor: Actor, told: ToldFigure) -> Task:
    seen = (Task.client_id == told.client_id, Task.state == TaskState.OPEN, Task.is_client_visible.is_(True))
    asks = or_(Task.id == told.task_id, Task.kind == READ_REQUIREMENT)
    found = db.session.scalars(select(Task).where(*seen, asks).order_by(Task.id != told.task_id, Task.id)).first()
    if found is not None:
        return found
    return add_task(
        actor, client_id=told.client_id, kind=READ_REQUIREMENT, waiting_on=Party.CLIENT, is_client_visible=True
    )


def _is_still_asked(task: Task, today: date) -> bool:
    """Whether a figure of this step waits for our check, or an account's was neither told for it nor read lately.

    Of the open accounts: one told for an account that was closed meanwhile stands on no page, and nobody will check it.
    """
    asked = {account.id for account in open_accounts(task.client_id)}
    told = db.session.execute(
        select(ToldFigure.program_account_id, ToldFigure.state).where(ToldFigure.task_id == task.id)
    ).all()
    if any(state is ToldState.WAITING and account_id in asked for account_id, state in told):
        return True
    lately = select(PortalFigure.program_account_id).where(
        PortalFigure.client_id == task.client_id, PortalFigure.read_on >= today - timedelta(days=CONFIRM_DAYS)
    )
    known = {row[0] for row in told if row[1] is ToldState.ACCEPTED} | set(db.session.scalars(lately))
    return not asked <= known
