"""Assessments, queries: lists of assessments, the latest of each client, and findings."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Subquery, func, select

from tracker.accounts.models import UserAccount
from tracker.assessments.enums import AssessmentState
from tracker.assessments.models import Answer, Assessment, Finding
from tracker.assessments.profiles import profiles_for
from tracker.assessments.rules import SEVERITIES, progress
from tracker.clients.models import Client
from tracker.platform.db import db
from tracker.platform.pages import PAGE_SIZE, Page
from tracker.rulebook.book import rules_at


@dataclass(frozen=True, slots=True)
class AssessmentRow:
    """An assessment in a list. `percent` is 100 for a signed one."""

    id: UUID
    client_id: UUID
    client_name: str
    state: AssessmentState
    rules_on: date
    started_on: date
    started_by: UUID | None
    started_by_name: str | None
    signed_by_name: str | None
    signed_at: datetime | None
    previous_id: UUID | None
    plan_applied_at: datetime | None
    percent: int = 100
    is_complete: bool = True
    prepared_by: frozenset[UUID] = frozenset()

    def waits_for(self, user_id: UUID | None) -> bool:
        """Whether `user_id` may sign it now: complete, and neither started nor answered by them."""
        return self.state is AssessmentState.DRAFT and self.is_complete and user_id not in self.prepared_by


@dataclass(frozen=True, slots=True)
class Latest:
    """A client's latest assessment, and what its findings leave open by severity (blocker, high, medium, low)."""

    id: UUID
    state: AssessmentState
    started_on: date
    signed_on: datetime | None
    open_findings: dict[str, int] = field(default_factory=dict)

    @property
    def open_count(self) -> int:
        """How many findings are open."""
        return sum(self.open_findings.values())


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding that was kept."""

    id: UUID
    client_id: UUID
    assessment_id: UUID
    rules_on: date
    rule: str
    severity: str
    found_on: date
    settled_on: date | None
    settled_reason: str | None
    version: int


def get(assessment_id: UUID) -> Assessment | None:
    """The assessment, None when it is not in scope."""
    return db.session.get(Assessment, assessment_id)


def name_of_client(client_id: UUID) -> str | None:
    """The client's legal name, None when it is not in scope."""
    return db.session.scalar(select(Client.legal_name).where(Client.id == client_id))


def person(user_id: UUID | None) -> str:
    """A person's name; empty when there is none."""
    return db.session.scalar(select(UserAccount.name).where(UserAccount.id == user_id)) or "" if user_id else ""


def people(user_ids: Iterable[UUID | None]) -> list[str]:
    """The names of these people, in order of name, each once."""
    wanted = {user_id for user_id in user_ids if user_id}
    query = select(UserAccount.name).where(UserAccount.id.in_(wanted)).order_by(UserAccount.name)
    return list(db.session.scalars(query)) if wanted else []


def of_client(client_id: UUID) -> list[AssessmentRow]:
    """A client's assessments, the newest first."""
    query = _rows().where(Assessment.client_id == client_id)
    found = _read(query.order_by(Assessment.started_on.desc(), Assessment.signed_at.is_(None).desc(), Assessment.id))
    return with_progress(found)


def drafts() -> list[AssessmentRow]:
    """Every open draft with its progress, the nearest to completion first."""
    query = _rows().where(Assessment.state == AssessmentState.DRAFT).order_by(Assessment.started_on, Assessment.id)
    return sorted(with_progress(_read(query)), key=lambda row: -row.percent)


def signed(number: int) -> Page[AssessmentRow]:
    """Signed assessments, the latest first."""
    is_signed = Assessment.state == AssessmentState.SIGNED
    total = db.session.scalar(select(func.count(Assessment.id)).where(is_signed)) or 0
    query = _rows().where(is_signed).order_by(Assessment.signed_at.desc(), Assessment.id)
    return Page(_read(query.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)), number, total)


def page_of(rows: Sequence[AssessmentRow], number: int) -> Page[AssessmentRow]:
    """One screenful of rows that were worked out already."""
    return Page(rows[(number - 1) * PAGE_SIZE : number * PAGE_SIZE], number, len(rows))


def _rows() -> Any:
    return (
        select(Assessment, Client.legal_name, UserAccount.name)
        .join(Client, Client.id == Assessment.client_id)
        .outerjoin(UserAccount, UserAccount.id == Assessment.started_by)
    )


