"""Onboarding, views: open an engagement for one client, or the same one for many selected."""

from uuid import UUID

from flask import Blueprint, abort, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from tracker.accounts.queries import staff_choices
from tracker.clients import queries as clients
from tracker.onboarding import commands
from tracker.onboarding.forms import OpenForm, StartManyForm
from tracker.onboarding.queries import MOST, already_there, brought, chosen_clients, profile_with_standing
from tracker.permissions import Permission
from tracker.platform.access import requires
from tracker.platform.actor import actor
from tracker.platform.clock import today
from tracker.platform.edge import attempt
from tracker.platform.languages import language
from tracker.platform.pages import found, page
from tracker.rulebook.book import rules_at

bp = Blueprint("onboarding", __name__)


def _templates() -> list[tuple[str, str]]:
    return [(key, template.name.in_(language())) for key, template in rules_at(today()).templates.items()]


@bp.route("/clients/<uuid:client_id>/engagements/new", methods=["GET", "POST"])
@requires(get=Permission.ENGAGEMENT_EDIT, post=Permission.ENGAGEMENT_EDIT)
def new(client_id: UUID) -> ResponseReturnValue:
    """Open an engagement with the tasks and requests of its template."""
    header = found(clients.header(client_id))
    form = OpenForm(opened_on=today())
    form.offer(_templates(), staff_choices())

    def act() -> str:
        opened = commands.open_with_template(actor(), client_id=client_id, **form.values())
        if opened.in_place:
            flash(_told(opened.in_place), "done")
        return url_for("desk.engagement", engagement_id=opened.engagement.id)

    done = attempt(form, act, _("Opened, with its tasks and document requests."))
    if done is not None:
        return done
    rules, profile = rules_at(today()), profile_with_standing(client_id, today())
    offered = [(template, brought(template, rules, profile)) for template in rules.templates.values()]
    return page("onboarding/new.html", form=form, header=header, offered=offered)


def _told(steps: int) -> str:
    return ngettext(
        "%(num)s step is in place already and is not asked for again.",
        "%(num)s steps are in place already and are not asked for again.",
        steps,
    )


@bp.route("/engagements/start", methods=["GET", "POST"])
@requires(get=Permission.ENGAGEMENT_EDIT, post=Permission.ENGAGEMENT_EDIT)
def start_many() -> ResponseReturnValue:
    """The same engagement for many clients: what would happen is shown before it does."""
    form = StartManyForm()
    form.offer(_templates(), staff_choices())
    selected = chosen_clients(_ids())
    template = rules_at(today()).templates.get(form.template.data or "")
    passed = already_there([client.id for client in selected], template.key) if template else set()

    def act() -> str:
        made = commands.open_for_many(actor(), clients=selected, **form.command_values(today()))
        flash(ngettext("%(num)s engagement opened.", "%(num)s engagements opened.", len(made)), "done")
        return url_for("engagements.index")

    if form.confirmed.data == "yes" and selected:
        done = attempt(form, act)
        if done is not None:
            return done
    return page("onboarding/start_many.html", form=form, selected=selected, template=template, passed=passed)


def _ids() -> list[UUID]:
    try:
        return [UUID(text) for text in request.values.getlist("ids")[:MOST]]
    except ValueError:
        abort(404)
