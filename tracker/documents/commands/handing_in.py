"""Documents, commands: take files in as numbered versions."""

from collections.abc import Sequence
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from tracker.documents.commands.holding import current_state, locked_request
from tracker.documents.enums import RequestState
from tracker.documents.intake import NewFile
from tracker.documents.models import DocumentRequest, DocumentVersion
from tracker.documents.rules import may_move
from tracker.documents.wording import state_word
from tracker.platform.actor import Actor
from tracker.platform.audit import record
from tracker.platform.clock import now
from tracker.platform.db import db
from tracker.platform.errors import Refusal


def upload_version(
    actor: Actor, *, request_id: UUID, files: Sequence[NewFile], is_internal: bool = False
) -> list[DocumentVersion]:
    """Take files in as the next versions, numbered without gaps. A file the client may see counts as handed in.

    Refusal on "files" when the request is settled, or is not one the client may answer.
    """
    request = locked_request(request_id)
    if not actor.is_staff and (is_internal or not request.is_client_visible):
        raise Refusal("files", _("This is not open for files."))
    if not may_move(current_state(request), RequestState.RECEIVED):
        raise Refusal(
            "files",
            _("This is %(state)s: nothing more can be handed in.", state=state_word(current_state(request)).lower()),
        )
    added = _add_versions(actor, request, files, is_internal=is_internal)
    if not is_internal or not request.is_client_visible:
        request.state, request.received_at = RequestState.RECEIVED, now()
        record(actor, "document_request:received", request, summary=", ".join(new.file_name for new in added))
    return added


def _add_versions(
    actor: Actor, request: DocumentRequest, files: Sequence[NewFile], *, is_internal: bool
) -> list[DocumentVersion]:
    numbers = db.session.scalars(select(DocumentVersion.number).where(DocumentVersion.request_id == request.id)).all()
    added = []
    for number, new in enumerate(files, start=max(numbers, default=0) + 1):
        version = DocumentVersion(
            client_id=request.client_id,
            request_id=request.id,
            number=number,
            file_name=new.name,
            content_type=new.stored.content_type,
            size=new.stored.size,
            sha256=new.stored.sha256,
            storage_key=new.stored.key,
            uploaded_by=actor.name,
            is_from_client=not actor.is_staff,
            is_internal=is_internal,
        )
        db.session.add(version)
        told = {"number": [None, number], "file_name": [None, new.name], "sha256": [None, new.stored.sha256]}
        record(actor, "document_version:added", version, changes=told)
        added.append(version)
    return added
