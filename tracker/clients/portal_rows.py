"""Clients, queries: what a client's own contact may read about the company. Frozen rows, for the portal."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import case, select

from tracker.accounts.models import UserAccount
from tracker.clients.enums import Duty
from tracker.clients.models import Client, Membership, ProgramAccount, Statement
from tracker.platform.db import db


@dataclass(frozen=True, slots=True)
class CompanyRow:
    """A company the reader may see."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class LeadRow:
    """Who at the firm looks after the company."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A monthly statement in the figures a contact recognises. CAD."""

    account_number: str
    statement_on: date
    due_on: date
    total_amount: Decimal
    is_paid: bool


def companies(limit: int = 50) -> list[CompanyRow]:
    """The companies in the reader's scope, by name."""
    query = select(Client.id, Client.legal_name).order_by(Client.legal_name, Client.id).limit(limit)
    return [CompanyRow(*row) for row in db.session.execute(query)]


def company(client_id: UUID) -> CompanyRow | None:
    """One company; None when it is not in scope."""
    row = db.session.execute(select(Client.id, Client.legal_name).where(Client.id == client_id)).first()
    return CompanyRow(*row) if row else None


def lead_of(client_id: UUID) -> LeadRow | None:
    """The firm's lead for a company in scope, else its manager, else anyone of the team."""
    order = case({Duty.LEAD: 1, Duty.MANAGER: 2, Duty.TEAM: 3}, value=Membership.duty, else_=4)
    query = (
        select(UserAccount.name, UserAccount.email)
        .join(Membership, Membership.user_id == UserAccount.id)
        .join(Client, Client.id == Membership.client_id)
        .where(Client.id == client_id, Membership.duty != Duty.CONTACT)
        .order_by(order, UserAccount.name)
    )
    row = db.session.execute(query.limit(1)).first()
    return LeadRow(*row) if row else None


def statements_of(client_id: UUID, limit: int = 6) -> list[StatementRow]:
    """A company's latest statements, newest first."""
    query = (
        select(
            ProgramAccount.number,
            Statement.statement_on,
            Statement.due_on,
            Statement.total_amount,
            Statement.paid_on.is_not(None),
        )
        .join(ProgramAccount, ProgramAccount.id == Statement.program_account_id)
        .where(Statement.client_id == client_id)
        .order_by(Statement.statement_on.desc(), ProgramAccount.number)
        .limit(limit)
    )
    return [StatementRow(row[0], row[1], row[2], row[3], bool(row[4])) for row in db.session.execute(query)]
