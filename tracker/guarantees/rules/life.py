"""Guarantees, rules: an instrument's life from quote to ended, when it covers, and what its figures may be."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum

from tracker.guarantees.enums import InstrumentKind, InstrumentState
from tracker.platform.money import ZERO

State = InstrumentState
ENDING_DAYS = 90  # the firm's own measure: time to quote, underwrite and send paper before an instrument ends

STEPS: Mapping[State, tuple[State, ...]] = {
    State.QUOTE: (State.APPLICATION, State.ENDED),
    State.APPLICATION: (State.UNDERWRITING, State.ENDED),
    State.UNDERWRITING: (State.ISSUED, State.ENDED),
    State.ISSUED: (State.POSTED, State.ENDED),
    State.POSTED: (State.SEEN_IN_PORTAL, State.ENDING, State.ENDED),
    State.SEEN_IN_PORTAL: (State.ENDING, State.ENDED),
    State.ENDING: (State.SEEN_IN_PORTAL, State.ENDED),  # back when the provider withdraws its notice
    State.ENDED: (),
}
COVERING = (State.POSTED, State.SEEN_IN_PORTAL, State.ENDING)


def allowed_moves(kind: InstrumentKind, state: State) -> tuple[State, ...]:
    """The states an instrument may go to next. A deposit is not underwritten: it is posted straight away."""
    if kind is InstrumentKind.CASH_DEPOSIT and state in (State.QUOTE, State.APPLICATION):
        return (State.POSTED, State.ENDED)
    return STEPS[state]


def can_move(kind: InstrumentKind, now: State, then: State) -> bool:
    """Whether the instrument may go from `now` to `then`."""
    return then in allowed_moves(kind, now)


def in_force(
    valid_from: date | None,
    valid_until: date | None,
    state: State,
    day: date,
    *,
    posted_on: date | None,
    stopped_on: date | None = None,
) -> bool:
    """Whether the instrument covers debts of `day`: posted and valid, both ends included (SOR/2024-42 s. 8(4)).

    `valid_until` None is a continuous agreement; `valid_from` None, a start never recorded, covers nothing. `posted_on` is
    the day CBSA had it: before, and with None, it covered nothing however early it is valid. `stopped_on` is the day one
    that had been posted was ended: it covered until the day before.
    """
    if valid_from is None or day < valid_from or (valid_until is not None and day > valid_until):
        return False
    if posted_on is None or day < posted_on:
        return False
    return state in COVERING or (stopped_on is not None and day < stopped_on)


class Problem(StrEnum):
    """Why an instrument's figures or dates cannot be."""

    NOT_POSITIVE = "not_positive"
    MORE_THAN_AMOUNT = "more_than_amount"
    ENDS_BEFORE_START = "ends_before_start"
    NO_START = "no_start"
    NO_END = "no_end"
    SHORT_NOTICE = "short_notice"


def check_allocations(amount: Decimal, allocations: Sequence[Decimal]) -> Problem | None:
    """Shares are above zero and together no more than the instrument's amount (CAD); a rest may stay unallocated."""
    if amount <= 0 or any(share <= 0 for share in allocations):
        return Problem.NOT_POSITIVE
    if sum(allocations, ZERO) > amount:
        return Problem.MORE_THAN_AMOUNT
    return None


def check_validity(valid_from: date | None, valid_until: date | None, state: State) -> Problem | None:
    """An end needs a start before it or on it; whatever covers debts needs a start, and what is ending its last day:
    without one it would cover for ever. What has ended without ever having had a start is over all the same."""
    if valid_from is None:
        is_dated = valid_until is not None and state is not State.ENDED
        return Problem.NO_START if is_dated or state in COVERING else None
    if valid_until is None and state is State.ENDING:
        return Problem.NO_END
    if valid_until is not None and valid_until < valid_from:
        return Problem.ENDS_BEFORE_START
    return None


def overlap(one: tuple[date | None, date | None], other: tuple[date | None, date | None]) -> bool:
    """Whether two validities (first day, last day; None is open) share a day."""
    first = max(one[0] or date.min, other[0] or date.min)
    return first <= min(one[1] or date.max, other[1] or date.max)


def days_of_notice(state: State, notice_received_on: date | None, ends_on: date | None) -> int | None:
    """Days between a provider's notice and the end it announces; None where no notice stands."""
    if state is not State.ENDING or notice_received_on is None or ends_on is None:
        return None
    return (ends_on - notice_received_on).days


def check_notice(given_days: int | None, notice_days: int) -> Problem | None:
    """A provider announces the end at least `notice_days` (30) days ahead (SOR/2024-42 s. 7): less is no refusal of ours,
    it is a fact to take up with the provider."""
    return Problem.SHORT_NOTICE if given_days is not None and given_days < notice_days else None
