"""Guarantees, queries: the ladder, every account ranked by what is missing, today or on a day to come. CAD.

Ranked on kept covers, so that the first page costs the same for fifty accounts and for five thousand; what a page shows
is worked out from the rows themselves. A kept cover says until which day it holds: those past it are worked out here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, or_, select, type_coerce

from tracker.clients.models import ProgramAccount
from tracker.guarantees.account_cover import AccountCover
from tracker.guarantees.cover import covers
from tracker.guarantees.enums import SecurityForm
from tracker.guarantees.horizon import Horizon
from tracker.guarantees.models import Allocation, Instrument, KeptCover
from tracker.guarantees.outlook import Outlook, outlook, starts_counting
from tracker.guarantees.rules import COVERING, coverage, shortfall
from tracker.guarantees.rules.life import ENDING_DAYS
from tracker.guarantees.rules.review import review_ahead, review_in_view
from tracker.platform.db import CadAmount, db
from tracker.platform.money import ZERO
from tracker.platform.pages import PAGE_SIZE, Page
from tracker.rulebook.calendar import review_cycle
from tracker.rulebook.types import Rules, Text

BANDS = ("short", "thin", "ending", "rising", "reducible", "unknown")


@dataclass(frozen=True, slots=True)
class Rung:
    """One account on the ladder, on the horizon's day. CAD."""

    outlook: Outlook
    required_amount: Decimal
    posted_amount: Decimal

    explanation: Text  # how the required amount came about, in one sentence

    @property
    def cover(self) -> AccountCover:
        """The account's cover today."""
        return self.outlook.cover

    @property
    def shortfall_amount(self) -> Decimal:
        """What is missing on that day."""
        return shortfall(self.required_amount, self.posted_amount)

    @property
    def coverage_percent(self) -> Decimal | None:
        """Posted ÷ required on that day; None when nothing is required."""
        return coverage(self.required_amount, self.posted_amount)

    @property
    def rank(self) -> tuple[Decimal, Decimal, str]:
        """The largest shortfall first, then the largest requirement."""
        return -self.shortfall_amount, -self.required_amount, self.cover.account_id.hex


@dataclass(frozen=True, slots=True)
class Sums:
    """The sums over every account of the ladder, whatever the page or band. CAD."""

    accounts: int = 0
    required_amount: Decimal = ZERO
    posted_amount: Decimal = ZERO
    shortfall_amount: Decimal = ZERO
    short: int = 0
    thin: int = 0
    ending: int = 0
    rising: int = 0
    reducible: int = 0
    unknown: int = 0

    def plus(self, other: "Sums") -> "Sums":
        """Both together."""
        return Sums(*(getattr(self, name) + getattr(other, name) for name in Sums.__slots__))


@dataclass(frozen=True, slots=True)
class Ladder:
    """A screenful of rungs and the sums over all."""

    page: Page[Rung]
    sums: Sums


def ladder(
    rules: Rules, horizon: Horizon, number: int, today: date, *, warning_percent: int, band: str | None = None
) -> Ladder:
    """Accounts ranked by shortfall on the horizon's day, then by what they need; eight statements however many."""
    ranking = _Ranking.of(rules, horizon, today, warning_percent)
    fresh = ranking.fresh(rules)
    kept_sums = ranking.sums()
    wanted = [rung for rung in fresh if band is None or ranking.is_in(rung, band)]
    start = (number - 1) * PAGE_SIZE
    top = ranking.top(band, start + PAGE_SIZE) if wanted else ranking.top(band, PAGE_SIZE, start)
    found = covers(rules, client_ids={row[1] for row in top}, as_of=today) if top else []
    by_id = {cover.account_id: cover for cover in found}
    kept = [_rung(by_id[account_id], rules, horizon.day) for account_id, _client in top if account_id in by_id]
    if wanted:
        kept = sorted([*kept, *wanted], key=lambda rung: rung.rank)[start : start + PAGE_SIZE]
    sums = kept_sums.plus(ranking.sums_of(fresh))
    total = sums.accounts if band is None else getattr(sums, band)
    return Ladder(Page(kept, number, total), sums)


def _rung(cover: AccountCover, rules: Rules, day: date) -> Rung:
    seen = outlook(cover, rules)
    return Rung(seen, seen.required_on(day), cover.posted_on(day), seen.explained_on(day))


def stale_covers(rules: Rules, today: date) -> list[AccountCover]:
    """The accounts whose kept cover no longer holds today, worked out from their rows: none after the daily job."""
    ids = set(db.session.scalars(select(KeptCover.client_id).where(KeptCover.holds_until < today).distinct()))
    if not ids:
        return []
    kept = set(db.session.scalars(select(KeptCover.program_account_id).where(KeptCover.holds_until >= today)))
    return [cover for cover in covers(rules, client_ids=ids, as_of=today) if cover.account_id not in kept]


