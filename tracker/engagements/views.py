"""Engagements, views: the list of all, and a client's. One engagement with its work stands in the desk, which sees every feature."""

from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from tracker.clients import queries as clients
from tracker.engagements import queries
from tracker.permissions import Permission
from tracker.platform.access import requires
from tracker.platform.clock import today
from tracker.platform.pages import found, page, page_number
from tracker.rulebook.book import rules_at

bp = Blueprint("engagements", __name__)


@bp.get("/engagements")
@requires(Permission.ENGAGEMENT_READ)
def index() -> ResponseReturnValue:
    """Engagements, the nearest target first."""
    state, template = request.args.get("state", "open"), request.args.get("template")
    rows = queries.page_of(page_number(), today(), template=template, state=state)
    templates = rules_at(today()).templates
    return page("engagements/index.html", rows=rows, templates=templates, template=template, state=state)


@bp.get("/clients/<uuid:client_id>/engagements")
@requires(Permission.ENGAGEMENT_READ)
def client(client_id: UUID) -> ResponseReturnValue:
    """A client's engagements."""
    header = found(clients.header(client_id))
    return page("engagements/client.html", header=header, rows=queries.engagements_of(client_id, today()))
