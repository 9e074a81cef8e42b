"""Engagements, models."""

from datetime import date
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.engagements.enums import EngagementState
from tracker.platform.db import Base
from tracker.platform.tenancy import ClientOwned, refers_to


class Engagement(ClientOwned, Base):
    """One piece of work for one client, opened from a template of the rulebook."""

    __tablename__ = "engagement"
    __constraints__ = (
        Index(
            "uq_engagement_one_open",
            "client_id",
            "template",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    template: Mapped[str]  # key in the rulebook
    template_version: Mapped[int]
    stage: Mapped[int] = mapped_column(default=1)  # 1-based, within the template's stages
    stage_since: Mapped[date]
    state: Mapped[EngagementState] = mapped_column(default=EngagementState.OPEN)
    lead_id: Mapped[UUID | None] = mapped_column(refers_to("user_account.id"), default=None)
    opened_on: Mapped[date]
    target_on: Mapped[date | None] = mapped_column(default=None)
    closed_on: Mapped[date | None] = mapped_column(default=None)
    closing_note: Mapped[str | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}
