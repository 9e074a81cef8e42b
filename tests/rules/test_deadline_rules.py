"""Deadlines, rules: the billing cycle's and the review's own dates, in order."""

from datetime import date, timedelta

import pytest

from tracker.deadlines.rules import (
    KINDS,
    Deadline,
    DeadlineKind,
    cycle_deadlines,
    in_order,
    moved_along,
    printed_against_computed,
    sources_of,
    statement_note,
)
from tracker.rulebook.types import Text


def days(first: date, last: date) -> list[tuple[date, str]]:
    return [(d.on, d.source) for d in in_order(list(cycle_deadlines(first, last)))]


def test_this_cycle_and_the_review_come_up() -> None:
    assert days(date(2026, 11, 23), date(2027, 1, 31)) == [
        (date(2026, 11, 24), "acct.due"),
        (date(2026, 11, 25), "bill.soa_day"),
        (date(2026, 12, 1), "bill.due"),
        (date(2026, 12, 9), "rpp.paper_processing"),
        (date(2026, 12, 24), "acct.due"),
        (date(2026, 12, 25), "bill.soa_day"),
        (date(2026, 12, 31), "bill.due"),
        (date(2027, 1, 15), "rpp.review_deadline"),
        (date(2027, 1, 22), "acct.due"),
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
    assert june.note is not None and "2 Jul 2026" in june.note.en


def test_a_clients_own_statement_due_on_a_holiday_says_so_too() -> None:
    note = statement_note(date(2025, 7, 1), date(2025, 6, 17))
    assert note is not None and "2 Jul 2025" in note.en and "2 juill. 2025" in note.fr
    printed = statement_note(date(2025, 7, 2), date(2025, 6, 17))
    assert printed is not None and "Printed on the statement: 2 Jul 2025" in printed.en
    assert statement_note(date(2026, 12, 1), date(2026, 11, 17)) is None


def test_firm_wide_dates_come_before_clients_of_the_same_day() -> None:
    day = date(2026, 12, 1)
    own = Deadline(day, Text("a", "a"), DeadlineKind.INTERNAL, "task", None, "Maple")
    ordered = in_order([own, *cycle_deadlines(day, day)])
    assert [d.client_name for d in ordered] == [None, "Maple"]


def test_every_source_has_one_kind_and_the_law_names_its_fact() -> None:
    assert sorted(source for kind in DeadlineKind for source in sources_of(kind)) == sorted(KINDS)
    year = list(cycle_deadlines(date(2026, 1, 1), date(2026, 12, 31)))
    assert all(row.facts == (row.source,) and row.kind is KINDS[row.source] for row in year)
    assert {row.source for row in year if row.kind is DeadlineKind.INTERNAL} == {"rpp.paper_processing"}
    assert Deadline(date(2026, 12, 1), Text("a", "a"), DeadlineKind.INTERNAL, "task").facts == ()


@pytest.mark.parametrize(
    ("printed", "period_end", "said"),
    [
        (date(2026, 12, 1), date(2026, 11, 17), None),  # tenth weekday after 17 November 2026
        (date(2025, 10, 1), date(2025, 9, 17), None),  # the 30th of September is a holiday and counts as a weekday
        (date(2026, 11, 30), date(2026, 11, 17), ("30 Nov 2026", "1 Dec 2026")),
        (date(2026, 12, 2), date(2026, 11, 17), ("2 Dec 2026", "1 Dec 2026")),
    ],
)
def test_a_printed_date_that_is_not_the_calendars_shows_both(
    printed: date, period_end: date, said: tuple[str, str] | None
) -> None:
    note = printed_against_computed(printed, period_end)
    assert (note is None) if said is None else (note is not None and all(day in note.en for day in said))


@pytest.mark.parametrize(
    ("on", "by", "to"),
    [
        (date(2026, 11, 24), 7, date(2026, 12, 1)),
        (date(2026, 11, 24), 4, date(2026, 11, 27)),  # the 28th is a Saturday: the Friday before
        (date(2026, 11, 24), 31, date(2026, 12, 24)),  # 25 December is a holiday
        (date(2027, 1, 4), -3, date(2026, 12, 31)),  # 1 January is one, too
        (date(2026, 11, 24), 0, date(2026, 11, 24)),
    ],
)
def test_what_follows_moves_as_far_and_never_onto_a_day_nobody_works(on: date, by: int, to: date) -> None:
    assert moved_along(on, timedelta(days=by)) == to
