"""Readiness, rules: the security of a client's accounts in a few figures, for the kept standing and the daily record alike. CAD."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tracker.guarantees.account_cover import AccountCover
from tracker.platform.money import ZERO


@dataclass(frozen=True, slots=True)
class Security:
    """The sums over a client's accounts. `cover_percent` is the worst covered account's, None where nothing is required:
    a surplus on one account covers nothing on another."""

    required_amount: Decimal
    posted_amount: Decimal
    shortfall_amount: Decimal
    cover_percent: int | None
    ends: tuple[date, ...]  # the days on which the accounts' security ends, unless another goes on

    @property
    def ends_on(self) -> date | None:
        """The first of these days; None where nothing ends."""
        return min(self.ends, default=None)


def security_of(covers: Sequence[AccountCover]) -> Security:
    """The figures of these accounts."""
    percents = [cover.coverage_percent for cover in covers if cover.coverage_percent is not None]
    return Security(
        required_amount=sum((cover.required_amount for cover in covers), ZERO),
        posted_amount=sum((cover.posted_amount for cover in covers), ZERO),
        shortfall_amount=sum((cover.shortfall_amount for cover in covers), ZERO),
        cover_percent=int(min(percents)) if percents else None,
        ends=tuple(cover.open_end_on for cover in covers if cover.open_end_on),
    )
