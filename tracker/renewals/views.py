"""Renewals, views: the open files, and opening one by hand."""

from uuid import UUID

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.guarantees.cover import cover_of
from tracker.permissions import Permission
from tracker.platform.access import requires
from tracker.platform.actor import actor
from tracker.platform.clock import today
from tracker.platform.edge import attempt
from tracker.platform.forms import Form
from tracker.platform.pages import found, page, page_number
from tracker.renewals import commands
from tracker.renewals.queries import open_renewals
from tracker.renewals.words import CAUSE_TONES, CAUSE_WORDS
from tracker.rulebook.book import rules_at

bp = Blueprint("renewals", __name__)


@bp.get("/guarantees/renewals")
@requires(Permission.GUARANTEE_READ)
def index() -> ResponseReturnValue:
    """The files that opened themselves, the most pressing first."""
    return page("renewals/index.html", rows=open_renewals(page_number(), today()), words=CAUSE_WORDS, tones=CAUSE_TONES)


@bp.post("/guarantees/<uuid:account_id>/renew")
@requires(Permission.GUARANTEE_EDIT)
def renew(account_id: UUID) -> ResponseReturnValue:
    """Open the file of one account now."""
    rules = rules_at(today())
    found(cover_of(rules, account_id))
    form = Form()

    def act() -> str:
        row = commands.open_by_hand(actor(), cover=found(cover_of(rules, account_id)), today=today())
        return url_for("desk.engagement", engagement_id=row.engagement_id)

    done = attempt(form, act, _("Opened, with its tasks and documents."))
    if done is None:
        flash(" ".join(message for messages in form.errors.values() for message in messages), "warn")
        return redirect(url_for("guarantees.account", account_id=account_id), 303)
    return done
