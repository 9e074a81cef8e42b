"""Rulebook calendars: billing by weekdays, accounting by business days, the annual review. Pure, never mixed."""

from calendar import SATURDAY, SUNDAY
from collections.abc import Container
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from tracker.rulebook.holidays import NATIONAL

ONE_DAY = timedelta(days=1)
PERIOD_LAST_DAY = 17
STATEMENT_DAY = 25
DUE_WEEKDAYS = 10
ACCOUNTING_BUSINESS_DAYS = 5
COURIER_ACCOUNTING_DAY = 24
PAPER_BUSINESS_DAYS = 25


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


def billing_period(year: int, month: int) -> BillingPeriod:
    """The period that ENDS on the 17th of `month`; due on the 10th weekday after it (SOR/86-1062 s. 2 and 10.1)."""
    release_to = date(year, month, PERIOD_LAST_DAY)
    due_on = weekdays_after(release_to, DUE_WEEKDAYS)
    return BillingPeriod(
        release_from=_month_before(release_to).replace(day=PERIOD_LAST_DAY + 1),
        release_to=release_to,
        soa_on=release_to.replace(day=STATEMENT_DAY),
        due_on=due_on,
        legal_last_on=next_day_not_holiday(due_on),
    )


def billing_period_of(release_on: date) -> BillingPeriod:
    """The period in which goods released on `release_on` are billed: the 18th belongs to the next month's period."""
    ends_in = release_on if release_on.day <= PERIOD_LAST_DAY else _month_after(release_on)
    return billing_period(ends_in.year, ends_in.month)


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


def next_day_not_holiday(day: date, holidays: Container[date] = NATIONAL) -> date:
    """`day`, or the next day that is no holiday. Saturday is none, Sunday is one (Interpretation Act s. 26 and 35)."""
    while day.weekday() == SUNDAY or day in holidays:
        day += ONE_DAY
    return day


def accounting_due(release_on: date, holidays: Container[date] = NATIONAL) -> date:
    """Last day to account for goods: 5 business days after release, the release being day 0 (SOR/86-1062 s. 10)."""
    return business_days_after(release_on, ACCOUNTING_BUSINESS_DAYS, holidays)


def courier_dates(release_on: date) -> StreamDates:
    """Courier low-value goods: by the 24th of the month after release, paid with it (SOR/86-1062 s. 7.4, 7.5)."""
    next_month = _month_after(release_on)
    account_by = next_month.replace(day=COURIER_ACCOUNTING_DAY)
    return StreamDates(account_by, billing_period(next_month.year, next_month.month).due_on)


def csa_calendar_month_dates(release_on: date) -> StreamDates:
    """CSA option (a): calendar month of release, accounted for with payment next month (SOR/86-1062 s. 10.3(2))."""
    pay_by = courier_dates(release_on).pay_by
    return StreamDates(pay_by, pay_by)


def csa_billing_period_dates(release_on: date) -> StreamDates:
    """CSA option (b): the 18th to the 17th, accounted for with payment (SOR/86-1062 s. 10.3(3))."""
    pay_by = billing_period_of(release_on).due_on
    return StreamDates(pay_by, pay_by)


def review_cycle(year: int) -> ReviewCycle:
    """The review run on 20 October of `year`, over the 12 months before, to comply with by 15 January after."""
    return ReviewCycle(
        run_on=date(year, 10, 20),
        window_from=date(year - 1, 10, 20),
        window_to=date(year, 10, 19),
        deadline_on=date(year + 1, 1, 15),
    )


def last_safe_paper_day(deadline: date, holidays: Container[date] = NATIONAL) -> date:
    """Last day to send paper so that CBSA's usual 25 business days end by `deadline` (a service level, no rule)."""
    while not is_business_day(deadline, holidays):  # nobody finishes paper on a Saturday: count from the last open day
        deadline -= ONE_DAY
    return business_days_before(deadline, PAPER_BUSINESS_DAYS, holidays)


def _month_before(day: date) -> date:
    return day.replace(day=1) - ONE_DAY


def _month_after(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)
