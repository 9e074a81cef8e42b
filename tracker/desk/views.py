"""Desk, views."""

from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue

from tracker.permissions import Permission
from tracker.platform.access import requires
from tracker.platform.pages import page

bp = Blueprint("desk", __name__)


@bp.get("/desk")
@requires(Permission.DESK_READ)
def index() -> ResponseReturnValue:
    """Not written yet."""
    return page("layout/failure.html", title="…", sentence="…", request_id="")


@bp.get("/search")
@requires(Permission.DESK_READ)
def search() -> ResponseReturnValue:
    """Not written yet."""
    return page("layout/failure.html", title="…", sentence="…", request_id="")


@bp.get("/clients")
@requires(Permission.CLIENT_READ)
def portfolio() -> ResponseReturnValue:
    """Not written yet."""
    return page("layout/failure.html", title="…", sentence="…", request_id="")


@bp.get("/clients/<uuid:client_id>")
@requires(Permission.CLIENT_READ)
def client(client_id: UUID) -> ResponseReturnValue:
    """Not written yet."""
    return page("layout/failure.html", title="…", sentence="…", request_id="")
