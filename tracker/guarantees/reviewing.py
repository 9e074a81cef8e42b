"""Guarantees, queries: the accounts at one annual review, the last that ran or the next: whose requirement rises, and of
whom nobody can tell. CAD.

Ranked on kept covers like the ladder; only the accounts of the page are sized.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, not_, or_, select

from tracker.clients.models import Statement
from tracker.guarantees.account_cover import AccountCover
from tracker.guarantees.cover import covers
from tracker.guarantees.ladder import posted_then, required_then, stale_covers
from tracker.guarantees.models import KeptCover, PortalFigure
from tracker.guarantees.outlook import Outlook, outlook
from tracker.guarantees.rules import window
from tracker.guarantees.rules.review import ReviewForecast, periods_out, review_ahead, review_in_view
from tracker.platform.db import db
from tracker.platform.money import ZERO
from tracker.platform.pages import PAGE_SIZE, Page
from tracker.rulebook.calendar import ONE_DAY, ReviewCycle, review_cycle
from tracker.rulebook.types import Rules

SHOWS = ("rising", "all", "unsure")


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One account at the review. CAD."""

    outlook: Outlook
    review: ReviewForecast
    amount: Decimal  # what the review comes to: CBSA's notice where somebody read it, else our sum
    before_amount: Decimal  # what is required until it counts
    missing_amount: Decimal  # on the day looked at, with what is posted then as far as is known
    is_told: bool  # CBSA's own notice of this review was read: no statement has to tell
    missing_periods: Sequence[date]  # whose statement is out, and not on file

    @property
    def cover(self) -> AccountCover:
        """The account's cover today."""
        return self.outlook.cover

    @property
    def rise_amount(self) -> Decimal:
        """By how much it raises what is required; 0.00: no notice to expect, as far as the statements tell."""
        return max(self.amount - self.before_amount, ZERO) if self.cover.has_history else ZERO

    @property
    def is_unsure(self) -> bool:
        """Whether nobody can tell if it rises: a statement that is not on file could be the highest."""
        is_told = self.is_told and self.cover.has_history
        return not self.rise_amount and not is_told and bool(self.missing_periods)

    @property
    def rank(self) -> tuple[bool, Decimal, Decimal, str]:
        """Those that rise first, then the most that is missing, then the highest figure."""
        return not self.rise_amount, -self.missing_amount, -self.amount, self.cover.account_id.hex


@dataclass(frozen=True, slots=True)
class ReviewList:
    """A screenful of accounts at one review, and how many there are of each."""

    cycle: ReviewCycle
    page: Page[ReviewRow]
    counts: dict[str, int]  # by what may be shown
    periods_out: int  # of its window, with a statement out by today
    window_months: int
    has_run: bool


def years_of(today: date) -> list[int]:
    """The years of the reviews a page can show: the one in view, and the next where that is another."""
    return sorted({review_in_view(today), review_ahead(today)})


def review_list(rules: Rules, year: int, number: int, today: date, *, show: str) -> ReviewList:
    """The accounts at the review of 20 October `year` (one of `years_of`); nine statements however many accounts."""
    ranking = _Ranking(rules, year, today)
    fresh = [ranking.row(cover) for cover in stale_covers(rules, today)]
    counts = ranking.counts()
    for key in SHOWS:
        counts[key] += sum(ranking.is_in(row, key) for row in fresh)
    wanted = [row for row in fresh if ranking.is_in(row, show)]
    start = (number - 1) * PAGE_SIZE
    top = ranking.top(show, start + PAGE_SIZE) if wanted else ranking.top(show, PAGE_SIZE, start)
    found = covers(rules, client_ids={row[1] for row in top}, as_of=today) if top else []
    ids = {row[0] for row in top}
    rows = [*(ranking.row(cover) for cover in found if cover.account_id in ids), *wanted]
    rows.sort(key=lambda row: row.rank)
    first = start if wanted else 0
    return ReviewList(
        ranking.cycle,
        Page(rows[first : first + PAGE_SIZE], number, counts[show]),
        counts,
        len(ranking.out),
        ranking.window_months,
        ranking.cycle.run_on <= today,
    )


