"""Desk, commands: close an engagement together with the tasks and documents that are still open in it."""

from datetime import date

from flask_babel import gettext as _

from tracker.coordination import commands as coordination
from tracker.coordination.queries import get_task
from tracker.desk.engagement_work import EngagementWork, engagement_work
from tracker.documents import commands as documents
from tracker.engagements import commands as engagements
from tracker.engagements.models import Engagement
from tracker.permissions import Permission
from tracker.platform.actor import Actor
from tracker.platform.errors import Refusal

CANCEL, KEEP = "cancel", "keep"


def may_cancel(actor: Actor, work: EngagementWork) -> bool:
    """Whether this person may end what is still open: tasks and documents each ask for their own permission."""
    may_end_tasks = not work.tasks_to_do or actor.may(Permission.TASK_EDIT)
    return may_end_tasks and (not work.requests_to_do or actor.may(Permission.DOCUMENT_REQUEST))


def close_with_work(
    actor: Actor,
    *,
    engagement: Engagement,
    version: int,
    on: date,
    closing_note: str,
    open_work: str | None = None,
) -> Engagement:
    """Close an engagement. What is still open in it goes with it ("cancel") or stays ("keep"): nobody closes over it unawares.

    Refusal on "open_work" when something is open and nobody said what becomes of it, or who said so may not cancel it.
    """
    work = engagement_work(engagement.id, on)
    if work.is_open and open_work not in (CANCEL, KEEP):
        raise Refusal("open_work", _("Say what becomes of what is still open."))
    if open_work == CANCEL and not may_cancel(actor, work):
        raise Refusal(
            "open_work", _("You may not cancel all of what is still open. Let it stay open, or ask someone who may.")
        )
    engagements.close_engagement(actor, engagement=engagement, version=version, on=on, closing_note=closing_note)
    if open_work == CANCEL:
        _cancel(actor, work, closing_note.strip())
    return engagement


def _cancel(actor: Actor, work: EngagementWork, reason: str) -> None:
    for row in work.tasks_to_do:
        task = get_task(row.id)
        if task is not None:
            coordination.cancel_task(actor, task=task, version=row.version)
    for request in work.requests_to_do:
        documents.set_not_required(actor, request_id=request.id, version=request.version, reason=reason)
