"""Guarantees, rules: one instrument spread over several program accounts. CAD, no clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from tracker.platform.money import ZERO, to_cents


@dataclass(frozen=True, slots=True)
class Need:
    """What one program account still needs: its requirement (floor and cap applied) less what other instruments cover. CAD."""

    account_id: UUID
    number: str
    amount: Decimal


def need_of(account_id: UUID, number: str, required: Decimal, covered_by_others: Decimal) -> Need:
    """The need of one account, never below 0.00. A surplus elsewhere covers nothing here: cover is per account (facts A-5)."""
    return Need(account_id, number, to_cents(max(required - covered_by_others, ZERO)))


def least_total(needs: Sequence[Need]) -> Decimal:
    """The smallest instrument that covers every account: the needs added up, each with its own floor and cap (CAD)."""
    return to_cents(sum((need.amount for need in needs), ZERO))


def split(total: Decimal, needs: Sequence[Need]) -> Mapping[UUID, Decimal]:
    """Spread `total` CAD so that as many accounts as possible are covered whole, and then as little as possible is missing.

    Smallest need first; what is left goes to the next as far as it reaches. No account gets more than it needs, so a
    total above the least one leaves a rest that is not allocated. Accounts that get nothing are left out.
    """
    left, shares = max(to_cents(total), ZERO), {}
    for need in sorted(needs, key=lambda need: (need.amount, need.number)):
        share = min(need.amount, left)
        if share > ZERO:
            shares[need.account_id] = share
            left -= share
    return shares


def missing_after(needs: Sequence[Need], shares: Mapping[UUID, Decimal]) -> Mapping[UUID, Decimal]:
    """What each account still lacks under these shares (CAD); covered ones are left out."""
    gaps = {need.account_id: to_cents(need.amount - shares.get(need.account_id, ZERO)) for need in needs}
    return {account_id: gap for account_id, gap in gaps.items() if gap > ZERO}
