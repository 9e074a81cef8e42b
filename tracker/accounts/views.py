"""Accounts, views: sign-in, sign-out, one-time links, language, the firm's people."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask import Blueprint, abort, current_app, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import TooManyRequests
from werkzeug.wrappers import Response

from tracker.accounts import commands, queries, throttle
from tracker.accounts.enums import AccountState, TokenPurpose
from tracker.accounts.forms import (
    ButtonForm,
    ConfirmForm,
    FirmForm,
    InvitationForm,
    PasswordForm,
    RoleForm,
    SignInForm,
)
from tracker.accounts.passwords import matches
from tracker.accounts.signing_in import COOKIE_KEY
from tracker.permissions import STAFF, Permission, Role
from tracker.platform.access import Public, public, requires
from tracker.platform.actor import actor
from tracker.platform.db import transaction
from tracker.platform.edge import attempt
from tracker.platform.errors import Refusal
from tracker.platform.languages import LANGUAGES, language
from tracker.platform.pages import found, page

bp = Blueprint("accounts", __name__)

ROLE_LABELS: dict[Role, Callable[[], str]] = {
    Role.ADMIN: lambda: _("Administrator"),
    Role.MANAGER: lambda: _("Manager"),
    Role.CONSULTANT: lambda: _("Consultant"),
    Role.CONTACT: lambda: _("Client contact"),
    Role.BROKER: lambda: _("Broker"),
}


@bp.route("/sign-in", methods=["GET", "POST"])
@requires(get=Public("the way in"), post=Public("the way in"))
def sign_in() -> ResponseReturnValue:
    """E-mail and password; ten failures in five minutes close the door for an address or a network address."""
    form = SignInForm()
    if actor().role is not None and request.method == "GET":
        return redirect(url_for("home.index"), 302)
    if form.validate_on_submit():
        answer = _try_sign_in(form)
        if answer is not None:
            return answer
    return page("accounts/sign_in.html", form=form)


def _try_sign_in(form: SignInForm) -> Response | None:
    email = str(form.email.data).strip().lower()
    limits = {f"email:{queries.digest(email)[:32]}": queries.TRIES, f"from:{request.remote_addr}": queries.TRIES * 5}
    try:
        throttle.check_open(limits)  # a door that is closed costs nobody the lock
        with transaction():
            tries = throttle.count_try(limits)
    except throttle.TooManyTriesError as closed:
        raise TooManyRequests(retry_after=closed.seconds) from closed
    person = queries.by_email(email)
    is_right = matches(person.password_hash if person else None, str(form.password.data))
    if person is None or not is_right or person.state is not AccountState.ACTIVE:
        form.show(Refusal(None, _("E-mail or password is wrong.")))
        return None
    with transaction():
        throttle.forgive(tries)
        secret = commands.start_session(person=person, browser=request.user_agent.string)
    session.clear()
    session[COOKIE_KEY] = secret
    return redirect(_next_path(request.args.get("next")), 303)


def _next_path(target: str | None) -> str:
    """A path of ours to go on to, or home. Never another site."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or "\\" in target:
        return url_for("home.index")
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or any(ord(c) < 32 for c in target):
        return url_for("home.index")
    return target


@bp.post("/sign-out")
@requires(Permission.OWN_ACCOUNT)
def sign_out() -> ResponseReturnValue:
    """End this browser's session."""
    secret = session.get(COOKIE_KEY, "")
    with transaction():
        commands.end_session(actor(), secret=secret)
    session.clear()
    return redirect(url_for("accounts.sign_in"), 303)


@bp.post("/language")
@public("people choose their language before they sign in, too")
def choose_language() -> ResponseReturnValue:
    """Speak the other language from now on."""
    chosen = request.form.get("language", "")
    if chosen not in LANGUAGES:
        abort(400)
    who = actor()
    if who.user_id is not None:
        with transaction():
            commands.choose_language(who, person=found(queries.by_id(who.user_id)), language=chosen)
    session["language"] = chosen
    back = request.form.get("back", "")
    return redirect(_next_path(back), 303)


@bp.route("/welcome/<secret>", methods=["GET", "POST"])
@requires(get=Public("an invitation's landing page"), post=Public("an invitation is used"))
def welcome(secret: str) -> ResponseReturnValue:
    """An invitation: looking at it changes nothing, sending the form uses it up."""
    return _use_link(secret, TokenPurpose.INVITATION)


@bp.route("/new-password/<secret>", methods=["GET", "POST"])
@requires(get=Public("a reset link's landing page"), post=Public("a reset link is used"))
def new_password(secret: str) -> ResponseReturnValue:
    """A link to choose a new password."""
    return _use_link(secret, TokenPurpose.NEW_PASSWORD)


