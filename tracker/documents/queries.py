"""Documents, queries: requests and files as the pages, the desk, the portal and the workbook need them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, func, select

from tracker.accounts.models import UserAccount
from tracker.clients.enums import ClientState
from tracker.clients.models import Client, ProgramAccount
from tracker.documents.enums import RequestState
from tracker.documents.models import DocumentRequest, DocumentVersion
from tracker.documents.rules import OPEN, WAITS_ON_CLIENT, Tone, days_outstanding, is_late, state_on, tone
from tracker.documents.wording import name_of, state_word, why_of
from tracker.platform.clock import today
from tracker.platform.db import db


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One request with its words in the reader's language. `state` is the one that counts today."""

    id: UUID
    client_id: UUID
    client_name: str
    kind: str | None
    name: str
    why: str
    state: RequestState
    state_word: str
    tone: Tone  # for components/chip
    is_late: bool
    requested_on: date
    due_on: date | None
    received_at: datetime | None
    decided_on: date | None
    expires_on: date | None
    days_outstanding: int | None
    returned_reason: str | None
    not_required_reason: str | None
    owner_id: UUID | None
    owner_name: str | None
    account_number: str | None
    program_account_id: UUID | None
    engagement_id: UUID | None
    finding: str | None
    is_client_visible: bool
    files: int  # those the firm sees
    version: int


def requests_of(client_id: UUID) -> list[RequestRow]:
    """All requests of one client, the open ones first, soonest due first."""
    return request_rows(_selected().where(DocumentRequest.client_id == client_id))


def requests_of_engagement(engagement_id: UUID) -> list[RequestRow]:
    """The requests an engagement brought, the open ones first, soonest due first."""
    return request_rows(_selected().where(DocumentRequest.engagement_id == engagement_id))


def requests_for(client_ids: Iterable[UUID]) -> dict[UUID, list[RequestRow]]:
    """The requests of these clients (those in scope) by client, in one statement."""
    found: dict[UUID, list[RequestRow]] = defaultdict(list)
    for row in request_rows(_selected().where(DocumentRequest.client_id.in_(list(client_ids)))):
        found[row.client_id].append(row)
    return dict(found)


def new_from_clients(limit: int = 20) -> list[RequestRow]:
    """What clients handed in and nobody has looked at yet, longest waiting first."""
    query = _of_active().where(is_new()).order_by(DocumentRequest.received_at, DocumentRequest.id).limit(limit)
    return request_rows(query, is_sorted=True)


def late_requests(limit: int = 500) -> list[RequestRow]:
    """What active clients still owe after its due date, latest first."""
    query = _of_active().where(is_late_on(today())).order_by(DocumentRequest.due_on, DocumentRequest.id).limit(limit)
    return request_rows(query, is_sorted=True)


def client_visible_requests(client_id: UUID) -> list[RequestRow]:
    """The requests a client's own contact may see, the open ones first, soonest due first."""
    visible = DocumentRequest.is_client_visible.is_(True)
    return request_rows(_selected().where(DocumentRequest.client_id == client_id, visible))


def request_row(request_id: UUID) -> RequestRow | None:
    """One request; None when it is not in scope."""
    rows = request_rows(_selected().where(DocumentRequest.id == request_id))
    return rows[0] if rows else None


