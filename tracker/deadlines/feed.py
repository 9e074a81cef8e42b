"""Deadlines, wording: dates as an iCalendar file (RFC 5545) for Outlook and others."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from icalendar import Calendar, Event

from tracker.deadlines.rules import Deadline, DeadlineKind
from tracker.deadlines.wording import why
from tracker.rulebook.calendar import ONE_DAY
from tracker.rulebook.types import Fact

REFRESH = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Naming:
    """What a calendar file is called, its language, the host its ids end in, and the words and rules it needs."""

    title: str
    language: str
    host: str
    kinds: dict[DeadlineKind, str]
    owner: str  # "Owner: {name}"
    source: str  # "Source: {name}"
    facts: Mapping[str, Fact]  # the rules in force, for what they say and where it can be read


def calendar_file(
    rows: Iterable[Deadline], naming: Naming, made_at: datetime, link: Callable[[Deadline], str | None]
) -> bytes:
    """All-day events, one a deadline. The same date keeps its id, so that a date that moves moves in Outlook, too."""
    calendar = Calendar()
    calendar.add("prodid", "-//Engagement tracker//Deadlines//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", naming.title)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for row in rows:
        calendar.add_component(_event(row, naming, made_at, link(row)))
    return bytes(calendar.to_ical())


def _event(row: Deadline, naming: Naming, made_at: datetime, url: str | None) -> Event:
    event, words = Event(), row.what.in_(naming.language)
    event.add("uid", f"{row.source}.{row.record_id or row.on.isoformat()}@{naming.host}")
    event.add("dtstamp", made_at)
    event.add("dtstart", row.on)
    event.add("dtend", row.on + ONE_DAY)
    event.add("summary", f"{row.client_name}: {words}" if row.client_name else words)
    event.add("description", "\n".join(_details(row, naming)))
    event.add("categories", [naming.kinds[row.kind]])
    event.add("transp", "TRANSPARENT")  # a deadline does not keep anybody from being invited
    if url:
        event.add("url", url)
    return event


def _details(row: Deadline, naming: Naming) -> Iterable[str]:
    yield naming.kinds[row.kind]
    yield from (words.in_(naming.language) for words in why(row, naming.facts))
    for fact in (naming.facts[key] for key in row.facts if key in naming.facts):
        yield from (naming.source.format(name=one.label_in(naming.language)) for one in fact.citations)
        if fact.caution is not None:
            yield fact.caution.in_(naming.language)
    if row.owner:
        yield naming.owner.format(name=row.owner)
