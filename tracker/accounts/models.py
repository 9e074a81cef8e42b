"""Accounts, models: people, their sign-in sessions, one-time links, tokens for other programs and failed attempts."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.accounts.enums import AccountState, TokenPurpose
from tracker.permissions import Role
from tracker.platform.clock import now
from tracker.platform.db import Base
from tracker.platform.tenancy import new_id, refers_to


class UserAccount(Base):
    """A person who may sign in."""

    __tablename__ = "user_account"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(unique=True)  # lower case
    name: Mapped[str]
    role: Mapped[Role]
    state: Mapped[AccountState] = mapped_column(default=AccountState.INVITED)
    language: Mapped[str] = mapped_column(default="en")
    password_hash: Mapped[str | None] = mapped_column(default=None, info={"class": "secret"})
    partner_id: Mapped[UUID | None] = mapped_column(refers_to("partner.id"), default=None)  # brokers only
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_sign_in_at: Mapped[datetime | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class SignInSession(Base):
    """A signed-in browser. Only the hash of its secret is kept."""

    __tablename__ = "sign_in_session"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    secret_hash: Mapped[str] = mapped_column(unique=True, info={"class": "secret"})
    user_id: Mapped[UUID] = mapped_column(refers_to("user_account.id", ondelete="CASCADE"), index=True)
    started_at: Mapped[datetime] = mapped_column(default=now)
    last_seen_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    browser: Mapped[str] = mapped_column(default="")


class OneTimeToken(Base):
    """A link that works once: invitation or new password. Only its hash is kept."""

    __tablename__ = "one_time_token"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    secret_hash: Mapped[str] = mapped_column(unique=True, info={"class": "secret"})
    purpose: Mapped[TokenPurpose]
    user_id: Mapped[UUID] = mapped_column(refers_to("user_account.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None] = mapped_column(default=None)


class ApiToken(Base):
    """A key with which another program reads as this person. Only its hash is kept; the prefix is to know it again by."""

    __tablename__ = "api_token"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(refers_to("user_account.id", ondelete="CASCADE"), index=True)
    label: Mapped[str]
    prefix: Mapped[str]
    secret_hash: Mapped[str] = mapped_column(unique=True, info={"class": "secret"})
    made_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)
    last_used_on: Mapped[date | None] = mapped_column(default=None)
    window_began_at: Mapped[datetime | None] = mapped_column(
        default=None
    )  # of the five minutes requests are counted in
    window_requests: Mapped[int] = mapped_column(default=0)


class FailedSignIn(Base):
    """One failed attempt, counted per address and per network address."""

    __tablename__ = "failed_sign_in"
    __table_args__ = (Index("ix_failed_sign_in_key_at", "key", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)


class FirmSetting(Base):
    """One thing the firm decides for itself (its name, its warning band); regulation is never here."""

    __tablename__ = "firm_setting"
    __table_args__ = (UniqueConstraint("key"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str]
    value: Mapped[str]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}
