"""Guarantees, views: statements that do not add up: why it may be, explain it, or make it a task."""

from datetime import timedelta
from uuid import UUID

from flask import abort, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.clients import commands as clients
from tracker.clients.queries import get_statement
from tracker.clients.statement_rows import unexplained_statements
from tracker.coordination import commands as coordination
from tracker.guarantees.forms.recording import ExplainForm
from tracker.guarantees.views.blueprint import bp
from tracker.permissions import Permission
from tracker.platform.access import requires
from tracker.platform.actor import actor
from tracker.platform.clock import today
from tracker.platform.edge import attempt
from tracker.platform.forms import Form
from tracker.platform.pages import PAGE_SIZE, Page, found, page, page_number
from tracker.rulebook.book import rules_at
from tracker.rulebook.task_kinds import EXPLAIN_STATEMENT_GAP


@bp.get("/statements/unexplained")
@requires(Permission.GUARANTEE_READ)
def unexplained() -> ResponseReturnValue:
    """Every statement in scope that does not add up, or does not open where the last one closed."""
    return _listed()


def _listed(sent: ExplainForm | None = None, statement_id: UUID | None = None) -> ResponseReturnValue:
    rows = unexplained_statements()
    number = page_number()
    return page(
        "guarantees/unexplained.html",
        form=sent,
        sent_for=statement_id,
        rows=Page(rows[(number - 1) * PAGE_SIZE : number * PAGE_SIZE], number, len(rows)),
        waiting=sum(row.statement.gap_reason is None for row in rows),
    )


@bp.post("/statements/<uuid:statement_id>/explain")
@requires(Permission.STATEMENT_EDIT)
def explain(statement_id: UUID) -> ResponseReturnValue:
    """Note why a statement does not add up."""
    found(get_statement(statement_id))
    form = ExplainForm()

    def act() -> str:
        clients.explain_gap(actor(), statement=found(get_statement(statement_id)), **form.values())
        return url_for("guarantees.unexplained")

    return attempt(form, act, _("Noted.")) or _listed(form, statement_id)


@bp.post("/statements/<uuid:statement_id>/task")
@requires(Permission.TASK_EDIT)
def make_task(statement_id: UUID) -> ResponseReturnValue:
    """Make it somebody's task: one an account, however often it is pressed."""
    statement = found(get_statement(statement_id))
    due_on = today() + timedelta(days=rules_at(today()).tasks[EXPLAIN_STATEMENT_GAP].due_days or 0)
    person = actor()

    def act() -> str:
        coordination.ensure_task(
            person,
            client_id=statement.client_id,
            kind=EXPLAIN_STATEMENT_GAP,
            program_account_id=statement.program_account_id,
            due_on=due_on,
            owner_id=person.user_id,
        )
        return url_for("guarantees.unexplained")

    return attempt(Form(), act, _("It stands among your tasks.")) or abort(400)
