"""Readiness, queries: what is open and what is late of many clients' tasks and documents, and the stage their work is in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from tracker.coordination.enums import Party
from tracker.coordination.rules import is_late as is_task_late
from tracker.documents.enums import RequestState
from tracker.documents.models import DocumentRequest
from tracker.documents.rules import OPEN, is_late, state_on
from tracker.engagements.enums import EngagementState
from tracker.engagements.models import Engagement
from tracker.platform.db import db
from tracker.readiness.gathering import OpenTask


@dataclass(slots=True)
class TaskCounts:
    """A client's open tasks on a day; `oldest` is since when somebody else is waited on, and who."""

    open: int = 0
    late: int = 0
    oldest: tuple[date, str] | None = None
    next_on: date | None = None


@dataclass(slots=True)
class DocumentCounts:
    """A client's document requests on a day; what is not required is out of all of them."""

    open: int = 0
    late: int = 0
    accepted: int = 0
    required: int = 0
    next_on: date | None = None


NO_DOCUMENTS = DocumentCounts()  # of whom nothing was ever asked


def count_tasks(rows: Iterable[OpenTask], day: date) -> TaskCounts:
    """The counts of these open tasks on `day`."""
    sums = TaskCounts()
    for task in rows:
        sums.open += 1
        sums.late += is_task_late(task.due_on, day)
        if task.waiting_on is not Party.US and (sums.oldest is None or task.waiting_since < sums.oldest[0]):
            sums.oldest = (task.waiting_since, task.waiting_on.value)
        sums.next_on = _sooner(sums.next_on, task.due_on, day)
    return sums


def _sooner(known: date | None, due_on: date | None, day: date) -> date | None:
    if due_on is None or due_on < day:
        return known
    return due_on if known is None else min(known, due_on)


def documents_counted(client_ids: Sequence[UUID], day: date) -> Mapping[UUID, DocumentCounts]:
    """The document counts of these clients (those in scope) on `day`, in one statement; none for who was asked nothing."""
    query = select(
        DocumentRequest.client_id, DocumentRequest.due_on, DocumentRequest.state, DocumentRequest.expires_on
    ).where(DocumentRequest.client_id.in_(client_ids), DocumentRequest.state != RequestState.NOT_REQUIRED)
    found: dict[UUID, DocumentCounts] = {}
    for client_id, due_on, state, expires_on in db.session.execute(query):
        sums = found.setdefault(client_id, DocumentCounts())
        sums.required += 1
        sums.accepted += state_on(state, expires_on, day) is RequestState.ACCEPTED
        if state in OPEN:
            sums.open += 1
            sums.late += is_late(state, due_on, day)
            sums.next_on = _sooner(sums.next_on, due_on, day)
    return found


def stages_of(client_ids: Sequence[UUID]) -> Mapping[UUID, tuple[str, int, date]]:
    """(template, stage, since) of each client's open engagement, of several the one opened first; in one statement."""
    query = (
        select(Engagement.client_id, Engagement.template, Engagement.stage, Engagement.stage_since)
        .where(Engagement.client_id.in_(client_ids), Engagement.state == EngagementState.OPEN)
        .order_by(Engagement.opened_on, Engagement.template)
    )
    found: dict[UUID, tuple[str, int, date]] = {}
    for client_id, template, stage, since in db.session.execute(query):
        found.setdefault(client_id, (template, stage, since))
    return found
