"""Clients, rules: does a monthly statement of account add up, and does it open where the last one closed. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tracker.platform.money import ZERO, to_cents


@dataclass(frozen=True, slots=True)
class StatementTotals:
    """The totals A to H of one statement of account, in CAD."""

    period_end: date
    opening: Decimal  # A: total of the last statement
    corrections: Decimal  # B
    payments: Decimal  # C: money received, lowers the total
    disbursements: Decimal  # D: money CBSA paid out
    interest_penalties: Decimal  # E
    charges: Decimal  # F: what the period's goods owe
    credits: Decimal  # G: lowers the total
    total: Decimal  # H: total payable


def expected_total(statement: StatementTotals) -> Decimal:
    """What the statement's own lines add up to: A + B − C + D + E + F − G, in CAD."""
    added = statement.opening + statement.corrections + statement.disbursements
    added += statement.interest_penalties + statement.charges
    return to_cents(added - statement.payments - statement.credits)


def unexplained(statement: StatementTotals, last_total: Decimal | None = None) -> Decimal:
    """CAD nobody accounts for: the total against its lines, plus the opening against the last statement's total.

    `last_total` is H of the statement before (None when there is none). 0.00 when both hold. Where the two gaps cancel
    each other out, the gap in the statement's own lines is returned: a broken chain never reads as sound.
    """
    own_gap = to_cents(statement.total - expected_total(statement))
    opening_gap = ZERO if last_total is None else to_cents(statement.opening - last_total)
    return to_cents(own_gap + opening_gap) or own_gap


def unexplained_in_chain(statements: Iterable[StatementTotals]) -> Iterator[tuple[date, Decimal]]:
    """Period end and unexplained CAD of each statement of ONE program account that does not add up, in date order.

    A missing month breaks the chain: the statement after it is checked by its own lines only.
    """
    last: StatementTotals | None = None
    for statement in sorted(statements, key=lambda row: row.period_end):
        last_total = last.total if last and _is_next_month(last.period_end, statement.period_end) else None
        gap = unexplained(statement, last_total)
        if gap:
            yield statement.period_end, gap
        last = statement


def _is_next_month(earlier: date, later: date) -> bool:
    return (later.year - earlier.year) * 12 + later.month - earlier.month == 1
