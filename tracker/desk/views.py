"""Desk, views: the Monday page, the portfolio, one client, search, the rulebook and the gallery of components."""

from uuid import UUID

from flask import Blueprint, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.queries import staff_choices
from tracker.clients.words import RESIDENCY
from tracker.coordination.words import party_words
from tracker.desk import searching
from tracker.desk.client_page import client_page
from tracker.desk.monday import monday
from tracker.desk.portfolio import Wanted, counts
from tracker.desk.portfolio import portfolio as portfolio_rows
from tracker.desk.words import confidence_words, fact_value
from tracker.permissions import Permission
from tracker.platform.access import requires
from tracker.platform.actor import actor
from tracker.platform.clock import today
from tracker.platform.languages import language
from tracker.platform.pages import found, page, page_number
from tracker.readiness.rules import FORMULA, GATES
from tracker.rulebook.book import rules_at

bp = Blueprint("desk", __name__)
STATES = {"d": "done", "w": "waiting", "o": "open"}


@bp.get("/desk")
@requires(Permission.DESK_READ)
def index() -> ResponseReturnValue:
    """Monday morning."""
    return page("desk/index.html", desk=monday(today()), parties=party_words())


@bp.get("/clients")
@requires(Permission.CLIENT_READ)
def portfolio() -> ResponseReturnValue:
    """One row a client; `?q= &sort= &page= &status= &owner=`."""
    wanted = Wanted(
        text=request.args.get("q", "").strip()[:100],
        status=request.args.get("status", ""),
        owner_id=_uuid(request.args.get("owner")),
        sort=request.args.get("sort", "name"),
        page=page_number(),
    )
    return page(
        "desk/portfolio.html",
        rows=portfolio_rows(wanted, today()),
        wanted=wanted,
        counts=counts(wanted, today()),
        words=_filter_words(),
        parties=party_words(),
        strip=gate_strip,
        staff=staff_choices(),
        residency=RESIDENCY,
        may_import=actor().may(Permission.IMPORT_RUN),
        may_add=actor().may(Permission.CLIENT_CREATE),
        endpoints=current_app.view_functions,
    )


def gate_strip(code: str) -> list[dict[str, object]]:
    """Six gates for the small strip of a table cell, from the standing's letters."""
    words = language()
    return [
        {"number": n, "label": gate.in_(words), "state": STATES.get(letter, "open"), "detail": None}
        for n, (gate, letter) in enumerate(zip(GATES, code, strict=False), start=1)
    ]


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _filter_words() -> dict[str, str]:
    return {
        "risk": _("at risk"),
        "blocked": _("may not release"),
        "ready": _("may release"),
        "short": _("security short"),
        "ending": _("security ends within 90 days"),
        "one_bam": _("fewer than two account managers"),
        "late_documents": _("late documents"),
        "late_tasks": _("late tasks"),
        "client": _("waiting on the client"),
        "broker": _("waiting on a broker"),
        "surety": _("waiting on a surety"),
        "cbsa": _("waiting on CBSA"),
    }


@bp.get("/clients/<uuid:client_id>")
@requires(Permission.CLIENT_READ)
def client(client_id: UUID) -> ResponseReturnValue:
    """One client at a glance."""
    shown = found(client_page(client_id, today()))
    words = language()
    strip = [
        {
            "number": gate.number,
            "label": gate.label.in_(words),
            "state": gate.state,
            "detail": " ".join(reason.in_(words) for reason in gate.reasons),
        }
        for gate in shown.ready.readiness.gates
    ]
    return page(
        "desk/client.html",
        shown=shown,
        header=shown.header,
        strip=strip,
        parties=party_words(),
        formula=FORMULA,
        endpoints=current_app.view_functions,
    )


@bp.get("/search")
@requires(Permission.DESK_READ)
def search() -> ResponseReturnValue:
    """Clients, numbers in any spacing, people and partners. A full number leads straight to its client."""
    text = request.args.get("q", "").strip()[:100]
    direct = searching.client_by_full_number(text) if text else None
    if direct is not None:
        return redirect(url_for("desk.client", client_id=direct), 302)
    return page(
        "desk/search.html",
        text=text,
        clients=searching.clients(text) if text else [],
        people=searching.people(text) if text else [],
        partners=searching.partners(text) if text else [],
    )


@bp.get("/rulebook")
@requires(Permission.RULEBOOK_READ)
def rulebook() -> ResponseReturnValue:
    """The facts in force today, each with its dates and source, and the words of the trade."""
    rules = rules_at(today())
    return page(
        "desk/rulebook.html",
        facts=[(fact, fact_value(fact)) for fact in rules.facts.values()],
        terms=list(rules.terms.values()),
        rules=rules,
        levels=confidence_words(),
    )


@bp.get("/gallery")
@requires(Permission.RULEBOOK_READ)
def gallery() -> ResponseReturnValue:
    """Every component in every state, for those who build the pages."""
    if not (current_app.debug or current_app.testing):
        abort(404)
    return page("gallery/index.html")
