"""Accounts, commands: how often a password may be tried. Counted in the database, so that all processes share the limit."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete

from tracker.accounts import queries
from tracker.accounts.models import FailedSignIn
from tracker.platform.clock import now
from tracker.platform.db import db, hold

KEPT = queries.WINDOW * 12


class TooManyTriesError(Exception):
    """The door is closed until the instant `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until

    @property
    def seconds(self) -> int:
        """How long to wait, in whole seconds, at least one."""
        return max(1, -int((now() - self.until).total_seconds() // 1))


def check_open(limits: Mapping[str, int]) -> None:
    """TooManyTriesError when one of the keys was tried as often as it may be (`limits`: tries in five minutes by key)."""
    closed = [until for key, tries in limits.items() if (until := queries.closed_until(key, tries))]
    if closed:
        raise TooManyTriesError(max(closed))


def count_try(limits: Mapping[str, int]) -> list[UUID]:
    """Count a try before the password is looked at, as if it had failed, and say which rows to forgive if it was right.

    Keys are held in order until the commit: of tries sent at once, exactly as many get through as the limit says.
    TooManyTriesError as in `check_open`; nothing is counted then.
    """
    for key in sorted(limits):
        hold(f"try {key}")
    check_open(limits)
    db.session.execute(delete(FailedSignIn).where(FailedSignIn.at < now() - KEPT))
    rows = [FailedSignIn(key=key) for key in limits]
    db.session.add_all(rows)
    return [row.id for row in rows]


def forgive(tries: Iterable[UUID]) -> None:
    """The password was right: these tries were no failures."""
    db.session.execute(delete(FailedSignIn).where(FailedSignIn.id.in_(list(tries))))
