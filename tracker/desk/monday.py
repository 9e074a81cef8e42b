"""Desk, queries: Monday morning on one screen: new from clients, risks, due this week, who waits on whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import case, func, select, type_coerce

from tracker.clients.enums import ClientState
from tracker.clients.models import Client
from tracker.clients.queries import archived
from tracker.coordination.enums import Party, TaskState
from tracker.coordination.models import Task
from tracker.deadlines.queries import due_around
from tracker.deadlines.rules import Deadline
from tracker.desk.portfolio import conditions, silent_before
from tracker.documents.queries import RequestRow, new_from_clients
from tracker.platform.db import CadAmount, db
from tracker.readiness.models import NEVER, Standing
from tracker.rulebook.calendar import BillingPeriod, billing_period_of

MOST = 12
MOST_DATES = 24  # of what is overdue, and again of what comes
WEEK = 7

Group = tuple[str, UUID | None, Sequence[Deadline]]  # a client's name and id, and its dates


@dataclass(frozen=True, slots=True)
class Risk:
    """One client at risk, with why. CAD."""

    client_id: UUID
    client: str
    shortfall_amount: Decimal
    cover_percent: int | None
    ends_on: date | None
    bam_count: int
    late_documents: int
    silent_since: date | None  # the portal's figure was last read then; NEVER when nobody ever did

    @property
    def was_never_confirmed(self) -> bool:
        """Whether statements are on file and no figure was ever read in the portal."""
        return self.silent_since == NEVER


@dataclass(frozen=True, slots=True)
class Waiting:
    """One party: how many open tasks wait on it, for how many clients, the oldest since, and the security missing there. CAD."""

    party: Party
    tasks: int
    clients: int
    oldest_since: date
    shortfall_amount: Decimal


@dataclass(frozen=True, slots=True)
class Monday:
    """The desk."""

    new: Sequence[RequestRow]
    risks: Sequence[Risk]
    risk_count: int
    overdue: Sequence[Group]
    overdue_count: int
    overdue_shown: int
    week: Sequence[Group]
    week_count: int
    week_shown: int
    until: date
    waiting: Sequence[Waiting]
    clients: int
    ready: int
    period: BillingPeriod
    soa_in_days: int


def monday(today: date) -> Monday:
    """Everything the desk shows; a constant number of statements, lists capped at a screenful."""
    risks, risk_count = _risks(today)
    due = due_around(today, WEEK, MOST_DATES)
    clients, ready = _counts()
    period = _current_period(today)
    return Monday(
        new=new_from_clients(MOST),
        risks=risks,
        risk_count=risk_count,
        overdue=_by_client(due.overdue),
        overdue_count=due.overdue_count,
        overdue_shown=len(due.overdue),
        week=_by_client(due.ahead),
        week_shown=len(due.ahead),
        until=today + timedelta(days=WEEK),
        week_count=due.ahead_count,
        waiting=_waiting(),
        clients=clients,
        ready=ready,
        period=period,
        soa_in_days=(period.soa_on - today).days,
    )


def _current_period(today: date) -> BillingPeriod:
    """The period whose statement comes next, or came last and is not due yet."""
    this = billing_period_of(today)
    previous = billing_period_of(this.release_from - timedelta(days=1))
    return previous if previous.due_on >= today else this


def _risks(today: date) -> tuple[list[Risk], int]:
    """The worst first, a screenful, and how many in all: the same clients the list shows under "at risk"."""
    query = (
        select(
            Client.id,
            Client.legal_name,
            Standing.shortfall_amount,
            Standing.cover_percent,
            Standing.security_ends_on,
            Standing.bam_count,
            Standing.late_documents,
            case((Standing.figure_read_on < silent_before(today), Standing.figure_read_on)),
            func.count().over().label("of_all"),
        )
        .join(Standing, Standing.client_id == Client.id)
        .where(Client.state == ClientState.ACTIVE, conditions(today)["risk"])
        .order_by(
            Standing.shortfall_amount.desc(),
            Standing.security_ends_on.is_(None),
            Standing.security_ends_on,
            Standing.late_documents.desc(),
            Client.legal_name,
            Client.id,
        )
        .limit(MOST)
    )
    rows = db.session.execute(query).all()
    return [Risk(*row[:-1]) for row in rows], rows[0].of_all if rows else 0


def _by_client(rows: Sequence[Deadline]) -> list[Group]:
    """Dates by client, in the order of each client's first date."""
    groups: dict[tuple[str, UUID | None], list[Deadline]] = {}
    for row in rows:
        groups.setdefault((row.client_name or "", row.client_id), []).append(row)
    return [(name, key, dates) for (name, key), dates in groups.items()]


def _waiting() -> list[Waiting]:
    """By party, the oldest first. A client's missing security counts once with each party it waits on."""
    since = func.min(Task.waiting_since)
    pair = (
        select(Task.waiting_on, Task.client_id, func.count().label("tasks"), since.label("since"))
        .where(Task.state == TaskState.OPEN, Task.client_id.not_in(archived()))
        .group_by(Task.waiting_on, Task.client_id)
        .subquery()
    )
    oldest = func.min(pair.c.since)
    missing = type_coerce(func.coalesce(func.sum(Standing.shortfall_amount), 0), CadAmount())
    query = (
        select(pair.c.waiting_on, func.sum(pair.c.tasks), func.count(), oldest, missing)
        .outerjoin(Standing, Standing.client_id == pair.c.client_id)
        .group_by(pair.c.waiting_on)
        .order_by(oldest)
    )
    return [
        Waiting(party, int(tasks), clients, day, amount)
        for party, tasks, clients, day, amount in db.session.execute(query)
    ]


def _counts() -> tuple[int, int]:
    """How many clients are active, and how many of them may release goods."""
    every = select(func.count()).select_from(Client).where(Client.state == ClientState.ACTIVE).scalar_subquery()
    ready = select(every, func.count()).select_from(Standing)
    row = db.session.execute(ready.where(Standing.may_release.is_(True), Standing.client_id.not_in(archived()))).one()
    return int(row[0]), int(row[1])
