"""The demo firm, history: two years of monthly statements of account whose chain adds up, except where a story says otherwise. CAD."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random

from tracker.platform.money import ZERO, to_cents
from tracker.rulebook.calendar import billing_period

MONTHS = 24


@dataclass(frozen=True, slots=True)
class Month:
    """One statement, ready to be recorded."""

    period_start: date
    period_end: date
    opening: Decimal
    payments: Decimal
    charges: Decimal
    total: Decimal
    duties: Decimal
    gst: Decimal
    paid_on: date | None


def periods(today: date, months: int = MONTHS) -> list[tuple[int, int]]:
    """(year, month) of the last closed billing periods, oldest first."""
    year, month = (today.year, today.month) if today.day > 17 else _before(today.year, today.month)
    found = []
    for _ in range(months):
        found.append((year, month))
        year, month = _before(year, month)
    return found[::-1]


def _before(year: int, month: int) -> tuple[int, int]:
    return (year - 1, 12) if month == 1 else (year, month - 1)


def statements(base: Decimal, today: date, chance: Random, *, broken: bool = False) -> Iterator[Month]:
    """Months around `base`, higher before Christmas, each paid on its due date; the last may still be unpaid."""
    last = ZERO
    all_periods = periods(today)
    for index, (year, month) in enumerate(all_periods):
        period = billing_period(year, month)
        season = Decimal("1.35") if month in (10, 11) else Decimal(1)
        charges = to_cents(base * season * Decimal(chance.randint(55, 100)) / 100)
        is_unpaid = period.due_on > today
        slip = Decimal("77.40") if broken and index == len(all_periods) - 4 else ZERO
        total = to_cents(charges + slip)
        gst = to_cents(charges * Decimal("0.55"))
        yield Month(
            period.release_from, period.release_to, last, last, charges, total, charges - gst, gst,
            None if is_unpaid else period.due_on,
        )  # fmt: skip
        last = total