def _read(query: Any) -> list[AssessmentRow]:
    return [
        AssessmentRow(
            a.id, a.client_id, client, a.state, a.rules_on, a.started_on, a.started_by, starter,
            a.signed_by_name, a.signed_at, a.previous_id, a.plan_applied_at,
        )
        for a, client, starter in db.session.execute(query)
    ]  # fmt: skip


def with_progress(rows: Sequence[AssessmentRow]) -> list[AssessmentRow]:
    """The rows with the progress of drafts worked out, in six statements for any number of them."""
    open_rows = [row for row in rows if row.state is AssessmentState.DRAFT]
    answers = _answers([row.id for row in open_rows])
    profiles = profiles_for({row.client_id for row in open_rows})
    found = []
    for row in rows:
        if row.state is AssessmentState.DRAFT:
            kept = answers.get(row.id, [])
            values = {one.question: one.value for one in kept if not one.not_applicable_reason}
            skipped = {one.question for one in kept if one.not_applicable_reason}
            done = progress(rules_at(row.rules_on), values, skipped, profiles.get(row.client_id, {}))
            prepared = {row.started_by, *(one.answered_by for one in kept)} - {None}
            row = replace(
                row,
                percent=done.percent,
                is_complete=done.answered >= done.total,
                prepared_by=frozenset(one for one in prepared if one),
            )
        found.append(row)
    return found


def _answers(assessment_ids: Collection[UUID]) -> dict[UUID, list[Answer]]:
    found: dict[UUID, list[Answer]] = {}
    if assessment_ids:
        for answer in db.session.scalars(select(Answer).where(Answer.assessment_id.in_(assessment_ids))):
            found.setdefault(answer.assessment_id, []).append(answer)
    return found


def latest_for(client_ids: Collection[UUID]) -> dict[UUID, Latest]:
    """The latest assessment of each client that has one, with its open findings, in one statement."""
    if not client_ids:
        return {}
    newest = _newest(client_ids)
    query = (
        select(newest, Finding.rule, Finding.severity)
        .select_from(newest)
        .outerjoin(Finding, (Finding.client_id == newest.c.client_id) & Finding.settled_on.is_(None))
        .where(newest.c.place == 1)
    )
    rows = db.session.execute(query).all()
    counts = _open_by_severity((row.client_id, row.rule, row.severity) for row in rows if row.rule is not None)
    return {
        row.client_id: Latest(row.id, row.state, row.started_on, row.signed_at, counts.get(row.client_id, {}))
        for row in rows
    }


def _newest(client_ids: Collection[UUID]) -> Subquery:
    """Each client's assessments, the newest in first place; a draft is newer than what was signed the same day."""
    newest_first = (
        Assessment.started_on.desc(),
        Assessment.signed_at.is_(None).desc(),
        Assessment.signed_at.desc(),
        Assessment.id.desc(),
    )
    return (
        select(
            Assessment.id,
            Assessment.client_id,
            Assessment.state,
            Assessment.started_on,
            Assessment.signed_at,
            func.row_number().over(partition_by=Assessment.client_id, order_by=newest_first).label("place"),
        )
        .where(Assessment.client_id.in_(client_ids))
        .subquery()
    )


def _open_by_severity(found: Iterable[tuple[UUID, str, str]]) -> dict[UUID, dict[str, int]]:
    """A finding two assessments share counts once, by the gravest."""
    worst: dict[tuple[UUID, str], int] = {}
    for client_id, rule, severity in found:
        rank = SEVERITIES.index(severity)
        worst[client_id, rule] = min(rank, worst.get((client_id, rule), rank))
    sums: dict[UUID, dict[str, int]] = {}
    for (client_id, _rule), rank in sorted(worst.items(), key=lambda item: item[1]):
        counts = sums.setdefault(client_id, {})
        counts[SEVERITIES[rank]] = counts.get(SEVERITIES[rank], 0) + 1
    return sums


def findings_of(client_id: UUID) -> list[FindingRow]:
    """What was found at a client, open ones first, then by severity."""
    query = (
        select(Finding, Assessment.rules_on)
        .join(Assessment, Assessment.id == Finding.assessment_id)
        .where(Finding.client_id == client_id)
        .order_by(Finding.found_on.desc(), Finding.id)
    )
    rows = [
        FindingRow(
            f.id, f.client_id, f.assessment_id, rules_on, f.rule, f.severity, f.found_on, f.settled_on,
            f.settled_reason, f.version,
        )
        for f, rules_on in db.session.execute(query)
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (row.settled_on is not None, SEVERITIES.index(row.severity)))


def finding(finding_id: UUID) -> Finding | None:
    """The kept finding, None when it is not in scope."""
    return db.session.get(Finding, finding_id)
