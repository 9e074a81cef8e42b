"""Clients, views."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from tracker.permissions import Permission
from tracker.platform.access import requires
from tracker.platform.pages import page

bp = Blueprint("clients", __name__)


@bp.get("/clients/overview-placeholder")
@requires(Permission.CLIENT_READ)
def index() -> ResponseReturnValue:
    """Not written yet."""
    return page("layout/failure.html", title="…", sentence="…", request_id="")
