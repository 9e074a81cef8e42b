"""Documents, commands: decide about what was handed in, let it run out, ask for its successor."""

from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from tracker.clients.queries import archived
from tracker.documents.commands.asking import ensure_request, request_document, still_of_firm
from tracker.documents.commands.holding import current_state, locked_request
from tracker.documents.enums import RequestState
from tracker.documents.models import DocumentRequest
from tracker.documents.rules import may_move, proposed_due
from tracker.documents.wording import kind_of, state_word
from tracker.platform.actor import Actor
from tracker.platform.audit import record
from tracker.platform.clock import today
from tracker.platform.db import db
from tracker.platform.edge import check_version
from tracker.platform.errors import Refusal


def start_review(actor: Actor, *, request_id: UUID, version: int) -> DocumentRequest:
    """Begin to look at what was handed in, or take a mistaken acceptance back."""
    request = _moved(request_id, version, RequestState.UNDER_REVIEW)
    request.decided_on = request.expires_on = None
    record(actor, "document_request:review-started", request)
    return request


def accept_request(actor: Actor, *, request_id: UUID, version: int, expires_on: date | None = None) -> DocumentRequest:
    """Accept what was handed in. Refusal on "expires_on" when the kind runs out and no day, or a past one, was given."""
    request = _moved(request_id, version, RequestState.ACCEPTED)
    kind = kind_of(request.kind)
    if expires_on is None and kind is not None and kind.expires:
        raise Refusal("expires_on", _("This document runs out: say until when it is valid."))
    if expires_on is not None and expires_on < today():
        raise Refusal("expires_on", _("This day has passed. Return the document instead."))
    request.expires_on, request.decided_on, request.returned_reason = expires_on, today(), None
    record(actor, "document_request:accepted", request)
    return request


def return_request(
    actor: Actor, *, request_id: UUID, version: int, reason: str | None, due_on: date | None = None
) -> DocumentRequest:
    """Give it back to the client with a reason they read on top. Refusal on "reason" when it is empty."""
    request = _moved(request_id, version, RequestState.RETURNED)
    if not reason:
        raise Refusal("reason", _("Say what is missing or wrong, so that the client can put it right."))
    request.returned_reason, request.decided_on = reason, today()
    request.due_on = due_on or request.due_on
    record(actor, "document_request:returned", request, summary=reason)
    return request


def set_not_required(actor: Actor, *, request_id: UUID, version: int, reason: str | None) -> DocumentRequest:
    """Take the request off the client's list, with the reason. Refusal on "reason" when it is empty."""
    request = _moved(request_id, version, RequestState.NOT_REQUIRED)
    if not reason:
        raise Refusal("reason", _("Say why it is not required."))
    request.not_required_reason, request.decided_on = reason, today()
    record(actor, "document_request:not-required", request, summary=reason)
    return request


def ask_again(actor: Actor, *, request_id: UUID, version: int, due_on: date | None = None) -> DocumentRequest:
    """Ask for what had been marked as not required; days outstanding count from today."""
    request = _moved(request_id, version, RequestState.REQUESTED)
    kind = kind_of(request.kind)
    request.requested_on = today()
    request.due_on = due_on or (proposed_due(today(), kind.due_days) if kind else None)
    request.not_required_reason = request.decided_on = request.received_at = None
    record(actor, "document_request:asked-again", request)
    return request


def renew_request(actor: Actor, *, request_id: UUID, version: int, due_on: date | None = None) -> DocumentRequest:
    """Close what ran out and ask for its successor. Returns the new (or already open) request."""
    request = locked_request(request_id)
    check_version(request, version)
    if current_state(request) is not RequestState.EXPIRED:
        raise Refusal(None, _("This has not run out yet."))
    return _renewed(actor, request, due_on)


def expire_requests(actor: Actor, *, day: date) -> int:
    """The daily job: close every accepted document whose last day was before `day` and ask for its successor.

    Nothing is asked of an archived client; once it is taken up again, the next run does it.
    """
    over = select(DocumentRequest).where(
        DocumentRequest.state == RequestState.ACCEPTED,
        DocumentRequest.expires_on < day,
        DocumentRequest.client_id.not_in(archived()),
    )
    rows = db.session.scalars(over.order_by(DocumentRequest.id)).all()
    for request in rows:
        _renewed(actor, request, None)
    return len(rows)


def _renewed(actor: Actor, request: DocumentRequest, due_on: date | None) -> DocumentRequest:
    if request.state is not RequestState.EXPIRED:
        request.state = RequestState.EXPIRED
        record(actor, "document_request:expired", request)
        db.session.flush()
    follow: dict[str, Any] = {
        "client_id": request.client_id,
        "program_account_id": request.program_account_id,
        "owner_id": still_of_firm(request.owner_id),  # its successor is nobody's where that person has left
        "is_client_visible": request.is_client_visible,
        "due_on": due_on,
    }
    if request.kind is not None and not request.title:
        return ensure_request(actor, kind=request.kind, **follow)
    return request_document(actor, kind=request.kind, title=request.title, why=request.why, **follow)


def _moved(request_id: UUID, version: int, after: RequestState) -> DocumentRequest:
    request = locked_request(request_id)
    check_version(request, version)
    before = current_state(request)
    if not may_move(before, after) or before is after:
        words = {"before": state_word(before).lower(), "after": state_word(after).lower()}
        raise Refusal(None, _("What is “%(before)s” cannot become “%(after)s”.", **words))
    request.state = after
    return request
