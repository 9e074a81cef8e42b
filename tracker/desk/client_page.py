"""Desk, queries: one client at a glance: gates, the five parts, next dates and what happened lately."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from tracker.assessments.queries import Latest, latest_for
from tracker.audit.words import EVENTS as EVENT_WORDS
from tracker.clients.queries import ClientHeader, header
from tracker.deadlines.queries import deadline_rows
from tracker.deadlines.rules import Deadline
from tracker.documents.queries import RequestRow, requests_of
from tracker.documents.rules import OPEN
from tracker.guarantees.showing import AccountShown, account_page
from tracker.platform.audit import AuditEvent
from tracker.platform.db import db
from tracker.platform.languages import language
from tracker.readiness.gathering import DelegationRow, OpenTask
from tracker.readiness.queries import ClientReadiness, readiness_of
from tracker.rulebook.book import rules_at

DATES = 6
EVENTS = 12
HORIZON_DAYS = 120


@dataclass(frozen=True, slots=True)
class Happening:
    """One event of the trail in a person's words."""

    at: datetime
    who: str
    what: str


@dataclass(frozen=True, slots=True)
class ClientPage:
    """Everything the client page shows."""

    header: ClientHeader
    ready: ClientReadiness
    assessment: Latest | None
    requests: Sequence[RequestRow]
    accounts: Sequence[AccountShown]
    delegations: Sequence[DelegationRow]
    tasks: Sequence[OpenTask]
    task_words: dict[UUID, str]
    dates: Sequence[Deadline]
    happenings: Sequence[Happening]

    @property
    def open_requests(self) -> int:
        """How many document requests are not settled."""
        return sum(row.state in OPEN for row in self.requests)

    @property
    def accepted_requests(self) -> int:
        """How many are accepted."""
        return sum(row.state.value == "accepted" for row in self.requests)

    @property
    def late_requests(self) -> int:
        """How many are late."""
        return sum(row.is_late for row in self.requests)


def client_page(client_id: UUID, today: date) -> ClientPage | None:
    """One client at a glance; None when it is not in scope. Eleven statements, and the sign-in's."""
    head = header(client_id)
    ready = readiness_of(client_id, today) if head is not None else None
    if head is None or ready is None:
        return None
    rules, words = rules_at(today), language()
    tasks = ready.under_way.tasks
    return ClientPage(
        header=head,
        ready=ready,
        assessment=latest_for([client_id]).get(client_id),
        requests=requests_of(client_id),
        accounts=[account_page(rules, cover, (), words) for cover in ready.covers],
        delegations=ready.under_way.delegations,
        tasks=tasks,
        task_words={task.id: _words(task, rules.tasks, words) for task in tasks},
        dates=[row for row in deadline_rows(today, HORIZON_DAYS, [client_id]) if row.client_id == client_id][:DATES],
        happenings=_happenings(client_id),
    )


def _words(task: OpenTask, kinds: Any, words: str) -> str:
    if task.title:
        return task.title
    return kinds[task.kind].name.in_(words) if task.kind in kinds else str(task.kind)


def _happenings(client_id: UUID) -> list[Happening]:
    """The newest events. The client was found in scope before; the trail itself belongs to no scope."""
    query = select(AuditEvent).where(AuditEvent.client_id == client_id).order_by(AuditEvent.seq.desc()).limit(EVENTS)
    return [
        Happening(row.at, row.actor_name, str(EVENT_WORDS.get(row.event, row.event)))
        for row in db.session.scalars(query)
    ]
