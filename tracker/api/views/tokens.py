"""API, views: the page on which a person makes, sees and revokes tokens."""

from uuid import UUID

from flask import current_app, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tracker.accounts.queries import tokens_of
from tracker.accounts.tokens import MOST_TOKENS, make_token, revoke_token
from tracker.api.forms import RevokeForm, TokenForm
from tracker.api.views.blueprint import V1, bp
from tracker.permissions import Permission
from tracker.platform.access import requires
from tracker.platform.actor import actor
from tracker.platform.edge import attempt
from tracker.platform.forms import Form
from tracker.platform.pages import page

KEPT = "new-token"  # where it waits, in the person's own session, to be shown once
USUAL_DAYS = 90


@bp.route("/account/tokens", methods=["GET", "POST"])
@requires(get=Permission.API_USE, post=Permission.API_USE)
def tokens() -> ResponseReturnValue:
    """One's tokens, and a form for a new one; it is shown once."""
    form = TokenForm(days=USUAL_DAYS)
    made: list[str] = []

    def act() -> str:
        made.append(make_token(actor(), **form.values()))
        return url_for("api.tokens")

    done = attempt(form, act)
    if done is not None and made:
        session[KEPT] = made[0]
    return done or _tokens_page(form, form)


@bp.post("/account/tokens/<uuid:token_id>/revoke")
@requires(Permission.API_USE)
def revoke(token_id: UUID) -> ResponseReturnValue:
    """The token stops working."""
    form = RevokeForm()

    def act() -> str:
        revoke_token(actor(), token_id=token_id)
        return url_for("api.tokens")

    done = attempt(form, act, _("Revoked. The program that used it gets nothing more."))
    return done or _tokens_page(form, TokenForm(formdata=None, days=USUAL_DAYS))


def _tokens_page(sent: Form, make: Form) -> Response:
    """The page, whose form that was sent may carry errors."""
    base = str(current_app.config["TRACKER_BASE_URL"])
    return page(
        "api/tokens.html",
        form=sent,
        make=make,
        rows=tokens_of(actor().user_id),
        new_token=session.pop(KEPT, None),
        example=f"curl -H 'Authorization: Bearer trk_…' {base}{V1}/clients",
        most=MOST_TOKENS,
    )
