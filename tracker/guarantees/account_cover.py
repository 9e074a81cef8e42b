"""Guarantees, rules: the cover of one program account on a day: required, posted, short, and what each rests on. CAD, no clock."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from tracker.clients.enums import AccountProfile, Known
from tracker.guarantees import wording
from tracker.guarantees.enums import Basis, InstrumentKind, InstrumentState, SecurityForm
from tracker.guarantees.rules import MonthlyTotal, Requirement, coverage, in_force, shortfall
from tracker.guarantees.rules.review import ReviewForecast
from tracker.platform.money import ZERO
from tracker.rulebook.calendar import ONE_DAY
from tracker.rulebook.types import Text


@dataclass(frozen=True, slots=True)
class Share:
    """Part of one instrument on one account."""

    instrument_id: UUID
    kind: InstrumentKind
    number: str | None
    provider_id: UUID | None
    amount: Decimal
    valid_from: date | None
    valid_until: date | None
    state: InstrumentState
    is_accepted: bool  # by CBSA as far as known, or by the firm with a reason
    is_in_form: bool  # of the account's form: a deposit under an agreement's 50 % would count for twice what it is
    posted_on: date | None  # when CBSA had it; None: never
    stopped_on: date | None  # the day it ended
    answer_by_on: date | None = None  # sent to CBSA on paper: when its usual time for that ends

    @property
    def may_count(self) -> bool:
        """Whether it counts at all while it is in force."""
        return self.is_accepted and self.is_in_form

    def covers(self, day: date) -> bool:
        """Whether this share counts towards cover on `day`."""
        return self.may_count and in_force(
            self.valid_from, self.valid_until, self.state, day, posted_on=self.posted_on, stopped_on=self.stopped_on
        )


@dataclass(frozen=True, slots=True)
class Notice:
    """What CBSA's notice of a review says the requirement will be, and from when. CAD."""

    amount: Decimal
    read_on: date
    counts_from: date


@dataclass(frozen=True, slots=True)
class Shown:
    """Security posted for an account as CBSA's portal showed it on a day. CAD."""

    amount: Decimal
    read_on: date


@dataclass(frozen=True, slots=True)
class Carried:
    """What is required on a day to come where the day's own window would say otherwise: nothing falls by itself. CAD."""

    amount: Decimal
    basis: Basis
    explanation: Text


