"""Guarantees, rules: how the sum moves as periods close and peaks leave, with charges of months to come supposed. CAD, no clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tracker.guarantees.enums import SecurityForm
from tracker.guarantees.rules.sizing import LOOKBACK, MonthlyTotal, Requirement, count_of, required_amount, window
from tracker.platform.money import ZERO
from tracker.rulebook.calendar import ONE_DAY, billing_period_of, next_period_end
from tracker.rulebook.types import Rules

PERIODS_AHEAD = 12  # after as many, every statement on file today has left the window


@dataclass(frozen=True, slots=True)
class Standing:
    """Our sum on one day, and what it rests on. CAD; `requirement` None: no statement lies in the window, not known."""

    on: date
    requirement: Requirement | None
    known: int  # periods of the window with a statement on file
    supposed: int  # periods of the window whose charges are supposed
    window_months: int
    is_peak_supposed: bool

    @property
    def amount(self) -> Decimal | None:
        """The sum; None where it is not known."""
        return None if self.requirement is None else self.requirement.required_amount


def periods_to_come(today: date) -> list[date]:
    """The ends of the next 12 billing periods, the one that is open on `today` first."""
    ends = [billing_period_of(today).release_to]
    while len(ends) < PERIODS_AHEAD:
        ends.append(next_period_end(ends[-1]))
    return ends


def closing_days(today: date) -> list[date]:
    """The 12 days to come on which one more period counts and the oldest one leaves the window: the 18ths."""
    return [end + ONE_DAY for end in periods_to_come(today)]


def with_supposed(
    months: Sequence[MonthlyTotal], expected: Mapping[date, Decimal], today: date
) -> tuple[MonthlyTotal, ...]:
    """The months on file today, and the charges supposed for periods to come (by their end, CAD, not below zero).

    A statement goes before a supposition, and a period that is no period to come is left out: nothing on file is changed.
    """
    known = [month for month in months if month.period_end <= today]
    on_file = {month.period_end for month in known}
    coming = [end for end in periods_to_come(today) if end in expected and end not in on_file]
    return (*known, *(MonthlyTotal(end, max(expected[end], ZERO)) for end in coming))


def standing_on(
    form: SecurityForm,
    months: Sequence[MonthlyTotal],
    expected: Mapping[date, Decimal],
    rules: Rules,
    today: date,
    day: date,
) -> Standing:
    """Our sum on `day`, today or one to come, by the rules of today."""
    everything = with_supposed(months, expected, today)
    count = count_of(rules.fact(LOOKBACK))
    first, last = window(day, count)
    inside = {month.period_end for month in everything if first <= month.period_end <= last}
    on_file = {month.period_end for month in months if month.period_end <= today}
    sized = required_amount(form, everything, rules, day)
    peak = sized.peak_period_end
    return Standing(
        day,
        None if peak is None else sized,
        len(inside & on_file),
        len(inside - on_file),
        count,
        peak is not None and peak not in on_file,
    )


def standings(
    form: SecurityForm, months: Sequence[MonthlyTotal], expected: Mapping[date, Decimal], rules: Rules, today: date
) -> list[Standing]:
    """Our sum today and after each of the next 12 periods closes, in date order.

    With nothing supposed its falls are those of `review.roll_offs`; a higher supposition lowers no sum.
    """
    days = [today, *closing_days(today)]
    return [standing_on(form, months, expected, rules, today, day) for day in days]
