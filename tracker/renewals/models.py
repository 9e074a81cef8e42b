"""Renewals, models: which account's cause opened which engagement."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.platform.db import Base
from tracker.platform.tenancy import ClientOwned, refers_to
from tracker.renewals.enums import Cause


class Renewal(ClientOwned, Base):
    """One account whose security has to be renewed or raised. CAD. Each cause opens one file, ever."""

    __tablename__ = "renewal"
    __parents__ = {"program_account_id": "program_account", "engagement_id": "engagement"}
    __constraints__ = (UniqueConstraint("program_account_id", "cause", "for_on"),)

    program_account_id: Mapped[UUID]
    engagement_id: Mapped[UUID]
    cause: Mapped[Cause]
    for_on: Mapped[date]  # the day that tells this cause from the next: an end, a deadline, a statement
    by_on: Mapped[date]
    required_amount: Mapped[Decimal]  # when it opened
    missing_amount: Mapped[Decimal]
    provider_id: Mapped[UUID | None] = mapped_column(refers_to("partner.id"), default=None)
    opened_on: Mapped[date]
