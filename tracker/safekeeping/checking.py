"""Safekeeping, queries: whether database, files, trail and the rules between rows still fit together."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import func, select, text

from tracker.assessments.enums import AssessmentState
from tracker.assessments.freezing import verify as seal_of
from tracker.assessments.models import Assessment
from tracker.coordination.enums import TaskState
from tracker.coordination.models import Task
from tracker.documents.enums import RequestState
from tracker.documents.models import DocumentRequest, DocumentVersion
from tracker.engagements.enums import EngagementState
from tracker.engagements.models import Engagement
from tracker.guarantees.models import Allocation, Instrument
from tracker.imports.models import ImportRun
from tracker.platform.audit import verify_chain
from tracker.platform.clock import now
from tracker.platform.db import db
from tracker.platform.files import is_stored, path_of, storage_root
from tracker.safekeeping.archive import CHUNK
from tracker.safekeeping.contents import StoredRow

YOUNG_SECONDS = 3600  # a file that no row names yet may be one that is just being handed in
HANDED_IN = (RequestState.RECEIVED, RequestState.UNDER_REVIEW)


@dataclass(slots=True)
class Report:
    """What was checked, what is wrong, and what is merely worth knowing."""

    checked: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def verify() -> Report:
    """Check it all, in the scope entered (the command line's is the whole firm). Reads only."""
    report = Report()
    report.problems += _database_problems()
    _check_files(report)
    report.problems += [*_version_gaps(), *_requests_without_file(), *_allocations_above_amount()]
    report.problems += [*_states_without_day(), *_broken_seals()]
    chain = verify_chain()
    report.checked["events"] = chain.events
    if chain.first_bad is not None:
        report.problems.append(f"trail: event {chain.first_bad} does not fit the chain")
    return report


def _database_problems() -> list[str]:
    if db.engine.dialect.name != "sqlite":
        return []
    unscoped = {"unscoped": "integrity check"}
    found = [str(row[0]) for row in db.session.execute(text("PRAGMA integrity_check"), execution_options=unscoped)]
    broken = db.session.execute(text("PRAGMA foreign_key_check"), execution_options=unscoped)
    return [
        *(f"database: {words}" for words in found if words != "ok"),
        *(f"database: a row of {row[0]} points nowhere" for row in broken),
    ]


def _check_files(report: Report) -> None:
    rows = [
        StoredRow(*row)
        for row in db.session.execute(
            select(DocumentVersion.storage_key, DocumentVersion.sha256, DocumentVersion.size, DocumentVersion.file_name)
        )
    ]
    imported = select(ImportRun.storage_key, ImportRun.sha256, ImportRun.file_name).where(
        ImportRun.storage_key.is_not(None)
    )
    rows += [StoredRow(key or "", sha256, None, name) for key, sha256, name in db.session.execute(imported)]
    report.checked["files"] = len(rows)
    report.problems += [problem for row in rows if (problem := _file_problem(row))]
    orphans = list(_orphans({row.key for row in rows}))
    if orphans:
        report.notes.append(f"files: {len(orphans)} that no document or import names, {orphans[0]} for one")


def _file_problem(row: StoredRow) -> str | None:
    if not is_stored(row.key):
        return f"files: “{row.name}” ({row.key}) is missing"
    path = path_of(row.key)
    if row.size is not None and path.stat().st_size != row.size:
        return f"files: “{row.name}” ({row.key}) has {path.stat().st_size} bytes instead of {row.size}"
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while piece := stream.read(CHUNK):
            digest.update(piece)
    return None if digest.hexdigest() == row.sha256 else f"files: “{row.name}” ({row.key}) was changed"


def _orphans(named: set[str]) -> Iterator[str]:
    for path in sorted(storage_root().glob("??/*")):
        if path.name not in named and now().timestamp() - path.stat().st_mtime > YOUNG_SECONDS:
            yield path.name


def _version_gaps() -> list[str]:
    """The files of a request are numbered 1, 2, 3 without a gap: a missing number is a file that vanished."""
    numbers: dict[object, list[int]] = defaultdict(list)
    for request_id, number in db.session.execute(select(DocumentVersion.request_id, DocumentVersion.number)):
        numbers[request_id].append(number)
    return [
        f"documents: the versions of request {key} are numbered {sorted(found)}"
        for key, found in numbers.items()
        if sorted(found) != list(range(1, len(found) + 1))
    ]


def _requests_without_file() -> list[str]:
    has_file = select(DocumentVersion.id).where(DocumentVersion.request_id == DocumentRequest.id).exists()
    query = select(DocumentRequest.id).where(DocumentRequest.state.in_(HANDED_IN), ~has_file)
    return [f"documents: request {key} counts as handed in and has no file" for key in db.session.scalars(query)]


def _allocations_above_amount() -> list[str]:
    spread = func.sum(Allocation.amount, type_=Allocation.amount.type)
    query = (
        select(Instrument.id, Instrument.number, Instrument.amount, spread)
        .join(Allocation, Allocation.instrument_id == Instrument.id)
        .group_by(Instrument.id, Instrument.number, Instrument.amount)
        .having(spread > Instrument.amount)
    )
    return [
        f"security: {number or key} covers {Decimal(shares):,.2f} with {Decimal(amount):,.2f}"
        for key, number, amount, shares in db.session.execute(query)
    ]


def _states_without_day() -> Iterator[str]:
    """What is over has the day on which it ended, and what goes on has none."""
    closed = (Engagement.state == EngagementState.CLOSED) != Engagement.closed_on.is_not(None)
    for key in db.session.scalars(select(Engagement.id).where(closed)):
        yield f"engagements: {key} is closed without a day, or open with one"
    over = (Task.state != TaskState.OPEN) != Task.done_on.is_not(None)
    for key in db.session.scalars(select(Task.id).where(over)):
        yield f"tasks: {key} is over without a day, or open with one"


def _broken_seals() -> Iterator[str]:
    """A signed assessment is what was signed: its content, its answers, and the digest in the trail."""
    for assessment in db.session.scalars(select(Assessment).where(Assessment.state == AssessmentState.SIGNED)):
        if not seal_of(assessment).is_whole:
            yield f"assessments: {assessment.id} is not what was signed"
