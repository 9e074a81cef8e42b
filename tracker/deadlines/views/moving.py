"""Deadlines, views: move a date, seeing first what moves with it."""

from datetime import date
from uuid import UUID

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.deadlines.commands import move_date
from tracker.deadlines.forms import MoveForm
from tracker.deadlines.moving import Movable, movable, move_of
from tracker.deadlines.rules import Deadline, DeadlineKind
from tracker.deadlines.views.blueprint import bp, kind_words, link
from tracker.guarantees.rules.life import ENDING_DAYS
from tracker.permissions import Permission
from tracker.platform.access import requires
from tracker.platform.actor import actor
from tracker.platform.clock import today
from tracker.platform.edge import attempt
from tracker.platform.pages import LAST_YEAR, as_day, as_id, found, page

FOLLOWING = (Permission.TASK_EDIT, Permission.DOCUMENT_REQUEST, Permission.ENGAGEMENT_EDIT)  # what may move along
NEEDS = {
    "task": FOLLOWING,
    "document_request": FOLLOWING,
    "engagement": FOLLOWING,
    "instrument": (Permission.GUARANTEE_EDIT,),
}


@bp.route("/calendar/move/<source>/<uuid:record_id>", methods=["GET", "POST"])
@requires(get=Permission.TASK_EDIT, post=Permission.TASK_EDIT)
def move(source: str, record_id: UUID) -> ResponseReturnValue:
    """First the new day, then what moves with it, then the move."""
    if not all(actor().may(permission) for permission in NEEDS.get(source, ())):
        abort(403)
    row = found(movable(source, record_id))
    form = MoveForm(to=as_day(request.args.get("to")), version=row.record.version)

    def act() -> str:
        following = dict(pair for text in request.form.getlist("with") if (pair := _tick(text)))
        move_date(actor(), movable=row, following=following, today=today(), **form.values())
        return link(_deadline(row)) or url_for("deadlines.index")

    done = attempt(form, act, _("The date is moved."))
    row = found(movable(source, record_id))
    form.version.data = row.record.version  # whatever was stale, the page shows it all anew
    to = form.to.data if isinstance(form.to.data, date) and form.to.data.year <= LAST_YEAR else None
    return done or page(
        "deadlines/move.html",
        form=form,
        row=row,
        brings=move_of(row, to, today()) if to and to != row.on else None,
        words=kind_words(),
        back=link(_deadline(row)),
        notice_days=ENDING_DAYS,
    )


def _deadline(row: Movable) -> Deadline:
    return Deadline(row.on, row.what, DeadlineKind.INTERNAL, row.source, row.client_id, row.client_name, row.record.id)


def _tick(text: str) -> tuple[UUID, int] | None:
    """What a tick names: a record, and the version of it that was shown."""
    key, _colon, version = text.partition(":")
    found_id = as_id(key)
    return (
        (found_id, int(version)) if found_id and version.isascii() and version.isdigit() and len(version) < 10 else None
    )
