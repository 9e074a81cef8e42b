"""Deadlines, queries: what moves with a date, and what it then means, before anything moves."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from tracker.clients.models import Client
from tracker.coordination.enums import TaskState
from tracker.coordination.models import Task
from tracker.deadlines.gathering import ASKED
from tracker.deadlines.queries import deadlines_between
from tracker.deadlines.rules import Deadline, DeadlineKind, moved_along
from tracker.documents.models import DocumentRequest
from tracker.engagements.enums import EngagementState
from tracker.engagements.models import Engagement
from tracker.guarantees.cover import covers
from tracker.guarantees.enums import InstrumentState
from tracker.guarantees.models import Instrument
from tracker.guarantees.outlook import outlook
from tracker.guarantees.rules.life import ENDING_DAYS
from tracker.platform.db import db
from tracker.rulebook.book import rules_at
from tracker.rulebook.calendar import ONE_DAY
from tracker.rulebook.types import Rules, Text

Dated = Task | DocumentRequest | Engagement | Instrument
MOVABLE: Mapping[str, type[Dated]] = {
    "task": Task,
    "document_request": DocumentRequest,
    "engagement": Engagement,
    "instrument": Instrument,
}


@dataclass(frozen=True, slots=True)
class Movable:
    """A date that a person may set: of a task, a document asked for, an engagement's target, an instrument's end."""

    source: str
    record: Dated
    on: date
    what: Text
    client_id: UUID
    client_name: str


@dataclass(frozen=True, slots=True)
class Follower:
    """A date of the same engagement that would move as many days."""

    record: Task | DocumentRequest | Engagement
    on: date
    to: date
    what: Text


@dataclass(frozen=True, slots=True)
class CoverChange:
    """What an account lacks on the day after an instrument's earlier end: as it stands, and with the end moved. CAD."""

    number: str
    on: date
    missing_before: Decimal
    missing_after: Decimal


@dataclass(frozen=True, slots=True)
class Move:
    """What one change of a date brings with it."""

    to: date
    followers: tuple[Follower, ...] = ()
    between: tuple[Deadline, ...] = ()  # dates of law and contract that lie between the old day and the new
    renewal_from: date | None = None  # the day the renewal opens by itself, before and after; instruments only
    renewal_to: date | None = None
    covers: tuple[CoverChange, ...] = ()


def movable(source: str, record_id: UUID) -> Movable | None:
    """The date, in scope, that may be set anew; None when there is none: no such record, no day set, or closed."""
    model = MOVABLE.get(source)
    found: Any = None if model is None else db.session.get(model, record_id)
    if found is None or not _is_open(found):
        return None
    on, client = _day_of(found), db.session.get(Client, found.client_id)
    if on is None or client is None:
        return None
    return Movable(source, found, on, _words_of(found, rules_at(on)), client.id, client.legal_name)


def move_of(moved: Movable, to: date, today: date) -> Move:
    """What would move with it, and what lies between. Reads only."""
    between = tuple(
        row
        for row in deadlines_between(min(moved.on, to), max(moved.on, to), [moved.client_id])
        if _matters(row) and row.record_id != moved.record.id
    )
    if isinstance(moved.record, Instrument):
        notice = timedelta(days=ENDING_DAYS)
        covers = tuple(_cover_changes(moved.record, moved.on, to, today))
        return Move(to, (), between, moved.on - notice, to - notice, covers)
    return Move(to, tuple(_followers(moved, to - moved.on)), between)


def _matters(row: Deadline) -> bool:
    """What a person moving a date would regret to pass: the review's dates, and the client's own of law and contract.

    The monthly cycle comes round whatever is moved: to name each of its dates would hide the one that counts.
    """
    return row.source.startswith("rpp.") if row.client_id is None else row.kind is not DeadlineKind.INTERNAL


def _is_open(row: Dated) -> bool:
    match row:
        case Task():
            return row.state is TaskState.OPEN
        case DocumentRequest():
            return row.state in ASKED
        case Engagement():
            return row.state is EngagementState.OPEN
        case _:
            return row.state is not InstrumentState.ENDED


def _day_of(row: Dated) -> date | None:
    if isinstance(row, Engagement):
        return row.target_on
    return row.valid_until if isinstance(row, Instrument) else row.due_on


def _words_of(row: Dated, rules: Rules) -> Text:
    if isinstance(row, Engagement):
        name = rules.templates[row.template].name
        return Text(f"Target: {name.en}", f"Cible : {name.fr}")
    if isinstance(row, Instrument):
        name, number = rules.instruments[row.kind].name, f" {row.number}" if row.number else ""
        return Text(f"End of {_within(name.en)}{number}", f"Fin : {_within(name.fr)}{number}")
    kinds: Mapping[str, Any] = rules.tasks if isinstance(row, Task) else rules.documents
    if row.title or row.kind is None or row.kind not in kinds:
        return Text(row.title or str(row.kind), row.title or str(row.kind))
    words: Text = kinds[row.kind].name
    return words


def _within(name: str) -> str:
    """A name as it stands inside a sentence."""
    return name[:1].lower() + name[1:]


def _followers(moved: Movable, by: timedelta) -> Iterator[Follower]:
    """What comes after it in the same engagement: an engagement's target moves everything that is still ahead of it."""
    row = moved.record
    engagement_id = row.id if isinstance(row, Engagement) else getattr(row, "engagement_id", None)
    if engagement_id is None or not by:
        return
    for other in _dated_of(engagement_id):
        on = _day_of(other)
        if other.id == row.id or on is None or (on < moved.on and not isinstance(row, Engagement)):
            continue
        yield Follower(other, on, moved_along(on, by), _words_of(other, rules_at(on)))


def _dated_of(engagement_id: UUID) -> Sequence[Task | DocumentRequest | Engagement]:
    """The open dates of an engagement, soonest first, its own target last."""
    tasks = select(Task).where(
        Task.engagement_id == engagement_id, Task.state == TaskState.OPEN, Task.due_on.is_not(None)
    )
    asked = select(DocumentRequest).where(
        DocumentRequest.engagement_id == engagement_id,
        DocumentRequest.state.in_(ASKED),
        DocumentRequest.due_on.is_not(None),
    )
    rows: list[Task | DocumentRequest] = [*db.session.scalars(tasks), *db.session.scalars(asked)]
    rows.sort(key=lambda row: (row.due_on or date.max, row.id))
    whole = db.session.get(Engagement, engagement_id)
    return [*rows, *([whole] if whole is not None and _is_open(whole) else [])]


def _cover_changes(row: Instrument, on: date, to: date, today: date) -> Iterator[CoverChange]:
    """What each account lacks on the day after the earlier of the two ends, as it stands and with the end moved."""
    first, rules = max(min(on, to) + ONE_DAY, today), rules_at(today)
    for cover in covers(rules, client_ids=[row.client_id]):
        if all(share.instrument_id != row.id for share in cover.shares):
            continue
        shares = tuple(
            replace(share, valid_until=to) if share.instrument_id == row.id else share for share in cover.shares
        )
        before, after = outlook(cover, rules), outlook(replace(cover, shares=shares), rules)
        yield CoverChange(cover.number, first, before.missing_on(first), after.missing_on(first))
