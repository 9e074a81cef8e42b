"""Imports, views: the people of an applied run, invited to the portal in one go."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import abort, current_app, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.imports.enums import RunState
from tracker.imports.forms import ApplyForm
from tracker.imports.inviting import Invitee, invite_all, invitees
from tracker.imports.views.blueprint import bp, fresh, mine
from tracker.permissions import Permission
from tracker.platform.access import requires
from tracker.platform.actor import actor
from tracker.platform.edge import attempt
from tracker.platform.pages import page


@bp.route("/imports/<uuid:run_id>/invite", methods=["GET", "POST"])
@requires(get=Permission.IMPORT_RUN, post=Permission.IMPORT_RUN)
def invite(run_id: UUID) -> ResponseReturnValue:
    """Who of this import would be written to, in which language; then the mails, all at once."""
    run = mine(run_id)
    if run.state is not RunState.APPLIED:
        abort(404)
    form = ApplyForm()
    base = str(current_app.config["TRACKER_BASE_URL"])

    def act() -> str:
        count = invite_all(
            actor(),
            run=run,
            version=form.values()["version"],
            link_for=lambda secret: base + url_for("accounts.welcome", secret=secret),
            sign_in_url=base + url_for("accounts.sign_in"),
            firm=str(current_app.extensions["firm_name"]()),
        )
        flash(_("%(count)s people invited. The mails are on their way.", count=count), "done")
        return url_for("imports.invite", run_id=run_id)

    done = attempt(form, act) if request.method == "POST" else None
    people = invitees(run_id)
    return done or page(
        "imports/invite.html", run=run, form=form if form.has_errors else fresh(run), people=people, **_sums(people)
    )


def _sums(people: Sequence[Invitee]) -> dict[str, Any]:
    written = [person for person in people if person.standing == "to_write"]
    return {
        "to_write": len(written),
        "french": sum(person.language == "fr" for person in written),
        "unreachable": sum(person.standing in ("no_address", "refused") for person in people),
    }
