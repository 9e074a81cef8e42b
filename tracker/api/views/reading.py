"""API, views: what can be read, and its description."""

from datetime import timedelta
from uuid import UUID

from flask import current_app, request
from flask.typing import ResponseReturnValue

from tracker.api import rows
from tracker.api.asking import PAGE, TEXT, BadParameterError, day, one_of
from tracker.api.description import document, tells
from tracker.api.plain import written
from tracker.api.views.blueprint import V1, answer, bp, listed
from tracker.clients.enums import ClientState
from tracker.clients.listing import client_page
from tracker.clients.queries import header
from tracker.coordination.listing import TaskFilter, task_page
from tracker.deadlines.queries import dates_page
from tracker.documents.listing import VIEWS, Filters
from tracker.documents.listing import listed as request_page
from tracker.guarantees.cover import cover_page
from tracker.permissions import Permission
from tracker.platform.access import public, requires
from tracker.platform.clock import today
from tracker.platform.pages import Page, found
from tracker.rulebook.book import rules_at

MOST_DAYS = 400  # a year and a month: past the next review's deadline
USUAL_DAYS = 90

CLIENT_STATE = one_of("state", "active or archived.", ClientState, ClientState.ACTIVE.value)
TASK_STATE = one_of("state", "open or done.", ("open", "done"), "open")
DOCUMENT_VIEW = one_of("view", f"One of {', '.join(VIEWS)}.", VIEWS, "all")
FROM = day("from", "The first day, default today.")
TO = day("to", f"The last day, default {USUAL_DAYS} days after the first, at most {MOST_DAYS} after it.")


@bp.get(f"{V1}/clients")
@requires(Permission.CLIENT_READ)
@tells(rows.Client, TEXT, CLIENT_STATE, PAGE)
def clients() -> ResponseReturnValue:
    """Clients by name."""
    state = ClientState(CLIENT_STATE.value(request.args))
    return listed(client_page(TEXT.value(request.args), state, PAGE.value(request.args)), rows.Client.of)


@bp.get(f"{V1}/clients/<uuid:client_id>")
@requires(Permission.CLIENT_READ)
@tells(rows.Client, is_list=False)
def client(client_id: UUID) -> ResponseReturnValue:
    """One client."""
    return answer(written(rows.Client.of(found(header(client_id)))))


@bp.get(f"{V1}/clients/<uuid:client_id>/accounts")
@requires(Permission.CLIENT_READ)
@tells(rows.Account)
def client_accounts(client_id: UUID) -> ResponseReturnValue:
    """A client's program accounts, the closed ones last, all on one page."""
    accounts = found(header(client_id)).accounts
    return listed(Page(accounts, 1, len(accounts), size=max(1, len(accounts))), rows.Account.of)


@bp.get(f"{V1}/security")
@requires(Permission.GUARANTEE_READ)
@tells(rows.Security, PAGE)
def security() -> ResponseReturnValue:
    """What every open program account needs and has today, by number."""
    return listed(cover_page(rules_at(today()), PAGE.value(request.args), today()), rows.Security.of)


@bp.get(f"{V1}/deadlines")
@requires(Permission.CALENDAR_READ)
@tells(rows.Deadline, FROM, TO, PAGE)
def deadlines() -> ResponseReturnValue:
    """Dates between two days, both included, soonest first."""
    first = FROM.value(request.args) or today()
    last = TO.value(request.args) or first + timedelta(days=USUAL_DAYS)
    if not first <= last <= first + timedelta(days=MOST_DAYS):
        raise BadParameterError(f"{TO.name}: {TO.words}")
    rules = rules_at(today())
    return listed(dates_page(first, last, PAGE.value(request.args)), lambda row: rows.Deadline.of(row, rules))


@bp.get(f"{V1}/tasks")
@requires(Permission.COORDINATION_READ)
@tells(rows.Task, TASK_STATE, PAGE)
def tasks() -> ResponseReturnValue:
    """Tasks of active clients, the soonest due first."""
    on = today()
    wanted = TaskFilter(view="done" if TASK_STATE.value(request.args) == "done" else "")
    return listed(task_page(wanted, PAGE.value(request.args), on), lambda row: rows.Task.of(row, on))


@bp.get(f"{V1}/documents")
@requires(Permission.DOCUMENT_READ)
@tells(rows.Document, DOCUMENT_VIEW, PAGE)
def documents() -> ResponseReturnValue:
    """Documents asked of active clients, the soonest due first."""
    wanted = Filters(view=DOCUMENT_VIEW.value(request.args))
    return listed(request_page(wanted, PAGE.value(request.args)), rows.Document.of)


@bp.get(f"{V1}/openapi.json")
@public("the description of the addresses: no word of a client or a person is in it")
def openapi() -> ResponseReturnValue:
    """The description."""
    views = current_app.view_functions
    routes = [
        (rule.rule, views[rule.endpoint])
        for rule in current_app.url_map.iter_rules()
        if rule.rule.startswith(V1) and hasattr(views[rule.endpoint], "__resource__")
    ]
    return answer(document("Tracker", str(current_app.config["TRACKER_BASE_URL"]), routes))
