"""Deadlines, views: the calendar as a list by week."""

from datetime import date, timedelta
from itertools import groupby

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.deadlines.queries import deadlines_between
from tracker.deadlines.rules import Deadline, DeadlineKind
from tracker.permissions import Permission
from tracker.platform.access import requires
from tracker.platform.clock import today
from tracker.platform.pages import page

bp = Blueprint("deadlines", __name__)
MOST = 200  # a page does not grow with the firm; the workbook holds them all
FIRST_YEAR, LAST_YEAR = 2024, 2099  # CARM began in 2024; a date at the end of time has no week after it
SPANS = {"week": 7, "month": 31, "quarter": 92}


@bp.get("/calendar")
@requires(Permission.CALENDAR_READ)
def index() -> ResponseReturnValue:
    """Dates from today (or a day chosen), grouped by week, each with its kind and where it comes from."""
    span = request.args.get("span") if request.args.get("span") in SPANS else "month"
    kind = request.args.get("kind")
    first = _day(request.args.get("from")) or today()
    rows = deadlines_between(first, first + timedelta(days=SPANS[span or "month"]))
    counts = {each.value: sum(row.kind is each for row in rows) for each in DeadlineKind}
    shown = [row for row in rows if kind not in counts or row.kind.value == kind]
    return page(
        "deadlines/index.html",
        weeks=[(monday, list(group)) for monday, group in groupby(shown[:MOST], key=lambda row: _monday(row.on))],
        left_out=max(0, len(shown) - MOST),
        counts=counts,
        kind=kind,
        span=span,
        first=first,
        words=_kinds(),
        link=_link,
        total=len(rows),
        earlier=first - timedelta(days=SPANS[span or "month"]),
        later=first + timedelta(days=SPANS[span or "month"]),
    )


def _kinds() -> dict[str, str]:
    return {"statutory": _("statutory"), "contractual": _("contractual"), "internal": _("internal")}


def _day(text: str | None) -> date | None:
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _link(row: Deadline) -> str | None:
    """Where the date is looked after."""
    pages = {"task": "coordination.task", "document_request": "documents.show", "engagement": "engagements.show"}
    keys = {"task": "task_id", "document_request": "request_id", "engagement": "engagement_id"}
    if row.record_id is None or row.client_id is None:
        return None
    if row.source in pages:
        return url_for(pages[row.source], **{keys[row.source]: row.record_id})  # type: ignore[arg-type]
    return url_for("guarantees.client" if row.source == "instrument" else "desk.client", client_id=row.client_id)
