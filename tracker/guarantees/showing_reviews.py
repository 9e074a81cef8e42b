"""Guarantees, showing: what reviews, roll-offs and the message to a surety say. Words and shapes, no decisions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from tracker.guarantees.asking import Ask, Asked
from tracker.guarantees.queries import Agreement
from tracker.guarantees.simulating import Simulation
from tracker.guarantees.surety_letters import provider_message
from tracker.guarantees.wording import month_name, short_month
from tracker.platform.pages import day
from tracker.rulebook.calendar import next_period_end, review_cycle

LANGUAGES = (("en", "English"), ("fr", "Français"))


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


@dataclass(frozen=True, slots=True)
class SuretyDraft:
    """A message to a provider to look over and send: to whom, and in which languages."""

    provider: str | None
    contact: str | None
    email: str | None
    texts: Sequence[tuple[str, str, str]]  # language, its name, the message


def surety_draft(ask: Ask, agreement: Agreement | None, legal_name: str, today: date) -> SuretyDraft:
    """The draft in the provider's language; in both where nobody recorded a provider."""
    is_there = agreement is not None and ask.asked is not Asked.NEW
    number, amount = (agreement.number, agreement.amount) if agreement is not None and is_there else (None, None)
    message = provider_message(ask, legal_name, number, amount, today)
    known = agreement.language if agreement is not None and agreement.provider else None
    texts = [(code, name, message.in_(code)) for code, name in LANGUAGES if known in (None, code)]
    if agreement is None:
        return SuretyDraft(None, None, None, texts)
    return SuretyDraft(agreement.provider, agreement.contact, agreement.email, texts)
