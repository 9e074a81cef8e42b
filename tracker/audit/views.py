"""Audit, views: the trail."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from tracker.audit.queries import trail
from tracker.audit.words import EVENTS, ROLES
from tracker.permissions import Permission
from tracker.platform.access import requires
from tracker.platform.pages import page, page_number

bp = Blueprint("audit", __name__)


@bp.get("/audit")
@requires(Permission.AUDIT_READ)
def index() -> ResponseReturnValue:
    """Who changed what, from what to what, newest first; `?q=` narrows it."""
    text = request.args.get("q", "").strip()[:80]
    return page("audit/index.html", rows=trail(page_number(), text), text=text, events=EVENTS, roles=ROLES)
