"""Engagements, views: the list, a client's, one engagement with its stages, closing."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.queries import staff_choices
from tracker.clients import queries as clients
from tracker.engagements import commands, queries
from tracker.engagements.forms import CloseForm, EngagementForm, StageForm
from tracker.permissions import Permission
from tracker.platform.access import requires
from tracker.platform.actor import actor
from tracker.platform.clock import today
from tracker.platform.edge import attempt
from tracker.platform.forms import Form
from tracker.platform.languages import language
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


@bp.get("/engagements/<uuid:engagement_id>")
@requires(Permission.ENGAGEMENT_READ)
def show(engagement_id: UUID) -> ResponseReturnValue:
    """One engagement: where it stands, who leads it, how it ends."""
    return _show(engagement_id)


def _show(engagement_id: UUID, **sent: Form) -> ResponseReturnValue:
    row = found(queries.row_of(engagement_id, today()))
    engagement = found(queries.get(engagement_id))
    stages = [(str(n), stage.in_(language())) for n, stage in enumerate(row.template.stages, start=1)]
    stage_form = sent.get("stage_form") or StageForm(formdata=None, stage=str(row.stage), version=row.version)
    stage_form.stage.choices = stages
    lead = str(engagement.lead_id) if engagement.lead_id else ""
    edit_form = sent.get("edit_form") or EngagementForm(
        formdata=None, lead_id=lead, target_on=row.target_on, version=row.version
    )
    edit_form.lead_id.choices = [("", _("nobody yet")), *staff_choices()]
    wrong = next(iter(sent.values()), None)
    return page(
        "engagements/show.html",
        form=wrong,
        row=row,
        header=found(clients.header(row.client_id)),
        stages=stages,
        stage_form=stage_form,
        edit_form=edit_form,
        close_form=sent.get("close_form") or CloseForm(formdata=None, version=row.version),
    )


@bp.post("/engagements/<uuid:engagement_id>/stage")
@requires(Permission.ENGAGEMENT_EDIT)
def move_stage(engagement_id: UUID) -> ResponseReturnValue:
    """Move to another stage."""
    engagement = found(queries.get(engagement_id))
    row = found(queries.row_of(engagement_id, today()))
    form = StageForm()
    form.stage.choices = [(str(n), stage.in_(language())) for n, stage in enumerate(row.template.stages, start=1)]

    def change() -> None:
        values = form.values()
        commands.move_stage(
            actor(), engagement=engagement, version=values["version"], stage=int(values["stage"]), on=today()
        )

    return _done(engagement_id, form, change, _("Moved."), "stage_form")


@bp.post("/engagements/<uuid:engagement_id>/edit")
@requires(Permission.ENGAGEMENT_EDIT)
def edit(engagement_id: UUID) -> ResponseReturnValue:
    """Change lead and target."""
    engagement = found(queries.get(engagement_id))
    form = EngagementForm()
    form.lead_id.choices = [("", _("nobody yet")), *staff_choices()]

    def change() -> None:
        commands.edit_engagement(actor(), engagement=engagement, **form.values())

    return _done(engagement_id, form, change, _("Saved."), "edit_form")


@bp.post("/engagements/<uuid:engagement_id>/close")
@requires(Permission.ENGAGEMENT_EDIT)
def close(engagement_id: UUID) -> ResponseReturnValue:
    """Close it with a note."""
    engagement = found(queries.get(engagement_id))
    form = CloseForm()

    def change() -> None:
        commands.close_engagement(actor(), engagement=engagement, on=today(), **form.values())

    return _done(engagement_id, form, change, _("Closed."), "close_form")


def _done(engagement_id: UUID, form: Any, change: Callable[[], None], notice: str, name: str) -> ResponseReturnValue:
    def act() -> str:
        change()
        return url_for("engagements.show", engagement_id=engagement_id)

    return attempt(form, act, notice) or _show(engagement_id, **{name: form})
