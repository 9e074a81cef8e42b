"""Desk, views: one engagement with the work of every feature, moved through its stages, closed."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.queries import staff_choices
from tracker.clients import queries as clients
from tracker.coordination.words import party_words
from tracker.deadlines.views.moving import FOLLOWING
from tracker.desk.blueprint import bp
from tracker.desk.closing import close_with_work, may_cancel
from tracker.desk.engagement_work import engagement_work, shown_to
from tracker.engagements import commands, queries
from tracker.engagements.forms import CloseForm, EngagementForm, StageForm
from tracker.engagements.queries import EngagementRow
from tracker.permissions import Permission
from tracker.platform.access import requires
from tracker.platform.actor import actor
from tracker.platform.clock import today
from tracker.platform.edge import attempt
from tracker.platform.forms import Form
from tracker.platform.languages import language
from tracker.platform.pages import found, page
from tracker.renewals.words import CAUSE_WORDS


@bp.get("/engagements/<uuid:engagement_id>")
@requires(Permission.ENGAGEMENT_READ)
def engagement(engagement_id: UUID) -> ResponseReturnValue:
    """One engagement: where it stands, what is done and to do, who takes part, who leads it, how it ends."""
    return _show(engagement_id)


def _show(engagement_id: UUID, **sent: Form) -> ResponseReturnValue:
    row = found(queries.row_of(engagement_id, today()))
    record = found(queries.get(engagement_id))
    stages = _stages(row)
    stage_form = sent.get("stage_form") or StageForm(formdata=None, stage=str(row.stage), version=row.version)
    stage_form.stage.choices = stages
    lead = str(record.lead_id) if record.lead_id else ""
    edit_form = sent.get("edit_form") or EngagementForm(
        formdata=None, lead_id=lead, target_on=row.target_on, version=row.version
    )
    edit_form.lead_id.choices = _leads()
    work = engagement_work(engagement_id, today())
    close_form = sent.get("close_form") or CloseForm(formdata=None, version=row.version)
    if not may_cancel(actor(), work):
        close_form.keep_only()
    wrong = next(iter(sent.values()), None)
    return page(
        "desk/engagement.html",
        form=wrong,
        row=row,
        work=shown_to(actor(), work),
        is_work_open=work.is_open,
        may_move=all(actor().may(each) for each in FOLLOWING),
        causes=CAUSE_WORDS,
        parties=party_words(),
        header=found(clients.header(row.client_id)),
        stages=stages,
        stage_form=stage_form,
        edit_form=edit_form,
        close_form=close_form,
    )


def _stages(row: EngagementRow) -> list[tuple[str, str]]:
    return [(str(n), stage.in_(language())) for n, stage in enumerate(row.template.stages, start=1)]


def _leads() -> list[tuple[str, str]]:
    return [("", _("nobody yet")), *staff_choices()]


@bp.post("/engagements/<uuid:engagement_id>/stage")
@requires(Permission.ENGAGEMENT_EDIT)
def move_engagement(engagement_id: UUID) -> ResponseReturnValue:
    """Move to another stage."""
    record = found(queries.get(engagement_id))
    form = StageForm()
    form.stage.choices = _stages(found(queries.row_of(engagement_id, today())))

    def change() -> None:
        values = form.values()
        commands.move_stage(
            actor(), engagement=record, version=values["version"], stage=int(values["stage"]), on=today()
        )

    return _done(engagement_id, form, change, _("Moved."), "stage_form")


@bp.post("/engagements/<uuid:engagement_id>/edit")
@requires(Permission.ENGAGEMENT_EDIT)
def edit_engagement(engagement_id: UUID) -> ResponseReturnValue:
    """Change lead and target."""
    record = found(queries.get(engagement_id))
    form = EngagementForm()
    form.lead_id.choices = _leads()

    def change() -> None:
        commands.edit_engagement(actor(), engagement=record, **form.values())

    return _done(engagement_id, form, change, _("Saved."), "edit_form")


@bp.post("/engagements/<uuid:engagement_id>/close")
@requires(Permission.ENGAGEMENT_EDIT)
def close_engagement(engagement_id: UUID) -> ResponseReturnValue:
    """Close it with a note."""
    record = found(queries.get(engagement_id))
    form = CloseForm()

    def change() -> None:
        close_with_work(actor(), engagement=record, on=today(), **form.values())

    return _done(engagement_id, form, change, _("Closed."), "close_form")


def _done(engagement_id: UUID, form: Any, change: Callable[[], None], notice: str, name: str) -> ResponseReturnValue:
    def act() -> str:
        change()
        return url_for("desk.engagement", engagement_id=engagement_id)

    return attempt(form, act, notice) or _show(engagement_id, **{name: form})
