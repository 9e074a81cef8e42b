"""Reports, queries: the day a workbook compares with, what moved since, and who last touched what lies behind it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import case, func, select

from tracker.clients.models import Client
from tracker.platform.audit import AuditEvent
from tracker.platform.clock import TORONTO
from tracker.platform.db import db
from tracker.readiness.retention import month_before
from tracker.readiness.snapshots import Stand, recorded_at, recorded_by, stands_on
from tracker.reports.summing import Change, changes

CHUNK = 250
LIST = "list"  # a client list that came in or was taken back: one event a client for all it wrote
SECURITY = ("instrument", "allocation", "portal_figure", "statement", "program_account", LIST)
FILE = ("client", "program_account", "contact", LIST)
DOCUMENTS = ("document_request", "document_version")
# The records whose change can have moved an item: the last step on one of them is named beside it.
BEHIND: Mapping[str, tuple[str, ...]] = {
    "client": ("client", LIST),
    "gate1": FILE,
    "gate2": (*FILE, "task"),
    "gate3": ("delegation", "task", LIST),
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
# An import's event names the run or the client, not the records it wrote for that client.
IMPORTS = {"client:imported": LIST, "statements:imported": "statement", "import:undone": LIST}
KIND = case(IMPORTS, value=AuditEvent.event, else_=AuditEvent.subject_type)


@dataclass(frozen=True, slots=True)
class Before:
    """A recorded day to compare with, the moment its record was made, and where the clients in scope stood then."""

    day: date
    at: datetime
    stands: Mapping[UUID, Stand]


def before(as_of: date) -> Before | None:
    """The last record on or before the end of the month before `as_of`'s; None when no such day is kept."""
    day = recorded_by(month_before(as_of))
    if day is None:
        return None
    return Before(day, recorded_at(day) or datetime.combine(day, time(), TORONTO), stands_on(day))


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
    names, steps = _names(ids), _last_steps(ids, then.at)
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


def _last_steps(ids: Sequence[UUID], since: datetime) -> Steps:
    """The last event of each client on each kind of record since that moment; one statement for each 250 clients."""
    kinds = sorted({kind for group in BEHIND.values() for kind in group})
    found: dict[tuple[UUID, str], tuple[datetime, str]] = {}
    for part in _parts(ids):
        last = (
            select(func.max(AuditEvent.seq))
            .where(AuditEvent.client_id.in_(part), AuditEvent.at >= since, KIND.in_(kinds))
            .group_by(AuditEvent.client_id, KIND)
        )
        query = select(AuditEvent.client_id, KIND, AuditEvent.at, AuditEvent.actor_name)
        for client_id, kind, at, name in db.session.execute(query.where(AuditEvent.seq.in_(last))):
            if client_id is not None:
                found[client_id, kind] = (at, name)
    return found


def _parts(ids: Sequence[UUID]) -> Iterable[Sequence[UUID]]:
    return (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))
