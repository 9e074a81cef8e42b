"""Documents, commands: hold one request until the commit, and know where it stands today."""

from uuid import UUID

from flask_babel import gettext as _

from tracker.documents.enums import RequestState
from tracker.documents.models import DocumentRequest
from tracker.documents.rules import state_on
from tracker.platform.clock import today
from tracker.platform.db import db
from tracker.platform.errors import Refusal


def locked_request(request_id: UUID) -> DocumentRequest:
    """The request, held until the commit, so that two at once are done one after the other."""
    request = db.session.get(DocumentRequest, request_id, with_for_update=True)
    if request is None:
        raise Refusal(None, _("This request is no longer there."))
    return request


def current_state(request: DocumentRequest) -> RequestState:
    """The state that counts today."""
    return state_on(request.state, request.expires_on, today())
