"""Guarantees, queries: what an account needs and has on days to come, from the cover of today. Reads nothing itself. CAD."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from tracker.guarantees.cover import AccountCover
from tracker.guarantees.rules.review import (
    ReviewForecast,
    RollOff,
    review_ahead,
    review_forecast,
    review_in_view,
    roll_offs,
    worthwhile_reduction,
)
from tracker.rulebook.calendar import PERIOD_LAST_DAY
from tracker.rulebook.types import Rules

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Outlook:
    """One account's reviews and roll-offs, as far as its statements tell. CAD."""

    cover: AccountCover
    in_view: ReviewForecast  # until 15 January the last one, from then on the next
    ahead: ReviewForecast  # the next that has not run
    falls: Sequence[RollOff]

    @property
    def increase_amount(self) -> Decimal:
        """By how much the review in view raises what is required; 0.00: no notice to expect."""
        return self.in_view.increase_over(self.cover.required_amount) if self.cover.has_history else Decimal(0)

    @property
    def reducible_amount(self) -> Decimal:
        """By how much CBSA's figure exceeds what the last 12 periods call for."""
        return worthwhile_reduction(self.cover.portal_amount, self.cover.estimate)

    def required_on(self, day: date) -> Decimal:
        """What is required on a day to come: today's figure, raised by each review in force then. Nothing falls by itself."""
        return required_on(self.cover.required_amount, self.in_view, self.ahead, self.cover.as_of, day)


def outlook(cover: AccountCover, rules: Rules) -> Outlook:
    """The reviews and roll-offs of one account."""
    in_view, ahead = reviews(cover, rules)
    return Outlook(cover, in_view, ahead, roll_offs(cover.form, cover.months, rules, cover.as_of))


def reviews(cover: AccountCover, rules: Rules) -> tuple[ReviewForecast, ReviewForecast]:
    """The review in view and the next that has not run; the same one between 16 January and 19 October."""
    day = cover.as_of
    in_view = review_forecast(cover.form, cover.months, rules, review_in_view(day), day)
    if review_ahead(day) == in_view.cycle.run_on.year:
        return in_view, in_view
    return in_view, review_forecast(cover.form, cover.months, rules, review_ahead(day), day)


def starts_counting(in_view_year: int, run_on: date, deadline_on: date, today: date) -> date:
    """The day a review's figure counts on the ladder: a review that ran, from its deadline; one to come, from its run."""
    return deadline_on if run_on <= today and run_on.year == in_view_year else run_on


def required_on(required: Decimal, in_view: ReviewForecast, ahead: ReviewForecast, today: date, day: date) -> Decimal:
    """Today's figure, or a review's if that is higher and counts by then. A fall needs a request, so nothing falls by itself."""
    counted = [
        review.amount
        for review in (in_view, ahead)
        if day >= starts_counting(in_view.cycle.run_on.year, review.cycle.run_on, review.cycle.deadline_on, today)
    ]
    return max(required, *counted) if counted else required


def holds_until(cover: AccountCover, rules: Rules) -> date:
    """The last day on which this cover stays as it is unless somebody writes: windows move, instruments begin and end."""
    day = cover.as_of
    ends = [_period_closes(day)]
    cycle = reviews(cover, rules)[0].cycle
    ends += [boundary - ONE_DAY for boundary in (cycle.run_on, cycle.deadline_on + ONE_DAY) if boundary > day]
    for share in cover.shares:
        if share.valid_from and share.valid_from > day:
            ends.append(share.valid_from - ONE_DAY)
        if share.valid_until and share.valid_until >= day:
            ends.append(share.valid_until)
    facts = (rules.facts[key] for key in cover.estimate.facts if key in rules.facts)
    ends += [fact.effective_until for fact in facts if fact.effective_until]
    return min(end for end in ends if end >= day)


def _period_closes(day: date) -> date:
    """The next 17th: on the 18th one more period counts."""
    if day.day <= PERIOD_LAST_DAY:
        return day.replace(day=PERIOD_LAST_DAY)
    return (day.replace(day=28) + timedelta(days=4)).replace(day=PERIOD_LAST_DAY)


def cover_steps(cover: AccountCover, rules: Rules, first: date, last: date) -> list[tuple[date, Decimal, Decimal]]:
    """(day, posted, required) at `first` and on each day either changes up to `last`. What was required before today is
    today's figure: nobody keeps CBSA's figures of the past unless they were read."""
    seen = outlook(cover, rules)
    changes = {first, min(max(first, cover.as_of), last)}
    for share in cover.shares:
        changes |= {share.valid_from} if share.valid_from else set()
        changes |= {share.valid_until + ONE_DAY} if share.valid_until else set()
    for review in (seen.in_view, seen.ahead):
        changes |= {review.cycle.deadline_on, review.cycle.run_on}
    days = sorted(day for day in changes if first <= day <= last)
    steps = [(day, cover.posted_on(day), seen.required_on(day)) for day in days]
    return [step for at, step in enumerate(steps) if at == 0 or step[1:] != steps[at - 1][1:]]
