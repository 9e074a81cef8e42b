"""Guarantees, queries: the cover of every program account on a day: required, posted, short, and why. CAD."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from tracker.clients.enums import AccountProfile, ClientState, Known
from tracker.clients.models import Client, ProgramAccount, Statement
from tracker.guarantees.enums import InstrumentKind, InstrumentState, SecurityForm
from tracker.guarantees.models import Allocation, Instrument, PortalFigure
from tracker.guarantees.rules import MonthlyTotal, Requirement, coverage, in_force, required_amount, shortfall
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

    def covers(self, day: date) -> bool:
        """Whether this share counts towards cover on `day`."""
        return self.is_accepted and in_force(self.valid_from, self.valid_until, self.state, day)


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
    is_estimate_from_statements: bool
    portal_amount: Decimal | None
    portal_read_on: date | None
    shares: tuple[Share, ...]
    months: tuple[MonthlyTotal, ...]

    @property
    def has_history(self) -> bool:
        """Whether there is anything to size the requirement by."""
        return self.portal_amount is not None or self.is_estimate_from_statements or self.estimate.peak_amount > 0

    @property
    def required_amount(self) -> Decimal:
        """What has to be posted: CBSA's own figure prevails."""
        return self.estimate.required_amount if self.portal_amount is None else self.portal_amount

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
    def explanation(self) -> Text:
        """How the estimate came about, in one sentence."""
        return self.estimate.explanation


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
    shares = _shares(rules, wanted)
    figures = _figures(wanted, day)
    return [
        _cover(
            account, name, rules, day, months.get(account.id, ()), shares.get(account.id, ()), figures.get(account.id)
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


def _shares(rules: Rules, client_ids: Sequence[UUID] | None) -> Mapping[UUID, Sequence[Share]]:
    query = (
        select(Allocation.program_account_id, Allocation.amount, Instrument)
        .join(Instrument, Instrument.id == Allocation.instrument_id)
        .where(Instrument.state != InstrumentState.ENDED)
        .order_by(Instrument.valid_from, Instrument.id)
    )
    if client_ids is not None:
        query = query.where(Allocation.client_id.in_(client_ids))
    found: dict[UUID, list[Share]] = defaultdict(list)
    for account_id, amount, row in db.session.execute(query):
        is_accepted = rules.instruments[row.kind.value].is_accepted or bool(row.acceptance_reason)
        found[account_id].append(
            Share(
                row.id,
                row.kind,
                row.number,
                row.provider_id,
                amount,
                row.valid_from,
                row.valid_until,
                row.state,
                is_accepted,
            )
        )
    return found


def _figures(client_ids: Sequence[UUID] | None, day: date) -> Mapping[UUID, PortalFigure]:
    query = select(PortalFigure).where(PortalFigure.read_on <= day).order_by(PortalFigure.read_on, PortalFigure.id)
    if client_ids is not None:
        query = query.where(PortalFigure.client_id.in_(client_ids))
    return {figure.program_account_id: figure for figure in db.session.scalars(query)}


def _cover(
    account: ProgramAccount,
    name: str,
    rules: Rules,
    day: date,
    months: Sequence[MonthlyTotal],
    shares: Sequence[Share],
    figure: PortalFigure | None,
) -> AccountCover:
    form = SecurityForm(account.security_form)
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
        is_estimate_from_statements=bool(months),
        portal_amount=figure.amount if figure else None,
        portal_read_on=figure.read_on if figure else None,
        shares=tuple(shares),
        months=tuple(months),
    )
