"""Reports, queries: the day a workbook compares with, what moved since, and who last touched what lies behind it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import func, select

from tracker.clients.models import Client
from tracker.platform.audit import AuditEvent
from tracker.platform.clock import TORONTO
from tracker.platform.db import db
from tracker.readiness.retention import month_before
from tracker.readiness.snapshots import Stand, recorded_by, stands_on
from tracker.reports.summing import Change, changes

CHUNK = 250
SECURITY = ("instrument", "allocation", "portal_figure", "statement", "program_account")
FILE = ("client", "program_account", "contact")
DOCUMENTS = ("document_request", "document_version")
# The records whose change can have moved an item: the last step on one of them is named beside it.
BEHIND: Mapping[str, tuple[str, ...]] = {
    "client": ("client",),
    "gate1": FILE,
    "gate2": (*FILE, "task"),
    "gate3": ("delegation", "task"),
    "gate4": (*SECURITY, "task"),
    "gate5": (*FILE, "task"),
    "gate6": (*FILE, "task"),
    "may_release": (*SECURITY, *FILE, "delegation"),
    "required_amount": SECURITY,
    "posted_amount": SECURITY,
    "shortfall_amount": SECURITY,
    "cover_percent": SECURITY,
    "accepted_documents": DOCUMENTS,
    "required_documents": DOCUMENTS,
    "late_documents": DOCUMENTS,
    "late_tasks": ("task",),
    "waiting_on": ("task",),
    "stage": ("engagement",),
}


@dataclass(frozen=True, slots=True)
class Before:
    """A recorded day to compare with, and where the clients in scope stood then."""

    day: date
    stands: Mapping[UUID, Stand]


def before(as_of: date) -> Before | None:
    """The last record on or before the end of the month before `as_of`'s; None when no such day is kept."""
    day = recorded_by(month_before(as_of))
    return None if day is None else Before(day, stands_on(day))


@dataclass(frozen=True, slots=True)
class Moved:
    """One change with the client's name, and the last step on file behind it: on which day, by whom."""

    client: str
    change: Change
    on: date | None
    by: str | None


def moved(then: Before, now: Mapping[UUID, Stand]) -> list[Moved]:
    """Only what changed, by client. A change nobody made (a day passed, security ended) names no one."""
    found = list(changes(then.stands, now))
    ids = list(dict.fromkeys(change.client_id for change in found))
    names, steps = _names(ids), _last_steps(ids, then.day)
    rows = [_moved(change, names.get(change.client_id, ""), steps) for change in found]
    return sorted(rows, key=lambda row: (row.client.casefold(), str(row.change.client_id)))


Steps = Mapping[tuple[UUID, str], tuple[datetime, str]]


def _moved(change: Change, client: str, steps: Steps) -> Moved:
    behind = [steps[change.client_id, kind] for kind in BEHIND[change.item] if (change.client_id, kind) in steps]
    at, by = max(behind, default=(None, None))
    return Moved(client, change, at.astimezone(TORONTO).date() if at else None, by)


def _names(ids: Sequence[UUID]) -> dict[UUID, str]:
    found: dict[UUID, str] = {}
    for part in _parts(ids):
        found |= {
            row[0]: row[1]
            for row in db.session.execute(select(Client.id, Client.legal_name).where(Client.id.in_(part)))
        }
    return found


def _last_steps(ids: Sequence[UUID], since: date) -> Steps:
    """The last event of each client on each kind of record since that day; one statement for each 250 clients."""
    start = datetime.combine(since, time(), TORONTO)
    kinds = sorted({kind for group in BEHIND.values() for kind in group})
    found: dict[tuple[UUID, str], tuple[datetime, str]] = {}
    for part in _parts(ids):
        last = (
            select(func.max(AuditEvent.seq))
            .where(AuditEvent.client_id.in_(part), AuditEvent.at >= start, AuditEvent.subject_type.in_(kinds))
            .group_by(AuditEvent.client_id, AuditEvent.subject_type)
        )
        query = select(AuditEvent.client_id, AuditEvent.subject_type, AuditEvent.at, AuditEvent.actor_name)
        for client_id, kind, at, name in db.session.execute(query.where(AuditEvent.seq.in_(last))):
            if client_id is not None:
                found[client_id, kind] = (at, name)
    return found


def _parts(ids: Sequence[UUID]) -> Iterable[Sequence[UUID]]:
    return (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))
