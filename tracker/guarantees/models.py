"""Guarantees, models: instruments, their shares and documents, CBSA's own figure (noted, or told), reductions, scenarios, kept cover."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.guarantees.enums import InstrumentKind, InstrumentState, ReductionState, ToldState
from tracker.platform.clock import now
from tracker.platform.db import Base
from tracker.platform.tenancy import ClientOwned, new_id, refers_to


class Instrument(ClientOwned, Base):
    """A bond, deposit or other security of one client. CAD. Its fields are the seven of SOR/2024-42 s. 5(2) and our own."""

    __tablename__ = "instrument"
    __constraints__ = (Index("ix_instrument_valid_until", "valid_until"),)

    kind: Mapped[InstrumentKind]
    number: Mapped[str | None] = mapped_column(default=None)
    provider_id: Mapped[UUID | None] = mapped_column(refers_to("partner.id"), default=None)
    amount: Mapped[Decimal]
    valid_from: Mapped[date | None] = mapped_column(default=None)
    valid_until: Mapped[date | None] = mapped_column(default=None)  # None = continuous
    state: Mapped[InstrumentState]
    state_since: Mapped[date]
    posted_on: Mapped[date | None] = mapped_column(default=None)  # when it began to count; None: it never has
    sent_on: Mapped[date | None] = mapped_column(
        default=None
    )  # issued, and sent to CBSA on paper: pending from then on
    answer_by_on: Mapped[date | None] = mapped_column(default=None)  # when CBSA's usual time for paper ends
    notice_received_on: Mapped[date | None] = mapped_column(default=None)
    acceptance_reason: Mapped[str | None] = mapped_column(
        default=None
    )  # why the firm counts a kind CBSA is not known to accept
    accepted_by: Mapped[str | None] = mapped_column(default=None)
    note: Mapped[str | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class Allocation(ClientOwned, Base):
    """How much of an instrument covers one program account. CAD."""

    __tablename__ = "allocation"
    __parents__ = {"instrument_id": "instrument", "program_account_id": "program_account"}
    __constraints__ = (UniqueConstraint("instrument_id", "program_account_id"),)

    instrument_id: Mapped[UUID]
    program_account_id: Mapped[UUID]
    amount: Mapped[Decimal]


class InstrumentReading(ClientOwned, Base):
    """What an instrument's own document says of it, as somebody read it there; held against the register, counted nowhere. CAD."""

    __tablename__ = "instrument_reading"
    __parents__ = {"instrument_id": "instrument", "file_id": "document_version"}
    __constraints__ = (UniqueConstraint("instrument_id"),)  # read anew, it replaces what was read before

    instrument_id: Mapped[UUID]
    file_id: Mapped[UUID | None] = mapped_column(
        default=None
    )  # which file of the client; None: one that is not on file
    amount: Mapped[Decimal]
    number: Mapped[str | None] = mapped_column(default=None)
    business_number: Mapped[str | None] = mapped_column(default=None)  # the nine digits it names
    valid_from: Mapped[date | None] = mapped_column(default=None)
    valid_until: Mapped[date | None] = mapped_column(default=None)
    read_on: Mapped[date]
    read_by: Mapped[str]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class PortalFigure(ClientOwned, Base):
    """The requirement CBSA's portal showed for an account on a day. The latest one prevails over our estimate. CAD."""

    __tablename__ = "portal_figure"
    __parents__ = {"program_account_id": "program_account"}
    __constraints__ = (Index("ix_portal_figure_program_account_id_read_on", "program_account_id", "read_on"),)

    program_account_id: Mapped[UUID]
    amount: Mapped[Decimal]
    posted_amount: Mapped[Decimal | None] = mapped_column(default=None)  # shown beside it; counts nowhere, is compared
    read_on: Mapped[date]
    read_by: Mapped[str]
    counts_from: Mapped[date | None] = mapped_column(default=None)  # of a review's notice: its deadline; None: read_on
    noted_at: Mapped[datetime] = mapped_column(default=now)  # of two figures of one day the one noted last prevails


