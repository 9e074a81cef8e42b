"""Rulebook calendars: billing by weekdays, accounting by business days, the annual review. Pure, never mixed."""

from calendar import SATURDAY, SUNDAY, monthrange
from collections.abc import Container
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from tracker.rulebook.counts import SHIPPED, Counts, on_month_day
from tracker.rulebook.holidays import NATIONAL

ONE_DAY = timedelta(days=1)
KEPT = 4096  # months and years asked for again and again: once a client, once an account


@dataclass(frozen=True, slots=True)
class BillingPeriod:
    """One cycle: goods released from `release_from` to `release_to`, statement on `soa_on`, payment by `due_on`."""

    release_from: date
    release_to: date
    soa_on: date
    due_on: date
    legal_last_on: date  # the same day, or the next that is no holiday: plan for due_on


class StreamDates(NamedTuple):
    """Until when goods of a special stream are accounted for and paid."""

    account_by: date
    pay_by: date


class ReviewCycle(NamedTuple):
    """One annual review of the security requirement."""

    run_on: date
    window_from: date
    window_to: date
    deadline_on: date


@lru_cache(maxsize=KEPT)
def period_end(year: int, month: int, counts: Counts = SHIPPED) -> date:
    """The last day, the 17th, of the billing period that ends in `month`, by the rule in force as the month begins."""
    last = int(counts.words("bill.period", date(year, month, 1)).partition("/")[2])
    return date(year, month, min(last, monthrange(year, month)[1]))


@lru_cache(maxsize=KEPT)
def billing_period(year: int, month: int, counts: Counts = SHIPPED) -> BillingPeriod:
    """The period that ENDS on the 17th of `month`; due on the 10th weekday after it (SOR/86-1062 s. 2 and 10.1)."""
    release_to = period_end(year, month, counts)
    before = _month_before(release_to)
    due_on = weekdays_after(release_to, counts.whole("bill.due", release_to))
    return BillingPeriod(
        release_from=period_end(before.year, before.month, counts) + ONE_DAY,
        release_to=release_to,
        soa_on=_next_on(release_to, counts.whole("bill.soa_day", release_to)),
        due_on=due_on,
        legal_last_on=next_day_not_holiday(due_on),
    )


def billing_period_of(release_on: date, counts: Counts = SHIPPED) -> BillingPeriod:
    """The period in which goods released on `release_on` are billed: the 18th belongs to the next month's period."""
    this_month = billing_period(release_on.year, release_on.month, counts)
    if release_on <= this_month.release_to:
        return this_month
    next_month = _month_after(release_on)
    return billing_period(next_month.year, next_month.month, counts)


def last_period_end(as_of: date, counts: Counts = SHIPPED) -> date:
    """The end of the last period that is over on `as_of`: a period closes when its 17th is over."""
    return billing_period_of(as_of, counts).release_from - ONE_DAY


def next_period_end(ended_on: date, counts: Counts = SHIPPED) -> date:
    """The end of the period after the one that ended on `ended_on`."""
    after = _month_after(ended_on)
    return period_end(after.year, after.month, counts)


def weekdays_after(day: date, count: int) -> date:
    """The `count`-th day from Monday to Friday after `day`. Holidays count (SOR/86-1062 s. 2, "weekday")."""
    while count > 0:
        day += ONE_DAY
        count -= day.weekday() < SATURDAY
    return day


def business_days_after(day: date, count: int, holidays: Container[date] = NATIONAL) -> date:
    """The `count`-th business day after `day`: neither Saturday nor Sunday nor in `holidays` (SOR/86-1062 s. 2)."""
    return _business_days(day, count, ONE_DAY, holidays)


def business_days_before(day: date, count: int, holidays: Container[date] = NATIONAL) -> date:
    """The `count`-th business day before `day`."""
    return _business_days(day, count, -ONE_DAY, holidays)


def _business_days(day: date, count: int, step: timedelta, holidays: Container[date]) -> date:
    while count > 0:
        day += step
        count -= is_business_day(day, holidays)
    return day


def is_business_day(day: date, holidays: Container[date] = NATIONAL) -> bool:
    """Whether `day` is neither Saturday nor a holiday; Sunday is one (SOR/86-1062 s. 2, Interpretation Act s. 35)."""
    return day.weekday() < SATURDAY and day not in holidays


