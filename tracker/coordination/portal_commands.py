"""Coordination, commands: what a client's own contact may do with a task."""

from uuid import UUID

from flask_babel import gettext as _

from tracker.coordination.enums import Party, TaskState
from tracker.coordination.models import Task
from tracker.platform.actor import Actor
from tracker.platform.audit import record
from tracker.platform.clock import today
from tracker.platform.db import db
from tracker.platform.edge import check_version
from tracker.platform.errors import Refusal


def hand_back_task(actor: Actor, *, task_id: UUID, version: int) -> Task:
    """The client says a step is done: from now on it waits on us, who look and close it.

    Refusal when the step is not one that waits on the client; Stale when it changed meanwhile.
    """
    task = db.session.get(Task, task_id, with_for_update=True)
    if task is None or not task.is_client_visible:
        raise Refusal(None, _("This step is no longer there."))
    check_version(task, version)
    if task.state is not TaskState.OPEN or task.waiting_on is not Party.CLIENT:
        raise Refusal(None, _("This step is not waiting on you."))
    task.waiting_on, task.waiting_since, task.returned_reason = Party.US, today(), None
    record(actor, "task:handed-back", task)
    return task
