"""Coordination, views."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from tracker.permissions import Permission
from tracker.platform.access import requires
from tracker.platform.pages import page

bp = Blueprint("coordination", __name__)


@bp.get("/work")
@requires(Permission.COORDINATION_READ)
def tasks() -> ResponseReturnValue:
    """Not written yet."""
    return page("layout/failure.html", title="…", sentence="…", request_id="")


@bp.get("/partners")
@requires(Permission.COORDINATION_READ)
def partners() -> ResponseReturnValue:
    """Not written yet."""
    return page("layout/failure.html", title="…", sentence="…", request_id="")


@bp.get("/shared")
@requires(Permission.BROKER_READ)
def shared() -> ResponseReturnValue:
    """Not written yet."""
    return page("layout/failure.html", title="…", sentence="…", request_id="")
