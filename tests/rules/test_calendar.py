"""Both calendars against cited days, and against a second way of counting for 2024 to 2035."""

from datetime import date, timedelta

import holidays as holidays_package
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.rulebook.calendar import (
    accounting_due,
    billing_period,
    billing_period_of,
    business_days_after,
    business_days_before,
    courier_dates,
    csa_billing_period_dates,
    csa_calendar_month_dates,
    last_safe_paper_day,
    next_day_not_holiday,
    review_cycle,
    weekdays_after,
)
from tracker.rulebook.holidays import NATIONAL, easter_sunday, national_holidays

YEARS = range(2024, 2036)
days = st.dates(date(2024, 1, 1), date(2035, 12, 31))
ALL_DAYS = [date(2023, 1, 1) + timedelta(days=number) for number in range(366 * 15)]
EASTERS = {
    2024: "03-31", 2025: "04-20", 2026: "04-05", 2027: "03-28", 2028: "04-16", 2029: "04-01",
    2030: "04-21", 2031: "04-13", 2032: "03-28", 2033: "04-17", 2034: "04-09", 2035: "03-25",
}  # fmt: skip


@pytest.mark.parametrize(("year", "expected"), EASTERS.items())
def test_easter_sunday(year: int, expected: str) -> None:
    assert easter_sunday(year).isoformat() == f"{year}-{expected}"


@pytest.mark.parametrize("year", YEARS)
def test_holidays_agree_with_the_holidays_package_where_both_know_the_day(year: int) -> None:
    known = holidays_package.country_holidays("CA", years=year, categories=("public", "government"), observed=False)
    ours = national_holidays(year) - {easter_sunday(year) + timedelta(days=1)}
    boxing_day, civic_day = date(year, 12, 26), {day for day in known if day.month == 8}
    assert ours == set(known) - {boxing_day} - civic_day


@pytest.mark.parametrize("year", YEARS)
def test_ten_national_holidays_a_year_and_no_boxing_day(year: int) -> None:
    found = national_holidays(year)
    assert len(found) == 10
    assert date(year, 12, 26) not in found
    assert easter_sunday(year) + timedelta(days=1) in found
    assert date(year, 9, 30) in found


@pytest.mark.parametrize(
    ("month", "due", "legal_last"),
    [
        ((2023, 10), "2023-10-31", "2023-10-31"),
        ((2024, 10), "2024-10-31", "2024-10-31"),
        ((2025, 3), "2025-03-31", "2025-03-31"),
        ((2025, 9), "2025-10-01", "2025-10-01"),  # the 30 September holiday counts
        ((2026, 1), "2026-01-30", "2026-01-30"),
        ((2025, 6), "2025-07-01", "2025-07-02"),
        ((2026, 6), "2026-07-01", "2026-07-02"),
        ((2027, 6), "2027-07-01", "2027-07-02"),
        ((2033, 6), "2033-07-01", "2033-07-02"),  # a Saturday is no holiday in the Interpretation Act
        ((2026, 2), "2026-03-03", "2026-03-03"),
        ((2028, 2), "2028-03-02", "2028-03-02"),
    ],
)
def test_billing_due_dates_of_the_fact_sheet(month: tuple[int, int], due: str, legal_last: str) -> None:
    period = billing_period(*month)
    assert (period.due_on.isoformat(), period.legal_last_on.isoformat()) == (due, legal_last)


def test_billing_period_over_the_turn_of_the_year() -> None:
    period = billing_period(2027, 1)
    assert (period.release_from, period.release_to, period.soa_on) == (
        date(2026, 12, 18),
        date(2027, 1, 17),
        date(2027, 1, 25),
    )


@settings(deadline=None)
@given(days)
def test_due_date_is_17th_plus_14_13_or_12(day: date) -> None:
    period = billing_period(day.year, day.month)
    ahead = {5: 13, 6: 12}.get(period.release_to.weekday(), 14)
    assert period.due_on == period.release_to + timedelta(days=ahead)
    assert period.due_on.weekday() < 5
    assert period.due_on <= period.legal_last_on
    assert period.legal_last_on not in NATIONAL
    assert period.legal_last_on.weekday() != 6


@settings(deadline=None)
@given(days)
def test_every_release_belongs_to_exactly_the_period_that_holds_it(day: date) -> None:
    period = billing_period_of(day)
    assert period.release_from <= day <= period.release_to
    assert billing_period_of(period.release_to + timedelta(days=1)).release_from == period.release_to + timedelta(
        days=1
    )


