"""Readiness, rules: which daily records are kept. Pure."""

from collections.abc import Iterable
from datetime import date, timedelta

DAYS_KEPT = 40


def days_to_forget(days: Iterable[date], today: date) -> list[date]:
    """The recorded days that go: all but those of the last 40 days and the last one recorded of each month."""
    recorded = sorted(set(days))
    last_of_month = {(day.year, day.month): day for day in recorded}
    kept = set(last_of_month.values())
    return [day for day in recorded if day <= today - timedelta(days=DAYS_KEPT) and day not in kept]


def month_before(day: date) -> date:
    """The last day of the month before the one `day` is in."""
    return day.replace(day=1) - timedelta(days=1)
