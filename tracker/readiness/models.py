"""Readiness, models: where each client stands, kept so that lists filter and sort without working all of it out again."""

from datetime import date, datetime
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


class Snapshot(ClientOwned, Base):
    """Where one client stood on one day. Written by the daily job alone, once a day, and never changed afterwards."""

    __tablename__ = "snapshot"
    __audited__ = False  # worked out from audited rows, as the standing is
    __constraints__ = (UniqueConstraint("client_id", "taken_on"), Index("ix_snapshot_taken_on", "taken_on"))

    taken_on: Mapped[date]
    taken_at: Mapped[datetime | None] = mapped_column(default=None)  # what happened from then on, it does not show
    gates: Mapped[str]  # six letters, o open, w waiting, d done
    may_release: Mapped[bool]
    accounts_short: Mapped[int]
    required_amount: Mapped[Decimal]
    posted_amount: Mapped[Decimal]
    shortfall_amount: Mapped[Decimal]
    cover_percent: Mapped[int | None]
    ending_30: Mapped[int]  # accounts whose security ends within so many days
    ending_60: Mapped[int]
    ending_90: Mapped[int]
    open_documents: Mapped[int]
    late_documents: Mapped[int]
    accepted_documents: Mapped[int]
    required_documents: Mapped[int]
    open_tasks: Mapped[int]
    late_tasks: Mapped[int]
    template: Mapped[str | None]  # of the open engagement opened first, and the stage it was in
    stage: Mapped[int | None]
    waiting_on: Mapped[str | None]
    waiting_since: Mapped[date | None]
