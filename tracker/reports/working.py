"""Reports, queries: who of the firm has what in hand, within what the reader may see."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func, select

from tracker.accounts.models import UserAccount
from tracker.clients.enums import ClientState, Duty
from tracker.clients.models import Client, Membership
from tracker.coordination.rules import is_late
from tracker.documents.enums import RequestState
from tracker.documents.queries import DocumentRow
from tracker.documents.rules import OPEN
from tracker.platform.clock import TORONTO
from tracker.platform.db import db
from tracker.reports.gathering import TaskRow
from tracker.reports.summing import Workload, middle

SOON_DAYS = 7


def workloads(tasks: Sequence[TaskRow], documents: Sequence[DocumentRow], as_of: date) -> list[Workload]:
    """One row a person who is on a client or owns something, by name; open work that nobody owns comes last, without a name."""
    clients, names = _clients()
    tasks_of, documents_of = (
        defaultdict[UUID | None, list[TaskRow]](list),
        defaultdict[UUID | None, list[DocumentRow]](list),
    )
    for task in tasks:
        tasks_of[task.owner_id].append(task)
        names.setdefault(task.owner_id, task.owner or "")
    for document in documents:
        documents_of[document.owner_id].append(document)
        names.setdefault(document.owner_id, document.owner or "")
    people = sorted((key for key in names if key), key=lambda key: (names[key].casefold(), str(key)))
    is_left = tasks_of[None] or any(row.state in OPEN for row in documents_of[None])
    nobody = [None] if is_left else []
    return [
        _workload(names[key] if key else None, clients.get(key, 0), tasks_of[key], documents_of[key], as_of)
        for key in (*people, *nobody)
    ]


def _workload(
    person: str | None, clients: int, tasks: Sequence[TaskRow], documents: Sequence[DocumentRow], as_of: date
) -> Workload:
    soon = as_of + timedelta(days=SOON_DAYS)
    return Workload(
        person=person,
        clients=clients,
        open_tasks=len(tasks),
        late_tasks=sum(is_late(task.due_on, as_of) for task in tasks),
        tasks_due_soon=sum(task.due_on is not None and as_of <= task.due_on <= soon for task in tasks),
        open_documents=sum(row.state in OPEN for row in documents),
        late_documents=sum(row.is_late for row in documents),
        days_to_accept=middle([days for row in documents if (days := _days_to_accept(row)) is not None]),
    )


def _days_to_accept(row: DocumentRow) -> int | None:
    """From the day it came in to the day it was accepted, Toronto's days."""
    if row.state is not RequestState.ACCEPTED or row.received_at is None or row.decided_on is None:
        return None
    return (row.decided_on - row.received_at.astimezone(TORONTO).date()).days


def _clients() -> tuple[dict[UUID | None, int], dict[UUID | None, str]]:
    """How many active clients each person of the firm is on, and their names."""
    query = (
        select(UserAccount.id, UserAccount.name, func.count(Client.id.distinct()))
        .join(Membership, Membership.user_id == UserAccount.id)
        .join(Client, Client.id == Membership.client_id)
        .where(Client.state == ClientState.ACTIVE, Membership.duty != Duty.CONTACT)
        .group_by(UserAccount.id, UserAccount.name)
    )
    rows = list(db.session.execute(query))
    return {row[0]: row[2] for row in rows}, {row[0]: row[1] for row in rows}
