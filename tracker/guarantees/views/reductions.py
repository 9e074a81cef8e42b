"""Guarantees, views: the request to lower one account's requirement, from draft to CBSA's decision."""

from typing import Any
from uuid import UUID

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.guarantees import commands, queries
from tracker.guarantees.cover import cover_of
from tracker.guarantees.enums import Basis, ReductionState
from tracker.guarantees.forms.recording import DecideForm, FileForm, ReductionEditForm, ReductionForm
from tracker.guarantees.letters import justification
from tracker.guarantees.outlook import outlook
from tracker.guarantees.views.blueprint import bp
from tracker.guarantees.words import REDUCTION_TONES, REDUCTION_WORDS
from tracker.permissions import Permission
from tracker.platform.access import requires
from tracker.platform.actor import actor
from tracker.platform.clock import today
from tracker.platform.edge import attempt
from tracker.platform.pages import found, page
from tracker.rulebook.book import rules_at


@bp.route("/guarantees/<uuid:account_id>/reduction", methods=["GET", "POST"])
@requires(get=Permission.GUARANTEE_EDIT, post=Permission.GUARANTEE_EDIT)
def new_reduction(account_id: UUID) -> ResponseReturnValue:
    """Draw up a request: the sum asked for and its justification are proposed from the twelve figures."""
    rules = rules_at(today())
    cover = found(cover_of(rules, account_id))
    header = found(queries.client_header(cover.client_id))
    is_out_of_reach = cover.basis is not Basis.PORTAL or cover.has_open_reduction or not cover.known_months
    if request.method == "GET" and is_out_of_reach:  # what is sent nevertheless, or twice, the command answers
        return page("guarantees/reduction.html", header=header, cover=cover, item=None, forms={})
    seen = outlook(cover, rules)
    chosen = "fr" if (request.values.get("language") or header.language) == "fr" else "en"
    form = ReductionForm(
        asked_amount=seen.least_to_ask_for_amount,
        language=chosen,
        justification=justification(seen, header.legal_name).in_(chosen),
    )

    def act() -> str:
        account = found(queries.get_account(account_id))
        row = commands.draft_reduction(actor(), account=account, today=today(), **form.values())
        return url_for("guarantees.reduction", request_id=row.id)

    done = attempt(form, act, _("Drawn up. Nothing has been filed yet."))
    return done or page(
        "guarantees/reduction.html",
        header=header,
        cover=cover,
        least=seen.least_to_ask_for_amount,
        chosen=chosen,
        item=None,
        form=form,
        forms={},
    )


@bp.route("/reductions/<uuid:request_id>", methods=["GET", "POST"])
@requires(get=Permission.GUARANTEE_READ, post=Permission.GUARANTEE_EDIT)
def reduction(request_id: UUID) -> ResponseReturnValue:
    """One request; a draft can be changed here."""
    item = found(queries.get_reduction(request_id))
    form = ReductionEditForm(obj=item)

    def act() -> str:
        commands.edit_reduction(actor(), request=item, today=today(), **form.values())
        return url_for("guarantees.reduction", request_id=request_id)

    return attempt(form, act, _("Saved.")) or _reduction_page(request_id, edit=form)


@bp.post("/reductions/<uuid:request_id>/file")
@requires(Permission.GUARANTEE_EDIT)
def file_reduction(request_id: UUID) -> ResponseReturnValue:
    """Note that it was filed."""
    item = found(queries.get_reduction(request_id))
    form = FileForm()

    def act() -> str:
        commands.file_reduction(actor(), request=item, today=today(), **form.values())
        return url_for("guarantees.reduction", request_id=request_id)

    return attempt(form, act, _("Filed. While it is pending, it protects.")) or _reduction_page(request_id, filing=form)


@bp.post("/reductions/<uuid:request_id>/decide")
@requires(Permission.GUARANTEE_EDIT)
def decide_reduction(request_id: UUID) -> ResponseReturnValue:
    """Note CBSA's decision, or that it was withdrawn."""
    item = found(queries.get_reduction(request_id))
    form = DecideForm()
    form.offer(item.state)

    def act() -> str:
        commands.decide_reduction(actor(), request=item, today=today(), **form.values())
        return url_for("guarantees.account", account_id=item.program_account_id)

    return attempt(form, act, _("Noted.")) or _reduction_page(request_id, deciding=form)


def _reduction_page(request_id: UUID, **sent: Any) -> ResponseReturnValue:
    """The request with the forms its state allows, of which one may carry errors."""
    item = found(queries.get_reduction(request_id))
    rules = rules_at(today())
    cover = found(cover_of(rules, item.program_account_id))
    forms: dict[str, Any] = {}
    if item.state is ReductionState.DRAFT:
        forms["edit"] = sent.get("edit") or ReductionEditForm(formdata=None, obj=item)
        forms["filing"] = sent.get("filing") or FileForm(formdata=None, on=today(), version=item.version)
    if item.state in (ReductionState.DRAFT, ReductionState.FILED):
        deciding = sent.get("deciding") or DecideForm(formdata=None, on=today(), version=item.version)
        deciding.offer(item.state)
        forms["deciding"] = deciding
    bad = next((form for form in sent.values() if form.has_errors or form.is_stale), None)
    if request.method == "POST" and bad is None:
        abort(400)
    return page(
        "guarantees/reduction.html",
        form=bad,
        header=found(queries.client_header(item.client_id)),
        cover=cover,
        item=item,
        least=outlook(cover, rules).least_to_ask_for_amount,
        forms=forms,
        state=(REDUCTION_TONES[item.state], REDUCTION_WORDS[item.state]),
    )