def editable(request_id: UUID) -> DocumentRequest | None:
    """The request itself, for the form that edits it; None when it is not in scope."""
    return db.session.get(DocumentRequest, request_id)


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One line of the workbook's document sheet, words in the reader's language."""

    id: UUID
    client_id: UUID
    client: str
    document: str
    why: str
    requested_on: date
    due_on: date | None
    received_at: datetime | None
    state: RequestState
    state_word: str
    is_late: bool
    days_outstanding: int | None
    owner_id: UUID | None
    owner: str | None
    expires_on: date | None
    returned_reason: str | None
    decided_on: date | None
    is_client_visible: bool


def document_rows(client_ids: Iterable[UUID] | None = None) -> list[DocumentRow]:
    """Every request of the active clients in scope (or of these clients) for the workbook, by client."""
    query = _of_active()
    if client_ids is not None:
        query = query.where(DocumentRequest.client_id.in_(list(client_ids)))
    rows = request_rows(query)
    rows.sort(key=lambda row: (row.client_name.casefold(), str(row.client_id)))
    return [
        DocumentRow(
            r.id, r.client_id, r.client_name, r.name, r.why, r.requested_on, r.due_on, r.received_at, r.state,
            r.state_word, r.is_late, r.days_outstanding, r.owner_id, r.owner_name, r.expires_on, r.returned_reason,
            r.decided_on, r.is_client_visible,
        )
        for r in rows
    ]  # fmt: skip


def is_new() -> Any:
    """The condition: handed in by the client, not looked at yet."""
    from_client = exists().where(
        DocumentVersion.request_id == DocumentRequest.id, DocumentVersion.is_from_client.is_(True)
    )
    return (DocumentRequest.state == RequestState.RECEIVED) & from_client


def is_late_on(day: date) -> Any:
    """The condition: the client still owes it after its due date."""
    return DocumentRequest.state.in_(WAITS_ON_CLIENT) & (DocumentRequest.due_on < day)


def selected_requests() -> Select[Any]:
    """The statement every list of requests starts from."""
    return _selected()


def _selected() -> Select[Any]:
    files = (
        select(func.count(DocumentVersion.id))
        .where(DocumentVersion.request_id == DocumentRequest.id)
        .correlate(DocumentRequest)
        .scalar_subquery()
    )
    columns: list[Any] = [DocumentRequest, Client.legal_name, UserAccount.name, ProgramAccount.number, files]
    return (
        select(*columns)
        .join(Client, Client.id == DocumentRequest.client_id)
        .outerjoin(UserAccount, UserAccount.id == DocumentRequest.owner_id)
        .outerjoin(ProgramAccount, ProgramAccount.id == DocumentRequest.program_account_id)
    )


def _of_active() -> Select[Any]:
    return _selected().where(Client.state == ClientState.ACTIVE)


def request_rows(query: Select[Any], *, is_sorted: bool = False) -> list[RequestRow]:
    """Run a statement that started from `selected_requests()`; unless sorted, open first, soonest due first."""
    day = today()
    rows = [_row(*found, day=day) for found in db.session.execute(query)]
    if not is_sorted:
        rows.sort(key=lambda row: (row.state not in OPEN, row.due_on or date.max, row.name, str(row.id)))
    return rows


def _row(
    request: DocumentRequest, client_name: str, owner: str | None, number: str | None, files: int, *, day: date
) -> RequestRow:
    state = state_on(request.state, request.expires_on, day)
    late = is_late(state, request.due_on, day)
    return RequestRow(
        id=request.id,
        client_id=request.client_id,
        client_name=client_name,
        kind=request.kind,
        name=name_of(request.kind, request.title),
        why=why_of(request.kind, request.why),
        state=state,
        state_word=state_word(state),
        tone=tone(state, late=late),
        is_late=late,
        requested_on=request.requested_on,
        due_on=request.due_on,
        received_at=request.received_at,
        decided_on=request.decided_on,
        expires_on=request.expires_on,
        days_outstanding=days_outstanding(state, request.requested_on, day),
        returned_reason=request.returned_reason,
        not_required_reason=request.not_required_reason,
        owner_id=request.owner_id,
        owner_name=owner,
        account_number=number,
        program_account_id=request.program_account_id,
        engagement_id=request.engagement_id,
        finding=request.finding,
        is_client_visible=request.is_client_visible,
        files=files,
        version=request.version,
    )


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One file handed in."""

    id: UUID
    client_id: UUID
    request_id: UUID
    number: int
    file_name: str
    content_type: str
    size: int  # bytes
    storage_key: str
    uploaded_at: datetime
    uploaded_by: str
    is_from_client: bool
    is_internal: bool


_VERSION: list[Any] = [
    DocumentVersion.id, DocumentVersion.client_id, DocumentVersion.request_id, DocumentVersion.number,
    DocumentVersion.file_name, DocumentVersion.content_type, DocumentVersion.size, DocumentVersion.storage_key,
    DocumentVersion.uploaded_at, DocumentVersion.uploaded_by, DocumentVersion.is_from_client,
    DocumentVersion.is_internal,
]  # fmt: skip


def versions_of(request_id: UUID) -> Sequence[VersionRow]:
    """The files of a request, newest first."""
    query = select(*_VERSION).where(DocumentVersion.request_id == request_id).order_by(DocumentVersion.number.desc())
    return [VersionRow(*row) for row in db.session.execute(query)]


def newest_files(client_id: UUID, limit: int = 50) -> Sequence[VersionRow]:
    """A client's files, the ones handed in last first."""
    query = select(*_VERSION).where(DocumentVersion.client_id == client_id)
    query = query.order_by(DocumentVersion.uploaded_at.desc(), DocumentVersion.id).limit(limit)
    return [VersionRow(*row) for row in db.session.execute(query)]


def version_row(version_id: UUID) -> VersionRow | None:
    """One file; None when it is not in scope."""
    row = db.session.execute(select(*_VERSION).where(DocumentVersion.id == version_id)).first()
    return VersionRow(*row) if row else None
