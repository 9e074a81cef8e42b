"""Rulebook counts: what the calendars count with, from the dated facts in force on the day concerned. Pure once read."""

from datetime import date
from functools import cached_property
from pathlib import Path

from tracker.rulebook.holidays import FACTS
from tracker.rulebook.loader import FIRST_DAY, load_facts, load_sources
from tracker.rulebook.types import Fact, FactValue, RulebookError

DECEMBER = 12


class Counts:
    """The dated facts of one rulebook folder, by id and day. Read at the first question, kept for all others."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def _rows(self) -> dict[str, list[Fact]]:
        rows: dict[str, list[Fact]] = {}
        for fact in load_facts(self._folder, load_sources(self._folder)):
            rows.setdefault(fact.id, []).append(fact)
        return rows

    def value(self, fact_id: str, day: date) -> FactValue:
        """The value on `day`; before the first row its value, since calendars reach back before CARM. KeyError: no such fact."""
        found, *later = self._rows[fact_id]
        for fact in later:
            if (fact.effective_from or FIRST_DAY) > day:
                break
            found = fact
        return found.value

    def whole(self, fact_id: str, day: date) -> int:
        """A number of days, or a day of the month, on `day`. RulebookError when the fact holds none."""
        value = self.value(fact_id, day)
        if isinstance(value, bool) or not isinstance(value, int):
            raise RulebookError(f"{fact_id}: {value!r} is no whole number")
        return value

    def words(self, fact_id: str, day: date) -> str:
        """A value written in words ("10-20", "18/17") on `day`. RulebookError when the fact holds none."""
        value = self.value(fact_id, day)
        if not isinstance(value, str):
            raise RulebookError(f"{fact_id}: {value!r} is not in words")
        return value

    def begins_in(self, fact_id: str) -> int:
        """The year of the fact's first day. RulebookError when it has none."""
        first = self._rows[fact_id][0].effective_from
        if first is None:
            raise RulebookError(f"{fact_id}: has no first day")
        return first.year

    def recurs_on(self, fact_id: str, year: int) -> date:
        """The day of `year` of a fact that names one ("10-20"): of the row in force on the very day it names."""
        for fact in self._rows[fact_id]:
            day = on_month_day(year, str(fact.value))
            if fact.in_force_on(day):
                return day
        return on_month_day(year, self.words(fact_id, date(year, DECEMBER, 31)))


def on_month_day(year: int, month_day: str) -> date:
    """The day of `year` written as "10-20"."""
    month, day = month_day.split("-")
    return date(year, int(month), int(day))


SHIPPED = Counts(FACTS)
