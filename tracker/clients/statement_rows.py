"""Clients, queries: monthly statements as frozen rows, each with what nobody accounts for."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from uuid import UUID

from sqlalchemy import Date, func, or_, select

from tracker.clients.enums import ClientState, StatementSource
from tracker.clients.models import Client, ProgramAccount, Statement
from tracker.clients.statement_rules import (
    Gap,
    StatementTotals,
    breakdown_gap,
    gap_of,
    is_next_month,
    unexplained_in_chain,
)
from tracker.platform.db import CadAmount, db
from tracker.rulebook.calendar import billing_period


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A monthly statement of one program account, A to H in CAD."""

    id: UUID
    client_id: UUID
    program_account_id: UUID
    period_start: date
    period_end: date
    statement_on: date
    due_on: date
    opening_amount: Decimal
    corrections_amount: Decimal
    payments_amount: Decimal
    disbursements_amount: Decimal
    interest_amount: Decimal
    charges_amount: Decimal
    credits_amount: Decimal
    total_amount: Decimal
    duties_amount: Decimal | None
    excise_amount: Decimal | None
    sima_amount: Decimal | None
    gst_amount: Decimal | None
    paid_on: date | None
    paid_amount: Decimal | None
    source: StatementSource
    gap_reason: str | None
    gap_explained_by: str | None
    version: int

    @property
    def breakdown_gap(self) -> Decimal:
        """What of F its duties, excise, SIMA and GST do not make up; 0.00 where one of them is not known. CAD."""
        return breakdown_gap(
            self.charges_amount, self.duties_amount, self.excise_amount, self.sima_amount, self.gst_amount
        )

    @property
    def computed_due_on(self) -> date:
        """The day the calendar comes to (SOR/86-1062 s. 10.1). The printed one wins; both are shown where they differ."""
        return billing_period(self.period_end.year, self.period_end.month).due_on

    @property
    def totals(self) -> StatementTotals:
        """A to H as the chain check reads them."""
        return StatementTotals(
            self.period_end,
            self.opening_amount,
            self.corrections_amount,
            self.payments_amount,
            self.disbursements_amount,
            self.interest_amount,
            self.charges_amount,
            self.credits_amount,
            self.total_amount,
        )


_COLUMNS = tuple(getattr(Statement, name) for name in StatementRow.__dataclass_fields__)


def statements_for(account_ids: Sequence[UUID], since: date | None = None) -> dict[UUID, list[StatementRow]]:
    """The statements of these accounts whose period ends on or after `since`, oldest first, in one statement of SQL."""
    query = select(*_COLUMNS).where(Statement.program_account_id.in_(account_ids)).order_by(Statement.period_end)
    if since is not None:
        query = query.where(Statement.period_end >= since)
    found: dict[UUID, list[StatementRow]] = defaultdict(list)
    for values in db.session.execute(query):
        row = StatementRow(*values)
        found[row.program_account_id].append(row)
    return dict(found)


def unexplained_of(rows: Sequence[StatementRow]) -> dict[date, Decimal]:
    """Period end and unexplained CAD of each statement of ONE account that does not add up."""
    return dict(unexplained_in_chain(row.totals for row in rows))


@dataclass(frozen=True, slots=True)
class Unexplained:
    """A statement that does not add up, with whose it is and whether somebody has said why. CAD."""

    client_id: UUID
    client_name: str
    number: str
    statement: StatementRow
    gap: Gap


def unexplained_statements(client_ids: Sequence[UUID] | None = None) -> list[Unexplained]:
    """Every statement in scope that does not add up, those nobody has explained first, the newest first.

    One statement of SQL; the database finds the suspects, the rule of the chain decides.
    """
    account, by_date = Statement.program_account_id, Statement.period_end
    before = (
        func.lag(Statement.total_amount, type_=CadAmount())
        .over(partition_by=account, order_by=by_date)
        .label("last_total")
    )
    ended = func.lag(Statement.period_end, type_=Date()).over(partition_by=account, order_by=by_date).label("last_end")
    own = (
        Statement.opening_amount
        + Statement.corrections_amount
        - Statement.payments_amount
        + Statement.disbursements_amount
        + Statement.interest_amount
        + Statement.charges_amount
        - Statement.credits_amount
    )
    chain = select(Statement.id, before, ended, (Statement.total_amount - own).label("own")).subquery()
    query = (
        select(Client.legal_name, ProgramAccount.number, chain.c.last_total, chain.c.last_end, *_COLUMNS)
        .join(chain, chain.c.id == Statement.id)
        .join(ProgramAccount, ProgramAccount.id == Statement.program_account_id)
        .join(Client, Client.id == Statement.client_id)
        .where(
            Client.state == ClientState.ACTIVE,
            or_(chain.c.own != 0, chain.c.last_total != Statement.opening_amount),
        )
        .order_by(Statement.gap_reason.is_not(None), Statement.period_end.desc(), ProgramAccount.number)
    )
    if client_ids is not None:
        query = query.where(Statement.client_id.in_(client_ids))
    found = []
    for name, number, last_total, last_end, *values in db.session.execute(query):
        row = StatementRow(*values)
        follows = last_end is not None and is_next_month(last_end, row.period_end)
        gap = gap_of(row.totals, last_total if follows else None)
        if gap is not None:
            found.append(Unexplained(row.client_id, name, number, row, gap))
    return found


def all_unexplained() -> Iterator[tuple[str, date, Decimal]]:
    """Account number, period end and unexplained CAD of every statement in scope that does not add up, by account."""
    query = (
        select(ProgramAccount.number, *_COLUMNS)
        .join(ProgramAccount, ProgramAccount.id == Statement.program_account_id)
        .order_by(ProgramAccount.number, Statement.period_end)
    )
    for number, group in groupby(db.session.execute(query), key=itemgetter(0)):
        for period_end, amount in unexplained_in_chain(StatementRow(*values[1:]).totals for values in group):
            yield number, period_end, amount
