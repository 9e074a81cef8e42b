"""One-time keys: the same creation sent twice (a double click, a reload) is done once and answered alike."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from tracker.platform.clock import now
from tracker.platform.db import Base, db
from tracker.platform.tenancy import new_id


class OnceKey(Base):
    """A key somebody used, and where its answer led."""

    __tablename__ = "once_key"
    __table_args__ = (UniqueConstraint("user_id", "endpoint", "key"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID]
    endpoint: Mapped[str]
    key: Mapped[str]
    location: Mapped[str]
    used_at: Mapped[datetime]


def answered(user_id: UUID, endpoint: str, key: str) -> str | None:
    """Where the first use of this key led, or None when it is fresh."""
    found: str | None = db.session.scalar(
        select(OnceKey.location).where(OnceKey.user_id == user_id, OnceKey.endpoint == endpoint, OnceKey.key == key)
    )
    return found


def claim(user_id: UUID, endpoint: str, key: str, location: str) -> None:
    """Use the key up, inside the transaction of the creation itself."""
    db.session.add(OnceKey(user_id=user_id, endpoint=endpoint, key=key, location=location, used_at=now()))
