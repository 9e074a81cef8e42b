"""Guarantees, queries: the cover of every program account on a day: required, posted, short, and why. CAD."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import and_, func, or_, select

from tracker.clients.enums import AccountProfile, ClientState, Known
from tracker.clients.models import Client, ProgramAccount, Statement
from tracker.guarantees import wording
from tracker.guarantees.enums import Basis, InstrumentKind, InstrumentState, SecurityForm
from tracker.guarantees.models import Allocation, Instrument, PortalFigure
from tracker.guarantees.rules import MonthlyTotal, Requirement, coverage, in_force, required_amount, shortfall, window
from tracker.guarantees.rules.review import ReviewForecast, review_forecast, review_in_force
from tracker.guarantees.rules.sizing import LOOKBACK, count_of
from tracker.platform.db import db
from tracker.platform.money import ZERO
from tracker.rulebook.types import Rules, Text

LOOKBACK_DAYS = 800  # two years and a bit: the chart's 24 months and the window of any review


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
    stopped_on: date | None  # ended after it had been posted

    @property
    def may_count(self) -> bool:
        """Whether it counts at all while it is in force."""
        return self.is_accepted and self.is_in_form

    def covers(self, day: date) -> bool:
        """Whether this share counts towards cover on `day`."""
        return self.may_count and in_force(self.valid_from, self.valid_until, self.state, day, self.stopped_on)


@dataclass(frozen=True, slots=True)
class Notice:
    """What CBSA's notice of a review says the requirement will be, and from when. CAD."""

    amount: Decimal
    read_on: date
    counts_from: date


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
    notice: "Notice | None"  # CBSA's own word on what comes: read in a review's notice, not in force yet
    stated_peak_amount: Decimal | None  # the highest month as the client says it: a hint, never sized as a fact
    shares: tuple[Share, ...]
    months: tuple[MonthlyTotal, ...]

    @property
    def basis(self) -> Basis:
        """What the requirement rests on. CBSA's own figure prevails, until a later review that set more is in force.

        Between reviews nothing falls by itself (facts 3.4 and B-12): a review in force stands while our own sum is lower.
        """
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

    def posted_on(self, day: date) -> Decimal:
        """What will count on another day, as far as is known: an instrument that ends takes its cover away."""
        return sum((share.amount for share in self.shares if share.covers(day)), ZERO)

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
    def sum(self) -> Text:
        """How our own estimate came about, in one sentence; that it is not known where no statement lies in its window."""
        return self.estimate.explanation if self.known_months else wording.NOT_KNOWN

    @property
    def explanation(self) -> Text:
        """How the required amount came about, in one sentence."""
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


def covers(rules: Rules, *, client_ids: Iterable[UUID] | None = None, as_of: date | None = None) -> list[AccountCover]:
    """The cover of all open importer accounts of these clients (None = every active client in scope), by account number.

    Four statements however many accounts. `rules` decides the sums, `as_of` (default the rules' day) the window.
    """
    day = as_of or rules.day
    accounts = _accounts(client_ids)
    if not accounts:
        return []
    wanted = None if client_ids is None else sorted({account.client_id for account, _name in accounts}, key=str)
    months = _months(wanted, day)
    shares = _shares(rules, wanted, day)
    figures = _figures(wanted, day)
    return [
        _cover(
            account,
            name,
            rules,
            day,
            months.get(account.id, ()),
            shares.get(account.id, ()),
            figures.get(account.id, _Figures()),
        )
        for account, name in accounts
    ]


def covers_by_client(
    rules: Rules, client_ids: Sequence[UUID], as_of: date | None = None
) -> dict[UUID, list[AccountCover]]:
    """The same, grouped by client; every asked client has an entry."""
    grouped: dict[UUID, list[AccountCover]] = {client_id: [] for client_id in client_ids}
    for cover in covers(rules, client_ids=client_ids, as_of=as_of):
        grouped[cover.client_id].append(cover)
    return grouped


def cover_of(rules: Rules, account_id: UUID, as_of: date | None = None) -> AccountCover | None:
    """The cover of one account, None when it is not in scope."""
    account = db.session.get(ProgramAccount, account_id)
    if account is None:
        return None
    found = covers(rules, client_ids=[account.client_id], as_of=as_of)
    return next((cover for cover in found if cover.account_id == account_id), None)


def _accounts(client_ids: Iterable[UUID] | None) -> list[tuple[ProgramAccount, str]]:
    query = (
        select(ProgramAccount, Client.legal_name)
        .join(Client, Client.id == ProgramAccount.client_id)
        .where(ProgramAccount.is_closed.is_(False), Client.state == ClientState.ACTIVE)
        .order_by(ProgramAccount.number)
    )
    if client_ids is not None:
        query = query.where(ProgramAccount.client_id.in_(list(client_ids)))
    return [(row[0], row[1]) for row in db.session.execute(query)]


