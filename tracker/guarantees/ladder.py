"""Guarantees, queries: the ladder, every account ranked by what is missing, today or on a day to come. CAD."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from flask_babel import gettext as _

from tracker.guarantees.cover import AccountCover, covers
from tracker.platform.money import ZERO
from tracker.platform.pages import PAGE_SIZE, Page
from tracker.rulebook.calendar import review_cycle
from tracker.rulebook.types import Rules


@dataclass(frozen=True, slots=True)
class Horizon:
    """The day the ladder looks at."""

    key: str
    day: date

    @classmethod
    def of(cls, key: str | None, today: date) -> "Horizon":
        """The horizon a page asked for; today when it asked for none we know."""
        known = {choice.key: choice for choice, _label in cls.choices(today)}
        return known.get(key or "today", cls("today", today))

    @classmethod
    def choices(cls, today: date) -> list[tuple["Horizon", str]]:
        """Today, in 90 days, and the next deadline of the annual review."""
        year = today.year if today <= date(today.year, 1, 15) else today.year + 1
        review = review_cycle(year - 1)
        return [
            (cls("today", today), _("today")),
            (cls("quarter", today + timedelta(days=90)), _("in 90 days")),
            (cls("review", review.deadline_on), _("at the review's deadline")),
        ]


@dataclass(frozen=True, slots=True)
class Rung:
    """One account on the ladder, on the horizon's day. The requirement is today's: nobody knows statements to come."""

    cover: AccountCover
    posted_amount: Decimal

    @property
    def required_amount(self) -> Decimal:
        """What has to be posted."""
        return self.cover.required_amount

    @property
    def shortfall_amount(self) -> Decimal:
        """What is missing on that day."""
        return max(self.required_amount - self.posted_amount, ZERO)


@dataclass(frozen=True, slots=True)
class Ladder:
    """A screenful of rungs and the sums over all of them. CAD."""

    page: Page[Rung]
    required_amount: Decimal
    posted_amount: Decimal
    shortfall_amount: Decimal
    short_count: int


def ladder(rules: Rules, horizon: Horizon, number: int, today: date) -> Ladder:
    """Accounts ranked by shortfall on the horizon's day, then by what they need; five statements however many."""
    rungs = [Rung(cover, cover.posted_on(horizon.day)) for cover in covers(rules, as_of=today)]
    rungs.sort(key=lambda rung: (-rung.shortfall_amount, -rung.required_amount, rung.cover.number))
    start = (number - 1) * PAGE_SIZE
    return Ladder(
        Page(rungs[start : start + PAGE_SIZE], number, len(rungs)),
        _sum(rung.required_amount for rung in rungs),
        _sum(rung.posted_amount for rung in rungs),
        _sum(rung.shortfall_amount for rung in rungs),
        sum(rung.shortfall_amount > 0 for rung in rungs),
    )


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)
