"""The one clock: instants are UTC, days are those of Toronto, where CBSA counts its deadlines."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

TORONTO = ZoneInfo("America/Toronto")

_told: ContextVar[datetime | None] = ContextVar("told", default=None)


def now() -> datetime:
    """This instant, aware, in UTC."""
    return _told.get() or datetime.now(UTC)


def today() -> date:
    """Today's date in Toronto."""
    return now().astimezone(TORONTO).date()


@contextmanager
def told_at(instant: datetime) -> Iterator[None]:
    """Let the clock stand at `instant` while a step of the demo's story is written; only `tracker/demo` may (a test).

    A story that happened over two years has to be written by the same commands as real work, and they stamp what they
    write. Dating rows back afterwards would leave the trail telling another story than the rows.
    """
    token = _told.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _told.reset(token)
