"""The demo firm, telling: the steps of all clients' stories in the order of time, each at its own instant, by the real commands.

The stories run on their own days: the clock stands at a step's instant while its commands write (`clock.told_at`), so that
rows and trail say the same, and the trail's order is the order of time over all clients. Dating rows back afterwards gave a
trail in which two years happened within one minute.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tracker.platform.clock import TORONTO, now, told_at
from tracker.platform.clock import today as today_by_the_clock
from tracker.platform.db import db, transaction

# Steps of many clients share a transaction: the standing of a client is then worked out once for many of its steps.
STEPS_AT_ONCE = 400
FOUNDED_DAYS_AGO = 700


@dataclass(frozen=True, slots=True)
class Step:
    """Something somebody did at an instant."""

    at: datetime
    do: Callable[[], object]
    is_alone: bool = False  # in a transaction of its own: what comes before it must be committed before it counts


def tell(steps: Iterable[Step]) -> None:
    """Write these steps in the order of time."""
    for chapter in _chapters(sorted(steps, key=lambda step: step.at)):
        with told_at(chapter[-1].at), transaction():
            for step in chapter:
                with told_at(step.at):
                    step.do()
                    db.session.flush()


def _chapters(ordered: Iterable[Step]) -> Iterator[list[Step]]:
    chapter: list[Step] = []
    for step in ordered:
        if chapter and (step.is_alone or chapter[-1].is_alone or len(chapter) == STEPS_AT_ONCE):
            yield chapter
            chapter = []
        chapter.append(step)
    if chapter:
        yield chapter


def founding_instant(today: date) -> datetime:
    """The instant at which the firm itself is set up: before its first client."""
    day = today - timedelta(days=FOUNDED_DAYS_AGO)
    return datetime(day.year, day.month, day.day, 9, tzinfo=TORONTO)


def last_instant(today: date) -> datetime:
    """The instant at which a story told up to `today` ends: never later than now."""
    if today == today_by_the_clock():
        return now()
    return datetime(today.year, today.month, today.day, 12, tzinfo=TORONTO)
