"""Rulebook holidays: the national legal holidays of any year, worked out from holidays.toml. Pure once read."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Literal, cast

from tracker.rulebook.loader import load_sources
from tracker.rulebook.reading import Row, read_rows, refuse_repeats
from tracker.rulebook.types import Citation, Source, Text

FACTS = Path(__file__).parent / "facts"
MONDAY = 0
RULES = ("fixed", "easter", "monday", "monday_before")


@dataclass(frozen=True, slots=True)
class HolidayRule:
    """One national legal holiday and how its date is found in a year. A day that falls on a weekend is not moved."""

    key: str
    name: Text
    rule: Literal["fixed", "easter", "monday", "monday_before"]
    month: int  # 0 for Easter days
    day: int  # fixed: day of month; monday_before: the day it comes before; easter: days after Easter Sunday
    nth: int  # monday: which one of the month
    citations: tuple[Citation, ...]

    def falls_on(self, year: int) -> date:
        """The day of this holiday in `year`."""
        if self.rule == "fixed":
            return date(year, self.month, self.day)
        if self.rule == "easter":
            return easter_sunday(year) + timedelta(days=self.day)
        if self.rule == "monday":
            first = date(year, self.month, 1)
            return first + timedelta(days=-first.weekday() % 7 + 7 * (self.nth - 1))
        last = date(year, self.month, self.day) - timedelta(days=1)
        return last - timedelta(days=last.weekday())


def easter_sunday(year: int) -> date:
    """Easter Sunday of the Gregorian calendar in `year` (the anonymous computus of 1876)."""
    century, of_century = divmod(year, 100)
    golden = year % 19
    leap_centuries, rest = divmod(century, 4)
    correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap_centuries - correction + 15) % 30
    to_sunday = (32 + 2 * rest + 2 * (of_century // 4) - epact - of_century % 4) % 7
    late = (golden + 11 * epact + 22 * to_sunday) // 451
    month, day = divmod(epact + to_sunday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def load_holidays(folder: Path, sources: dict[str, Source]) -> tuple[HolidayRule, ...]:
    """The holiday rows of the file, in its order. RulebookError when one is incomplete or stands twice."""
    rows = read_rows(folder / "holidays.toml", "holiday", "key")
    refuse_repeats("holidays.toml", (row.name for row in rows))
    return tuple(_holiday(row, sources) for row in rows)


def _holiday(row: Row, sources: dict[str, Source]) -> HolidayRule:
    rule = row.string("rule")
    if rule not in RULES:
        row.fail(f"unknown rule {rule!r}")
    holiday = HolidayRule(
        key=row.name,
        name=row.text("name"),
        rule=cast(Literal["fixed", "easter", "monday", "monday_before"], rule),
        month=row.whole("month", default=0),
        day=row.whole("day", default=0),
        nth=row.whole("nth", default=0),
        citations=row.citations(sources),
    )
    row.done()
    try:
        holiday.falls_on(2024)
    except ValueError as error:
        row.fail(str(error))
    return holiday


@lru_cache(maxsize=1)
def national_rules() -> tuple[HolidayRule, ...]:
    """The national legal holidays other than Sundays (Interpretation Act s. 35)."""
    return load_holidays(FACTS, load_sources(FACTS))


@lru_cache(maxsize=128)
def national_holidays(year: int) -> frozenset[date]:
    """The national legal holidays of `year`, Sundays aside (Interpretation Act s. 35)."""
    return frozenset(rule.falls_on(year) for rule in national_rules())


class NationalHolidays:
    """Every national legal holiday of every year, to ask `day in NATIONAL`."""

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and day in national_holidays(day.year)


NATIONAL = NationalHolidays()
