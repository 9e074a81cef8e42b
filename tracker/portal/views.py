"""Portal, views."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from tracker.permissions import Permission
from tracker.platform.access import requires
from tracker.platform.pages import page

bp = Blueprint("portal", __name__)


@bp.get("/portal")
@requires(Permission.PORTAL_READ)
def index() -> ResponseReturnValue:
    """Not written yet."""
    return page("layout/failure.html", title="…", sentence="…", request_id="")