def _months(client_ids: Sequence[UUID] | None, day: date) -> Mapping[UUID, Sequence[MonthlyTotal]]:
    query = (
        select(Statement.program_account_id, Statement.period_end, Statement.charges_amount)
        .where(Statement.period_end > day - timedelta(days=LOOKBACK_DAYS), Statement.period_end <= day)
        .order_by(Statement.period_end)
    )
    if client_ids is not None:
        query = query.where(Statement.client_id.in_(client_ids))
    found: dict[UUID, list[MonthlyTotal]] = defaultdict(list)
    for account_id, period_end, amount in db.session.execute(query):
        found[account_id].append(MonthlyTotal(period_end, amount))
    return found


def _shares(rules: Rules, client_ids: Sequence[UUID] | None, day: date) -> Mapping[UUID, Sequence[Share]]:
    """Instruments that have not ended by `day`; what ended later covered it still."""
    was_posted = and_(Instrument.posted_on.is_not(None), Instrument.state_since > day)
    query = (
        select(Allocation.program_account_id, Allocation.amount, Instrument, ProgramAccount.security_form)
        .join(Instrument, Instrument.id == Allocation.instrument_id)
        .join(ProgramAccount, ProgramAccount.id == Allocation.program_account_id)
        .where(or_(Instrument.state != InstrumentState.ENDED, was_posted))
        .order_by(Instrument.valid_from, Instrument.id)
    )
    if client_ids is not None:
        query = query.where(Allocation.client_id.in_(client_ids))
    found: dict[UUID, list[Share]] = defaultdict(list)
    for account_id, amount, row, form in db.session.execute(query):
        found[account_id].append(_share(rules, row, amount, form))
    return found


def _share(rules: Rules, row: Instrument, amount: Decimal, form: str) -> Share:
    kind = rules.instruments[row.kind.value]
    return Share(
        instrument_id=row.id,
        kind=row.kind,
        number=row.number,
        provider_id=row.provider_id,
        amount=amount,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        state=row.state,
        is_accepted=kind.is_accepted or bool(row.acceptance_reason),
        is_in_form=kind.form == form,
        stopped_on=row.state_since if row.state is InstrumentState.ENDED else None,
    )


@dataclass(frozen=True, slots=True)
class _Figures:
    """CBSA's figures of one account as known on a day: the one in force, and the one to come."""

    in_force: PortalFigure | None = None
    to_come: PortalFigure | None = None


def _figures(client_ids: Sequence[UUID] | None, day: date) -> Mapping[UUID, _Figures]:
    since = func.coalesce(PortalFigure.counts_from, PortalFigure.read_on)
    query = select(PortalFigure).where(PortalFigure.read_on <= day)
    if client_ids is not None:
        query = query.where(PortalFigure.client_id.in_(client_ids))
    found: dict[UUID, _Figures] = {}
    for figure in db.session.scalars(query.order_by(since, PortalFigure.read_on, PortalFigure.id)):
        known = found.get(figure.program_account_id, _Figures())
        is_to_come = (figure.counts_from or figure.read_on) > day
        found[figure.program_account_id] = (
            replace(known, to_come=figure) if is_to_come else replace(known, in_force=figure)
        )
    return found


def _cover(
    account: ProgramAccount,
    name: str,
    rules: Rules,
    day: date,
    months: Sequence[MonthlyTotal],
    shares: Sequence[Share],
    figures: _Figures,
) -> AccountCover:
    figure, to_come = figures.in_force, figures.to_come
    form = SecurityForm(account.security_form)
    count = count_of(rules.fact(LOOKBACK))
    first, last = window(day, count)
    return AccountCover(
        client_id=account.client_id,
        client_name=name,
        account_id=account.id,
        number=account.number,
        profile=account.profile,
        is_rpp_enrolled=account.is_rpp_enrolled,
        form=form,
        as_of=day,
        estimate=required_amount(form, months, rules, day),
        known_months=len({month.period_end for month in months if first <= month.period_end <= last}),
        window_months=count,
        review=_review_in_force(form, months, rules, day),
        portal_amount=figure.amount if figure else None,
        portal_read_on=figure.read_on if figure else None,
        portal_from=(figure.counts_from or figure.read_on) if figure else None,
        notice=Notice(to_come.amount, to_come.read_on, to_come.counts_from or to_come.read_on) if to_come else None,
        stated_peak_amount=account.stated_peak_amount,
        shares=tuple(shares),
        months=tuple(months),
    )


def _review_in_force(
    form: SecurityForm, months: Sequence[MonthlyTotal], rules: Rules, day: date
) -> ReviewForecast | None:
    year = review_in_force(day)
    found = None if year is None else review_forecast(form, months, rules, year, day)
    return found if found is not None and found.is_complete else None
