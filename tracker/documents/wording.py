"""Documents, wording: a kind's name and reason in the reader's language, and the words for states and events."""

from collections.abc import Callable, Mapping
from datetime import date

from flask_babel import gettext as _

from tracker.documents.enums import RequestState
from tracker.platform.clock import today
from tracker.platform.languages import language
from tracker.platform.pages import cited
from tracker.rulebook.book import rules_at
from tracker.rulebook.types import DocumentKind

STATES: Mapping[RequestState, Callable[[], str]] = {
    RequestState.NOT_REQUIRED: lambda: _("Not required"),
    RequestState.REQUESTED: lambda: _("Requested"),
    RequestState.RECEIVED: lambda: _("Received"),
    RequestState.UNDER_REVIEW: lambda: _("Under review"),
    RequestState.ACCEPTED: lambda: _("Accepted"),
    RequestState.RETURNED: lambda: _("Returned"),
    RequestState.EXPIRED: lambda: _("Expired"),
}
EVENTS: Mapping[str, Callable[[], str]] = {
    "document_request:requested": lambda: _("Requested"),
    "document_request:edited": lambda: _("Details changed"),
    "document_request:received": lambda: _("Handed in"),
    "document_request:review-started": lambda: _("Review started"),
    "document_request:accepted": lambda: _("Accepted"),
    "document_request:returned": lambda: _("Returned"),
    "document_request:not-required": lambda: _("Marked as not required"),
    "document_request:asked-again": lambda: _("Asked again"),
    "document_request:expired": lambda: _("Expired"),
    "document_version:added": lambda: _("File added"),
}


def kind_of(key: str | None, day: date | None = None) -> DocumentKind | None:
    """The rulebook's document kind; None for a request typed by hand or a kind the book no longer has."""
    return rules_at(day or today()).documents.get(key) if key else None


def name_of(key: str | None, title: str | None) -> str:
    """What is asked for: typed words first, else the rulebook's, in the reader's language."""
    kind = kind_of(key)
    return title or (kind.name.in_(language()) if kind else key or "")


def why_of(key: str | None, why: str | None) -> str:
    """Why it is needed: typed words first, else the rulebook's, in the reader's language. Empty when nobody said."""
    kind = kind_of(key)
    return why or (kind.why.in_(language()) if kind else "")


def sources_of(key: str | None) -> list[dict[str, str | None]]:
    """Where the reason can be read: label and address of each source."""
    kind = kind_of(key)
    return cited(kind.citations if kind else ())


def kind_choices() -> list[tuple[str, str]]:
    """(key, name) of every document kind of the rulebook, in the order of the fact sheet."""
    kinds = sorted(rules_at(today()).documents.values(), key=lambda kind: kind.number)
    return [(kind.key, kind.name.in_(language())) for kind in kinds]


def state_word(state: RequestState) -> str:
    """A state as a word."""
    return STATES[state]()


def event_word(name: str) -> str:
    """An event of the trail as a word; the bare name for one this page does not know."""
    return EVENTS[name]() if name in EVENTS else name
