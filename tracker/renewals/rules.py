"""Renewals, rules: which account needs its security renewed or raised, why, and by when. Pure; CAD."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from tracker.guarantees.rules.life import ENDING_DAYS
from tracker.platform.money import ZERO
from tracker.renewals.enums import Cause


@dataclass(frozen=True, slots=True)
class Position:
    """What is required and posted on the three days that matter. CAD; None where there is no such day."""

    is_known: bool
    required_amount: Decimal
    posted_amount: Decimal
    since: date | None  # the statement or reading that sizes the requirement
    ends_on: date | None
    posted_after_end_amount: Decimal
    review_run_on: date
    review_deadline_on: date
    review_amount: Decimal
    posted_at_review_amount: Decimal


@dataclass(frozen=True, slots=True)
class Due:
    """A file to open: why, by when, for how much. `for_on` tells one cause from the next, so that each opens once."""

    cause: Cause
    by: date
    required_amount: Decimal
    missing_amount: Decimal
    for_on: date
    latest: date | None = None  # no step may fall due after it; None: no day lies ahead


def due(position: Position, today: date) -> Due | None:
    """The most pressing reason to renew or raise an account's security; None when nothing has to be done.

    Short today comes first; then whichever comes earlier, the day after an instrument ends within 90 days, or the
    deadline of a review that has run.
    """
    if not position.is_known:
        return None
    found = [reason for reason in (_ending(position, today), _review(position, today)) if reason is not None]
    first = min(found, key=lambda reason: reason.by, default=None)
    latest = first.by if first is not None and first.by > today else None
    if position.posted_amount < position.required_amount:
        missing = position.required_amount - position.posted_amount
        return Due(Cause.SHORTFALL, today, position.required_amount, missing, position.since or today, latest)
    return None if first is None else replace(first, latest=latest)


def _ending(position: Position, today: date) -> Due | None:
    ends_on = position.ends_on
    if ends_on is None or not today <= ends_on <= today + timedelta(days=ENDING_DAYS):
        return None
    missing = position.required_amount - position.posted_after_end_amount
    if missing <= ZERO:
        return None
    return Due(Cause.ENDING, ends_on, position.required_amount, missing, ends_on)


def _review(position: Position, today: date) -> Due | None:
    if not position.review_run_on <= today <= position.review_deadline_on:
        return None
    missing = position.review_amount - position.posted_at_review_amount
    if missing <= ZERO or position.review_amount <= position.required_amount:
        return None
    return Due(Cause.REVIEW, position.review_deadline_on, position.review_amount, missing, position.review_deadline_on)
