"""Guarantees, rules: what the annual review sets, when a peak rolls off, and how a change still arrives in time. CAD, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tracker.guarantees.enums import SecurityForm
from tracker.guarantees.rules.sizing import LOOKBACK, MonthlyTotal, Requirement, count_of, required_amount, window
from tracker.platform.money import ZERO, to_cents
from tracker.rulebook.calendar import (
    ONE_DAY,
    ReviewCycle,
    billing_period,
    first_review_year,
    last_safe_paper_day,
    next_period_end,
    period_end,
    review_cycle,
)
from tracker.rulebook.types import Rules

CONFIRM_DAYS = 40  # the firm's own measure: a figure of the portal read longer ago has to be confirmed again


@dataclass(frozen=True, slots=True)
class ReviewForecast:
    """What CBSA sets, or will set, at one annual review on the statements known so far. CAD."""

    cycle: ReviewCycle
    requirement: Requirement
    known_months: int  # periods of the window with a statement
    window_months: int

    @property
    def amount(self) -> Decimal:
        """The requirement the review comes to."""
        return self.requirement.required_amount

    @property
    def is_complete(self) -> bool:
        """Whether every period of its window has a statement: only then is its figure more than a guess."""
        return self.known_months == self.window_months

    @property
    def rolls_off_on(self) -> date | None:
        """When the period that drives it leaves the last 12; None where nothing was owed."""
        driving = self.requirement.peak_period_end
        return None if driving is None or not self.amount else rolls_off_on(driving)


def review_in_view(day: date) -> int:
    """The year whose 20 October review has to be acted on: until 15 January that is last year's."""
    cycle = review_cycle(day.year - 1)
    return day.year - 1 if day <= cycle.deadline_on else day.year


def review_in_force(day: date) -> int | None:
    """The year of the last review whose deadline has come by `day`; None before 15 January 2026, the first one's."""
    year = day.year - 1 if day >= review_cycle(day.year - 1).deadline_on else day.year - 2
    return year if year >= first_review_year() else None


def review_ahead(day: date) -> int:
    """The year of the next review that has not run yet."""
    return day.year if day < review_cycle(day.year).run_on else day.year + 1


def review_forecast(
    form: SecurityForm, months: Sequence[MonthlyTotal], rules: Rules, year: int, today: date
) -> ReviewForecast:
    """The figure of the review of 20 October `year`, over the 12 periods closed by then, as far as they are known today."""
    cycle = review_cycle(year)
    lookback = count_of(rules.fact(LOOKBACK))
    first, last = window(cycle.run_on, lookback)
    known = [month for month in months if first <= month.period_end <= min(last, today)]
    return ReviewForecast(
        cycle, required_amount(form, known, rules, cycle.run_on), len({m.period_end for m in known}), lookback
    )


def periods_out(year: int, today: date) -> list[date]:
    """The periods of the review of 20 October `year` whose statement is out by `today` (bill.soa_day), by their end.

    Only these can be on file: on a day between, the statement of a period that closed is nobody's omission.
    """
    end, last = window(review_cycle(year).run_on)
    found = []
    while end <= last and billing_period(end.year, end.month).soa_on <= today:
        found.append(end)
        end = next_period_end(end)
    return found


def rolls_off_on(ended_on: date) -> date:
    """The first day on which the last 12 closed periods no longer hold the one that ended on `ended_on`."""
    return period_end(ended_on.year + 1, ended_on.month) + ONE_DAY


def unknown_from(months: Sequence[MonthlyTotal], today: date) -> date | None:
    """The first day on which no statement on file today lies in the last 12 periods; None where none does already."""
    last = max((month.period_end for month in months if month.period_end <= today), default=None)
    if last is None or rolls_off_on(last) <= today:
        return None
    return rolls_off_on(last)


@dataclass(frozen=True, slots=True)
class RollOff:
    """On this day the peak leaves the last 12 periods, and the requirement falls from one sum to another. CAD."""

    on: date
    before: Requirement
    after: Requirement

    @property
    def fall_amount(self) -> Decimal:
        """By how much the requirement falls."""
        return to_cents(self.before.required_amount - self.after.required_amount)


def roll_offs(form: SecurityForm, months: Sequence[MonthlyTotal], rules: Rules, today: date) -> list[RollOff]:
    """Each fall of the requirement as peaks leave the window, on the statements known today and no others, in date order.

    A month to come can set a new peak: these are the earliest days and the lowest figures, never a promise.
    """
    known = [month for month in months if month.period_end <= today]
    steps: list[RollOff] = []
    now = required_amount(form, known, rules, today)
    while now.peak_period_end is not None and now.required_amount > ZERO:
        before, on = now, rolls_off_on(now.peak_period_end)
        now = required_amount(form, known, rules, on)
        if now.peak_period_end is None:
            break  # no statement on file lies in the window any more: not known, and no fall to promise
        if now.required_amount < before.required_amount:
            steps.append(RollOff(on, before, now))
    return steps


@dataclass(frozen=True, slots=True)
class ChangePaths:
    """The three ways a changed instrument is in place by a deadline (facts 3.2 and 3.4)."""

    deadline_on: date
    paper_by: date  # CBSA's usual 25 business days: a service level, no rule
    today: date
    is_pending: bool  # a paper change or reduction request lies with CBSA, which then holds off

    @property
    def is_electronic_open(self) -> bool:
        """The provider posts through CBSA's interface until the day itself."""
        return self.today <= self.deadline_on

    @property
    def is_paper_open(self) -> bool:
        """Paper sent today still arrives in time."""
        return self.today <= self.paper_by


def change_paths(deadline_on: date, today: date, is_pending: bool) -> ChangePaths:
    """Which ways are still open on `today` for a change to count on `deadline_on`."""
    return ChangePaths(deadline_on, last_safe_paper_day(deadline_on), today, is_pending)


def least_to_ask_for(estimate: Requirement, cycle: ReviewCycle, review_amount: Decimal, today: date) -> Decimal:
    """CAD that a reduction may ask for: what the last 12 periods call for, and no less than a review CBSA has just run.

    `review_amount` (CAD) is CBSA's notice where somebody read it, else our own sum.
    """
    return max(estimate.required_amount, review_amount) if cycle.run_on <= today else estimate.required_amount


def worthwhile_reduction(shown_amount: Decimal | None, least_amount: Decimal) -> Decimal:
    """CAD by which CBSA's figure exceeds the least that may be asked for; 0.00 where there is nothing to ask for."""
    if shown_amount is None:
        return ZERO
    return to_cents(max(shown_amount - least_amount, ZERO))
