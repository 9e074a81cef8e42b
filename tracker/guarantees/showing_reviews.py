"""Guarantees, showing: what the page of a review and that of roll-offs say in words. Words and shapes, no decisions."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _

from tracker.guarantees.simulating import Simulation
from tracker.guarantees.wording import month_name, short_month
from tracker.platform.pages import day
from tracker.rulebook.calendar import next_period_end, review_cycle


def review_tabs(years: Sequence[int], chosen: int, today: date) -> list[dict[str, Any]]:
    """The reviews a page can show: one that ran or is in view, and the forecast of the next where that is another."""
    found = []
    for at, year in enumerate(years):
        run_on = review_cycle(year).run_on
        words = (
            _("review of %(day)s", day=day(run_on)) if run_on <= today else _("forecast for %(day)s", day=day(run_on))
        )
        found.append({"key": "ahead" if at else None, "label": words, "active": year == chosen})
    return found


def review_chips(counts: Mapping[str, int], show: str) -> list[dict[str, Any]]:
    """What the review's page may list, with how many accounts there are of each."""
    labels = {"rising": _("rising"), "unsure": _("cannot tell"), "all": _("all with a figure")}
    return [{"key": key, "label": words, "count": counts[key], "active": key == show} for key, words in labels.items()]


def months_in_words(ends: Sequence[date], language: str) -> str:
    """Periods by the month they end in, those in a row as a span: "Nov 2025 – Jan 2026, Mar 2026". Ends in date order."""
    spans: list[list[date]] = []
    for end in ends:
        if spans and end == next_period_end(spans[-1][-1]):
            spans[-1].append(end)
        else:
            spans.append([end])
    return ", ".join(" – ".join(dict.fromkeys(short_month(end, language) for end in (s[0], s[-1]))) for s in spans)


def peaks_in_words(seen: Simulation, language: str) -> dict[date, str]:
    """The months that are the highest of the twelve on some day of a simulation, by their end."""
    sized = (moment.standing.requirement for moment in (seen.today, *seen.coming, seen.chosen))
    ends = {one.peak_period_end for one in sized if one is not None and one.peak_period_end is not None}
    return {end: month_name(end, language) for end in ends}
