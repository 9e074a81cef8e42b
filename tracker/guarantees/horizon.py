"""Guarantees, rules: the day a ladder looks at: today, the next two dates of the annual review, or any other to come."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from tracker.rulebook.calendar import review_cycle

FURTHEST_DAYS = 731  # two years: beyond the next two reviews nothing can be said


class Odd(StrEnum):
    """Why a day that was asked for cannot be looked at, so that today is shown."""

    NO_DAY = "no_day"
    PAST = "past"
    TOO_FAR = "too_far"


@dataclass(frozen=True, slots=True)
class Horizon:
    """The day the ladder looks at, and the word it goes by in the address: today, deadline, review or the day itself."""

    key: str
    day: date

    @classmethod
    def of(cls, asked: str | None, today: date) -> "Horizon":
        """The horizon a page asked for: a word, or an ISO day between today and two years on; today for anything else."""
        known = {choice.key: choice for choice in cls.choices(today)}
        if asked in known:
            return known[asked]
        if not asked or what_is_odd(asked, today) is not None:
            return known["today"]
        day = date.fromisoformat(asked)
        return next((choice for choice in known.values() if choice.day == day), cls(day.isoformat(), day))

    @classmethod
    def choices(cls, today: date) -> tuple["Horizon", ...]:
        """Today, the next 15 January and the next 20 October, in their order."""
        deadline = next(day for day in (review_cycle(today.year + n).deadline_on for n in (-1, 0)) if day >= today)
        run = next(day for day in (review_cycle(today.year + n).run_on for n in (0, 1)) if day >= today)
        dated = sorted((cls("deadline", deadline), cls("review", run)), key=lambda choice: choice.day)
        return (cls("today", today), *dated)


def what_is_odd(asked: str | None, today: date) -> Odd | None:
    """Why what was asked for is no day to look at; None for a word, a day between today and two years on, and nothing."""
    if not asked or asked in {choice.key for choice in Horizon.choices(today)}:
        return None
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        return Odd.NO_DAY
    if day < today:
        return Odd.PAST
    return Odd.TOO_FAR if day > furthest(today) else None


def furthest(today: date) -> date:
    """The last day that can be looked at."""
    return today + timedelta(days=FURTHEST_DAYS)
