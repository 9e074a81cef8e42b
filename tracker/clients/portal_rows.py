"""Clients, queries: what a client's own contact may read about the company. Frozen rows, for the portal."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, select
from sqlalchemy.orm import aliased

from tracker.accounts.models import UserAccount
from tracker.clients.enums import ClientState, Duty
from tracker.clients.models import Client, Membership, ProgramAccount, Statement
from tracker.platform.db import db


@dataclass(frozen=True, slots=True)
class LeadRow:
    """Who at the firm looks after the company."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class CompanyRow:
    """A company the reader may see, and who at the firm looks after it."""

    id: UUID
    name: str
    lead: LeadRow | None
    is_put_away: bool  # the firm looks after it no more: all of it can be read, nothing handed in


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
    query = _companies().order_by(Client.legal_name, Client.id).limit(limit)
    return [_company(*row) for row in db.session.execute(query)]


def company(client_id: UUID) -> CompanyRow | None:
    """One company; None when it is not in scope."""
    row = db.session.execute(_companies().where(Client.id == client_id)).first()
    return _company(*row) if row else None


def _companies() -> Select[Any]:
    """Companies with the firm's lead, else its manager, else anyone of the team, in one statement."""
    member, person = aliased(Membership), aliased(UserAccount)
    order = case({Duty.LEAD: 1, Duty.MANAGER: 2, Duty.TEAM: 3}, value=member.duty, else_=4)
    first = (
        select(member.id)
        .join(person, person.id == member.user_id)
        .where(member.client_id == Client.id, member.duty != Duty.CONTACT)
        .order_by(order, person.name, person.id)
        .limit(1)
        .correlate(Client)
        .scalar_subquery()
    )
    columns: list[Any] = [Client.id, Client.legal_name, UserAccount.name, UserAccount.email, Client.state]
    return (
        select(*columns)
        .select_from(Client)
        .outerjoin(Membership, Membership.id == first)
        .outerjoin(UserAccount, UserAccount.id == Membership.user_id)
    )


def _company(key: UUID, name: str, lead: str | None, email: str | None, state: ClientState) -> CompanyRow:
    known = LeadRow(lead, email) if lead and email else None
    return CompanyRow(key, name, known, state is ClientState.ARCHIVED)


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
