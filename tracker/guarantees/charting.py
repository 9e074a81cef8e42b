"""Guarantees, showing: cover over time as steps: what is posted against what is required. Geometry may be float, amounts never."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from flask_babel import gettext as _

from tracker.guarantees.outlook import Outlook, cover_steps
from tracker.platform.money import format_money
from tracker.platform.pages import day as day_words

BACK_DAYS, AHEAD_DAYS = 365, 426  # a year back; ahead to the January after the next review
LEFT, WIDTH, TOP, HEIGHT = 0, 720, 14, 146
ABOVE, BELOW, LINE_HEIGHT = 4, 13, 14  # words beside a line


@dataclass(frozen=True, slots=True)
class Step:
    """From this day on: posted and required. CAD, as words."""

    on: str
    posted: str
    required: str
    gap: str  # empty when covered


@dataclass(frozen=True, slots=True)
class StepsChart:
    """Points ready to draw in a box of 720 by 190, and the same as rows of a table."""

    posted: str
    required: str
    ground: str  # the posted line closed down to the axis
    today_x: float
    ticks: Sequence[tuple[float, str]]
    posted_label: tuple[float, str]
    required_label: tuple[float, str]
    rows: Sequence[Step]


def steps_chart(seen: Outlook, language: str) -> StepsChart:
    """One account's cover from a year ago to the January after the next review."""
    today = seen.cover.as_of
    first, last = today - timedelta(days=BACK_DAYS), today + timedelta(days=AHEAD_DAYS)
    steps = cover_steps(seen, first, last)
    highest = max([*(step[1] for step in steps), *(step[2] for step in steps), Decimal(1)])

    def x(day: date) -> float:
        return round(LEFT + WIDTH * (day - first).days / (last - first).days, 1)

    def y(amount: Decimal) -> float:
        return round(TOP + HEIGHT * (1 - float(amount / highest)), 1)

    def money(amount: Decimal) -> str:
        return format_money(amount, language, cents=False)

    posted_y, required_y = label_heights(y(steps[-1][1]), y(steps[-1][2]))
    posted = _line([(x(day), y(amount)) for day, amount, _required in steps], x(last))
    required = _line([(x(day), y(amount)) for day, _posted, amount in steps], x(last))
    return StepsChart(
        posted=posted,
        required=required,
        ground=f"0,{TOP + HEIGHT} {posted} {x(last)},{TOP + HEIGHT}",
        today_x=x(today),
        ticks=[(x(day), day_words(day)) for day in _quarters(first, last)],
        posted_label=(posted_y, _("posted %(amount)s", amount=money(steps[-1][1]))),
        required_label=(required_y, _("required %(amount)s", amount=money(steps[-1][2]))),
        rows=[_row(step, language) for step in steps],
    )


def label_heights(posted: float, required: float) -> tuple[float, float]:
    """Where the words of two lines stand that end at these heights: posted below its line and required above; where that
    would lay one over the other, the higher line's above and the lower one's below."""
    first, second = posted + BELOW, required - ABOVE
    if abs(first - second) < LINE_HEIGHT:
        first, second = (posted - ABOVE, required + BELOW) if posted <= required else (first, second)
    first, second = (min(max(at, TOP - ABOVE), TOP + HEIGHT - ABOVE) for at in (first, second))
    if abs(first - second) < LINE_HEIGHT:
        second = first - LINE_HEIGHT if first > TOP + LINE_HEIGHT else first + LINE_HEIGHT
    return round(first, 1), round(second, 1)


def _line(points: Sequence[tuple[float, float]], end: float) -> str:
    """A staircase: level until the next day on which it changes."""
    drawn: list[tuple[float, float]] = []
    for at, (x, y) in enumerate(points):
        if at:
            drawn.append((x, points[at - 1][1]))
        drawn.append((x, y))
    drawn.append((end, points[-1][1]))
    return " ".join(f"{x},{y}" for x, y in drawn)


def _quarters(first: date, last: date) -> list[date]:
    days = [date(year, month, 1) for year in range(first.year, last.year + 1) for month in (1, 4, 7, 10)]
    return [day for day in days if first <= day <= last - timedelta(days=45)]


def _row(step: tuple[date, Decimal, Decimal], language: str) -> Step:
    day, posted, required = step
    gap = format_money(required - posted, language) if required > posted else ""
    return Step(day_words(day), format_money(posted, language), format_money(required, language), gap)