@dataclass(frozen=True, slots=True)
class AccountCover:
    """One program account on one day. `required_amount` is the portal's figure where one was read, else our estimate."""

    client_id: UUID
    client_name: str
    account_id: UUID
    number: str
    profile: AccountProfile
    is_rpp_enrolled: Known
    form: SecurityForm
    as_of: date
    estimate: Requirement
    known_months: int  # periods of the estimate's window with a statement
    window_months: int
    review: ReviewForecast | None  # the one in force, where all its statements are on file
    portal_amount: Decimal | None
    portal_read_on: date | None
    portal_from: date | None  # since when that figure counts: a notice's from its review's deadline
    shown: "Shown | None"  # posted as the portal showed it last: never counted, held against our register
    notice: "Notice | None"  # CBSA's own word on what comes: read in a review's notice, not in force yet
    has_open_reduction: bool  # a request is drafted or lies with CBSA: it takes no second one
    stated_peak_amount: Decimal | None  # the highest month as the client says it: a hint, never sized as a fact
    shares: tuple[Share, ...]
    months: tuple[MonthlyTotal, ...]
    carried: "Carried | None" = None

    @property
    def basis(self) -> Basis:
        """What the requirement rests on. CBSA's own figure prevails, until a later review that set more is in force.

        Between reviews nothing falls by itself (facts 3.4 and B-12): a review in force stands while our own sum is lower.
        """
        if self.carried is not None:
            return self.carried.basis
        amount, since = self.portal_amount, self.portal_from
        if amount is not None and since is not None:
            is_newer = self.review is None or since >= self.review.cycle.deadline_on
            return Basis.PORTAL if is_newer or amount >= self._review_amount else Basis.REVIEW
        if self.review is not None and self._review_amount > self.estimate.required_amount:
            return Basis.REVIEW
        return Basis.ESTIMATE if self.known_months else Basis.UNKNOWN

    @property
    def _review_amount(self) -> Decimal:
        return ZERO if self.review is None else self.review.amount

    @property
    def has_history(self) -> bool:
        """Whether there is anything to size the requirement by."""
        return self.basis is not Basis.UNKNOWN

    @property
    def required_amount(self) -> Decimal:
        """What has to be posted, by what it rests on; 0.00 while it is not known."""
        basis = self.basis
        if self.carried is not None:
            return self.carried.amount
        if basis is Basis.PORTAL and self.portal_amount is not None:
            return self.portal_amount
        return self._review_amount if basis is Basis.REVIEW else self.estimate.required_amount

    @property
    def last_read_on(self) -> date | None:
        """When somebody last read a figure of CBSA's, on the dashboard or in a notice; None for never."""
        days = [self.portal_read_on, self.notice.read_on if self.notice else None]
        return max((day for day in days if day is not None), default=None)

    @property
    def posted_amount(self) -> Decimal:
        """What counts towards cover on the day."""
        return self.posted_on(self.as_of)

    def posted_on(self, day: date, *, without: Collection[UUID] = ()) -> Decimal:
        """What will count on another day, as far as is known: an instrument that ends takes its cover away.

        `without`: instruments to leave out.
        """
        counting = (share for share in self.shares if share.instrument_id not in without and share.covers(day))
        return sum((share.amount for share in counting), ZERO)

    @property
    def shortfall_amount(self) -> Decimal:
        """What is missing, never below zero."""
        return shortfall(self.required_amount, self.posted_amount)

    @property
    def coverage_percent(self) -> Decimal | None:
        """Posted ÷ required; None when nothing is required."""
        return coverage(self.required_amount, self.posted_amount)

    @property
    def ends_on(self) -> date | None:
        """The first day on which something that counts today ends."""
        ends = [share.valid_until for share in self.shares if share.covers(self.as_of) and share.valid_until]
        return min(ends, default=None)

    @property
    def short_after(self) -> date | None:
        """The first day on which something that counts ends and leaves less than is required today; None where every end is
        made up for by what goes on or begins then."""
        ends = sorted({
            end for share in self.shares if (end := share.valid_until) and end >= self.as_of and share.covers(end)
        })  # fmt: skip
        return next((end for end in ends if self.posted_on(end + ONE_DAY) < self.required_amount), None)

    @property
    def open_end_on(self) -> date | None:
        """When security ends without being made up for: `short_after`, or the first end while it is not known what is required."""
        return self.short_after if self.has_history else self.ends_on

    @property
    def has_joint_cover(self) -> bool:
        """Whether more than one instrument counts today: sound, and worth a look."""
        return sum(share.covers(self.as_of) for share in self.shares) > 1

    @property
    def waiting_shares(self) -> tuple[Share, ...]:
        """Instruments on their way: quoted to issued, not posted yet."""
        on_the_way = {
            InstrumentState.QUOTE,
            InstrumentState.APPLICATION,
            InstrumentState.UNDERWRITING,
            InstrumentState.ISSUED,
        }
        return tuple(share for share in self.shares if share.state in on_the_way)

    @property
    def pending_shares(self) -> tuple[Share, ...]:
        """Of those on their way, what lies with CBSA on paper and would count: while it does, CBSA holds off (facts 3.4)."""
        sent = (share for share in self.waiting_shares if share.answer_by_on is not None and share.may_count)
        return tuple(share for share in sent if share.valid_until is None or share.valid_until >= self.as_of)

    def with_figure(self, amount: Decimal, read_on: date) -> "AccountCover":
        """The same account if CBSA's portal was read so on that day (CAD); a figure that counts from later on stays."""
        if self.portal_from is not None and self.portal_from > read_on:
            return self
        return replace(self, portal_amount=amount, portal_read_on=read_on, portal_from=read_on)

    @property
    def sum(self) -> Text:
        """How our own estimate came about, in one sentence; that it is not known where no statement lies in its window."""
        return self.estimate.explanation if self.known_months else wording.NOT_KNOWN

    @property
    def explanation(self) -> Text:
        """How the required amount came about, in one sentence."""
        if self.carried is not None:
            return self.carried.explanation
        if self.basis is Basis.PORTAL:
            return wording.by_portal(self.sum if self.known_months else None)
        if self.basis is Basis.REVIEW and self.review is not None:
            return wording.by_review(self.review.cycle.run_on, True, self.review.requirement.explanation)
        return self.sum

    @property
    def cautions(self) -> tuple[Text, ...]:
        """What to know about the figure: the estimate's own cautions, and statements that are missing."""
        if self.known_months in (0, self.window_months):
            return self.estimate.cautions
        return (wording.some_missing(self.known_months, self.window_months), *self.estimate.cautions)
