"""Notifications, models: the outbox."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from tracker.platform.clock import now
from tracker.platform.db import Base
from tracker.platform.tenancy import new_id


class OutboxMessage(Base):
    """A mail waiting to be sent, written in the transaction it tells of."""

    __tablename__ = "outbox_message"
    __table_args__ = (Index("ix_outbox_waiting", "sent_at", "next_attempt_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    message_id: Mapped[str] = mapped_column(unique=True)
    to_email: Mapped[str]
    to_name: Mapped[str] = mapped_column(default="")
    subject: Mapped[str]
    body: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)
    next_attempt_at: Mapped[datetime] = mapped_column(default=now)
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    last_error: Mapped[str] = mapped_column(default="")