@settings(deadline=None)
@given(days, st.integers(0, 40))
def test_weekdays_after_equals_the_list_of_weekdays(day: date, count: int) -> None:
    later = [other for other in ALL_DAYS if other > day and other.weekday() < 5]
    assert weekdays_after(day, count) == ([day, *later])[count]


@settings(deadline=None)
@given(days, st.integers(0, 40))
def test_business_days_equal_the_list_of_days_left_after_striking_out(day: date, count: int) -> None:
    struck = set().union(*(_holidays_by_hand(year) for year in range(day.year - 1, day.year + 2)))
    open_days = [other for other in ALL_DAYS if other.weekday() < 5 and other not in struck]
    assert business_days_after(day, count) == [day, *(other for other in open_days if other > day)][count]
    assert business_days_before(day, count) == [day, *(other for other in reversed(open_days) if other < day)][count]


def _holidays_by_hand(year: int) -> set[date]:
    if year not in EASTERS:
        year_easter = easter_sunday(year)
    else:
        year_easter = date.fromisoformat(f"{year}-{EASTERS[year]}")
    fixed = {date(year, month, day) for month, day in ((1, 1), (7, 1), (9, 30), (11, 11), (12, 25))}
    mondays = [day for day in ALL_DAYS if day.year == year and day.weekday() == 0]
    victoria = max(day for day in mondays if day < date(year, 5, 25))
    labour = min(day for day in mondays if day.month == 9)
    thanksgiving = sorted(day for day in mondays if day.month == 10)[1]
    return fixed | {victoria, labour, thanksgiving, year_easter - timedelta(days=2), year_easter + timedelta(days=1)}


@pytest.mark.parametrize(
    ("release", "account_by"),
    [
        ("2025-09-26", "2025-10-06"),
        ("2025-10-10", "2025-10-20"),
        ("2025-04-17", "2025-04-28"),
        ("2026-04-02", "2026-04-13"),
        ("2026-11-10", "2026-11-18"),
        ("2026-11-21", "2026-11-27"),
        ("2026-11-20", "2026-11-27"),
        ("2026-12-24", "2027-01-04"),
        ("2025-12-31", "2026-01-08"),
        ("2026-07-01", "2026-07-08"),
    ],
)
def test_accounting_due(release: str, account_by: str) -> None:
    assert accounting_due(date.fromisoformat(release)).isoformat() == account_by


def test_accounting_due_takes_a_province_s_own_holidays() -> None:
    assert accounting_due(date(2026, 6, 23)) == date(2026, 6, 30)
    assert accounting_due(date(2026, 6, 23), holidays={date(2026, 6, 24)}) == date(2026, 7, 1)


def test_streams_of_couriers_and_self_assessment() -> None:
    assert (
        courier_dates(date(2026, 10, 1)) == courier_dates(date(2026, 10, 31)) == (date(2026, 11, 24), date(2026, 12, 1))
    )
    assert courier_dates(date(2026, 12, 31)) == (date(2027, 1, 24), date(2027, 1, 29))
    assert csa_calendar_month_dates(date(2026, 10, 18)) == (date(2026, 12, 1), date(2026, 12, 1))
    assert csa_billing_period_dates(date(2026, 10, 17)) == (date(2026, 10, 30), date(2026, 10, 30))
    assert csa_billing_period_dates(date(2026, 10, 18)) == (date(2026, 12, 1), date(2026, 12, 1))


def test_review_cycle_runs_in_october_over_the_year_before() -> None:
    assert review_cycle(2026) == (date(2026, 10, 20), date(2025, 10, 20), date(2026, 10, 19), date(2027, 1, 15))


@pytest.mark.parametrize("year", [2025, 2026, 2027])
def test_paper_sent_on_the_last_safe_day_arrives_by_the_deadline(year: int) -> None:
    deadline = review_cycle(year).deadline_on
    sent = last_safe_paper_day(deadline)
    assert business_days_after(sent, 25) <= deadline
    assert business_days_after(sent + timedelta(days=1), 25) > deadline or (sent + timedelta(days=1)).weekday() >= 5


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-07-01", "2026-07-02"),
        ("2026-07-05", "2026-07-06"),
        ("2026-07-04", "2026-07-04"),
        ("2026-04-05", "2026-04-07"),
    ],
)
def test_next_day_that_is_no_holiday(day: str, expected: str) -> None:
    assert next_day_not_holiday(date.fromisoformat(day)).isoformat() == expected
