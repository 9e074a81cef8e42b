"""Coordination, models: partners, delegations of authority, tasks."""

from datetime import date
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.coordination.enums import (
    DelegationLevel,
    DelegationState,
    PartnerKind,
    Party,
    TaskState,
    Visibility,
)
from tracker.platform.db import Base
from tracker.platform.tenancy import ClientOwned, new_id, refers_to


class Partner(Base):
    """A broker, surety or other firm that several clients share. Firm-wide; clients see only their own through a delegation."""

    __tablename__ = "partner"
    __table_args__ = (UniqueConstraint("kind", "name_key"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[PartnerKind]
    name: Mapped[str]
    name_key: Mapped[str]  # folded: case and spaces do not make another partner
    bn9: Mapped[str | None] = mapped_column(default=None)
    licence_number: Mapped[str | None] = mapped_column(default=None)
    contact_name: Mapped[str | None] = mapped_column(default=None)
    email: Mapped[str | None] = mapped_column(default=None)
    phone: Mapped[str | None] = mapped_column(default=None)
    language: Mapped[str] = mapped_column(default="en")
    notes: Mapped[str | None] = mapped_column(default=None)
    is_active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class Delegation(ClientOwned, Base):
    """What one provider may do for one client in CBSA's portal. program_account_id is None at business level."""

    __tablename__ = "delegation"
    __parents__ = {"program_account_id": "program_account"}
    __constraints__ = (
        UniqueConstraint("client_id", "partner_id", "program_account_id"),
        Index("ix_delegation_partner_id_state", "partner_id", "state"),
    )

    partner_id: Mapped[UUID] = mapped_column(refers_to("partner.id"))
    program_account_id: Mapped[UUID | None] = mapped_column(default=None)
    state: Mapped[DelegationState] = mapped_column(default=DelegationState.NOT_REQUESTED)
    level: Mapped[DelegationLevel] = mapped_column(default=DelegationLevel.BUSINESS)
    visibility: Mapped[Visibility] = mapped_column(default=Visibility.UNKNOWN)
    requested_on: Mapped[date | None] = mapped_column(default=None)
    decided_on: Mapped[date | None] = mapped_column(default=None)
    decided_by: Mapped[str | None] = mapped_column(default=None)
    verified_on: Mapped[date | None] = mapped_column(default=None)
    review_on: Mapped[date | None] = mapped_column(default=None)
    note: Mapped[str | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class Task(ClientOwned, Base):
    """Something to be done, and on whom it waits since when."""

    __tablename__ = "task"
    __parents__ = {"engagement_id": "engagement", "program_account_id": "program_account"}
    __constraints__ = (
        # Of everybody and of one person: in the order of the list, and whole enough to count from.
        Index("ix_task_state_due_on", "state", "due_on", "waiting_on", "client_id"),
        Index("ix_task_owner_id_state", "owner_id", "state", "due_on", "waiting_on", "client_id"),
        Index("ix_task_state_waiting_on", "state", "waiting_on", "waiting_since", "client_id"),
        Index("ix_task_partner_id_state", "partner_id", "state"),
    )

    kind: Mapped[str | None] = mapped_column(default=None)  # key in the rulebook; None for a task typed by hand
    title: Mapped[str | None] = mapped_column(
        default=None
    )  # typed words; None reads the rulebook's in the reader's language
    detail: Mapped[str | None] = mapped_column(default=None)
    engagement_id: Mapped[UUID | None] = mapped_column(default=None)
    program_account_id: Mapped[UUID | None] = mapped_column(default=None)
    finding: Mapped[str | None] = mapped_column(default=None)  # finding rule key it came from
    waiting_on: Mapped[Party] = mapped_column(default=Party.US)
    waiting_since: Mapped[date]
    partner_id: Mapped[UUID | None] = mapped_column(refers_to("partner.id"), default=None)
    owner_id: Mapped[UUID | None] = mapped_column(refers_to("user_account.id"), default=None)
    due_on: Mapped[date | None] = mapped_column(default=None)
    state: Mapped[TaskState] = mapped_column(default=TaskState.OPEN)
    done_on: Mapped[date | None] = mapped_column(default=None)
    done_by: Mapped[str | None] = mapped_column(default=None)
    is_client_visible: Mapped[bool] = mapped_column(default=False)
    returned_reason: Mapped[str | None] = mapped_column(default=None)  # what is still missing, in words for the client
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}
