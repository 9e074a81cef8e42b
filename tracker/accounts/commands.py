"""Accounts, commands: sign in and out, invite, set a password, change a role, deactivate."""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _
from sqlalchemy import update

from tracker.accounts import queries
from tracker.accounts.enums import AccountState, TokenPurpose
from tracker.accounts.models import FirmSetting, OneTimeToken, SignInSession, UserAccount
from tracker.accounts.passwords import check_password, hasher
from tracker.accounts.tokens import end_tokens
from tracker.permissions import STAFF, Permission, Role
from tracker.platform.actor import Actor
from tracker.platform.audit import record
from tracker.platform.clock import now
from tracker.platform.db import db
from tracker.platform.edge import check_version
from tracker.platform.errors import Refusal

LINK_LIFE = timedelta(days=14)


def add_person(
    actor: Actor,
    *,
    email: str,
    name: str,
    role: Role,
    language: str = "en",
    partner_id: UUID | None = None,
) -> UserAccount:
    """Add a person who is invited but cannot sign in yet.

    Refusal on "email" when it is no address or is taken, on "role" when the actor may not give it.
    """
    check_may_give(actor, role)
    address = email.strip().lower()
    _check_address(address)
    if queries.by_email(address) is not None:
        raise Refusal("email", _("There is already someone with this address."))
    person = UserAccount(
        email=address, name=name.strip() or address, role=role, language=language, partner_id=partner_id
    )
    db.session.add(person)
    record(actor, "person:added", person)
    db.session.flush()
    return person


def _check_address(address: str) -> None:
    """Refusal on "email" for what is no address. A firm may have names of its own machines in them: those are addresses."""
    try:
        validate_email(address, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError as error:
        raise Refusal("email", _("This is not an e-mail address.")) from error


def check_may_give(actor: Actor, role: Role) -> None:
    """Refusal on "role" unless the actor may bring in someone of this role. Nobody gives a role above their own reach."""
    if role in STAFF:
        allowed = actor.may(Permission.PEOPLE_MANAGE)
    else:
        allowed = actor.may(Permission.PEOPLE_INVITE)
    if not allowed:
        raise Refusal("role", _("Only an administrator can give this role."))


def issue_link(actor: Actor, *, person: UserAccount, purpose: TokenPurpose) -> str:
    """A new one-time link's secret; older unused ones for the same purpose stop working. Valid 14 days."""
    db.session.execute(
        update(OneTimeToken)
        .where(OneTimeToken.user_id == person.id, OneTimeToken.purpose == purpose, OneTimeToken.used_at.is_(None))
        .values(used_at=now())
    )
    secret = secrets.token_urlsafe(32)
    db.session.add(
        OneTimeToken(
            secret_hash=queries.digest(secret), purpose=purpose, user_id=person.id, expires_at=now() + LINK_LIFE
        )
    )
    record(actor, f"{purpose.value}:issued", person, changes={})
    return secret


def redeem_link(*, secret: str, purpose: TokenPurpose, password: str, language: str) -> UserAccount:
    """Use a link up: set the password, activate the person, end their other sessions and their tokens.

    Refusal on the form when the link was used, expired or never existed (one answer for all three).
    """
    dead = Refusal(None, _("This link no longer works. Ask for a new one."))
    live = queries.live_token(secret, purpose)
    if live is None:
        raise dead
    token, person = live
    check_password(password, email=person.email, name=person.name, firm=queries.setting(queries.NAME_KEY, ""))
    # The conditional update, not the check above, decides who was first.
    used = db.session.execute(
        update(OneTimeToken)
        .where(OneTimeToken.id == token.id, OneTimeToken.used_at.is_(None))
        .values(used_at=now())
        .execution_options(synchronize_session=False)
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]
        raise dead
    db.session.execute(  # whatever else is on its way to this person opens nothing any more
        update(OneTimeToken)
        .where(OneTimeToken.user_id == person.id, OneTimeToken.used_at.is_(None))
        .values(used_at=now())
        .execution_options(synchronize_session=False)
    )
    person.password_hash = hasher().hash(password)
    person.state = AccountState.ACTIVE
    person.language = language
    end_sessions(person)
    end_tokens(_as_actor(person), person)
    record(_as_actor(person), f"{purpose.value}:used", person)
    return person


def start_session(*, person: UserAccount, browser: str) -> str:
    """Sign a person in: a fresh session whose secret goes into the cookie."""
    secret = secrets.token_urlsafe(32)
    db.session.add(SignInSession(secret_hash=queries.digest(secret), user_id=person.id, browser=browser[:200]))
    person.last_sign_in_at = now()
    record(_as_actor(person), "session:started", person, changes={})
    return secret


def end_session(actor: Actor, *, secret: str) -> None:
    """Sign out this browser."""
    db.session.execute(
        update(SignInSession).where(SignInSession.secret_hash == queries.digest(secret)).values(ended_at=now())
    )
    if actor.user_id and (person := queries.by_id(actor.user_id)):
        record(actor, "session:ended", person, changes={})


def end_sessions(person: UserAccount) -> None:
    """End every session of a person."""
    db.session.execute(
        update(SignInSession)
        .where(SignInSession.user_id == person.id, SignInSession.ended_at.is_(None))
        .values(ended_at=now())
    )


def change_role(actor: Actor, *, person: UserAccount, role: Role, version: int) -> None:
    """Give someone at the firm another role; their sessions and tokens end. Refusal when it would leave no administrator."""
    check_version(person, version)
    check_may_give(actor, role)
    if person.role not in STAFF or role not in STAFF:
        raise Refusal("role", _("Only people of the firm change role. Invite them anew instead."))
    if person.role is Role.ADMIN and role is not Role.ADMIN:
        _check_another_admin(person)
    person.role = role
    end_sessions(person)
    end_tokens(actor, person)
    record(actor, "person:role-changed", person)


def deactivate(actor: Actor, *, person: UserAccount, version: int) -> None:
    """Stop someone from signing in, at once and everywhere."""
    check_version(person, version)
    check_may_give(actor, person.role)
    if person.id == actor.user_id:
        raise Refusal(None, _("You cannot deactivate yourself."))
    if person.role is Role.ADMIN:
        _check_another_admin(person)
    person.state = AccountState.DEACTIVATED
    end_sessions(person)
    end_tokens(actor, person)
    record(actor, "person:deactivated", person)


def _check_another_admin(person: UserAccount) -> None:
    admins = [row for row in queries.people(frozenset({Role.ADMIN})) if row.state is AccountState.ACTIVE]
    if all(row.id == person.id for row in admins):
        raise Refusal("role", _("The firm needs at least one administrator."))


def choose_language(actor: Actor, *, person: UserAccount, language: str) -> None:
    """Remember the language a person reads."""
    if language not in ("en", "fr"):
        raise Refusal("language", _("Choose one of the list."))
    person.language = language
    record(actor, "person:language-chosen", person)


def set_firm(actor: Actor, settings: Mapping[str, str]) -> None:
    """Set what the firm decides for itself, by key."""
    for key, value in sorted(settings.items()):
        row = db.session.query(FirmSetting).filter_by(key=key).one_or_none()
        before = row.value if row else None
        if row is None:
            row = FirmSetting(key=key, value=value)
            db.session.add(row)
        row.value = value
        if before != value:
            record(actor, "firm:set", row, changes={key: [before, value]})


def _as_actor(person: UserAccount) -> Actor:
    return Actor(person.id, person.name, person.role, person.language, person.email, person.partner_id)