@dataclass(frozen=True, slots=True)
class _Ranking:
    """How kept covers are ranked on the horizon's day."""

    today: date
    day: date
    warning_percent: int
    source: Any  # kept_cover, joined with what is posted on the day
    required: ColumnElement[Any]
    posted: ColumnElement[Any]
    shortfall: ColumnElement[Any]

    @classmethod
    def of(cls, rules: Rules, horizon: Horizon, today: date, warning_percent: int) -> "_Ranking":
        if horizon.day == today:
            kept: Any = KeptCover
            amounts = (kept.required_amount, kept.posted_amount, kept.shortfall_amount)
            return cls(today, today, warning_percent, KeptCover, *amounts)
        posted = posted_then(rules, horizon.day)
        required, amount = required_then(today, horizon.day), func.coalesce(posted.c.amount, 0)
        joined = KeptCover.__table__.outerjoin(posted, posted.c.account_id == KeptCover.program_account_id)
        missing = case((required > amount, required - amount), else_=0)
        return cls(today, horizon.day, warning_percent, joined, required, amount, missing)

    def fresh(self, rules: Rules) -> list[Rung]:
        """The accounts whose kept cover no longer holds today."""
        return [_rung(cover, rules, self.day) for cover in stale_covers(rules, self.today)]

    @property
    def _holds(self) -> ColumnElement[bool]:
        return KeptCover.holds_until >= self.today

    def sums(self) -> Sums:
        """Over the kept covers that hold, in one statement."""
        bands = (func.sum(case((self._band(band), 1), else_=0)) for band in BANDS)
        row = db.session.execute(
            select(func.count(), *map(_sum, (self.required, self.posted, self.shortfall)), *bands)
            .select_from(self.source)
            .where(self._holds)
        ).one()
        required, posted, missing = (ZERO if amount is None else amount for amount in row[1:4])
        return Sums(int(row[0]), required, posted, missing, *(int(count or 0) for count in row[4:]))

    def sums_of(self, rungs: Sequence[Rung]) -> Sums:
        """Over these rungs."""
        return Sums(
            len(rungs),
            sum((rung.required_amount for rung in rungs), ZERO),
            sum((rung.posted_amount for rung in rungs), ZERO),
            sum((rung.shortfall_amount for rung in rungs), ZERO),
            *(sum(self.is_in(rung, band) for rung in rungs) for band in BANDS),
        )

    def top(self, band: str | None, limit: int, offset: int = 0) -> list[tuple[UUID, UUID]]:
        """(account, client) of the next rungs by rank."""
        query = (
            select(KeptCover.program_account_id, KeptCover.client_id)
            .select_from(self.source)
            .where(self._holds, *([self._band(band)] if band else []))
            .order_by(self.shortfall.desc(), self.required.desc(), KeptCover.program_account_id)
        )
        return [(row[0], row[1]) for row in db.session.execute(query.limit(limit).offset(offset))]

    def _band(self, band: str) -> ColumnElement[bool]:
        last = self.day + timedelta(days=ENDING_DAYS)
        return {
            "short": self.shortfall > 0,
            "thin": and_(
                self.shortfall == 0, self.required > 0, self.posted * 100 < self.required * self.warning_percent
            ),
            "ending": and_(KeptCover.ends_on.is_not(None), KeptCover.ends_on <= last),
            "rising": KeptCover.increase_amount > 0,
            "reducible": KeptCover.reducible_amount > 0,
            "unknown": KeptCover.is_known.is_(False),
        }[band]

    def is_in(self, rung: Rung, band: str) -> bool:
        """The same bands, of a rung."""
        last = self.day + timedelta(days=ENDING_DAYS)
        thin = rung.required_amount > 0 and rung.posted_amount * 100 < rung.required_amount * self.warning_percent
        return {
            "short": rung.shortfall_amount > 0,
            "thin": rung.shortfall_amount == 0 and thin,
            "ending": rung.cover.open_end_on is not None and rung.cover.open_end_on <= last,
            "rising": rung.outlook.increase_amount > 0,
            "reducible": rung.outlook.reducible_amount > 0,
            "unknown": not rung.cover.has_history,
        }[band]


def _sum(amounts: ColumnElement[Any]) -> ColumnElement[Decimal]:
    """A sum in CAD: an expression has lost the type of the cents it adds up."""
    return type_coerce(func.sum(amounts), CadAmount())


def posted_then(rules: Rules, day: date) -> Any:
    """A subquery of what counts on `day` by account (account_id, amount in CAD): the same conditions as `Share.covers`."""
    in_form = [
        (form.value, [kind for kind, row in rules.instruments.items() if row.form == form.value])
        for form in SecurityForm
    ]
    accepted = [kind for kind, row in rules.instruments.items() if row.is_accepted]
    return (
        select(Allocation.program_account_id.label("account_id"), func.sum(Allocation.amount).label("amount"))
        .join(Instrument, Instrument.id == Allocation.instrument_id)
        .join(ProgramAccount, ProgramAccount.id == Allocation.program_account_id)
        .where(
            or_(*(and_(ProgramAccount.security_form == form, Instrument.kind.in_(kinds)) for form, kinds in in_form)),
            Instrument.state.in_(COVERING),
            Instrument.posted_on <= day,
            Instrument.valid_from <= day,
            or_(Instrument.valid_until.is_(None), Instrument.valid_until >= day),
            or_(Instrument.kind.in_(accepted), func.coalesce(Instrument.acceptance_reason, "") != ""),
        )
        .group_by(Allocation.program_account_id)
        .subquery()
    )


def required_then(today: date, day: date) -> Any:
    """An expression over kept covers (CAD): today's figure or, where higher, that of each review that counts by then."""
    required: Any = KeptCover.required_amount
    figures = {review_in_view(today): KeptCover.review_amount, review_ahead(today): KeptCover.ahead_amount}
    for year, figure in figures.items():
        if day >= starts_counting(review_cycle(year), today):
            required = case((figure > required, figure), else_=required)
    return required
