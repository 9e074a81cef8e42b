"""Both calendars against an oracle of its own making, for every day and every period of 2024 to 2035.

The oracle shares nothing with the program: Easter is looked for among the full moons of the church's table, movable days by
walking a printed calendar's weeks, weekdays by Zeller's congruence, and day numbers by the Julian day count.
"""

import calendar as printed
from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.rulebook.calendar import (
    accounting_due,
    billing_period,
    billing_period_of,
    business_days_before,
    is_business_day,
    last_safe_paper_day,
    paper_answer_by,
)
from tracker.rulebook.holidays import national_holidays

YEARS = range(2024, 2036)
SATURDAY, SUNDAY, MONDAY = 0, 1, 2  # as Zeller counts
# Paschal full moons of the golden numbers 1 to 19, valid 1900 to 2199.
FULL_MOONS = {
    1: (4, 14), 2: (4, 3), 3: (3, 23), 4: (4, 11), 5: (3, 31), 6: (4, 18), 7: (4, 8), 8: (3, 28), 9: (4, 16), 10: (4, 5),
    11: (3, 25), 12: (4, 13), 13: (4, 2), 14: (3, 22), 15: (4, 10), 16: (3, 30), 17: (4, 17), 18: (4, 7), 19: (3, 27),
}  # fmt: skip
Day = tuple[int, int, int]


def zeller(day: Day) -> int:
    """0 Saturday, 1 Sunday, 2 Monday … 6 Friday."""
    year, month, number = day
    if month < 3:
        year, month = year - 1, month + 12
    return (number + 13 * (month + 1) // 5 + year % 100 + year % 100 // 4 + year // 400 + 5 * (year // 100)) % 7


def after(day: Day) -> Day:
    year, month, number = day
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    length = 29 if month == 2 and leap else (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]
    if number < length:
        return year, month, number + 1
    return (year, month + 1, 1) if month < 12 else (year + 1, 1, 1)


@cache
def days_off(year: int) -> frozenset[Day]:
    """The ten national holidays, Sundays aside (Interpretation Act s. 35; Easter Monday is the one most lists forget)."""
    easter = after((year, *FULL_MOONS[year % 19 + 1]))
    while zeller(easter) != SUNDAY:  # the Sunday after the full moon, never the moon's own day
        easter = after(easter)
    friday = next(d for d in _march_april(year) if after(after(d)) == easter)
    victoria = max(week[0] for week in printed.monthcalendar(year, 5) if 0 < week[0] < 25)
    labour = min(week[0] for week in printed.monthcalendar(year, 9) if week[0])
    thanksgiving = [week[0] for week in printed.monthcalendar(year, 10) if week[0]][1]
    fixed = {(year, 1, 1), (year, 7, 1), (year, 9, 30), (year, 11, 11), (year, 12, 25)}
    movable = {friday, after(easter), (year, 5, victoria), (year, 9, labour), (year, 10, thanksgiving)}
    return frozenset(fixed | movable)


def _march_april(year: int) -> list[Day]:
    found, day = [], (year, 3, 1)
    while day[1] < 5:
        found.append(day)
        day = after(day)
    return found


def is_open(day: Day) -> bool:
    return zeller(day) not in (SATURDAY, SUNDAY) and day not in days_off(day[0])


def plain(day: date) -> Day:
    return day.year, day.month, day.day


def every_day(first: Day, last: Day) -> list[Day]:
    found, day = [], first
    while day <= last:
        found.append(day)
        day = after(day)
    return found


@pytest.mark.parametrize("year", YEARS)
def test_holidays_and_business_days(year: int) -> None:
    assert {plain(day) for day in national_holidays(year)} == days_off(year)
    for day in every_day((year, 1, 1), (year, 12, 31)):
        assert is_business_day(date(*day)) is is_open(day), day


@pytest.mark.parametrize("year", YEARS)
def test_accounting_due_of_every_release(year: int) -> None:
    for day in every_day((year, 1, 1), (year, 12, 31)):
        due, left = day, 5
        while left:
            due = after(due)
            left -= is_open(due)
        assert plain(accounting_due(date(*day))) == due, day


@pytest.mark.parametrize("year", YEARS)
def test_every_release_and_its_billing_period(year: int) -> None:
    """Walks the year once: on each 18th a period begins, its tenth Monday-to-Friday after the 17th is counted on foot."""
    for day in every_day((year, 1, 1), (year, 12, 31)):
        end = day
        while end[2] != 17:
            end = after(end)
        due, left, walked = end, 10, 0
        while left:
            due, walked = after(due), walked + 1
            left -= zeller(due) not in (SATURDAY, SUNDAY)
        period = billing_period_of(date(*day))
        assert (plain(period.release_to), plain(period.due_on)) == (end, due), day
        assert plain(period.soa_on) == (end[0], end[1], 25) and plain(period.release_from)[2] == 18
        assert 12 <= walked <= 14  # within the 12 to 18 days of Customs Act s. 33.4(2)
        legal = due
        while zeller(legal) == SUNDAY or legal in days_off(legal[0]):
            legal = after(legal)
        assert plain(period.legal_last_on) == legal


def test_the_two_calendars_differ_where_a_holiday_falls_on_a_weekday() -> None:
    """Ten weekdays and ten business days after the same 17th part in every month that holds a holiday in between."""
    parted = 0
    for year in YEARS:
        for number in range(1, 13):
            end = (year, number, 17)
            due, left = end, 10
            while left:
                due = after(due)
                left -= is_open(due)
            code = plain(billing_period(year, number).due_on)
            holidays = [d for d in every_day(after(end), code) if d in days_off(d[0]) and zeller(d) > SUNDAY]
            assert (due == code) is not bool(holidays), end
            parted += bool(holidays)
    assert parted >= len(YEARS)  # Victoria Day, a Monday from 18 to 24 May, parts them every year


@settings(deadline=None, max_examples=200)
@given(st.dates(date(2024, 3, 1), date(2035, 12, 31)), st.integers(1, 60))
def test_counting_back_leaves_exactly_that_many_business_days(day: date, count: int) -> None:
    back = business_days_before(day, count)
    between = [d for d in every_day(plain(back), plain(day)) if d != plain(day) and is_open(d)]
    assert len(between) == count and between[0] == plain(back)


@pytest.mark.parametrize("year", YEARS)
def test_paper_sent_on_the_last_safe_day_is_answered_in_time(year: int) -> None:
    deadline = date(year, 1, 15)
    sent = last_safe_paper_day(deadline)
    assert paper_answer_by(sent) <= deadline < paper_answer_by(sent + timedelta(days=7))
    assert sum(is_open(day) for day in every_day(after(plain(sent)), plain(paper_answer_by(sent)))) == 25


@pytest.mark.parametrize("year", YEARS)
def test_last_safe_paper_day_before_15_january(year: int) -> None:
    deadline = (year, 1, 15)
    sent = plain(last_safe_paper_day(date(*deadline)))
    assert is_open(sent)
    assert sum(is_open(day) for day in every_day(after(sent), deadline)) == 25
