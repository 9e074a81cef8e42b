"""Guarantees, views: what if: a supposition worked through for one client or all, and kept under a name."""

from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.guarantees import commands, queries
from tracker.guarantees.forms.supposing import ForgetForm, KeepForm, SuppositionForm
from tracker.guarantees.models import Scenario
from tracker.guarantees.supposing import suppose
from tracker.guarantees.views.blueprint import bp
from tracker.permissions import Permission
from tracker.platform.access import requires
from tracker.platform.actor import actor
from tracker.platform.clock import today
from tracker.platform.edge import attempt
from tracker.platform.forms import Form
from tracker.platform.pages import PAGE_SIZE, Page, address, as_id, found, page, page_number
from tracker.rulebook.book import rules_at
from tracker.rulebook.types import Surtax


@bp.route("/guarantees/what-if", methods=["GET", "POST"])
@requires(get=Permission.GUARANTEE_READ, post=Permission.GUARANTEE_EDIT)
def what_if() -> ResponseReturnValue:
    """Ask with the address, so that a supposition can be shared; keep it under a name with a post."""
    asked = SuppositionForm(request.args, meta={"csrf": False})
    keep = KeepForm()

    def act() -> str:
        client_id = as_id(request.args.get("client"))
        about = {"client": str(client_id)} if client_id else {}
        row = commands.keep_scenario(actor(), inputs={**asked.inputs(), **about}, **keep.values())
        return url_for("guarantees.scenario", scenario_id=row.id)

    is_sound = asked.validate() if request.args else True
    done = attempt(keep, act, _("Kept.")) if is_sound else None
    return done or _what_if_page(asked, keep, is_sound=is_sound, is_asked=bool(asked.inputs()) and is_sound)


@bp.get("/guarantees/what-if/<uuid:scenario_id>")
@requires(Permission.GUARANTEE_READ)
def scenario(scenario_id: UUID) -> ResponseReturnValue:
    """A kept scenario, worked out on today's statements."""
    kept = found(queries.get_scenario(actor(), scenario_id))
    asked = SuppositionForm.of(kept.inputs)
    return _what_if_page(asked, ForgetForm(version=kept.version), is_sound=True, is_asked=True, kept=kept)


@bp.post("/guarantees/what-if/<uuid:scenario_id>/forget")
@requires(Permission.GUARANTEE_EDIT)
def forget_scenario(scenario_id: UUID) -> ResponseReturnValue:
    """Forget a scenario."""
    kept = found(queries.get_scenario(actor(), scenario_id))
    form = ForgetForm()

    def act() -> str:
        commands.forget_scenario(actor(), scenario=kept, **form.values())
        return url_for("guarantees.what_if")

    done = attempt(form, act, _("Deleted."))
    return done or _what_if_page(SuppositionForm.of(kept.inputs), form, is_sound=True, is_asked=True, kept=kept)


def _what_if_page(
    asked: SuppositionForm, keep: Form, *, is_sound: bool, is_asked: bool, kept: Scenario | None = None
) -> ResponseReturnValue:
    client_id = as_id(kept.inputs.get("client") if kept else request.args.get("client"))
    header = found(queries.client_header(client_id)) if client_id else None
    outcome = shown = None
    if is_asked:
        outcome = suppose(
            rules_at(today()), asked.supposition(), today(), client_ids=[client_id] if client_id else None
        )
        number = page_number()
        rows = outcome.rows[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
        shown = Page(rows, number, len(outcome.rows))
    return page(
        "guarantees/what_if.html",
        form=keep if request.method == "POST" else None,
        status=200 if is_sound else 422,
        asked=asked,
        keep=keep,
        outcome=outcome,
        shown=shown,
        kept=kept,
        header=header,
        scenarios=queries.scenarios(actor()),
        surtaxes=[]
        if kept
        else [(row, _filled(row)) for row in rules_at(today()).surtaxes if not row.is_over(today())],
    )


def _filled(row: Surtax) -> str:
    """This page with the surtax of the rulebook entered, and whatever else was entered kept."""
    return address(
        surtax_percent=row.percent,
        surtax_origins=", ".join(row.origins),
        surtax_chapters=", ".join(row.chapters),
        surtax_from=row.effective_from,
        surtax_until=row.effective_until,
        surtax=row.key,
        page=None,
    )
