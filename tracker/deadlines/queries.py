"""Deadlines, queries: every date of the features between two days, gathered for the clients in scope."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from tracker.clients.enums import ClientState
from tracker.clients.models import Client, ProgramAccount, Statement
from tracker.coordination.enums import DelegationState, TaskState
from tracker.coordination.models import Delegation, Partner, Task
from tracker.deadlines.rules import Deadline, DeadlineKind, cycle_deadlines, in_order
from tracker.documents.enums import RequestState
from tracker.documents.models import DocumentRequest
from tracker.engagements.enums import EngagementState
from tracker.engagements.models import Engagement
from tracker.guarantees.enums import InstrumentState
from tracker.guarantees.models import Instrument
from tracker.platform.db import db
from tracker.rulebook.book import rules_at
from tracker.rulebook.types import Text

MOST = 5000
ASKED = (RequestState.REQUESTED, RequestState.RETURNED)


def deadline_rows(today: date, days: int, client_ids: Iterable[UUID] | None = None) -> list[Deadline]:
    """Every date from today on within `days`, soonest first. Eight statements however many clients."""
    return deadlines_between(today, today + timedelta(days=days), client_ids)


def deadlines_between(first: date, last: date, client_ids: Iterable[UUID] | None = None) -> list[Deadline]:
    """Every date between two days, both included, soonest first."""
    ids = None if client_ids is None else list(client_ids)
    found = list(cycle_deadlines(first, last))
    for gather in (_statements, _tasks, _documents, _expiries, _instruments, _delegations, _engagements):
        found += gather(first, last, ids)
    return in_order(found)


def _rows(query: Any, owner: Any, ids: Sequence[UUID] | None) -> Any:
    query = query.where(Client.state == ClientState.ACTIVE)
    if ids is not None:
        query = query.where(owner.client_id.in_(ids))
    return db.session.execute(query.limit(MOST))


def _statements(first: date, last: date, ids: Sequence[UUID] | None) -> list[Deadline]:
    query = (
        select(Statement, Client.legal_name, ProgramAccount.number)
        .join(Client, Client.id == Statement.client_id)
        .join(ProgramAccount, ProgramAccount.id == Statement.program_account_id)
        .where(Statement.due_on.between(first, last), Statement.paid_on.is_(None), Statement.total_amount > 0)
        .order_by(Statement.due_on, Statement.id)
    )
    return [
        Deadline(
            row.due_on,
            Text(f"Statement of {row.period_end} due, {number}", f"Relevé du {row.period_end} à payer, {number}"),
            DeadlineKind.STATUTORY,
            "bill.due",
            row.client_id,
            name,
            row.id,
        )
        for row, name, number in _rows(query, Statement, ids)
    ]


def _tasks(first: date, last: date, ids: Sequence[UUID] | None) -> list[Deadline]:
    query = (
        select(Task, Client.legal_name)
        .join(Client, Client.id == Task.client_id)
        .where(Task.due_on.between(first, last), Task.state == TaskState.OPEN)
        .order_by(Task.due_on, Task.id)
    )
    kinds = rules_at(first).tasks
    return [
        Deadline(
            row.due_on,
            Text(row.title, row.title) if row.title else kinds[row.kind].name,
            DeadlineKind.INTERNAL,
            "task",
            row.client_id,
            name,
            row.id,
        )
        for row, name in _rows(query, Task, ids)
        if row.title or row.kind in kinds
    ]


def _documents(first: date, last: date, ids: Sequence[UUID] | None) -> list[Deadline]:
    query = (
        select(DocumentRequest, Client.legal_name)
        .join(Client, Client.id == DocumentRequest.client_id)
        .where(DocumentRequest.due_on.between(first, last), DocumentRequest.state.in_(ASKED))
        .order_by(DocumentRequest.due_on, DocumentRequest.id)
    )
    return [
        Deadline(
            row.due_on,
            _document_name(row, first),
            DeadlineKind.INTERNAL,
            "document_request",
            row.client_id,
            name,
            row.id,
        )
        for row, name in _rows(query, DocumentRequest, ids)
    ]


def _expiries(first: date, last: date, ids: Sequence[UUID] | None) -> list[Deadline]:
    query = (
        select(DocumentRequest, Client.legal_name)
        .join(Client, Client.id == DocumentRequest.client_id)
        .where(DocumentRequest.expires_on.between(first, last), DocumentRequest.state == RequestState.ACCEPTED)
        .order_by(DocumentRequest.expires_on, DocumentRequest.id)
    )
    return [
        Deadline(
            row.expires_on,
            Text(f"Expires: {_document_name(row, first).en}", f"Expire : {_document_name(row, first).fr}"),
            DeadlineKind.CONTRACTUAL,
            "document_request",
            row.client_id,
            name,
            row.id,
        )
        for row, name in _rows(query, DocumentRequest, ids)
    ]


def _document_name(row: DocumentRequest, day: date) -> Text:
    if row.title:
        return Text(row.title, row.title)
    kind = rules_at(day).documents.get(row.kind or "")
    return kind.name if kind else Text(str(row.kind), str(row.kind))


def _instruments(first: date, last: date, ids: Sequence[UUID] | None) -> list[Deadline]:
    query = (
        select(Instrument, Client.legal_name)
        .join(Client, Client.id == Instrument.client_id)
        .where(Instrument.valid_until.between(first, last), Instrument.state != InstrumentState.ENDED)
        .order_by(Instrument.valid_until, Instrument.id)
    )
    kinds = rules_at(first).instruments
    return [
        Deadline(
            row.valid_until,
            Text(
                f"{kinds[row.kind.value].name.en} {row.number or ''} ends".replace("  ", " "),
                f"{kinds[row.kind.value].name.fr} {row.number or ''} prend fin".replace("  ", " "),
            ),
            DeadlineKind.CONTRACTUAL,
            "instrument",
            row.client_id,
            name,
            row.id,
        )
        for row, name in _rows(query, Instrument, ids)
    ]


def _delegations(first: date, last: date, ids: Sequence[UUID] | None) -> list[Deadline]:
    query = (
        select(Delegation, Client.legal_name, Partner.name)
        .join(Client, Client.id == Delegation.client_id)
        .join(Partner, Partner.id == Delegation.partner_id)
        .where(Delegation.review_on.between(first, last), Delegation.state == DelegationState.APPROVED)
        .order_by(Delegation.review_on, Delegation.id)
    )
    return [
        Deadline(
            row.review_on,
            Text(f"Look again at the delegation of {partner}", f"Revoir la délégation de {partner}"),
            DeadlineKind.INTERNAL,
            "delegation",
            row.client_id,
            name,
            row.id,
        )
        for row, name, partner in _rows(query, Delegation, ids)
    ]


def _engagements(first: date, last: date, ids: Sequence[UUID] | None) -> list[Deadline]:
    query = (
        select(Engagement, Client.legal_name)
        .join(Client, Client.id == Engagement.client_id)
        .where(Engagement.target_on.between(first, last), Engagement.state == EngagementState.OPEN)
        .order_by(Engagement.target_on, Engagement.id)
    )
    templates = rules_at(first).templates
    return [
        Deadline(
            row.target_on,
            Text(f"Target: {templates[row.template].name.en}", f"Cible : {templates[row.template].name.fr}"),
            DeadlineKind.INTERNAL,
            "engagement",
            row.client_id,
            name,
            row.id,
        )
        for row, name in _rows(query, Engagement, ids)
    ]