class ToldFigure(ClientOwned, Base):
    """What a client's contact says CBSA's portal shows for an account. Nothing counts it until the firm took it over. CAD.

    A table of its own, so that no sum can count one by forgetting to ask whether it was checked.
    """

    __tablename__ = "told_figure"
    __parents__ = {"program_account_id": "program_account", "task_id": "task"}
    __constraints__ = (
        # telling it again replaces what still waits
        Index(
            "uq_told_figure_waiting",
            "program_account_id",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    program_account_id: Mapped[UUID]
    task_id: Mapped[UUID | None] = mapped_column(default=None)  # the step it was the answer to
    amount: Mapped[Decimal]
    posted_amount: Mapped[Decimal | None] = mapped_column(default=None)  # shown beside it
    read_on: Mapped[date]
    told_by: Mapped[str]
    sent_at: Mapped[datetime] = mapped_column(default=now)
    state: Mapped[ToldState] = mapped_column(default=ToldState.WAITING)
    decided_on: Mapped[date | None] = mapped_column(default=None)
    decided_by: Mapped[str | None] = mapped_column(default=None)
    reason: Mapped[str | None] = mapped_column(default=None)  # why it was sent back
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class ReductionRequest(ClientOwned, Base):
    """A request to CBSA to lower one account's requirement, with the sums it was argued from. CAD. While filed, it protects."""

    __tablename__ = "reduction_request"
    __parents__ = {"program_account_id": "program_account"}
    __constraints__ = (
        # one open case an account: CBSA takes no second one (facts 3.4)
        Index(
            "uq_reduction_request_open",
            "program_account_id",
            unique=True,
            sqlite_where=text("state IN ('draft', 'filed')"),
            postgresql_where=text("state IN ('draft', 'filed')"),
        ),
    )

    program_account_id: Mapped[UUID]
    state: Mapped[ReductionState]
    state_since: Mapped[date]
    shown_amount: Mapped[Decimal]  # CBSA's figure when it was drawn up
    asked_amount: Mapped[Decimal]
    worked_out_on: Mapped[date]
    language: Mapped[str]
    justification: Mapped[str]
    case_number: Mapped[str | None] = mapped_column(default=None)
    filed_on: Mapped[date | None] = mapped_column(default=None)
    decided_on: Mapped[date | None] = mapped_column(default=None)
    decided_amount: Mapped[Decimal | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class Scenario(Base):
    """A supposition somebody wanted to keep: its inputs and name. Its figures are worked out anew; it is never a fact."""

    __tablename__ = "scenario"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    inputs: Mapped[dict[str, Any]] = mapped_column(JSON)
    made_by_id: Mapped[UUID] = mapped_column(refers_to("user_account.id"))
    made_by: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(default=now)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class KeptCover(ClientOwned, Base):
    """One account's cover as last worked out, so that the portfolio ranks without sizing every account again. CAD."""

    __tablename__ = "kept_cover"
    __audited__ = False  # worked out from audited rows, in their transaction
    __parents__ = {"program_account_id": "program_account"}
    __constraints__ = (
        UniqueConstraint("program_account_id"),
        Index("ix_kept_cover_rank", "shortfall_amount", "required_amount", "program_account_id"),
        Index("ix_kept_cover_holds_until", "holds_until"),
    )

    program_account_id: Mapped[UUID]
    worked_out_on: Mapped[date]
    holds_until: Mapped[date]  # the last day on which nothing but a write changes these figures
    is_known: Mapped[bool]
    required_amount: Mapped[Decimal]
    posted_amount: Mapped[Decimal]
    shortfall_amount: Mapped[Decimal]
    review_amount: Mapped[Decimal]  # of the review in view
    increase_amount: Mapped[Decimal]  # by which that review raises what is required
    ahead_amount: Mapped[Decimal]  # of the next review that has not run, on the statements so far
    reducible_amount: Mapped[Decimal]  # by which CBSA's figure exceeds what the last 12 periods call for
    ends_on: Mapped[date | None] = mapped_column(default=None)  # when security ends without being made up for
