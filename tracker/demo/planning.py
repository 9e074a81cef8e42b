"""The demo firm, planning: what comes due at once is spread over the coming weeks, as a lead does who talks to the client."""

from collections.abc import Collection
from datetime import date, timedelta

from sqlalchemy import select

from tracker.coordination import commands as coordination
from tracker.coordination.enums import TaskState
from tracker.coordination.models import Task
from tracker.demo.file import File
from tracker.documents import commands as documents
from tracker.documents.models import DocumentRequest
from tracker.documents.rules import WAITS_ON_CLIENT
from tracker.platform.db import db

NEAR, APART = 9, 2  # days: what is due within so many is near; what is put off goes so far apart


def spread(file: File, put_off: Collection[str], at_hand: int) -> None:
    """Keep `at_hand` things for the days ahead and put the others off; `put_off` names what waits for something else."""
    last = file.today + timedelta(days=NEAR)
    near = [
        row for row in _open(file) if row.due_on and (_is_near(row.due_on, file.today, last) or row.kind in put_off)
    ]
    kept = 0
    for place, row in enumerate(sorted(near, key=lambda row: (row.due_on or last, str(row.kind)))):
        if kept < at_hand and row.kind not in put_off:
            kept += 1
            continue
        due_on = file.ahead(NEAR + 1 + APART * place)
        if isinstance(row, Task):
            coordination.reschedule_task(file.lead, task=row, version=row.version, due_on=due_on)
        else:
            documents.reschedule_request(file.lead, request_id=row.id, version=row.version, due_on=due_on)


def _is_near(day: date, today: date, last: date) -> bool:
    return today <= day <= last


def _open(file: File) -> list[Task | DocumentRequest]:
    tasks = select(Task).where(Task.client_id == file.client_id, Task.state == TaskState.OPEN, Task.kind.is_not(None))
    asked = select(DocumentRequest).where(
        DocumentRequest.client_id == file.client_id, DocumentRequest.state.in_(WAITS_ON_CLIENT)
    )
    return [*db.session.scalars(tasks), *db.session.scalars(asked)]
