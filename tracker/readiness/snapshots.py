"""Readiness, queries: where each client stands on a day in a few figures, worked out now or as it was recorded then. CAD."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select

from tracker.platform.db import db
from tracker.platform.money import ZERO
from tracker.readiness.counting import (
    NO_DOCUMENTS,
    DocumentCounts,
    TaskCounts,
    count_tasks,
    documents_counted,
    stages_of,
)
from tracker.readiness.models import Snapshot
from tracker.readiness.queries import ClientReadiness
from tracker.readiness.security import security_of


@dataclass(frozen=True, slots=True)
class Stand:
    """One client on one day: what the portfolio shows of it. The same figures now and in the record, from one function."""

    client_id: UUID
    taken_on: date
    gates: str
    may_release: bool
    accounts_short: int
    required_amount: Decimal
    posted_amount: Decimal
    shortfall_amount: Decimal
    cover_percent: int | None
    ending_30: int
    ending_60: int
    ending_90: int
    open_documents: int
    late_documents: int
    accepted_documents: int
    required_documents: int
    open_tasks: int
    late_tasks: int
    template: str | None
    stage: int | None
    waiting_on: str | None
    waiting_since: date | None

    @property
    def waiting_days(self) -> int | None:
        """For how many days somebody else was waited on."""
        return (self.taken_on - self.waiting_since).days if self.waiting_since else None


STAND_FIELDS = tuple(field.name for field in fields(Stand))


def stands_now(ready: Mapping[UUID, ClientReadiness], day: date) -> dict[UUID, Stand]:
    """The stand of these clients on `day`, from their readiness on that day and today's rows. Two statements."""
    ids = list(ready)
    documents, stages = documents_counted(ids, day), stages_of(ids)
    return {
        key: _stand(one, day, count_tasks(one.under_way.tasks, day), documents.get(key, NO_DOCUMENTS), stages.get(key))
        for key, one in ready.items()
    }


def _stand(
    one: ClientReadiness, day: date, tasks: TaskCounts, documents: DocumentCounts, work: tuple[str, int, date] | None
) -> Stand:
    security = security_of(one.covers)
    return Stand(
        client_id=one.client_id,
        taken_on=day,
        gates=one.readiness.code,
        may_release=one.readiness.may_release,
        accounts_short=sum(cover.shortfall_amount > 0 for cover in one.covers),
        required_amount=security.required_amount,
        posted_amount=security.posted_amount,
        shortfall_amount=security.shortfall_amount,
        cover_percent=security.cover_percent,
        ending_30=_ending(security.ends, day, 30),
        ending_60=_ending(security.ends, day, 60),
        ending_90=_ending(security.ends, day, 90),
        open_documents=documents.open,
        late_documents=documents.late,
        accepted_documents=documents.accepted,
        required_documents=documents.required,
        open_tasks=tasks.open,
        late_tasks=tasks.late,
        template=work[0] if work else None,
        stage=work[1] if work else None,
        waiting_on=tasks.oldest[1] if tasks.oldest else None,
        waiting_since=tasks.oldest[0] if tasks.oldest else None,
    )


def _ending(ends: Sequence[date], day: date, days: int) -> int:
    return sum(day <= end <= day + timedelta(days=days) for end in ends)


def recorded_by(limit: date) -> date | None:
    """The latest recorded day on or before `limit` of clients in scope; None when none is kept."""
    return db.session.scalar(select(func.max(Snapshot.taken_on)).where(Snapshot.taken_on <= limit))


def recorded_at(day: date) -> datetime | None:
    """The moment at which the record of that day was made; None where it was made before this was kept."""
    return db.session.scalar(select(func.max(Snapshot.taken_at)).where(Snapshot.taken_on == day))


def stands_on(day: date, client_ids: Iterable[UUID] | None = None) -> dict[UUID, Stand]:
    """The recorded stands of that day, of clients in scope (or of these)."""
    query = select(Snapshot).where(Snapshot.taken_on == day).order_by(Snapshot.client_id)
    if client_ids is not None:
        query = query.where(Snapshot.client_id.in_(list(client_ids)))
    return {
        row.client_id: Stand(**{name: getattr(row, name) for name in STAND_FIELDS}) for row in db.session.scalars(query)
    }


@dataclass(frozen=True, slots=True)
class MonthEnd:
    """The firm at the end of one month, from the last record of that month. CAD."""

    taken_on: date
    clients: int
    may_release: int
    shortfall_amount: Decimal


def month_ends(before: date, most: int = 11) -> list[MonthEnd]:
    """The last record of each month before that of `before`, of clients in scope, oldest first; at most so many."""
    first = before.replace(day=1)
    days = db.session.scalars(
        select(Snapshot.taken_on).where(Snapshot.taken_on < first).distinct().order_by(Snapshot.taken_on)
    )
    last = {(day.year, day.month): day for day in days}
    wanted = sorted(last.values())[-most:]
    query = (
        select(Snapshot.taken_on, func.count(), func.sum(Snapshot.shortfall_amount))
        .where(Snapshot.taken_on.in_(wanted))
        .group_by(Snapshot.taken_on)
        .order_by(Snapshot.taken_on)
    )
    ready = select(Snapshot.taken_on, func.count()).where(Snapshot.taken_on.in_(wanted), Snapshot.may_release.is_(True))
    may = {row[0]: row[1] for row in db.session.execute(ready.group_by(Snapshot.taken_on))}
    return [MonthEnd(day, count, may.get(day, 0), short or ZERO) for day, count, short in db.session.execute(query)]
