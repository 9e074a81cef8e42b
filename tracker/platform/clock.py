"""The one clock: instants are UTC, days are those of Toronto, where CBSA counts its deadlines."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

TORONTO = ZoneInfo("America/Toronto")


def now() -> datetime:
    """This instant, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Today's date in Toronto."""
    return now().astimezone(TORONTO).date()
