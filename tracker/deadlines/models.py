"""Deadlines, models: a person's calendar address for Outlook and others."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from tracker.platform.clock import now
from tracker.platform.db import Base
from tracker.platform.tenancy import new_id, refers_to


class CalendarFeed(Base):
    """The one secret address under which a person's dates can be read without signing in. Only its hash is kept."""

    __tablename__ = "calendar_feed"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(refers_to("user_account.id", ondelete="CASCADE"), unique=True)
    secret_hash: Mapped[str] = mapped_column(unique=True, info={"class": "secret"})
    is_mine_only: Mapped[bool] = mapped_column(default=True)  # what they own or lead; else all they may see
    made_at: Mapped[datetime] = mapped_column(default=now)
