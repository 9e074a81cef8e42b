"""Coordination, views: the list of work, one task, and many at once."""

from collections.abc import Callable
from uuid import UUID

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.queries import staff_choices
from tracker.clients import queries as clients
from tracker.coordination import commands, listing, queries
from tracker.coordination.forms import EditTaskForm, NewTaskForm, VersionForm
from tracker.coordination.models import Task
from tracker.coordination.views.blueprint import bp
from tracker.coordination.words import party_words
from tracker.permissions import Permission
from tracker.platform.access import requires
from tracker.platform.actor import actor
from tracker.platform.clock import today
from tracker.platform.edge import attempt
from tracker.platform.forms import Form
from tracker.platform.pages import found, page, page_number


@bp.get("/work")
@requires(Permission.COORDINATION_READ)
def tasks() -> ResponseReturnValue:
    """Open tasks; `?mine=1 &party= &view=late|week|done &q= &page=`."""
    mine = actor().user_id if request.args.get("mine") else None
    wanted = listing.TaskFilter(
        party=request.args.get("party", ""),
        owner_id=mine,
        view=request.args.get("view", ""),
        text=request.args.get("q", "").strip()[:80],
    )
    counts = listing.task_counts(today(), mine)
    return page(
        "coordination/tasks.html",
        rows=listing.task_page(wanted, page_number(), today(), wanted.counted_in(counts)),
        counts=counts,
        wanted=wanted,
        mine=mine is not None,
        words=party_words(),
    )


@bp.post("/work/bulk")
@requires(Permission.TASK_EDIT)
def bulk() -> ResponseReturnValue:
    """Finish many tasks, or hand them to another party, in one go."""
    form = Form()

    def act() -> str:
        commands.change_many(actor(), ids=_ids(), change=request.form.get("change", ""))
        return url_for("coordination.tasks")

    done = attempt(form, act, _("Done for all ticked."))
    if done is None:
        abort(400)
    return done


def _ids() -> list[UUID]:
    try:
        return [UUID(text) for text in request.form.getlist("ids")[:200]]
    except ValueError:
        abort(404)


@bp.route("/clients/<uuid:client_id>/tasks/new", methods=["GET", "POST"])
@requires(get=Permission.TASK_EDIT, post=Permission.TASK_EDIT)
def new_task(client_id: UUID) -> ResponseReturnValue:
    """A task typed by hand."""
    header = found(clients.header(client_id))
    form = NewTaskForm(owner_id=str(actor().user_id))
    form.offer(staff_choices(), queries.partner_choices())

    def act() -> str:
        commands.add_task(actor(), client_id=client_id, **form.values())
        return url_for("desk.client", client_id=client_id)

    done = attempt(form, act, _("Task added."))
    return done or page("coordination/task_form.html", form=form, header=header, row=None)


@bp.route("/work/<uuid:task_id>", methods=["GET", "POST"])
@requires(get=Permission.COORDINATION_READ, post=Permission.TASK_EDIT)
def task(task_id: UUID) -> ResponseReturnValue:
    """One task: what to do and how, who it waits on, and its end."""
    record, row = found(queries.get_task(task_id)), found(queries.task_row(task_id, today()))
    form = EditTaskForm(
        title=record.title,
        detail=record.detail,
        waiting_on=record.waiting_on.value,
        due_on=record.due_on,
        owner_id=str(record.owner_id or ""),
        partner_id=str(record.partner_id or ""),
        is_client_visible=record.is_client_visible,
        version=record.version,
    )
    form.offer(staff_choices(), queries.partner_choices())
    if record.kind:
        form.say_planned()

    def act() -> str:
        commands.edit_task(actor(), task=record, **form.values())
        return url_for("coordination.task", task_id=task_id)

    done = attempt(form, act, _("Saved."))
    return done or _task_page(form, row)


def _task_page(form: Form, row: queries.TaskRow) -> ResponseReturnValue:
    header = found(clients.header(row.client_id))
    return page("coordination/task_form.html", form=form, header=header, row=row, words=party_words())


def _button(task_id: UUID, command: Callable[..., Task], notice: str) -> ResponseReturnValue:
    record = found(queries.get_task(task_id))
    form = VersionForm()

    def act() -> str:
        command(actor(), task=record, **form.values())
        return url_for("coordination.task", task_id=task_id)

    done = attempt(form, act, notice)
    return done or page("coordination/refused.html", form=form, back=url_for("coordination.task", task_id=task_id))


@bp.post("/work/<uuid:task_id>/done")
@requires(Permission.TASK_EDIT)
def finish(task_id: UUID) -> ResponseReturnValue:
    """Done."""
    return _button(task_id, commands.finish_task, _("Done."))


@bp.post("/work/<uuid:task_id>/reopen")
@requires(Permission.TASK_EDIT)
def reopen(task_id: UUID) -> ResponseReturnValue:
    """Open again."""
    return _button(task_id, commands.reopen_task, _("Open again."))


@bp.post("/work/<uuid:task_id>/cancel")
@requires(Permission.TASK_EDIT)
def cancel(task_id: UUID) -> ResponseReturnValue:
    """No longer needed."""
    return _button(task_id, commands.cancel_task, _("Cancelled."))
