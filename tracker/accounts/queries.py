"""Accounts, queries: people, sessions and links as the pages need them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import select

from tracker.accounts.enums import AccountState, TokenPurpose
from tracker.accounts.models import ApiToken, FailedSignIn, FirmSetting, OneTimeToken, SignInSession, UserAccount
from tracker.permissions import STAFF, Role
from tracker.platform.clock import now
from tracker.platform.db import db

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
WINDOW = timedelta(minutes=5)
TRIES = 10
NAME_KEY = "firm.name"
WARNING_KEY = "guarantee.warning_percent"
PAPER_KEY = "report.paper"


def digest(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def by_email(email: str) -> UserAccount | None:
    """The person with this address, whatever its case."""
    return db.session.scalar(select(UserAccount).where(UserAccount.email == email.strip().lower()))


def by_id(user_id: UUID) -> UserAccount | None:
    """The person with this id."""
    return db.session.get(UserAccount, user_id)


def live_session(secret: str) -> tuple[SignInSession, UserAccount, str | None] | None:
    """The session behind a cookie, its person, and the name the firm gave itself, in one statement.

    None when session or person has ended, idled out or been deactivated.
    """
    instant = now()
    row = db.session.execute(
        select(SignInSession, UserAccount, FirmSetting.value)
        .join(UserAccount, UserAccount.id == SignInSession.user_id)
        .outerjoin(FirmSetting, FirmSetting.key == NAME_KEY)
        .where(
            SignInSession.secret_hash == digest(secret),
            SignInSession.ended_at.is_(None),
            SignInSession.last_seen_at > instant - IDLE,
            SignInSession.started_at > instant - ABSOLUTE,
            UserAccount.state == AccountState.ACTIVE,
        )
    ).first()
    return (row[0], row[1], row[2]) if row else None


def closed_until(key: str, tries: int) -> datetime | None:
    """When the door opens again for a key that was tried `tries` times within the last five minutes; None while it is open."""
    first: datetime | None = db.session.scalar(
        select(FailedSignIn.at)
        .where(FailedSignIn.key == key, FailedSignIn.at > now() - WINDOW)
        .order_by(FailedSignIn.at.desc())
        .limit(1)
        .offset(tries - 1)
    )
    return first + WINDOW if first else None


def live_token(secret: str, purpose: TokenPurpose) -> tuple[OneTimeToken, UserAccount] | None:
    """An unused, unexpired link and the person it is for."""
    row = db.session.execute(
        select(OneTimeToken, UserAccount)
        .join(UserAccount, UserAccount.id == OneTimeToken.user_id)
        .where(
            OneTimeToken.secret_hash == digest(secret),
            OneTimeToken.purpose == purpose,
            OneTimeToken.used_at.is_(None),
            OneTimeToken.expires_at > now(),
            UserAccount.state != AccountState.DEACTIVATED,
        )
    ).first()
    return (row[0], row[1]) if row else None


def live_api_token(secret: str) -> tuple[ApiToken, UserAccount] | None:
    """A token that may be used and whose it is; None when it was never made, was revoked, is over, or its person may not
    sign in any more."""
    row = db.session.execute(
        select(ApiToken, UserAccount)
        .join(UserAccount, UserAccount.id == ApiToken.user_id)
        .where(
            ApiToken.secret_hash == digest(secret),
            ApiToken.revoked_at.is_(None),
            ApiToken.expires_at > now(),
            UserAccount.state == AccountState.ACTIVE,
        )
    ).first()
    return (row[0], row[1]) if row else None


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token in its person's list. The secret itself is not kept."""

    id: UUID
    label: str
    prefix: str
    made_at: datetime
    expires_at: datetime
    last_used_on: date | None
    is_over: bool


def tokens_of(user_id: UUID | None) -> list[TokenRow]:
    """A person's tokens that nobody revoked, the newest first; those that are over say so."""
    instant = now()
    rows = db.session.scalars(
        select(ApiToken)
        .where(ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None))
        .order_by(ApiToken.made_at.desc(), ApiToken.id)
    )
    return [
        TokenRow(r.id, r.label, r.prefix, r.made_at, r.expires_at, r.last_used_on, r.expires_at <= instant)
        for r in rows
    ]


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person in a list."""

    id: UUID
    name: str
    email: str
    role: Role
    state: AccountState
    last_sign_in_at: datetime | None


def people(roles: frozenset[Role] = STAFF) -> Sequence[PersonRow]:
    """The people of these roles, by name."""
    rows = db.session.execute(
        select(
            UserAccount.id,
            UserAccount.name,
            UserAccount.email,
            UserAccount.role,
            UserAccount.state,
            UserAccount.last_sign_in_at,
        )
        .where(UserAccount.role.in_(roles))
        .order_by(UserAccount.name, UserAccount.id)
    )
    return [PersonRow(*row) for row in rows]


def staff_choices() -> list[tuple[str, str]]:
    """(id, name) of everyone at the firm who is not deactivated, for a choice field."""
    return [(str(row.id), row.name) for row in people() if row.state is not AccountState.DEACTIVATED]


def setting(key: str, default: str) -> str:
    """What the firm set, or the default."""
    found = db.session.scalar(select(FirmSetting.value).where(FirmSetting.key == key))
    return default if found is None else found


def paper() -> Literal["letter", "a4"]:
    """The paper the firm prints its workbooks on, letter until it says otherwise."""
    return "a4" if setting(PAPER_KEY, "letter") == "a4" else "letter"


def warning_percent() -> int:
    """Cover in percent below which the firm wants to be warned: its own band, 120 until it says otherwise."""
    return int(setting(WARNING_KEY, "120"))
