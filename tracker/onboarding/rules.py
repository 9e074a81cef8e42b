"""Onboarding, rules: the days on which a template's steps fall due where a day presses. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from tracker.rulebook.calendar import business_days_after, first_business_day, is_business_day
from tracker.rulebook.types import TemplateStep


@dataclass(frozen=True, slots=True)
class Hurry:
    """What presses: no step falls due after `latest_on`; `is_late`: the day it was needed by is here already."""

    latest_on: date | None = None
    is_late: bool = False


def template_days(steps: Sequence[TemplateStep], opened_on: date) -> list[date]:
    """The day each of these steps is due by the template's own pace, in their order, on business days."""
    return [first_business_day(opened_on + timedelta(days=step.after_days)) for step in steps]


def pressed_days(
    steps: Sequence[TemplateStep], working_days: Mapping[str, int], opened_on: date, hurry: Hurry
) -> list[date]:
    """The day each of these steps is due, in their order, on business days.

    The template's pace where it ends in time. What is late already gives each task the days it takes by itself
    (`working_days`, by task) and no more. A pace that would pass `latest_on` is run back from it: each step keeps its
    share of the business days there are.
    """
    pace = _shortest(steps, working_days) if hurry.is_late else [step.after_days for step in steps]
    days = [first_business_day(opened_on + timedelta(days=after)) for after in pace]
    if hurry.latest_on is None or max(days, default=opened_on) <= hurry.latest_on:
        return days
    return _run_back(pace, opened_on, hurry.latest_on)


def _shortest(steps: Sequence[TemplateStep], working_days: Mapping[str, int]) -> list[int]:
    """Tasks follow each other as fast as each can be done; documents keep their place between them."""
    points = [(0, 0)]
    for task in sorted((step for step in steps if step.kind == "task"), key=lambda step: step.after_days):
        before, reached = points[-1]
        points.append((task.after_days, reached + min(task.after_days - before, working_days[task.key])))
    return [_between(points, step.after_days) for step in steps]


def _between(points: Sequence[tuple[int, int]], after_days: int) -> int:
    for (start, reached), (end, then) in pairwise(points):
        if after_days <= end:
            return then if end == start else reached + (after_days - start) * (then - reached) // (end - start)
    return points[-1][1]


def _run_back(pace: Sequence[int], opened_on: date, latest_on: date) -> list[date]:
    room = sum(is_business_day(opened_on + timedelta(days=n)) for n in range(1, (latest_on - opened_on).days + 1))
    if not room:  # a weekend or a holiday is all there is
        return [max(latest_on, opened_on)] * len(pace)
    longest = max(max(pace), 1)
    return [business_days_after(opened_on, max(after * room // longest, 1)) for after in pace]
