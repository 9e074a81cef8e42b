"""Documents, models: requests and the files handed in for them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.documents.enums import RequestState
from tracker.platform.clock import now
from tracker.platform.db import Base
from tracker.platform.tenancy import ClientOwned, refers_to


class DocumentRequest(ClientOwned, Base):
    """Something the importer has to hand in, why, and by when."""

    __tablename__ = "document_request"
    __parents__ = {"engagement_id": "engagement", "program_account_id": "program_account"}
    __constraints__ = (
        Index("ix_document_request_state_due_on", "state", "due_on"),
        Index("ix_document_request_owner_id_state", "owner_id", "state"),
    )

    kind: Mapped[str | None] = mapped_column(default=None)  # key in the rulebook; None for a request typed by hand
    title: Mapped[str | None] = mapped_column(default=None)
    why: Mapped[str | None] = mapped_column(default=None)  # typed words; None reads the rulebook's
    engagement_id: Mapped[UUID | None] = mapped_column(default=None)
    program_account_id: Mapped[UUID | None] = mapped_column(default=None)
    finding: Mapped[str | None] = mapped_column(default=None)
    state: Mapped[RequestState] = mapped_column(default=RequestState.REQUESTED)
    requested_on: Mapped[date]
    due_on: Mapped[date | None] = mapped_column(default=None)
    received_at: Mapped[datetime | None] = mapped_column(default=None)
    decided_on: Mapped[date | None] = mapped_column(default=None)
    expires_on: Mapped[date | None] = mapped_column(default=None)
    returned_reason: Mapped[str | None] = mapped_column(default=None)
    not_required_reason: Mapped[str | None] = mapped_column(default=None)
    owner_id: Mapped[UUID | None] = mapped_column(refers_to("user_account.id"), default=None)
    is_client_visible: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class DocumentVersion(ClientOwned, Base):
    """One file handed in for a request. Never changed; a better one is another version."""

    __tablename__ = "document_version"
    __parents__ = {"request_id": "document_request"}
    __constraints__ = (UniqueConstraint("request_id", "number"),)

    request_id: Mapped[UUID]
    number: Mapped[int]
    file_name: Mapped[str]
    content_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    storage_key: Mapped[str] = mapped_column(unique=True)
    uploaded_at: Mapped[datetime] = mapped_column(default=now)
    uploaded_by: Mapped[str]
    is_from_client: Mapped[bool] = mapped_column(default=False)
    is_internal: Mapped[bool] = mapped_column(default=False)  # the client does not see it
