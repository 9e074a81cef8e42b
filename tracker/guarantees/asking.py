"""Guarantees, queries: what to ask the provider of an account's security for, from covers at hand. Reads nothing itself. CAD."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from tracker.guarantees.account_cover import Share
from tracker.guarantees.enums import InstrumentState, SecurityForm
from tracker.guarantees.outlook import Outlook
from tracker.guarantees.replacing import needs_of, stands
from tracker.guarantees.rules.life import ENDING_DAYS
from tracker.platform.money import ZERO
from tracker.rulebook.calendar import ONE_DAY
from tracker.rulebook.types import Text


class Asked(StrEnum):
    """What a provider is asked for."""

    NEW = "new"
    POSTING = "posting"  # of one that is issued already
    INCREASE = "increase"
    RENEWAL = "renewal"


@dataclass(frozen=True, slots=True)
class AccountAsk:
    """What one account needs of the agreement asked for. CAD."""

    number: str
    present_amount: Decimal  # its share today
    needed_amount: Decimal
    missing_amount: Decimal  # today
    reason: Text


@dataclass(frozen=True, slots=True)
class Ask:
    """What a provider is asked for, by when, and for which accounts. CAD."""

    asked: Asked
    by: date  # the last day to have it posted; today for what is missing already
    counts_from: date  # a renewal's first day; else the same
    instrument_id: (
        UUID | None
    )  # to raise, renew or post; of a new one, an instrument on its way whose provider is known
    accounts: Sequence[AccountAsk]
    rest_by: date | None = None  # part is missing today, more by this deadline; None: all of it by `by`

    @property
    def needed_amount(self) -> Decimal:
        """What the agreement has to come to in all."""
        return sum((one.needed_amount for one in self.accounts), ZERO)

    @property
    def missing_amount(self) -> Decimal:
        """What is missing on these accounts today."""
        return sum((one.missing_amount for one in self.accounts), ZERO)


def ask_of(seen: Sequence[Outlook], account_id: UUID) -> Ask | None:
    """What to ask the provider of this account's agreement for; `seen`: every account of its client. None: nothing.

    The agreement that ends within 90 days and leaves a gap is renewed; else the largest that stands is raised by what is
    missing today, or by the deadline of a review that has run; where none stands, one that is issued and large enough is to
    be posted, else a new one is asked for. An agreement over several accounts is asked for with what each of them needs. A
    deposit is the importer's own: no provider is asked.
    """
    main = next(one for one in seen if one.cover.account_id == account_id)
    cover, today = main.cover, main.cover.as_of
    if cover.form is not SecurityForm.AGREEMENT or not cover.has_history:
        return None
    standing = [share for share in cover.shares if stands(share, today)]
    ending = _ending(main, standing)
    deadline = main.in_view.cycle.deadline_on if main.in_view.cycle.run_on <= today else None
    if ending is not None and ending.valid_until is not None:
        first = ending.valid_until + ONE_DAY
        days = [first, *([deadline] if deadline is not None and deadline > first else [])]
        return Ask(
            Asked.RENEWAL,
            ending.valid_until,
            first,
            ending.instrument_id,
            _accounts(seen, ending, main, days, is_raise=False),
        )
    is_short = cover.shortfall_amount > ZERO
    if not is_short and (deadline is None or not main.missing_on(deadline)):
        return None
    by = today if is_short or deadline is None else deadline
    days = sorted({by, deadline or by})  # the earlier first: of equal needs it is the one told
    raised = max(standing, key=lambda share: (share.amount, share.instrument_id.hex), default=None)
    issued = None if raised else _issued(main, days)
    known = raised or issued or next((share for share in cover.waiting_shares if share.may_count), None)
    asked = Asked.INCREASE if raised else Asked.POSTING if issued else Asked.NEW
    return Ask(
        asked,
        by,
        by,
        known.instrument_id if known else None,
        _accounts(seen, raised or issued, main, days, is_raise=asked is not Asked.POSTING),
        deadline if is_short and deadline and main.missing_on(deadline) > cover.shortfall_amount else None,
    )


def _ending(main: Outlook, standing: Sequence[Share]) -> Share | None:
    """The first agreement that ends within 90 days and leaves less than is required."""
    last = main.cover.as_of + timedelta(days=ENDING_DAYS)
    ends = [(share.valid_until, share) for share in standing if share.valid_until and share.valid_until <= last]
    gaps = [(end, share) for end, share in ends if main.missing_on(end + ONE_DAY)]
    return min(gaps, key=lambda pair: (pair[0], -pair[1].amount), default=(None, None))[1]


def _issued(main: Outlook, days: Sequence[date]) -> Share | None:
    """An agreement issued and not posted yet, whose share is as much as the account needs of it on these days."""
    for share in main.cover.waiting_shares:
        if share.state is InstrumentState.ISSUED and share.may_count:
            replaced = frozenset({share.instrument_id})
            if all(need.amount <= share.amount for day in days for need in needs_of([main], day, replaced)):
                return share
    return None


def _accounts(
    seen: Sequence[Outlook], share: Share | None, main: Outlook, days: Sequence[date], *, is_raise: bool
) -> list[AccountAsk]:
    """The accounts of the agreement, or the one it is asked for, with the most each needs of it on these days."""
    found = []
    for one in seen:
        cover = one.cover
        mine = next((other for other in cover.shares if share and other.instrument_id == share.instrument_id), None)
        if mine is None and one is not main:
            continue
        present = mine.amount if mine else ZERO
        replaced = frozenset({mine.instrument_id}) if mine else frozenset()
        needs = [(need.amount, -day.toordinal(), day) for day in days for need in needs_of([one], day, replaced)]
        amount, _order, day = max(needs, default=(present, 0, days[0]))
        if is_raise:  # nobody asks for less on the way to more
            amount = max(amount, present)
        found.append(AccountAsk(cover.number, present, amount, cover.shortfall_amount, one.explained_on(day)))
    return found
