"""Reports, views: which workbooks there are and for whom, and each as a download."""

import tempfile
from pathlib import Path
from uuid import UUID

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from werkzeug.wrappers import Response

from tracker.coordination.enums import PartnerKind
from tracker.permissions import Permission
from tracker.platform.access import requires
from tracker.platform.actor import actor
from tracker.platform.clock import today
from tracker.platform.errors import Refusal
from tracker.platform.files import SPREADSHEET
from tracker.platform.languages import LANGUAGES, language, locale_of
from tracker.platform.pages import page
from tracker.reports.addresses import to_records
from tracker.reports.building import REPORTS, Order, make
from tracker.reports.packing import A_PART, pack, parts_of
from tracker.reports.queries import clients_counted, partner_choices

bp = Blueprint("reports", __name__)


@bp.get("/reports")
@requires(Permission.REPORT_MAKE)
def index() -> ResponseReturnValue:
    """Which workbooks there are."""
    clients = clients_counted()
    return page(
        "reports/index.html",
        reports=list(REPORTS.values()),
        partners={kind.value: partner_choices(kind) for kind in (PartnerKind.BROKER, PartnerKind.SURETY)},
        clients=clients,
        parts=parts_of(clients),
        size=A_PART,
        language=language(),
    )


@bp.get("/reports/<name>.xlsx")
@requires(Permission.REPORT_MAKE)
def download(name: str) -> ResponseReturnValue:
    """A workbook of what this person may see, with the same figures as the pages. `?client= &broker= &surety= &lang=`."""
    if name not in REPORTS:
        abort(404)
    chosen = request.args.get("lang") if request.args.get("lang") in LANGUAGES else language()
    order = Order(
        name=name,
        as_of=today(),
        made_by=actor().name,
        address=to_records(),
        client_id=_id("client"),
        broker_id=_id("broker"),
        surety_id=_id("surety"),
    )
    with tempfile.TemporaryDirectory() as folder, force_locale(locale_of(chosen)):
        path = Path(folder) / f"{name}.xlsx"
        try:
            make(order, path)
        except Refusal:
            abort(404)
        content = path.read_bytes()
    return _file(content, f"{name}-{order.as_of.isoformat()}.xlsx", SPREADSHEET)


@bp.get("/reports/packs.zip")
@requires(Permission.REPORT_MAKE)
def packs() -> ResponseReturnValue:
    """One pack a client this person may see, fifty in a file: `?part=` says which fifty, by name."""
    part, day = request.args.get("part", 1, type=int), today()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "packs.zip"
        try:
            pack(path, as_of=day, made_by=actor().name, part=part)
        except Refusal:
            abort(404)
        content = path.read_bytes()
    return _file(content, f"client-packs-{day.isoformat()}-{part}.zip", "application/zip")


def _file(content: bytes, name: str, kind: str) -> Response:
    response = Response(content, mimetype=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _id(key: str) -> UUID | None:
    text = request.args.get(key)
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        abort(404)
