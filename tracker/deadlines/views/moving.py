"""Deadlines, views: move a date, seeing first what moves with it."""

from uuid import UUID

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.deadlines.commands import check_move, move_date
from tracker.deadlines.forms import AskForm, MoveForm
from tracker.deadlines.moving import Movable, movable, move_of
from tracker.deadlines.rules import Deadline, DeadlineKind
from tracker.deadlines.views.blueprint import bp, kind_words, link
from tracker.guarantees.rules.life import ENDING_DAYS
from tracker.permissions import Permission
from tracker.platform.access import requires
from tracker.platform.actor import actor
from tracker.platform.clock import today
from tracker.platform.edge import attempt
from tracker.platform.errors import Refusal
from tracker.platform.forms import Form
from tracker.platform.pages import as_id, found, page

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
    form = MoveForm(version=row.record.version)

    def act() -> str:
        following = dict(pair for text in request.form.getlist("with") if (pair := _tick(text)))
        move_date(actor(), movable=row, following=following, today=today(), **form.values())
        return link(_deadline(row)) or url_for("deadlines.index")

    done = attempt(form, act, _("The date is moved."))
    if done is not None:
        return done
    row = found(movable(source, record_id))
    form.version.data = row.record.version  # whatever was stale, the page shows it all anew
    asked: Form = form if request.method == "POST" else _asked(row)
    to = asked.to.data if asked.to.data and not asked.to.errors else None
    return page(
        "deadlines/move.html",
        form=form,
        asked=asked,
        row=row,
        brings=move_of(row, to, today()) if to else None,
        words=kind_words(),
        back=link(_deadline(row)),
        notice_days=ENDING_DAYS,
        status=422 if asked.to.errors else 200,
    )


def _asked(row: Movable) -> AskForm:
    """The day that the address asks about, with what is wrong with it; none on the first visit."""
    asked = AskForm(request.args if "to" in request.args else None, meta={"csrf": False})
    if "to" in request.args and asked.validate():
        try:
            check_move(row, asked.to.data, today())
        except Refusal as refusal:
            asked.show(refusal)
    return asked


def _deadline(row: Movable) -> Deadline:
    return Deadline(row.on, row.what, DeadlineKind.INTERNAL, row.source, row.client_id, row.client_name, row.record.id)


def _tick(text: str) -> tuple[UUID, int] | None:
    """What a tick names: a record, and the version of it that was shown."""
    key, _colon, version = text.partition(":")
    found_id = as_id(key)
    return (
        (found_id, int(version)) if found_id and version.isascii() and version.isdigit() and len(version) < 10 else None
    )
