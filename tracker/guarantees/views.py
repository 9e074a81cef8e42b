"""Guarantees, views."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from tracker.permissions import Permission
from tracker.platform.access import requires
from tracker.platform.pages import page

bp = Blueprint("guarantees", __name__)


@bp.get("/guarantees")
@requires(Permission.GUARANTEE_READ)
def index() -> ResponseReturnValue:
    """Not written yet."""
    return page("layout/failure.html", title="…", sentence="…", request_id="")
