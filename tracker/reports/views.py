"""Reports, views: the list of workbooks, and each as a download."""

import tempfile
from pathlib import Path
from uuid import UUID

from flask import Blueprint, abort, current_app, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from werkzeug.wrappers import Response

from tracker.permissions import Permission
from tracker.platform.access import requires
from tracker.platform.actor import actor
from tracker.platform.clock import today
from tracker.platform.errors import Refusal
from tracker.platform.files import SPREADSHEET
from tracker.platform.languages import LANGUAGES, language, locale_of
from tracker.platform.pages import page
from tracker.reports.building import REPORTS, Order, make
from tracker.reports.queries import broker_choices

bp = Blueprint("reports", __name__)


@bp.get("/reports")
@requires(Permission.REPORT_MAKE)
def index() -> ResponseReturnValue:
    """Which workbooks there are."""
    return page("reports/index.html", reports=list(REPORTS.values()), brokers=broker_choices())


@bp.get("/reports/<name>.xlsx")
@requires(Permission.REPORT_MAKE)
def download(name: str) -> ResponseReturnValue:
    """A workbook of what this person may see, with the same figures as the pages. `?client= &broker= &lang=`."""
    if name not in REPORTS:
        abort(404)
    chosen = request.args.get("lang") if request.args.get("lang") in LANGUAGES else language()
    order = Order(
        name=name,
        as_of=today(),
        made_by=actor().name,
        address=_address,
        client_id=_id("client"),
        broker_id=_id("broker"),
    )
    with tempfile.TemporaryDirectory() as folder, force_locale(locale_of(chosen)):
        path = Path(folder) / f"{name}.xlsx"
        try:
            make(order, path)
        except Refusal:
            abort(404)
        content = path.read_bytes()
    response = Response(content, mimetype=SPREADSHEET)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}-{order.as_of.isoformat()}.xlsx"'
    return response


def _id(key: str) -> UUID | None:
    text = request.args.get(key)
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        abort(404)


def _address(endpoint: str, record_id: object) -> str:
    return str(current_app.config["TRACKER_BASE_URL"]) + url_for(endpoint, client_id=record_id)
