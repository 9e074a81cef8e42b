"""The calendars count with the dated facts: a changed row changes the date, from its day on and not before."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from tracker.rulebook.calendar import (
    accounting_due,
    billing_period,
    billing_period_of,
    courier_dates,
    first_review_year,
    last_period_end,
    last_safe_paper_day,
    review_cycle,
)
from tracker.rulebook.counts import SHIPPED, Counts
from tracker.rulebook.holidays import FACTS
from tracker.rulebook.types import RulebookError

Computed = Callable[[Counts], date]


def changed(folder: Path, fact_id: str, before: str, after: str) -> Counts:
    """The shipped facts with one value changed, in a folder of their own."""
    copy = shutil.copytree(FACTS, folder / "facts")
    path = copy / "constants.toml"
    head, found, rest = path.read_text(encoding="utf-8").partition(f'id = "{fact_id}"\n')
    assert found and f"value = {before}\n" in rest
    path.write_text(head + found + rest.replace(f"value = {before}\n", f"value = {after}\n", 1), encoding="utf-8")
    return Counts(copy)


@pytest.mark.parametrize(
    ("fact_id", "before", "after", "computed", "was", "becomes"),
    [
        ("bill.due", "10", "12", lambda at: billing_period(2026, 11, at).due_on, "2026-12-01", "2026-12-03"),
        ("bill.soa_day", "25", "26", lambda at: billing_period(2026, 11, at).soa_on, "2026-11-25", "2026-11-26"),
        ("bill.soa_day", "25", "5", lambda at: billing_period(2026, 11, at).soa_on, "2026-11-25", "2026-12-05"),
        ("bill.period", '"18/17"', '"16/15"', lambda at: billing_period(2026, 11, at).release_to, "2026-11-17", "2026-11-15"),
        ("bill.period", '"18/17"', '"16/15"', lambda at: billing_period(2026, 11, at).release_from, "2026-10-18", "2026-10-16"),
        ("bill.period", '"18/17"', '"01/31"', lambda at: billing_period(2027, 2, at).release_to, "2027-02-17", "2027-02-28"),
        ("bill.period", '"18/17"', '"16/15"', lambda at: last_period_end(date(2026, 11, 16), at), "2026-10-17", "2026-11-15"),
        ("acct.due", "5", "7", lambda at: accounting_due(date(2026, 11, 20), counts=at), "2026-11-27", "2026-12-01"),
        ("lvs.account_day", "24", "20", lambda at: courier_dates(date(2026, 11, 20), at).account_by, "2026-12-24", "2026-12-20"),
        ("rpp.paper_processing", "25", "40", lambda at: last_safe_paper_day(date(2027, 1, 15), counts=at), "2026-12-09", "2026-11-18"),
        ("rpp.review_run", '"10-20"', '"09-20"', lambda at: review_cycle(2026, at).run_on, "2026-10-20", "2026-09-20"),
        ("rpp.review_window", '"10-20/10-19"', '"07-25/07-24"', lambda at: review_cycle(2026, at).window_from, "2025-10-20", "2025-07-25"),
        ("rpp.review_window", '"10-20/10-19"', '"07-25/07-24"', lambda at: review_cycle(2026, at).window_to, "2026-10-19", "2026-07-24"),
        ("rpp.review_deadline", '"01-15"', '"02-15"', lambda at: review_cycle(2026, at).deadline_on, "2027-01-15", "2027-02-15"),
        ("rpp.review_deadline", '"01-15"', '"11-30"', lambda at: review_cycle(2026, at).deadline_on, "2027-01-15", "2026-11-30"),
    ],
)  # fmt: skip
def test_a_changed_row_changes_the_date(
    tmp_path: Path, fact_id: str, before: str, after: str, computed: Computed, was: str, becomes: str
) -> None:
    assert computed(SHIPPED).isoformat() == was
    assert computed(changed(tmp_path, fact_id, before, after)).isoformat() == becomes


def rows(folder: Path, fact_id: str, unit: str, *dated: str) -> Counts:
    """A folder whose only fact has these dated rows."""
    shutil.copy(FACTS / "sources.toml", folder)
    words = 'text = { en = "a", fr = "b" }\ncitations = [{ source = "L1" }]\n'
    facts = "".join(f'[[fact]]\nid = "{fact_id}"\nunit = "{unit}"\n{row}\n{words}' for row in dated)
    (folder / "constants.toml").write_text(facts, encoding="utf-8")
    return Counts(folder)


def test_each_row_counts_from_its_own_day_and_the_first_one_before_it_too(tmp_path: Path) -> None:
    book = rows(
        tmp_path, "acct.due", "business_days",
        "value = 5\nfrom = 2024-10-21\nuntil = 2026-11-19", "value = 7\nfrom = 2026-11-20",
    )  # fmt: skip
    assert accounting_due(date(2026, 11, 19), counts=book) == date(2026, 11, 26)  # five days on from a Thursday
    assert accounting_due(date(2026, 11, 20), counts=book) == date(2026, 12, 1)  # seven from the Friday
    assert book.whole("acct.due", date(2023, 1, 1)) == 5


def test_a_review_runs_by_the_row_in_force_on_its_own_day(tmp_path: Path) -> None:
    book = rows(
        tmp_path, "rpp.review_run", "month_day",
        'value = "10-20"\nfrom = 2025-10-20\nuntil = 2028-09-19', 'value = "09-20"\nfrom = 2028-09-20',
    )  # fmt: skip
    found = [book.recurs_on("rpp.review_run", year).isoformat() for year in (2024, 2027, 2028, 2029)]
    assert found == ["2024-10-20", "2027-10-20", "2028-09-20", "2029-09-20"]
    assert first_review_year(book) == first_review_year() == 2025


def test_a_value_of_another_kind_is_refused(tmp_path: Path) -> None:
    book = rows(tmp_path, "acct.due", "text", 'value = "five"')
    with pytest.raises(RulebookError, match=r"acct\.due"):
        accounting_due(date(2026, 11, 20), counts=book)
    with pytest.raises(KeyError):
        billing_period(2026, 11, book)


def test_no_day_falls_between_two_periods_when_the_period_changes(tmp_path: Path) -> None:
    book = changed(tmp_path, "bill.period", '"18/17"', '"01/31"')
    for month in range(1, 12):
        assert billing_period_of(billing_period(2027, month, book).release_to, book).release_to.month == month
        assert billing_period(2027, month + 1, book).release_from == date(2027, month + 1, 1)
