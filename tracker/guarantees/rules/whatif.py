"""Guarantees, rules: what the requirement becomes if volume, duty or a surtax changes. Suppositions, never facts. CAD, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tracker.guarantees.enums import SecurityForm
from tracker.guarantees.rules.sizing import HUNDRED, MonthlyTotal, Requirement, bounds_of, window, within
from tracker.platform.money import ZERO, to_cents
from tracker.rulebook.calendar import billing_period
from tracker.rulebook.types import Rules

ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Supposition:
    """What somebody wants to see: percent and percentage points; empty origins or chapters mean all of them.

    The surtax falls on `surtax_share_percent` of the value of importers whose profile names one of the origins and one
    of the chapters, on releases from `surtax_from` to `surtax_until`. `gst_percent` is part of the supposition because
    it turns tax back into value; `form` None keeps each account's own.
    """

    volume_percent: Decimal = ZERO
    duty_points: Decimal = ZERO
    surtax_percent: Decimal = ZERO
    surtax_share_percent: Decimal = HUNDRED
    surtax_origins: tuple[str, ...] = ()
    surtax_chapters: tuple[str, ...] = ()
    surtax_from: date | None = None
    surtax_until: date | None = None
    gst_percent: Decimal = Decimal(5)
    form: SecurityForm | None = None

    @property
    def needs_value(self) -> bool:
        """Whether the value for duty has to be known to work it out."""
        return bool(self.duty_points or self.surtax_percent)

    def falls_in(self, period_end: date) -> bool:
        """Whether the surtax is in force on any day of the period."""
        return share_of_period(period_end, self.surtax_from, self.surtax_until) > 0

    def hits(self, origins: Sequence[str], chapters: Sequence[str]) -> bool:
        """Whether the surtax falls on an importer with these origins and HS chapters in its profile."""
        if not self.surtax_percent:
            return False
        return _overlap(self.surtax_origins, origins) and _overlap(self.surtax_chapters, chapters)

    def names_others(self, origins: Sequence[str], chapters: Sequence[str]) -> bool:
        """Whether the profile names origins or chapters beside the surtax's: then it falls on part of the value only."""
        return _others(self.surtax_origins, origins) or _others(self.surtax_chapters, chapters)

    def is_silent(self, origins: Sequence[str], chapters: Sequence[str]) -> bool:
        """Whether the profile names no origin or no chapter where the surtax asks for one: nobody can tell if it falls."""
        return bool(
            self.surtax_percent and ((self.surtax_origins and not origins) or (self.surtax_chapters and not chapters))
        )


NOTHING_SUPPOSED = Supposition()


def a_year_after(period_end: date) -> date:
    """The end of the period that the supposition repeats it in."""
    return period_end.replace(year=period_end.year + 1)


def supposed_year(today: date) -> tuple[date, date]:
    """First and last day of the year supposed: the last twelve closed periods, a year later."""
    first, last = window(today)
    return first_day_of(a_year_after(first)), a_year_after(last)


def first_day_of(period_end: date) -> date:
    """The 18th on which the period that ends on `period_end` begins."""
    return billing_period(period_end.year, period_end.month).release_from


@dataclass(frozen=True, slots=True)
class MonthParts:
    """One billing period as its statement breaks it down; None where the statement says nothing. CAD."""

    period_end: date
    charges: Decimal
    other_duties: Decimal  # duties, excise and SIMA where known
    gst: Decimal | None


def value_for_duty(
    month: MonthParts, gst_percent: Decimal, yearly_value: Decimal | None, year_charges: Decimal
) -> Decimal | None:
    """The month's value for duty: from its GST, else the stated yearly value in proportion to what was owed; else None."""
    if month.gst and gst_percent > 0:
        return max(month.gst * HUNDRED / gst_percent - month.other_duties, ZERO)
    if yearly_value is not None and year_charges > 0:
        return yearly_value * month.charges / year_charges
    return ZERO if month.charges == 0 else None


def supposed_month(month: MonthParts, value: Decimal | None, supposition: Supposition, is_hit: bool) -> MonthlyTotal:
    """The same period a year later under the supposition: volume first, then extra duty and surtax with GST on both."""
    volume = ONE + supposition.volume_percent / HUNDRED
    owed = month.charges * volume
    then = a_year_after(month.period_end)
    if value is not None:
        rate = supposition.duty_points / HUNDRED
        if is_hit:
            rate += _surtax_rate(supposition, then)
        owed += value * volume * rate * (ONE + supposition.gst_percent / HUNDRED)
    return MonthlyTotal(then, max(to_cents(owed), ZERO))


def supposed_requirement(required: Decimal, before: Requirement, after: Requirement, rules: Rules) -> Decimal:
    """What would be required where `required` is now, and our own sum would go from `before` to `after` (CAD).

    Where our sum is what is required, the new sum. Where CBSA's own figure or a review prevails, that figure in proportion
    to the highest month, through the present form's rate and by the new one's, within the new form's floor and cap; the
    difference where there is no proportion to take; the sum for nothing owed where nothing is owed any more.
    Supposing nothing changes nothing, and a higher month never lowers it.
    """
    if required == before.required_amount:
        return after.required_amount
    owed, owed_then = max(before.peak_amount, ZERO), max(after.peak_amount, ZERO)
    if owed and not owed_then:
        return after.required_amount
    in_new_form = required * after.percent / before.percent
    if owed and required:
        moved = in_new_form * owed_then / owed
    else:
        moved = max(in_new_form + (owed_then - owed) * after.percent / HUNDRED, ZERO)
    if not moved:
        return ZERO
    limited = within(moved, bounds_of(after.form, rules))
    if after.form is not before.form:
        return limited
    # CBSA may have set less than the floor or more than the cap: that alone moves nothing
    if owed_then == owed:
        return required
    return max(limited, required) if owed_then > owed else min(limited, required)


def share_of_period(period_end: date, first: date | None, last: date | None) -> Decimal:
    """How much of the period's days lies between two dates, both included; None is open. From 0 to 1."""
    start = first_day_of(period_end)
    from_day, to_day = max(start, first or start), min(period_end, last or period_end)
    return Decimal(max((to_day - from_day).days + 1, 0)) / Decimal((period_end - start).days + 1)


def _surtax_rate(supposition: Supposition, period_end: date) -> Decimal:
    share = share_of_period(period_end, supposition.surtax_from, supposition.surtax_until)
    return share * supposition.surtax_percent * supposition.surtax_share_percent / (HUNDRED * HUNDRED)


def _others(wanted: Sequence[str], have: Sequence[str]) -> bool:
    return bool(wanted) and bool(set(have) - set(wanted))


def _overlap(wanted: Sequence[str], have: Sequence[str]) -> bool:
    return not wanted or bool(set(wanted) & set(have))
