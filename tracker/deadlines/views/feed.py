"""Deadlines, views: the secret calendar address, and what is read there."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tracker.accounts.signing_in import enter_as
from tracker.deadlines.addresses import feed_of, opened_by
from tracker.deadlines.commands import make_feed, revoke_feed
from tracker.deadlines.feed import Naming, calendar_file
from tracker.deadlines.forms import ContactFeedForm, FeedForm, RevokeForm
from tracker.deadlines.queries import dates_for_contact_between, deadlines_between
from tracker.deadlines.rules import Deadline
from tracker.deadlines.views.blueprint import bp, kind_words, link
from tracker.permissions import Permission
from tracker.platform.access import public, requires
from tracker.platform.actor import Actor, actor
from tracker.platform.clock import now, today
from tracker.platform.edge import attempt
from tracker.platform.forms import Form
from tracker.platform.languages import language
from tracker.platform.pages import found, page
from tracker.rulebook.book import rules_at

BACK, AHEAD = timedelta(days=31), timedelta(days=400)  # a month to look back on, and past the next review's deadline
MOST = 2_000  # events of clients: more than a calendar program shows, fewer than make it stall
KEPT = "calendar-address"  # where the new address waits, in the person's own session, to be shown once


@bp.route("/calendar/feed", methods=["GET", "POST"])
@requires(get=Permission.OWN_ACCOUNT, post=Permission.OWN_ACCOUNT)
def feed_page() -> ResponseReturnValue:
    """Make the address under which a calendar program reads one's dates; it is shown once."""
    found(_may_have(actor()) or None)
    form = _new_form()
    made: list[str] = []

    def act() -> str:
        made.append(make_feed(actor(), is_mine_only=form.values().get("reach", "mine") == "mine"))
        return url_for("deadlines.feed_page")

    done = attempt(form, act)
    if done is not None and made:
        base = str(current_app.config["TRACKER_BASE_URL"])
        session[KEPT] = base + url_for("deadlines.feed", secret=made[0])
    return done or _feed_page(form, form)


@bp.post("/calendar/feed/revoke")
@requires(Permission.OWN_ACCOUNT)
def revoke() -> ResponseReturnValue:
    """The address stops working."""
    found(_may_have(actor()) or None)
    form = RevokeForm()

    def act() -> str:
        revoke_feed(actor())
        return url_for("deadlines.feed_page")

    done = attempt(form, act, _("Revoked. Calendars that had this address get nothing more."))
    return done or _feed_page(form, _new_form(formdata=None))


def _new_form(**options: Any) -> Form:
    return FeedForm(reach="mine", **options) if actor().is_staff else ContactFeedForm(**options)


def _feed_page(sent: Form, make: Form) -> Response:
    """The page with its two forms, of which the one that was sent may carry errors."""
    return page(
        "deadlines/feed.html",
        form=sent,
        make=make,
        kept=feed_of(actor().user_id),
        new_address=session.pop(KEPT, None),
        most=MOST,
    )


@bp.get("/calendar/<secret>.ics")
@public("a calendar program cannot sign in; the secret in the address is the key, and its person's rights are today's")
def feed(secret: str) -> ResponseReturnValue:
    """The dates of whoever made this address, within what they may see now."""
    person, kept = found(opened_by(secret))
    who = enter_as(person)
    found(_may_have(who) or None)
    first, last = today() - BACK, today() + AHEAD
    if who.is_staff:
        rows = deadlines_between(first, last, mine=who.user_id if kept.is_mine_only else None, most=MOST)
    else:
        rows = dates_for_contact_between(first, last, MOST)
    base = str(current_app.config["TRACKER_BASE_URL"])

    def address(row: Deadline) -> str | None:
        path = link(row) if who.is_staff else url_for("portal.index")
        return base + path if path else None

    firm = current_app.extensions["firm_name"]()
    title = _("%(firm)s: deadlines", firm=firm)
    owner = _("Owner: %(name)s", name="{name}")
    source, facts = _("Source: %(name)s", name="{name}"), rules_at(today()).facts
    naming = Naming(title, language(), urlsplit(base).hostname or "tracker", kind_words(), owner, source, facts)
    body = calendar_file(rows, naming, now(), address)
    return Response(body, content_type="text/calendar; charset=utf-8")


def _may_have(who: Actor) -> bool:
    """Staff and clients' contacts have dates; a broker's list has its own page."""
    return who.may(Permission.CALENDAR_READ) or who.may(Permission.PORTAL_READ)
