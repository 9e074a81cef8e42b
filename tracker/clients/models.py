"""Clients, models: the importer, its program accounts, contacts, team and monthly statements."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, validates

from tracker.clients.enums import (
    AccountProfile,
    ClientState,
    ContactDuty,
    Duty,
    Known,
    Residency,
    StatementSource,
)
from tracker.clients.rules import squeeze
from tracker.platform.clock import now
from tracker.platform.db import Base
from tracker.platform.tenancy import ClientOwned, ScopeRoot, new_id, refers_to

UNPAID = text("paid_on IS NULL")


class Client(ScopeRoot, Base):
    """An importer the firm works for."""

    __tablename__ = "client"
    __table_args__ = (
        # SQLite reads the list and every search off one index, in their order. PostgreSQL takes no key of a client with
        # dozens of accounts into an index: it is longer than the 2,700 bytes that fit.
        Index("ix_client_list", "state", "legal_name", "id", "search_key").ddl_if(dialect="sqlite"),
        Index("ix_client_state_legal_name", "state", "legal_name").ddl_if(dialect="postgresql"),
    )

    legal_name: Mapped[str]  # exactly as registered: one comma wrong and CBSA's portal refuses the link
    trade_name: Mapped[str | None] = mapped_column(default=None)
    bn9: Mapped[str | None] = mapped_column(unique=True, default=None)
    bn_override_reason: Mapped[str | None] = mapped_column(default=None)
    client_number: Mapped[str | None] = mapped_column(default=None)  # the firm's own
    state: Mapped[ClientState] = mapped_column(default=ClientState.ACTIVE)
    residency: Mapped[Residency] = mapped_column(default=Residency.UNKNOWN)
    country: Mapped[str | None] = mapped_column(default=None)  # ISO 3166 two letters
    language: Mapped[str] = mapped_column(default="en")
    street: Mapped[str | None] = mapped_column(default=None)
    city: Mapped[str | None] = mapped_column(default=None)
    province: Mapped[str | None] = mapped_column(default=None)
    postal_code: Mapped[str | None] = mapped_column(default=None)
    products: Mapped[str | None] = mapped_column(default=None)
    hs_chapters: Mapped[list[str]] = mapped_column(JSON, default=list)
    origins: Mapped[list[str]] = mapped_column(JSON, default=list)
    shipments_per_month: Mapped[str | None] = mapped_column(default=None)  # as typed: "15-20" is an answer
    yearly_value_amount: Mapped[Decimal | None] = mapped_column(default=None)
    regulated_goods: Mapped[list[str]] = mapped_column(JSON, default=list)
    special_regimes: Mapped[list[str]] = mapped_column(JSON, default=list)
    is_portal_linked: Mapped[Known] = mapped_column(default=Known.UNKNOWN)
    portal_linked_on: Mapped[date | None] = mapped_column(default=None)
    stated_bam_count: Mapped[int | None] = mapped_column(default=None)  # what the client says, before names are known
    is_payment_ready: Mapped[Known] = mapped_column(default=Known.UNKNOWN)
    payment_method: Mapped[str | None] = mapped_column(default=None)  # pad, online_banking, wire, card, broker_pays
    notes: Mapped[str | None] = mapped_column(default=None)
    search_key: Mapped[str] = mapped_column(default="")  # folded names and numbers, for search
    created_at: Mapped[datetime] = mapped_column(default=now)
    archived_at: Mapped[datetime | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class Membership(Base):
    """Who may see a client: the firm's team and the client's own people. Every scope hangs on this row alone."""

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("user_id", "client_id"),
        Index("ix_membership_client_id_duty", "client_id", "duty"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(refers_to("user_account.id", ondelete="CASCADE"))
    client_id: Mapped[UUID] = mapped_column(refers_to("client.id", ondelete="CASCADE"))
    duty: Mapped[Duty]
    since: Mapped[datetime] = mapped_column(default=now)


class ProgramAccount(ClientOwned, Base):
    """An RM program account: requirement, cover, enrolment and review happen here, never on the BN9."""

    __tablename__ = "program_account"
    __constraints__ = (UniqueConstraint("number"),)

    number: Mapped[str]  # 15 characters, 123456782RM0001
    operating_name: Mapped[str | None] = mapped_column(default=None)
    profile: Mapped[AccountProfile] = mapped_column(default=AccountProfile.UNKNOWN)
    is_rpp_enrolled: Mapped[Known] = mapped_column(default=Known.UNKNOWN)
    rpp_enrolled_on: Mapped[date | None] = mapped_column(default=None)
    security_form: Mapped[str] = mapped_column(default="agreement")  # agreement or cash: the form in force
    stated_peak_amount: Mapped[Decimal | None] = mapped_column(default=None)  # what the client says, before statements
    is_closed: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class Contact(ClientOwned, Base):
    """A person at the client."""

    __tablename__ = "contact"
    __constraints__ = (
        Index("ix_contact_list", "name", "id", "name_key", "email", "client_id").ddl_if(dialect="sqlite"),
    )

    name: Mapped[str]
    name_key: Mapped[str]  # the name squeezed: accents, case and blanks make nobody harder to find
    email: Mapped[str | None] = mapped_column(default=None)
    phone: Mapped[str | None] = mapped_column(default=None)
    language: Mapped[str] = mapped_column(default="en")
    duties: Mapped[list[str]] = mapped_column(JSON, default=list)  # ContactDuty values
    is_active: Mapped[bool] = mapped_column(default=True)
    user_id: Mapped[UUID | None] = mapped_column(refers_to("user_account.id"), default=None)
    portal_seen_on: Mapped[date | None] = mapped_column(default=None)  # last known sign-in to CBSA's portal
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    @validates("name")
    def _keep_key(self, _field: str, name: str) -> str:
        self.name_key = squeeze(name)
        return name

    @validates("email")
    def _lower(self, _field: str, email: str | None) -> str | None:
        return email.lower() if email else email  # as it is looked for

    def has_duty(self, duty: ContactDuty) -> bool:
        """Whether this contact has a duty."""
        return duty.value in self.duties


class Statement(ClientOwned, Base):
    """A monthly statement of account of one program account: A opening to H total, as CBSA prints it. CAD."""

    __tablename__ = "statement"
    __parents__ = {"program_account_id": "program_account"}
    __constraints__ = (
        UniqueConstraint("program_account_id", "period_end"),
        # What is unpaid is a hundredth of all: the calendar and the desk need not go through what is settled.
        Index("ix_statement_unpaid", "due_on", sqlite_where=UNPAID, postgresql_where=UNPAID),
    )

    program_account_id: Mapped[UUID]
    period_start: Mapped[date]
    period_end: Mapped[date]
    statement_on: Mapped[date]
    due_on: Mapped[date]  # as printed; it wins over the computed one
    opening_amount: Mapped[Decimal]  # A
    corrections_amount: Mapped[Decimal] = mapped_column(default=Decimal(0))  # B
    payments_amount: Mapped[Decimal] = mapped_column(default=Decimal(0))  # C
    disbursements_amount: Mapped[Decimal] = mapped_column(default=Decimal(0))  # D
    interest_amount: Mapped[Decimal] = mapped_column(default=Decimal(0))  # E, with penalties
    charges_amount: Mapped[Decimal]  # F: the month's duties and taxes, the base of the requirement
    credits_amount: Mapped[Decimal] = mapped_column(default=Decimal(0))  # G
    total_amount: Mapped[Decimal]  # H
    duties_amount: Mapped[Decimal | None] = mapped_column(default=None)
    excise_amount: Mapped[Decimal | None] = mapped_column(default=None)
    sima_amount: Mapped[Decimal | None] = mapped_column(default=None)
    gst_amount: Mapped[Decimal | None] = mapped_column(default=None)
    paid_on: Mapped[date | None] = mapped_column(default=None)
    paid_amount: Mapped[Decimal | None] = mapped_column(default=None)
    source: Mapped[StatementSource] = mapped_column(default=StatementSource.TYPED)
    gap_reason: Mapped[str | None] = mapped_column(default=None)  # why it does not add up, once somebody knows
    gap_explained_by: Mapped[str | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class ClientNote(ClientOwned, Base):
    """A note on the client's file. Internal unless said otherwise."""

    __tablename__ = "client_note"

    text: Mapped[str]
    is_shared: Mapped[bool] = mapped_column(default=False)
    written_by: Mapped[str]
    written_at: Mapped[datetime] = mapped_column(default=now)
