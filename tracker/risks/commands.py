"""Risks, commands: one task of one risk, and not a second while the first is open."""

from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from tracker.coordination.commands import add_task
from tracker.coordination.enums import Party, TaskState
from tracker.coordination.models import Task
from tracker.platform.actor import Actor
from tracker.platform.clock import today
from tracker.platform.db import db
from tracker.platform.errors import Refusal
from tracker.risks.advice import ADVICE
from tracker.risks.queries import risk_of


def make_task(actor: Actor, *, client_id: UUID, key: str) -> Task:
    """The task of a risk: the open one where there is one. Refusal when the risk is there no more."""
    existing = db.session.scalar(
        select(Task).where(Task.client_id == client_id, Task.finding == key, Task.state == TaskState.OPEN)
    )
    if existing is not None:
        return existing
    risk = risk_of(client_id, key, today())
    if risk is None:
        raise Refusal(None, _("This risk no longer exists: nothing to do."))
    advice = ADVICE[risk.code]
    return add_task(
        actor,
        client_id=client_id,
        kind=advice.task,
        title=None if advice.task else advice.then.in_(actor.language),
        detail=f"{risk.sentence.in_(actor.language)} {risk.cause.in_(actor.language)}",
        waiting_on=Party(advice.party),
        due_on=risk.by_when,
        program_account_id=risk.account_id,
        owner_id=actor.user_id,
        finding=key,
    )