def first_business_day(day: date, holidays: Container[date] = NATIONAL) -> date:
    """The day itself where it is a business day, else the next one that is: nobody works off a step on a Sunday."""
    while not is_business_day(day, holidays):
        day += ONE_DAY
    return day


def next_day_not_holiday(day: date, holidays: Container[date] = NATIONAL) -> date:
    """`day`, or the next day that is no holiday. Saturday is none, Sunday is one (Interpretation Act s. 26 and 35)."""
    while day.weekday() == SUNDAY or day in holidays:
        day += ONE_DAY
    return day


def accounting_due(release_on: date, holidays: Container[date] = NATIONAL, counts: Counts = SHIPPED) -> date:
    """Last day to account for goods: 5 business days after release, the release being day 0 (SOR/86-1062 s. 10)."""
    return business_days_after(release_on, counts.whole("acct.due", release_on), holidays)


def courier_dates(release_on: date, counts: Counts = SHIPPED) -> StreamDates:
    """Courier low-value goods: by the 24th of the month after release, paid with it (SOR/86-1062 s. 7.4, 7.5)."""
    next_month = _month_after(release_on)
    account_by = next_month.replace(day=counts.whole("lvs.account_day", release_on))
    return StreamDates(account_by, billing_period(next_month.year, next_month.month, counts).due_on)


def csa_calendar_month_dates(release_on: date, counts: Counts = SHIPPED) -> StreamDates:
    """CSA option (a): calendar month of release, accounted for with payment next month (SOR/86-1062 s. 10.3(2))."""
    pay_by = courier_dates(release_on, counts).pay_by
    return StreamDates(pay_by, pay_by)


def csa_billing_period_dates(release_on: date, counts: Counts = SHIPPED) -> StreamDates:
    """CSA option (b): the 18th to the 17th, accounted for with payment (SOR/86-1062 s. 10.3(3))."""
    pay_by = billing_period_of(release_on, counts).due_on
    return StreamDates(pay_by, pay_by)


@lru_cache(maxsize=KEPT)
def review_cycle(year: int, counts: Counts = SHIPPED) -> ReviewCycle:
    """The review run on 20 October of `year`, over the 12 months before, to comply with by 15 January after."""
    run_on = counts.recurs_on("rpp.review_run", year)
    first, last = counts.words("rpp.review_window", run_on).split("/")
    window_to = _last_before(run_on, last)
    return ReviewCycle(
        run_on=run_on,
        window_from=_last_before(window_to, first),
        window_to=window_to,
        deadline_on=_first_after(run_on, counts.words("rpp.review_deadline", run_on)),
    )


def first_review_year(counts: Counts = SHIPPED) -> int:
    """The year of the first annual review there ever was (facts 3.4)."""
    return counts.begins_in("rpp.review_run")


def last_safe_paper_day(deadline: date, holidays: Container[date] = NATIONAL, counts: Counts = SHIPPED) -> date:
    """Last day to send paper so that CBSA's usual 25 business days end by `deadline` (a service level, no rule)."""
    days = counts.whole("rpp.paper_processing", deadline)
    while not is_business_day(deadline, holidays):  # nobody finishes paper on a Saturday: count from the last open day
        deadline -= ONE_DAY
    return business_days_before(deadline, days, holidays)


def paper_answer_by(sent_on: date, holidays: Container[date] = NATIONAL, counts: Counts = SHIPPED) -> date:
    """The day on which CBSA's usual 25 business days for what was sent on paper end (a service level, no rule)."""
    return business_days_after(sent_on, counts.whole("rpp.paper_processing", sent_on), holidays)


def _next_on(day: date, day_of_month: int) -> date:
    """The first day after `day` with this number in its month."""
    month = day if day_of_month > day.day else _month_after(day)
    return month.replace(day=day_of_month)


def _last_before(day: date, month_day: str) -> date:
    this_year = on_month_day(day.year, month_day)
    return this_year if this_year < day else on_month_day(day.year - 1, month_day)


def _first_after(day: date, month_day: str) -> date:
    this_year = on_month_day(day.year, month_day)
    return this_year if this_year > day else on_month_day(day.year + 1, month_day)


def _month_before(day: date) -> date:
    return day.replace(day=1) - ONE_DAY


def _month_after(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)
