"""Documents, queries: requests and files as a client's own contact may see them. Nothing internal passes here."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from tracker.documents.models import DocumentRequest, DocumentVersion
from tracker.documents.queries import RequestRow, VersionRow, request_row, version_row, versions_of
from tracker.documents.wording import name_of
from tracker.platform.db import db


@dataclass(frozen=True, slots=True)
class HandedInRow:
    """A file in the contact's history."""

    id: UUID
    request_id: UUID
    document: str
    file_name: str
    size: int  # bytes
    uploaded_at: datetime
    uploaded_by: str
    is_from_client: bool


def shown_request(request_id: UUID) -> RequestRow | None:
    """One request; None when it is not in scope or internal."""
    row = request_row(request_id)
    return row if row is not None and row.is_client_visible else None


def shown_versions(request_id: UUID) -> list[VersionRow]:
    """The files of a shown request that are not internal, newest first."""
    return [version for version in versions_of(request_id) if not version.is_internal]


def shown_version(version_id: UUID) -> VersionRow | None:
    """One file; None when it is not in scope, internal, or of an internal request."""
    version = version_row(version_id)
    if version is None or version.is_internal or shown_request(version.request_id) is None:
        return None
    return version


def handed_in(client_id: UUID, limit: int = 200) -> list[HandedInRow]:
    """Every file a company's contact may see, newest first."""
    query = (
        select(DocumentVersion, DocumentRequest.kind, DocumentRequest.title)
        .join(DocumentRequest, DocumentRequest.id == DocumentVersion.request_id)
        .where(
            DocumentVersion.client_id == client_id,
            DocumentVersion.is_internal.is_(False),
            DocumentRequest.is_client_visible.is_(True),
        )
        .order_by(DocumentVersion.uploaded_at.desc(), DocumentVersion.id)
        .limit(limit)
    )
    return [
        HandedInRow(
            id=version.id,
            request_id=version.request_id,
            document=name_of(kind, title),
            file_name=version.file_name,
            size=version.size,
            uploaded_at=version.uploaded_at,
            uploaded_by=version.uploaded_by,
            is_from_client=version.is_from_client,
        )
        for version, kind, title in db.session.execute(query)
    ]
