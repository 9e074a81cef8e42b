"""Accounts, signing in: who the request's cookie belongs to, and the scope that follows."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from flask import Flask, g, redirect, request, session, url_for
from flask_login import LoginManager
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from tracker.accounts import queries
from tracker.accounts.models import SignInSession, UserAccount
from tracker.platform import tenancy
from tracker.platform.actor import NOBODY, Actor
from tracker.platform.clock import now
from tracker.platform.db import db

COOKIE_KEY = "sign-in"
SEEN_EVERY_SECONDS = 60
TOKENS_ONLY = "/api/"  # what begins like this is read by programs, never by a browser that is signed in

login = LoginManager()


class SignedIn:
    """The signed-in person, as Flask-Login knows them."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, actor: Actor) -> None:
        self.actor = actor

    def get_id(self) -> str:
        """The person's id; the session itself hangs on its own secret."""
        return str(self.actor.user_id)


def actor_of(person: UserAccount) -> Actor:
    """A person as the actor of a request."""
    return Actor(person.id, person.name, person.role, person.language, person.email, person.partner_id)


def init_sign_in(app: Flask) -> None:
    """Register who is asking, before the access check looks at it."""
    login.init_app(app)
    login.session_protection = None  # the server-side session is the protection
    login.request_loader(_load)
    app.before_request(_enter)
    app.extensions["ask_to_sign_in"] = _ask
    app.extensions["firm_name"] = lambda: _firm_name(app)


def _firm_name(app: Flask) -> str:
    """What the firm calls itself; it came with the session when somebody is signed in."""
    default = str(app.config.get("TRACKER_FIRM_NAME", "Tracker"))
    if "firm_name" in g:
        return default if g.firm_name is None else str(g.firm_name)
    return queries.setting(queries.NAME_KEY, default)


def _load(_request: Any) -> SignedIn | None:
    who: Actor = g.get("actor", NOBODY)
    return SignedIn(who) if who.role else None


def _enter() -> None:
    g.actor = NOBODY
    g.pop("firm_name", None)
    tenancy.enter(db.session(), NOBODY.scope)
    if request.path.startswith(TOKENS_ONLY):
        return  # no cookie counts there: its own hook looks for a token
    if request.endpoint is not None and request.endpoint.endswith("static"):
        return
    secret = session.get(COOKIE_KEY)
    live = queries.live_session(secret) if isinstance(secret, str) else None
    if live is None:
        return
    sign_in, person, g.firm_name = live
    enter_as(person)
    if (now() - sign_in.last_seen_at).total_seconds() > SEEN_EVERY_SECONDS:
        _mark_seen(sign_in.id)


def enter_as(person: UserAccount) -> Actor:
    """From here on this request is this person's, with the scope and the language they have now."""
    g.actor = who = actor_of(person)
    tenancy.enter(db.session(), who.scope)
    return who


def _mark_seen(session_id: UUID) -> None:
    # A path of its own, outside the request's transaction, so that a page that is only looked at writes nothing else.
    db.session.rollback()
    # A database that is busy with an import is no reason to refuse a page: the next request marks it.
    with (
        suppress(OperationalError),
        db.engine.connect().execution_options(writes=True) as connection,
        connection.begin(),
    ):
        connection.execute(update(SignInSession).where(SignInSession.id == session_id).values(last_seen_at=now()))


def _ask() -> Any:
    target = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("accounts.sign_in", next=target), 302)
