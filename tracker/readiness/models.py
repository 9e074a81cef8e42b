"""Readiness, models: where each client stands, kept so that lists filter and sort without working all of it out again."""

from datetime import date
from decimal import Decimal

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.platform.db import Base
from tracker.platform.tenancy import ClientOwned

NEVER = date(1, 1, 1)  # the day on which a figure was read that nobody ever read: older than any


class Standing(ClientOwned, Base):
    """One client's standing on the day it was worked out. Written by the same function the client page shows."""

    __tablename__ = "standing"
    __audited__ = False  # worked out from audited rows, in their transaction
    __constraints__ = (
        UniqueConstraint("client_id"),
        Index("ix_standing_may_release", "may_release"),
        Index("ix_standing_shortfall_amount", "shortfall_amount"),
        Index("ix_standing_next_date_on", "next_date_on"),
        Index("ix_standing_figure_read_on", "figure_read_on"),
    )

    worked_out_on: Mapped[date]
    gates: Mapped[str]  # six letters, o open, w waiting, d done
    gates_done: Mapped[int]
    may_release: Mapped[bool]
    required_amount: Mapped[Decimal]
    posted_amount: Mapped[Decimal]
    shortfall_amount: Mapped[Decimal]
    cover_percent: Mapped[int | None] = mapped_column(default=None)
    security_ends_on: Mapped[date | None] = mapped_column(default=None)
    open_tasks: Mapped[int] = mapped_column(default=0)
    late_tasks: Mapped[int] = mapped_column(default=0)
    open_documents: Mapped[int] = mapped_column(default=0)
    late_documents: Mapped[int] = mapped_column(default=0)
    bam_count: Mapped[int] = mapped_column(default=0)
    figure_read_on: Mapped[date | None] = mapped_column(
        default=None
    )  # NEVER: there are statements, and nobody ever did
    waiting_on: Mapped[str | None] = mapped_column(default=None)
    waiting_since: Mapped[date | None] = mapped_column(default=None)
    next_date_on: Mapped[date | None] = mapped_column(default=None)
