"""Deadlines, queries: calendar addresses: a person's own, and whose a secret is."""

from uuid import UUID

from sqlalchemy import select

from tracker.accounts.enums import AccountState
from tracker.accounts.models import UserAccount
from tracker.accounts.queries import digest
from tracker.deadlines.models import CalendarFeed
from tracker.platform.db import db


def feed_of(user_id: UUID | None) -> CalendarFeed | None:
    """The calendar address a person has made, None when there is none."""
    found: CalendarFeed | None = db.session.scalar(select(CalendarFeed).where(CalendarFeed.user_id == user_id))
    return found


def opened_by(secret: str) -> tuple[UserAccount, CalendarFeed] | None:
    """Whose calendar this secret opens; None when it was revoked, never made, or its person may not sign in any more."""
    row = db.session.execute(
        select(UserAccount, CalendarFeed)
        .join(CalendarFeed, CalendarFeed.user_id == UserAccount.id)
        .where(CalendarFeed.secret_hash == digest(secret), UserAccount.state == AccountState.ACTIVE)
    ).first()
    return (row[0], row[1]) if row else None
