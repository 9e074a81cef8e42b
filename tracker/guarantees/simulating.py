"""Guarantees, queries: one account as it would stand on a day to come, with charges supposed. Reads and keeps nothing. CAD."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from tracker.guarantees.account_cover import AccountCover
from tracker.guarantees.enums import Basis
from tracker.guarantees.outlook import Outlook, outlook
from tracker.guarantees.rules import shortfall
from tracker.guarantees.rules.review import (
    ReviewForecast,
    least_to_ask_for,
    review_forecast,
    review_in_view,
    worthwhile_reduction,
)
from tracker.guarantees.rules.rolling import Standing, closing_days, standing_on, with_supposed
from tracker.platform.money import ZERO
from tracker.rulebook.calendar import review_cycle
from tracker.rulebook.types import Rules


@dataclass(frozen=True, slots=True)
class Moment:
    """The account on one day. CAD; None where nothing on file or supposed tells."""

    standing: Standing
    required_amount: Decimal | None  # what would be required: nothing falls without a request
    posted_amount: Decimal  # what counts then, as far as is known
    least_amount: Decimal | None  # that a reduction may ask for then

    @property
    def missing_amount(self) -> Decimal:
        """What is missing then; 0.00 while it is not known what is required."""
        return ZERO if self.required_amount is None else shortfall(self.required_amount, self.posted_amount)

    @property
    def spare_amount(self) -> Decimal:
        """What is posted beyond what is required then."""
        return ZERO if self.required_amount is None else shortfall(self.posted_amount, self.required_amount)

    @property
    def reducible_amount(self) -> Decimal:
        """By how much a request could lower what is required then; 0.00: none is worth filing."""
        return ZERO if self.least_amount is None else worthwhile_reduction(self.required_amount, self.least_amount)


@dataclass(frozen=True, slots=True)
class Simulation:
    """The account today, on each day a period closes, and on the day somebody chose."""

    today: Moment
    coming: Sequence[Moment]
    chosen: Moment

    @property
    def first_reducible(self) -> Moment | None:
        """From when a reduction would be worth asking for; None: not within the year looked at."""
        return next((moment for moment in (self.today, *self.coming) if moment.reducible_amount), None)


def simulate(cover: AccountCover, rules: Rules, expected: Mapping[date, Decimal], day: date) -> Simulation:
    """The account from today on with `expected` charges (CAD by the end of a period to come), and on `day`.

    Reviews to come rest on the supposed months too. What CBSA set, or a review in force, stands until a later review sets
    more; where our own sum is what the requirement rests on, a higher sum raises it and a lower one lowers nothing.
    """
    seen = _supposed(cover, rules, expected)

    def at(when: date) -> Moment:
        return _moment(seen, standing_on(cover.form, cover.months, expected, rules, cover.as_of, when))

    return Simulation(at(cover.as_of), [at(when) for when in closing_days(cover.as_of)], at(day))


def _supposed(cover: AccountCover, rules: Rules, expected: Mapping[date, Decimal]) -> Outlook:
    """The outlook with the reviews that have not run on the supposed months too."""
    seen = outlook(cover, rules)
    months = with_supposed(cover.months, expected, cover.as_of)

    def forecast(review: ReviewForecast) -> ReviewForecast:
        run_on = review.cycle.run_on
        if run_on <= cover.as_of:
            return review
        return review_forecast(cover.form, months, rules, run_on.year, run_on)

    return replace(seen, in_view=forecast(seen.in_view), ahead=forecast(seen.ahead))


def _moment(seen: Outlook, standing: Standing) -> Moment:
    return Moment(standing, _required(seen, standing), seen.cover.posted_on(standing.on), _least(seen, standing))


def _required(seen: Outlook, standing: Standing) -> Decimal | None:
    cover = seen.cover
    if not cover.has_history:
        return standing.amount
    required = seen.required_on(standing.on)
    if cover.basis is Basis.PORTAL or standing.amount is None:
        return required
    return max(required, standing.amount)


def _least(seen: Outlook, standing: Standing) -> Decimal | None:
    if standing.requirement is None or not seen.cover.has_history:
        return None
    year = review_in_view(standing.on)
    amounts = {seen.ahead.cycle.run_on.year: seen.ahead.amount, seen.in_view.cycle.run_on.year: seen.review_amount}
    return least_to_ask_for(standing.requirement, review_cycle(year), amounts.get(year, ZERO), standing.on)
