"""Deadlines, views: the calendar as a list, a week and a month."""

from calendar import Calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from tracker.clients.queries import header
from tracker.deadlines.moving import MOVABLE
from tracker.deadlines.queries import Filters, dates_by_day, dates_listed, overdue
from tracker.deadlines.rules import Deadline, DeadlineKind
from tracker.deadlines.views.blueprint import bp, kind_words, link
from tracker.permissions import Permission
from tracker.platform.access import requires
from tracker.platform.actor import actor
from tracker.platform.clock import today
from tracker.platform.pages import as_day, as_id, cited, page, page_number
from tracker.rulebook.book import rules_at
from tracker.rulebook.calendar import ONE_DAY

LIST_DAYS = 28
LISTS = frozenset({"list", "day"})
PER_DAY = {"week": 8, "month": 4}  # a page does not grow with the firm
OVERDUE = 8


@dataclass(frozen=True, slots=True)
class Span:
    """The days a page shows, and where its arrows lead."""

    view: str
    start: date
    first: date
    last: date
    earlier: date
    later: date

    @property
    def weeks(self) -> list[list[date]]:
        """The days in rows of seven, Monday first."""
        return [[self.first + timedelta(days=at + n) for n in range(7)] for at in range(0, self.length, 7)]

    @property
    def length(self) -> int:
        """How many days it shows."""
        return (self.last - self.first).days + 1


def span_of(view: str | None, start: date) -> Span:
    """The days that a view shows when it starts from a day: itself, its week, four weeks as a list, or its month in whole weeks."""
    if view == "day":
        return Span(view, start, start, start, start - ONE_DAY, start + ONE_DAY)
    if view == "week":
        first, week = start - timedelta(days=start.weekday()), timedelta(days=7)
        return Span(view, first, first, first + week - ONE_DAY, first - week, first + week)
    if view == "month":
        grid = Calendar().monthdatescalendar(start.year, start.month)
        first = start.replace(day=1)
        later = (first + timedelta(days=32)).replace(day=1)
        return Span(view, first, grid[0][0], grid[-1][-1], (first - ONE_DAY).replace(day=1), later)
    step = timedelta(days=LIST_DAYS)
    return Span("list", start, start, start + step - ONE_DAY, start - step, start + step)


@bp.get("/calendar")
@requires(Permission.CALENDAR_READ)
def index() -> ResponseReturnValue:
    """Dates from today (or a day chosen), each with its kind, where it comes from and who looks after it."""
    now = today()
    span = span_of(request.args.get("view"), as_day(request.args.get("from")) or now)
    filters = _filters()
    shown = _paged(span, now, filters) if span.view in LISTS else _boxed(span, now, filters)
    return page(
        "deadlines/index.html",
        span=span,
        filters=filters,
        client=header(filters.client_id) if filters.client_id else None,
        words=kind_words(),
        link=link,
        movable=frozenset(MOVABLE),
        may_move=actor().may(Permission.TASK_EDIT),
        **shown,
    )


def _paged(span: Span, now: date, filters: Filters) -> dict[str, Any]:
    """A screenful of a list; what is overdue stands on top of its first, when it starts today."""
    number = page_number()
    listed = dates_listed(span.first, span.last, number, now, filters)
    if number > listed.page.pages:  # an address kept from when there were more
        number = listed.page.pages
        listed = dates_listed(span.first, span.last, number, now, filters)
    is_first = span.view == "list" and span.first == now and number == 1
    late, late_count = overdue(now, filters, OVERDUE) if is_first else ([], 0)
    return {
        "listed": listed.page,
        "weeks": [(monday, list(rows)) for monday, rows in groupby(listed.page.rows, key=lambda row: _monday(row.on))],
        "count": listed.page.total,
        "count_of": listed.count_of,
        "late": late,
        "late_count": late_count,
        "sources": _sources([*listed.page.rows, *late], now),
    }


def _boxed(span: Span, now: date, filters: Filters) -> dict[str, Any]:
    """Days in boxes, some of each day."""
    days = dates_by_day(span.first, span.last, now, filters, PER_DAY[span.view])
    return {"days": days, "count": days.count, "count_of": days.count_of}


def _filters() -> Filters:
    kind = request.args.get("kind")
    mine = actor().user_id if request.args.get("mine") else None
    return Filters(DeadlineKind(kind) if kind in set(DeadlineKind) else None, as_id(request.args.get("client")), mine)


def _sources(rows: list[Deadline], on: date) -> Mapping[str, dict[str, object]]:
    """For each fact that made one of the dates: its sentence and where it can be read."""
    facts = rules_at(on).facts
    keys = dict.fromkeys(key for row in rows for key in row.facts if key in facts)
    return {
        key: {"text": facts[key].text, "citations": cited(facts[key].citations), "caution": facts[key].caution}
        for key in keys
    }


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