def _use_link(secret: str, purpose: TokenPurpose) -> ResponseReturnValue:
    live = queries.live_token(secret, purpose)
    form = PasswordForm(language=live[1].language if live else language())

    def act() -> str:
        commands.redeem_link(secret=secret, purpose=purpose, **form.values())
        return url_for("accounts.sign_in")

    done = attempt(form, act, _("Your password is set. Sign in with it."))
    answer = done or page("accounts/welcome.html", form=form, person_name=live[1].name if live else None)
    answer.headers["Referrer-Policy"] = "no-referrer"  # the address is the secret
    return answer


@bp.get("/people")
@requires(Permission.PEOPLE_READ)
def people() -> ResponseReturnValue:
    """Everyone at the firm, and how they stand."""
    rows = queries.people(STAFF | {Role.BROKER})
    return page("accounts/people.html", rows=rows, labels=_labels(), confirm=ConfirmForm())


@bp.route("/people/new", methods=["GET", "POST"])
@requires(get=Permission.PEOPLE_MANAGE, post=Permission.PEOPLE_MANAGE)
def invite() -> ResponseReturnValue:
    """Invite someone to the firm; shows the one-time link once."""
    form = InvitationForm(role=Role.CONSULTANT.value)
    form.role.choices = [(role.value, ROLE_LABELS[role]()) for role in sorted(STAFF)]
    links: list[str] = []

    def act() -> str:
        values: dict[str, Any] = form.values()
        person = commands.add_person(actor(), **{**values, "role": Role(values["role"])})
        secret = commands.issue_link(actor(), person=person, purpose=TokenPurpose.INVITATION)
        links.append(url_for("accounts.welcome", secret=secret))
        return url_for("accounts.people")

    done = attempt(form, act, "")
    if done is not None:
        if links:
            flash(_("Invited. Send this link, it works once: %(link)s", link=_public(links[0])), "done")
        return done
    return page("accounts/invite.html", form=form)


@bp.route("/people/<uuid:user_id>", methods=["GET", "POST"])
@requires(get=Permission.PEOPLE_MANAGE, post=Permission.PEOPLE_MANAGE)
def edit(user_id: UUID) -> ResponseReturnValue:
    """Someone's role."""
    person = found(queries.by_id(user_id))
    form = RoleForm(role=person.role.value, version=person.version)
    form.role.choices = [(role.value, ROLE_LABELS[role]()) for role in sorted(STAFF)]

    def act() -> str:
        values = form.values()
        commands.change_role(actor(), person=person, role=Role(values["role"]), version=values["version"])
        return url_for("accounts.people")

    done = attempt(form, act, _("Role changed. They have to sign in again."))
    return done or page(
        "accounts/person.html", form=form, person=person, deactivation=ConfirmForm(version=person.version)
    )


@bp.post("/people/<uuid:user_id>/deactivate")
@requires(Permission.PEOPLE_MANAGE)
def deactivate(user_id: UUID) -> ResponseReturnValue:
    """Shut someone out at once."""
    person = found(queries.by_id(user_id))
    form = ConfirmForm()

    def act() -> str:
        commands.deactivate(actor(), person=person, **form.values())
        return url_for("accounts.people")

    done = attempt(form, act, _("Deactivated, and signed out everywhere."))
    role_form = RoleForm(formdata=None, role=person.role.value, version=person.version)
    role_form.role.choices = [(role.value, ROLE_LABELS[role]()) for role in sorted(STAFF)]
    return done or page("accounts/person.html", form=role_form, person=person, deactivation=form, status=422)


@bp.post("/people/<uuid:user_id>/link")
@requires(Permission.PEOPLE_MANAGE)
def new_link(user_id: UUID) -> ResponseReturnValue:
    """A fresh link for someone who lost theirs, or their password."""
    person = found(queries.by_id(user_id))
    is_new = person.state is AccountState.INVITED
    purpose = TokenPurpose.INVITATION if is_new else TokenPurpose.NEW_PASSWORD
    form = ButtonForm()
    links: list[str] = []

    def act() -> str:
        secret = commands.issue_link(actor(), person=person, purpose=purpose)
        links.append(url_for("accounts.welcome" if is_new else "accounts.new_password", secret=secret))
        return url_for("accounts.people")

    done = attempt(form, act)
    if done is None:
        abort(400)
    flash(_("Send this link, it works once: %(link)s", link=_public(links[0])), "done")
    return done


@bp.route("/firm", methods=["GET", "POST"])
@requires(get=Permission.FIRM_SETTINGS, post=Permission.FIRM_SETTINGS)
def firm() -> ResponseReturnValue:
    """What the firm decides for itself: its name, below which cover it wants to be warned, and its paper."""
    form = FirmForm(
        name=queries.setting("firm.name", ""), warning_percent=queries.warning_percent(), paper=queries.paper()
    )

    def act() -> str:
        commands.set_firm(actor(), form.settings())
        return url_for("accounts.firm")

    return attempt(form, act, _("Saved.")) or page("accounts/firm.html", form=form)


def _public(path: str) -> str:
    return str(current_app.config["TRACKER_BASE_URL"]) + path


def _labels() -> dict[str, str]:
    return {role.value: words() for role, words in ROLE_LABELS.items()}
