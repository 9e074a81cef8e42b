"""Clients, queries: monthly statements as frozen rows, each with what nobody accounts for."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from uuid import UUID

from sqlalchemy import select

from tracker.clients.enums import StatementSource
from tracker.clients.models import ProgramAccount, Statement
from tracker.clients.statement_rules import StatementTotals, unexplained_in_chain
from tracker.platform.db import db


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
    paid_on: date | None
    paid_amount: Decimal | None
    source: StatementSource
    version: int

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
