"""Deadlines, views: the blueprint, and where a date is looked after."""

from flask import Blueprint, url_for
from flask_babel import gettext as _

from tracker.deadlines.rules import Deadline, DeadlineKind

bp = Blueprint("deadlines", __name__)

RECORDS = {
    "task": ("coordination.task", "task_id"),
    "document_request": ("documents.show", "request_id"),
    "expiry": ("documents.show", "request_id"),
    "engagement": ("desk.engagement", "engagement_id"),
    "instrument": ("guarantees.edit_instrument", "instrument_id"),
    "paper": ("guarantees.edit_instrument", "instrument_id"),
}
HELD = {  # looked after on the page of what they hang on
    "portal_figure": ("guarantees.account", "account_id"),
    "roll_off": ("guarantees.account", "account_id"),
    "renewal_end": ("desk.engagement", "engagement_id"),
    "renewal_review": ("desk.engagement", "engagement_id"),
}
CLIENTS = {"bill.due": "clients.statements", "delegation": "coordination.delegations"}


def link(row: Deadline) -> str | None:
    """The page where staff look after this date; None for what concerns everybody."""
    if row.record_id is None or row.client_id is None:
        return None
    if row.source in RECORDS:
        endpoint, key = RECORDS[row.source]
        return url_for(endpoint, **{key: row.record_id})  # type: ignore[arg-type]
    if row.source in HELD:
        endpoint, key = HELD[row.source]
        return url_for(endpoint, **{key: row.of_id})  # type: ignore[arg-type]
    return url_for(CLIENTS[row.source], client_id=row.client_id)


def kind_words() -> dict[DeadlineKind, str]:
    """The kinds of dates in the reader's language."""
    return {
        DeadlineKind.STATUTORY: _("statutory"),
        DeadlineKind.CONTRACTUAL: _("contractual"),
        DeadlineKind.INTERNAL: _("internal"),
    }
