"""Coordination, queries: the filtered list of tasks and what its chips count, as quick in a large firm as in a small one.

Tasks lead and clients follow: an index holds the tasks of an owner, or of everybody, in the order of the list, so that a
page reads the rows it shows. Led by the clients, a person with no task at all waited for a look at every client.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select

from tracker.accounts.models import UserAccount
from tracker.clients.models import Client
from tracker.clients.queries import archived
from tracker.clients.searching import holding
from tracker.coordination.enums import Party, TaskState
from tracker.coordination.models import Partner, Task
from tracker.coordination.queries import TaskRow, task_rows
from tracker.platform.db import db
from tracker.platform.pages import PAGE_SIZE, Page

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """Which tasks."""

    party: str = ""
    owner_id: UUID | None = None
    view: str = ""  # late, week, or "" for all open; done
    text: str = ""

    def counted_in(self, counts: Mapping[str, int]) -> int | None:
        """How many tasks this shows, where the owner's chips say so; None where they have to be counted."""
        party = self.party if self.party in set(Party) else ""
        if self.text or self.view in ("week", "done") or (self.view == "late" and party):
            return None
        return counts["late" if self.view == "late" else party or "all"]


def task_counts(today: date, owner_id: UUID | None) -> dict[str, int]:
    """Open tasks by party and by lateness, for the chips; one statement."""
    sums = {party.value: Task.waiting_on == party for party in Party} | {"late": _is_late_on(today)}
    query = select(func.count().label("all"), *(func.count().filter(one).label(key) for key, one in sums.items()))
    query = query.select_from(Task).where(Task.state == TaskState.OPEN, Task.client_id.not_in(archived()))
    if owner_id is not None:
        query = query.where(Task.owner_id == owner_id)
    return dict(db.session.execute(query).one()._mapping)


def task_page(wanted: TaskFilter, number: int, today: date, total: int | None = None) -> Page[TaskRow]:
    """Tasks in scope, the soonest due first; one statement, two when nobody counted them before."""
    where = _conditions(wanted, today)
    if total is None:
        total = db.session.scalar(_with_client(select(func.count()).select_from(Task), wanted).where(*where)) or 0
    query = (
        select(Task, Client.legal_name, UserAccount.name, Partner.name)
        .outerjoin(Client, Client.id == Task.client_id)  # outer, though each has one: the order must not start there
        .outerjoin(UserAccount, UserAccount.id == Task.owner_id)
        .outerjoin(Partner, Partner.id == Task.partner_id)
        .where(*where)
        .order_by(Task.due_on.nulls_last(), Client.legal_name, Task.id)
    )
    return Page(task_rows(query.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE), today), number, int(total))


def _with_client(query: Select[Any], wanted: TaskFilter) -> Select[Any]:
    return query.join(Client, Client.id == Task.client_id) if wanted.text else query


def _is_late_on(day: date) -> ColumnElement[bool]:
    """`rules.is_late` as the database asks it, of open tasks."""
    return Task.due_on < day


def _conditions(wanted: TaskFilter, today: date) -> list[ColumnElement[bool]]:
    state = TaskState.DONE if wanted.view == "done" else TaskState.OPEN
    found: list[ColumnElement[bool]] = [Task.state == state, Task.client_id.not_in(archived())]
    if wanted.party in set(Party):
        found.append(Task.waiting_on == Party(wanted.party))
    if wanted.owner_id is not None:
        found.append(Task.owner_id == wanted.owner_id)
    if wanted.view == "late":
        found.append(_is_late_on(today))
    if wanted.view == "week":
        found.append(Task.due_on.between(today, today + WEEK))
    if wanted.text:
        found += holding(wanted.text)
    return found
