"""Expected ways to say no. Anything else is a bug and ends in the last-resort page."""

from typing import Any


class Refusal(Exception):  # noqa: N818  (it is an answer, not an error)
    """An expected no: `message` is a sentence for the person, `field` the form field it belongs to (None = the form)."""

    def __init__(self, field: str | None, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


class Stale(Refusal):
    """Somebody saved the same record first. `record` holds what is saved now, so that both values can be shown."""

    def __init__(self, record: Any, message: str) -> None:
        super().__init__(None, message)
        self.record = record


class OutsideScopeError(RuntimeError):
    """Code tried to read or write a client's rows without, or outside, the actor's scope. Always a denial."""


class AuditGapError(RuntimeError):
    """A client's rows changed without an event in the trail. The transaction is not committed."""
