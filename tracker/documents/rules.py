"""Documents, rules: where a request may go next, when it is late, when it ends, what a file may be called."""

import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Literal

from tracker.documents.enums import RequestState
from tracker.rulebook.calendar import first_business_day

Tone = Literal["open", "waiting", "done", "late", "not_applicable"]

S = RequestState
MOVES: Mapping[RequestState, frozenset[RequestState]] = {
    S.REQUESTED: frozenset({S.RECEIVED, S.NOT_REQUIRED}),
    S.RECEIVED: frozenset({S.RECEIVED, S.UNDER_REVIEW, S.ACCEPTED, S.RETURNED, S.NOT_REQUIRED}),
    S.UNDER_REVIEW: frozenset({S.RECEIVED, S.ACCEPTED, S.RETURNED, S.NOT_REQUIRED}),
    S.RETURNED: frozenset({S.RECEIVED, S.NOT_REQUIRED}),
    S.ACCEPTED: frozenset({S.UNDER_REVIEW, S.EXPIRED}),  # back to review undoes a mistaken acceptance
    S.EXPIRED: frozenset(),  # what ran out stays as it was; a new request takes over
    S.NOT_REQUIRED: frozenset({S.REQUESTED}),
}
WAITS_ON_CLIENT = frozenset({S.REQUESTED, S.RETURNED})
WAITS_ON_US = frozenset({S.RECEIVED, S.UNDER_REVIEW})
OPEN = WAITS_ON_CLIENT | WAITS_ON_US
TONES: Mapping[RequestState, Tone] = {
    S.REQUESTED: "waiting",
    S.RETURNED: "waiting",
    S.RECEIVED: "open",
    S.UNDER_REVIEW: "open",
    S.ACCEPTED: "done",
    S.EXPIRED: "late",
    S.NOT_REQUIRED: "not_applicable",
}
NAME_LIMIT = 150


def may_move(before: RequestState, after: RequestState) -> bool:
    """Whether a request may go from one state to another."""
    return after in MOVES[before]


def state_on(state: RequestState, expires_on: date | None, day: date) -> RequestState:
    """The state as it counts on `day`: what was accepted ends after its last day of validity, whoever notices."""
    is_over = state is S.ACCEPTED and expires_on is not None and expires_on < day
    return S.EXPIRED if is_over else state


def is_late(state: RequestState, due_on: date | None, day: date) -> bool:
    """Whether the importer still owes it after the due date. What was handed in is no longer late."""
    return state in WAITS_ON_CLIENT and due_on is not None and due_on < day


def tone(state: RequestState, *, late: bool) -> Tone:
    """How a state looks in a chip."""
    return "late" if late else TONES[state]


def is_answered(state: RequestState, expires_on: date | None, day: date) -> bool:
    """Whether another request for the same would only double this one: it is open, or accepted and still valid."""
    current = state_on(state, expires_on, day)
    return current in OPEN or current is S.ACCEPTED


def days_outstanding(state: RequestState, requested_on: date, day: date) -> int | None:
    """Days since the request while it is open; None once it is settled."""
    return max(0, (day - requested_on).days) if state in OPEN else None


def proposed_due(requested_on: date, due_days: int) -> date:
    """The due date offered: `due_days` calendar days after the request, on a business day."""
    return first_business_day(requested_on + timedelta(days=due_days))


def clean_name(name: str | None) -> str:
    """A file's name fit to be shown and downloaded under: no folders, no control or direction characters, 150 at most."""
    plain = unicodedata.normalize("NFC", (name or "").replace("\\", "/"))
    shown = "".join(c for c in plain if unicodedata.category(c)[0] != "C").rsplit("/", 1)[-1].strip().lstrip(".-~ ")
    stem, dot, ending = shown.rpartition(".")
    if not dot:
        stem, ending = shown, ""
    if len(shown) > NAME_LIMIT:
        shown = f"{stem[: NAME_LIMIT - len(dot) - len(ending[:10])]}{dot}{ending[:10]}"
    return shown or "file"
