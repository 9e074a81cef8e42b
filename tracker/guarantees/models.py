"""Guarantees, models: instruments of financial security, how they are spread over accounts, and CBSA's own figure."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.guarantees.enums import InstrumentKind, InstrumentState
from tracker.platform.db import Base
from tracker.platform.tenancy import ClientOwned, refers_to


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


class PortalFigure(ClientOwned, Base):
    """The requirement CBSA's portal showed for an account on a day. The latest one prevails over our estimate. CAD."""

    __tablename__ = "portal_figure"
    __parents__ = {"program_account_id": "program_account"}
    __constraints__ = (Index("ix_portal_figure_program_account_id_read_on", "program_account_id", "read_on"),)

    program_account_id: Mapped[UUID]
    amount: Mapped[Decimal]
    read_on: Mapped[date]
    read_by: Mapped[str]
