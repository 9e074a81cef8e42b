"""Documents, commands: ask for a document, take files in, decide about them, let them run out."""

from tracker.documents.commands.asking import (
    edit_request,
    ensure_request,
    request_document,
    request_from_many,
    reschedule_request,
)
from tracker.documents.commands.deciding import (
    accept_request,
    ask_again,
    expire_requests,
    renew_request,
    return_request,
    set_not_required,
    start_review,
)
from tracker.documents.commands.handing_in import upload_version

__all__ = [
    "accept_request",
    "ask_again",
    "edit_request",
    "ensure_request",
    "expire_requests",
    "renew_request",
    "request_document",
    "request_from_many",
    "reschedule_request",
    "return_request",
    "set_not_required",
    "start_review",
    "upload_version",
]
