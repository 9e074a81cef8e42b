"""Desk, views: the Monday page, the portfolio, one client, search, the rulebook and the gallery of components."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import abort, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from tracker.accounts.queries import staff_choices
from tracker.clients.searching import search as search_clients
from tracker.clients.words import RESIDENCY
from tracker.coordination.enums import Party
from tracker.coordination.words import party_words
from tracker.deadlines.views.blueprint import link
from tracker.desk import engagements, searching
from tracker.desk.blueprint import bp
from tracker.desk.client_page import client_page
from tracker.desk.commands import send_reminders
from tracker.desk.forms import AcceptHereForm, RemindForm, ReturnHereForm
from tracker.desk.letters import letter
from tracker.desk.monday import monday
from tracker.desk.portfolio import Wanted, counts
from tracker.desk.portfolio import portfolio as portfolio_rows
from tracker.desk.reminders import MOST_PEOPLE, REMINDABLE, reminders
from tracker.desk.words import fact_value, provenance_words
from tracker.documents import queries as documents
from tracker.documents.commands import accept_request, return_request
from tracker.documents.wording import kind_of
from tracker.guarantees.rules.review import CONFIRM_DAYS
from tracker.permissions import Permission
from tracker.platform.access import requires
from tracker.platform.actor import actor
from tracker.platform.clock import today
from tracker.platform.edge import attempt
from tracker.platform.forms import Form
from tracker.platform.languages import language
from tracker.platform.pages import as_id, confidence_words, found, page, page_number
from tracker.readiness.rules import FORMULA, GATES
from tracker.rulebook.book import rules_at

__all__ = ["bp", "engagements"]  # the engagement's page registers itself on the same blueprint
ENTERS = (Party.CLIENT, Party.BROKER)  # who has a page here to sign in to
STATES = {"d": "done", "w": "waiting", "o": "open"}


@bp.get("/desk")
@requires(Permission.DESK_READ)
def index() -> ResponseReturnValue:
    """Monday morning."""
    return _desk(None, None)


@bp.post("/desk/documents/<uuid:request_id>/accept")
@requires(Permission.DOCUMENT_REVIEW)
def accept(request_id: UUID) -> ResponseReturnValue:
    """Accept what a client handed in, and stay at the desk."""
    return _decide(request_id, AcceptHereForm(), accept_request, _("Accepted."))


@bp.post("/desk/documents/<uuid:request_id>/return")
@requires(Permission.DOCUMENT_REVIEW)
def give_back(request_id: UUID) -> ResponseReturnValue:
    """Return it to the client with a reason, and stay at the desk."""
    form = ReturnHereForm(request_id)
    return _decide(request_id, form, return_request, _("Returned. It is on the client's list again."))


def _decide(request_id: UUID, form: Form, command: Callable[..., Any], notice: str) -> ResponseReturnValue:
    found(documents.request_row(request_id))

    def act() -> str:
        command(actor(), request_id=request_id, **form.values())
        return url_for("desk.index")

    return attempt(form, act, notice) or _desk(form, found(documents.request_row(request_id)))


def _desk(form: Form | None, decided: documents.RequestRow | None) -> Response:
    """The desk; after a decision that did not go through, with what was typed and how the document stands now."""
    shown = monday(today())
    return page(
        "desk/index.html",
        form=form,
        decided=decided,
        is_still_new=decided is not None and any(row.id == decided.id for row in shown.new),
        desk=shown,
        runs_out={row.id for row in shown.new if (kind := kind_of(row.kind)) is not None and kind.expires},
        may_decide=actor().may(Permission.DOCUMENT_REVIEW),
        parties=party_words(),
        silent_days=CONFIRM_DAYS,
        link=link,
        remindable={each.value for each in REMINDABLE} if actor().may(Permission.TASK_EDIT) else set(),
    )


@bp.route("/desk/remind/<party>", methods=["GET", "POST"])
@requires(get=Permission.TASK_EDIT, post=Permission.TASK_EDIT)
def remind(party: str) -> ResponseReturnValue:
    """Who of a party would get one mail each; then send."""
    whom = found(next((each for each in REMINDABLE if each.value == party), None))
    firm, form, sent = str(current_app.extensions["firm_name"]()), RemindForm(), list[int]()
    address = str(current_app.config["TRACKER_BASE_URL"]) + url_for("accounts.sign_in") if whom in ENTERS else ""

    def act() -> str:
        keys = {key for text in request.form.getlist("to")[:MOST_PEOPLE] if (key := as_id(text))}
        sent.append(send_reminders(actor(), party=whom, keys=keys, today=today(), firm=firm, address=address))
        return url_for("desk.index")

    done = attempt(form, act)
    for count in sent if done else ():
        flash(ngettext("%(num)s mail is on its way.", "%(num)s mails are on their way.", count), "done")
    return done or page(
        "desk/remind.html",
        form=form,
        found=reminders(whom, today()),
        letter=lambda person: letter(person, today=today(), firm=firm, address=address),
        parties=party_words(),
    )


@bp.get("/clients")
@requires(Permission.CLIENT_READ)
def portfolio() -> ResponseReturnValue:
    """One row a client; `?q= &sort= &page= &status= &owner=`."""
    wanted = Wanted(
        text=request.args.get("q", "").strip()[:100],
        status=request.args.get("status", ""),
        owner_id=as_id(request.args.get("owner")),
        sort=request.args.get("sort", "name"),
        page=page_number(),
    )
    counted = counts(wanted, today())
    return page(
        "desk/portfolio.html",
        rows=portfolio_rows(wanted, today(), wanted.counted_in(counted)),
        wanted=wanted,
        counts=counted,
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


def _filter_words() -> dict[str, str]:
    return {
        "risk": _("at risk"),
        "blocked": _("may not release"),
        "ready": _("may release"),
        "short": _("security short"),
        "ending": _("security ends within 90 days"),
        "silent": _("portal figure not confirmed"),
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
            "waits_on": party_words().get(gate.waiting_on or ""),
            "since": gate.since,
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
    hits = search_clients(text)
    return page(
        "desk/search.html",
        text=text,
        clients=hits.clients,
        people=hits.people,
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
        provenances=provenance_words(),
    )


@bp.get("/gallery")
@requires(Permission.RULEBOOK_READ)
def gallery() -> ResponseReturnValue:
    """Every component in every state, for those who build the pages."""
    if not (current_app.debug or current_app.testing):
        abort(404)
    return page("gallery/index.html")
