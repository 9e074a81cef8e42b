"""Risks, views: the risks of my clients, a task of one of them, and the pre-flight card."""

from uuid import UUID

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.clients import queries as clients
from tracker.coordination.words import party_words
from tracker.permissions import Permission
from tracker.platform.access import requires
from tracker.platform.actor import actor
from tracker.platform.clock import today
from tracker.platform.edge import attempt
from tracker.platform.pages import found, page, page_number
from tracker.risks import commands, queries, words
from tracker.risks.forms import TaskForm
from tracker.risks.linking import preflight_of
from tracker.risks.rules import MEASURE
from tracker.rulebook.book import rules_at

bp = Blueprint("risks", __name__)
MOST_PARTS = 4  # digits


@bp.get("/risks")
@requires(Permission.DESK_READ)
def index() -> ResponseReturnValue:
    """Risks of my clients by severity and exposure; `?kind= &page= &part=`, a part being 250 clients by name."""
    return _list()


@bp.post("/clients/<uuid:client_id>/risks/task")
@requires(Permission.TASK_EDIT)
def make_task(client_id: UUID) -> ResponseReturnValue:
    """Make the task of one risk; the open one where there is one already."""
    found(clients.get(client_id))
    form = TaskForm()

    def act() -> str:
        task = commands.make_task(actor(), client_id=client_id, key=form.key.data or "")
        return url_for("coordination.task", task_id=task.id)

    return attempt(form, act, _("The task is open.")) or _list(form)


def _list(form: TaskForm | None = None) -> ResponseReturnValue:
    part = request.args.get("part", "1")
    is_number = part.isascii() and part.isdigit() and len(part) <= MOST_PARTS
    kind = request.args.get("kind", "")
    found_risks = queries.risks_of_portfolio(today(), page_number(), kind, max(1, int(part)) if is_number else 1)
    return page(
        "risks/index.html",
        form=form,
        found=found_risks,
        kind=kind if kind in words.kind_words() else "",
        kinds=words.kind_words(),
        severities=words.severity_words(),
        tones=words.SEVERITY_TONES,
        parties=party_words(),
        measure=MEASURE,
        sources=_sources,
        may_task=actor().may(Permission.TASK_EDIT),
    )


@bp.get("/clients/<uuid:client_id>/preflight")
@requires(Permission.CLIENT_READ)
def preflight(client_id: UUID) -> ResponseReturnValue:
    """Go or no-go for linking one client's business in CBSA's portal; printable."""
    return page(
        "risks/preflight.html",
        header=found(clients.header(client_id)),
        card=found(preflight_of(client_id, today())),
        items=words.item_words(),
        checks=words.check_words(),
        tones=words.CHECK_TONES,
        sources=_sources,
    )


def _sources(key: str) -> list[dict[str, str | None]]:
    return words.source_links(key, rules_at(today()))
