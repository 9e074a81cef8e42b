"""Clients, views: monthly statements of account, with the check of their chain."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.clients import commands, queries
from tracker.clients.forms import EditStatementForm, NewStatementForm, VersionForm
from tracker.clients.models import Statement
from tracker.clients.rules import period_ending
from tracker.clients.views.blueprint import bp
from tracker.permissions import Permission
from tracker.platform.access import requires
from tracker.platform.actor import actor
from tracker.platform.clock import today
from tracker.platform.edge import attempt
from tracker.platform.pages import found, page
from tracker.rulebook.calendar import billing_period_of


@bp.get("/clients/<uuid:client_id>/statements", defaults={"account_id": None})
@bp.get("/clients/<uuid:client_id>/statements/<uuid:account_id>")
@requires(Permission.CLIENT_READ)
def statements(client_id: UUID, account_id: UUID | None) -> ResponseReturnValue:
    """One account's statements, newest first, each checked against the one before."""
    return _listed(client_id, account_id)


def _listed(client_id: UUID, account_id: UUID | None, form: VersionForm | None = None) -> ResponseReturnValue:
    header = found(queries.header(client_id))
    account = next((row for row in header.accounts if account_id in (None, row.id)), None)
    if account_id is not None:
        found(account)
    rows = queries.statements_for([account.id]).get(account.id, []) if account else []
    gaps = queries.unexplained_of(rows)
    return page(
        "clients/statements.html", form=form, header=header, account=account, rows=list(reversed(rows)), gaps=gaps
    )


@bp.route("/clients/<uuid:client_id>/statements/<uuid:account_id>/new", methods=["GET", "POST"])
@requires(get=Permission.STATEMENT_EDIT, post=Permission.STATEMENT_EDIT)
def new_statement(client_id: UUID, account_id: UUID) -> ResponseReturnValue:
    """Type a statement in; the next period and its dates are proposed."""
    header = found(queries.header(client_id))
    account = found(next((row for row in header.accounts if row.id == account_id), None))
    form = NewStatementForm(**_proposal(account_id))

    def act() -> str:
        chosen = found(queries.get_account(account_id))
        commands.add_statement(actor(), account=chosen, today=today(), **form.values())
        return url_for("clients.statements", client_id=client_id, account_id=account_id)

    done = attempt(form, act, _("Statement recorded."))
    return done or page("clients/statement.html", form=form, header=header, account=account, statement=None)


def _proposal(account_id: UUID) -> dict[str, Any]:
    rows = queries.statements_for([account_id]).get(account_id, [])
    if rows:
        period = billing_period_of(rows[-1].period_end + timedelta(days=1))
    else:
        period = period_ending(billing_period_of(today()).release_from - timedelta(days=1))
    return {
        "period_start": period.release_from,
        "period_end": period.release_to,
        "statement_on": period.soa_on,
        "due_on": period.due_on,
        "opening_amount": rows[-1].total_amount if rows else None,
    }


def _statement(client_id: UUID, statement_id: UUID) -> Statement:
    """The statement of this client, or 404."""
    row = queries.get_statement(statement_id)
    return found(row if row and row.client_id == client_id else None)


@bp.route("/clients/<uuid:client_id>/statement/<uuid:statement_id>/edit", methods=["GET", "POST"])
@requires(get=Permission.STATEMENT_EDIT, post=Permission.STATEMENT_EDIT)
def edit_statement(client_id: UUID, statement_id: UUID) -> ResponseReturnValue:
    """Correct a statement."""
    row = _statement(client_id, statement_id)
    account_id = row.program_account_id
    form = EditStatementForm(obj=row)

    def act() -> str:
        chosen = _statement(client_id, statement_id)
        commands.edit_statement(actor(), statement=chosen, today=today(), **form.values())
        return url_for("clients.statements", client_id=client_id, account_id=account_id)

    done = attempt(form, act, _("Saved."))
    if done is not None:
        return done
    header = found(queries.header(client_id))
    account = found(next((item for item in header.accounts if item.id == account_id), None))
    return page("clients/statement.html", form=form, header=header, account=account, statement=row)


@bp.post("/clients/<uuid:client_id>/statement/<uuid:statement_id>/delete")
@requires(Permission.STATEMENT_EDIT)
def delete_statement(client_id: UUID, statement_id: UUID) -> ResponseReturnValue:
    """Remove a statement typed in error."""
    account_id = _statement(client_id, statement_id).program_account_id
    form = VersionForm()

    def act() -> str:
        commands.delete_statement(actor(), statement=_statement(client_id, statement_id), **form.values())
        return url_for("clients.statements", client_id=client_id, account_id=account_id)

    return attempt(form, act, _("Deleted.")) or _listed(client_id, account_id, form)
