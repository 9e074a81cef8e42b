"""Deadlines, rules: the billing cycle's and the review's own dates, in order."""

from datetime import date

from tracker.deadlines.rules import Deadline, DeadlineKind, cycle_deadlines, in_order
from tracker.rulebook.types import Text


def days(first: date, last: date) -> list[tuple[date, str]]:
    return [(d.on, d.source) for d in in_order(list(cycle_deadlines(first, last)))]


def test_this_cycle_and_the_review_come_up() -> None:
    assert days(date(2026, 11, 23), date(2027, 1, 31)) == [
        (date(2026, 11, 25), "bill.soa_day"),
        (date(2026, 12, 1), "bill.due"),
        (date(2026, 12, 25), "bill.soa_day"),
        (date(2026, 12, 31), "bill.due"),
        (date(2027, 1, 15), "rpp.review_deadline"),
        (date(2027, 1, 25), "bill.soa_day"),
        (date(2027, 1, 29), "bill.due"),
    ]


def test_bounds_are_included_and_nothing_comes_twice() -> None:
    assert days(date(2026, 12, 1), date(2026, 12, 1)) == [(date(2026, 12, 1), "bill.due")]
    year = days(date(2026, 1, 1), date(2026, 12, 31))
    assert len(year) == len(set(year)) and sum(source == "bill.due" for _day, source in year) == 12
    assert (date(2026, 10, 20), "rpp.review_run") in year


def test_june_cycle_says_that_the_law_allows_a_day_more() -> None:
    (june,) = cycle_deadlines(date(2026, 7, 1), date(2026, 7, 1))
    assert june.note is not None and "2026-07-02" in june.note.en


def test_firm_wide_dates_come_before_clients_of_the_same_day() -> None:
    day = date(2026, 12, 1)
    own = Deadline(day, Text("a", "a"), DeadlineKind.INTERNAL, "task", None, "Maple")
    ordered = in_order([own, *cycle_deadlines(day, day)])
    assert [d.client_name for d in ordered] == [None, "Maple"]
