"""Documents, commands: ask for a document, one client or many, and change what is asked."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from tracker.accounts import queries as accounts
from tracker.accounts.enums import AccountState
from tracker.clients.models import Client, ProgramAccount
from tracker.documents.commands.holding import locked_request
from tracker.documents.enums import RequestState
from tracker.documents.models import DocumentRequest
from tracker.documents.rules import is_answered, proposed_due
from tracker.documents.wording import kind_of
from tracker.engagements.models import Engagement
from tracker.permissions import STAFF
from tracker.platform.actor import Actor
from tracker.platform.audit import record
from tracker.platform.clock import today
from tracker.platform.db import db
from tracker.platform.edge import check_version
from tracker.platform.errors import Refusal
from tracker.rulebook.types import DocumentKind


def request_document(
    actor: Actor,
    *,
    client_id: UUID,
    kind: str | None = None,
    title: str | None = None,
    why: str | None = None,
    due_on: date | None = None,
    owner_id: UUID | None = None,
    engagement_id: UUID | None = None,
    program_account_id: UUID | None = None,
    finding: str | None = None,
    is_client_visible: bool = True,
    requested_on: date | None = None,
) -> DocumentRequest:
    """Ask a client for one document, a kind of the rulebook or something typed. The due date is proposed when left out.

    Refusal on "title" when nothing was named, on "kind" when the rulebook does not know it, on "owner_id",
    "program_account_id" or "engagement_id" when they do not fit the client.
    """
    known = _known_kind(kind)
    if known is None and not title:
        raise Refusal("title", _("Choose a document or say what you need."))
    _check_belongs(client_id, program_account_id=program_account_id, engagement_id=engagement_id)
    _check_owner(owner_id)
    asked_on = requested_on or today()
    request = DocumentRequest(
        client_id=client_id,
        kind=kind,
        title=title,
        why=why,
        due_on=due_on or (proposed_due(asked_on, known.due_days) if known else None),
        owner_id=owner_id,
        engagement_id=engagement_id,
        program_account_id=program_account_id,
        finding=finding,
        is_client_visible=is_client_visible,
        requested_on=asked_on,
    )
    db.session.add(request)
    record(actor, "document_request:requested", request)
    db.session.flush()
    return request


def ensure_request(
    actor: Actor,
    *,
    client_id: UUID,
    kind: str,
    engagement_id: UUID | None = None,
    program_account_id: UUID | None = None,
    finding: str | None = None,
    due_on: date | None = None,
    owner_id: UUID | None = None,
    is_client_visible: bool = True,
    requested_on: date | None = None,
    anew: bool = False,
) -> DocumentRequest:
    """The request for this kind (and account) that is open or accepted and still valid; a new one when there is none.

    `anew` asks for the paper of something new: one handed in before is about what was there, and does not stand for it.
    """
    same_account = (
        DocumentRequest.program_account_id.is_(None)
        if program_account_id is None
        else DocumentRequest.program_account_id == program_account_id
    )
    query = (
        select(DocumentRequest)
        .where(DocumentRequest.client_id == client_id, DocumentRequest.kind == kind, same_account)
        .order_by(DocumentRequest.requested_on.desc(), DocumentRequest.id)
    )
    for standing in db.session.scalars(query):
        is_unused = standing.state is RequestState.REQUESTED
        if is_unused if anew else is_answered(standing.state, standing.expires_on, today()):
            return standing
    return request_document(
        actor,
        client_id=client_id,
        kind=kind,
        engagement_id=engagement_id,
        program_account_id=program_account_id,
        finding=finding,
        due_on=due_on,
        owner_id=owner_id,
        is_client_visible=is_client_visible,
        requested_on=requested_on,
    )


def request_from_many(
    actor: Actor,
    *,
    client_ids: Sequence[UUID],
    kind: str,
    due_on: date | None = None,
    owner_id: UUID | None = None,
) -> tuple[int, int]:
    """Ask many clients for one kind. Returns how many were asked and how many had it open or accepted already.

    Refusal on "client_ids" when none was chosen or one of them is not there.
    """
    wanted = set(client_ids)
    there = db.session.scalars(select(Client.id).where(Client.id.in_(wanted)).order_by(Client.legal_name)).all()
    if not wanted or len(there) != len(wanted):
        raise Refusal("client_ids", _("Choose clients from the list."))
    query = select(DocumentRequest).where(DocumentRequest.client_id.in_(wanted), DocumentRequest.kind == kind)
    having = {r.client_id for r in db.session.scalars(query) if is_answered(r.state, r.expires_on, today())}
    for client_id in there:
        if client_id not in having:
            request_document(actor, client_id=client_id, kind=kind, due_on=due_on, owner_id=owner_id)
    return len(wanted - having), len(having)


def edit_request(
    actor: Actor,
    *,
    request_id: UUID,
    version: int,
    title: str | None,
    why: str | None,
    due_on: date | None,
    owner_id: UUID | None,
    is_client_visible: bool,
) -> DocumentRequest:
    """Change the words, the due date, the owner or who sees a request. Refusal on "title" or "owner_id"; Stale."""
    request = locked_request(request_id)
    check_version(request, version)
    if request.kind is None and not title:
        raise Refusal("title", _("Choose a document or say what you need."))
    if owner_id != request.owner_id:
        _check_owner(owner_id)
    request.title, request.why, request.due_on = title, why, due_on
    request.owner_id, request.is_client_visible = owner_id, is_client_visible
    record(actor, "document_request:edited", request)
    return request


def reschedule_request(actor: Actor, *, request_id: UUID, version: int, due_on: date) -> DocumentRequest:
    """Set the day a document that is asked for is due. Stale."""
    request = locked_request(request_id)
    check_version(request, version)
    request.due_on = due_on
    record(actor, "document_request:rescheduled", request)
    return request


def _known_kind(kind: str | None) -> DocumentKind | None:
    known = kind_of(kind)
    if kind is not None and known is None:
        raise Refusal("kind", _("Choose a document from the list."))
    return known


def _check_owner(owner_id: UUID | None) -> None:
    if owner_id is not None and still_of_firm(owner_id) is None:
        raise Refusal("owner_id", _("Choose someone of the firm."))


def still_of_firm(owner_id: UUID | None) -> UUID | None:
    """The owner where that is someone of the firm still; None for who has left it, and for nobody."""
    person = accounts.by_id(owner_id) if owner_id else None
    is_there = person is not None and person.role in STAFF and person.state is not AccountState.DEACTIVATED
    return owner_id if is_there else None


def _check_belongs(client_id: UUID, *, program_account_id: UUID | None, engagement_id: UUID | None) -> None:
    # An id that is not there yet is left to the composite foreign key: the row may be pending in this transaction.
    account = db.session.get(ProgramAccount, program_account_id) if program_account_id else None
    if account is not None and account.client_id != client_id:
        raise Refusal("program_account_id", _("Choose an account of this client."))
    engagement = db.session.get(Engagement, engagement_id) if engagement_id else None
    if engagement is not None and engagement.client_id != client_id:
        raise Refusal("engagement_id", _("Choose an engagement of this client."))