class _Ranking:
    """How kept covers are ranked at one review."""

    def __init__(self, rules: Rules, year: int, today: date) -> None:
        self.rules, self.today, self.year = rules, today, year
        self.cycle, self.out = review_cycle(year), periods_out(year, today)
        self.is_in_view = year == review_in_view(today)
        # a review in view has to be met by its deadline; the ladder looks at one to come on the day it runs
        self.day = self.cycle.deadline_on if self.is_in_view else self.cycle.run_on
        first, last = window(self.cycle.run_on)
        self.window_months = (last.year - first.year) * 12 + last.month - first.month + 1
        kept: Any = KeptCover
        if self.is_in_view:
            self.amount, self.rise = kept.review_amount, kept.increase_amount
        else:
            before = case((kept.review_amount > kept.required_amount, kept.review_amount), else_=kept.required_amount)
            self.amount = kept.ahead_amount
            self.rise = case((kept.ahead_amount > before, kept.ahead_amount - before), else_=0)

    def row(self, cover: AccountCover) -> ReviewRow:
        """One account at this review."""
        seen = outlook(cover, self.rules)
        review = seen.in_view if self.is_in_view else seen.ahead
        on_file = {month.period_end for month in cover.months}
        return ReviewRow(
            seen,
            review,
            seen.review_amount if self.is_in_view else review.amount,
            cover.required_amount if self.is_in_view else seen.required_on(self.cycle.run_on - ONE_DAY),
            seen.missing_on(self.day),
            self.is_in_view and seen.notice_in_view is not None,
            [end for end in self.out if end not in on_file],
        )

    def counts(self) -> dict[str, int]:
        """How many accounts there are of each, over the kept covers that hold; one statement."""
        known = self._known()
        sums = (func.sum(case((self._where(key, known), 1), else_=0)) for key in SHOWS)
        row = db.session.execute(select(*sums).select_from(self._joined(known)).where(self._holds)).one()
        return {key: int(count or 0) for key, count in zip(SHOWS, row, strict=True)}

    def top(self, show: str, limit: int, offset: int = 0) -> list[tuple[UUID, UUID]]:
        """(account, client) of the next accounts by rank; one statement."""
        known, posted = self._known(), posted_then(self.rules, self.day)
        required, amount = required_then(self.today, self.day), func.coalesce(posted.c.amount, 0)
        query = (
            select(KeptCover.program_account_id, KeptCover.client_id)
            .select_from(
                self._joined(known).outerjoin(posted, posted.c.account_id == KeptCover.program_account_id),
            )
            .where(self._holds, self._where(show, known))
            .order_by(
                case((self.rise > 0, 0), else_=1),
                case((required > amount, required - amount), else_=0).desc(),
                self.amount.desc(),
                KeptCover.program_account_id,
            )
        )
        return [(row[0], row[1]) for row in db.session.execute(query.limit(limit).offset(offset))]

    def is_in(self, row: ReviewRow, show: str) -> bool:
        """The same, of a row."""
        return {"rising": row.rise_amount > 0, "all": row.amount > 0, "unsure": row.is_unsure}[show]

    @property
    def _holds(self) -> ColumnElement[bool]:
        return KeptCover.holds_until >= self.today

    def _where(self, show: str, known: Any) -> ColumnElement[bool]:
        if show != "unsure":
            return (self.rise if show == "rising" else self.amount) > 0
        is_short_of = func.coalesce(known.c.count, 0) < len(self.out)
        notice = select(PortalFigure.id).where(
            PortalFigure.program_account_id == KeptCover.program_account_id,
            PortalFigure.counts_from == self.cycle.deadline_on,
            PortalFigure.read_on <= self.today,
        )
        return and_(self.rise == 0, is_short_of, or_(not_(KeptCover.is_known), not_(notice.exists())))

    def _known(self) -> Any:
        """How many of the statements that are out are on file, by account."""
        return (
            select(Statement.program_account_id.label("account_id"), func.count().label("count"))
            .where(Statement.period_end.in_(self.out))
            .group_by(Statement.program_account_id)
            .subquery()
        )

    @staticmethod
    def _joined(known: Any) -> Any:
        return KeptCover.__table__.outerjoin(known, known.c.account_id == KeptCover.program_account_id)
