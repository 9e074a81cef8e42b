"""Guarantees, queries: the cover of every program account on a day: required, posted, short, and why. CAD."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select

from tracker.clients.enums import ClientState
from tracker.clients.models import Client, ProgramAccount, Statement
from tracker.guarantees.account_cover import AccountCover, Notice, Share, Shown
from tracker.guarantees.enums import UNDECIDED, InstrumentState, SecurityForm
from tracker.guarantees.models import Allocation, Instrument, PortalFigure, ReductionRequest
from tracker.guarantees.rules import MonthlyTotal, required_amount, window
from tracker.guarantees.rules.review import ReviewForecast, review_forecast, review_in_force
from tracker.guarantees.rules.sizing import LOOKBACK, count_of
from tracker.platform.db import db
from tracker.platform.money import ZERO
from tracker.platform.pages import PAGE_SIZE, Page
from tracker.rulebook.types import Rules

LOOKBACK_DAYS = 800  # two years and a bit: the chart's 24 months and the window of any review


def covers(rules: Rules, *, client_ids: Iterable[UUID] | None = None, as_of: date | None = None) -> list[AccountCover]:
    """The cover of all open importer accounts of these clients (None = every active client in scope), by account number.

    Four statements however many accounts. `rules` decides the sums, `as_of` (default the rules' day) the window.
    """
    day = as_of or rules.day
    accounts = _accounts(client_ids)
    return _covers(accounts, rules, day, None if client_ids is None else _clients_of(accounts))


def cover_page(rules: Rules, number: int, as_of: date) -> Page[AccountCover]:
    """A page of the same, of every active client in scope; five statements however many accounts there are."""
    total = db.session.scalar(_of_active(select(func.count()).select_from(ProgramAccount))) or 0
    query = _accounts_query().limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)
    accounts = [(row[0], row[1], row[2]) for row in db.session.execute(query)]
    return Page(_covers(accounts, rules, as_of, _clients_of(accounts)), number, total)


def _clients_of(accounts: Iterable[tuple[ProgramAccount, str, bool]]) -> list[UUID]:
    return sorted({account.client_id for account, _name, _has in accounts}, key=str)


def _covers(
    accounts: Sequence[tuple[ProgramAccount, str, bool]], rules: Rules, day: date, wanted: Sequence[UUID] | None
) -> list[AccountCover]:
    if not accounts:
        return []
    months = _months(wanted, day)
    shares = _shares(rules, wanted, day)
    figures = _figures(wanted, day)
    return [
        _cover(
            account,
            name,
            has_request,
            rules,
            day,
            months.get(account.id, ()),
            shares.get(account.id, ()),
            figures.get(account.id, _Figures()),
        )
        for account, name, has_request in accounts
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
    found = covers_beside(rules, account_id, as_of)
    return next((cover for cover in found if cover.account_id == account_id), None)


def covers_beside(rules: Rules, account_id: UUID, as_of: date | None = None) -> list[AccountCover]:
    """The covers of an account and of its client's others, by number; none when it is not in scope."""
    account = db.session.get(ProgramAccount, account_id)
    return [] if account is None else covers(rules, client_ids=[account.client_id], as_of=as_of)


def posted_in(form: SecurityForm, rules: Rules, *, client_ids: Iterable[UUID] | None = None) -> Mapping[UUID, Decimal]:
    """What would count on the rules' day by account if every account were of this form (CAD). One statement."""
    wanted = None if client_ids is None else list(client_ids)
    return {
        account_id: sum((share.amount for share in shares if share.covers(rules.day)), ZERO)
        for account_id, shares in _shares(rules, wanted, rules.day, form).items()
    }


def posted_when_shown(rules: Rules, covers: Iterable[AccountCover]) -> Mapping[UUID, Decimal]:
    """By account whose posted security somebody read in the portal: what our register says was posted on that day (CAD).

    One statement; none where nobody read any. Instruments that have ended since covered it then.
    """
    read = {cover.account_id: cover for cover in covers if cover.shown is not None}
    days = {account_id: cover.shown.read_on for account_id, cover in read.items() if cover.shown}
    if not days:
        return {}
    shares = _shares(rules, sorted({cover.client_id for cover in read.values()}, key=str), min(days.values()))
    return {
        account_id: sum((share.amount for share in shares.get(account_id, ()) if share.covers(day)), ZERO)
        for account_id, day in days.items()
    }


def _accounts_query() -> Select[Any]:
    has_request = (
        select(ReductionRequest.id)
        .where(ReductionRequest.program_account_id == ProgramAccount.id, ReductionRequest.state.in_(UNDECIDED))
        .exists()
    )
    return _of_active(select(ProgramAccount, Client.legal_name, has_request)).order_by(ProgramAccount.number)


def _of_active(query: Any) -> Select[Any]:
    """Open accounts of active clients."""
    return query.join(Client, Client.id == ProgramAccount.client_id).where(
        ProgramAccount.is_closed.is_(False), Client.state == ClientState.ACTIVE
    )


def _accounts(client_ids: Iterable[UUID] | None) -> list[tuple[ProgramAccount, str, bool]]:
    query = _accounts_query()
    if client_ids is not None:
        query = query.where(ProgramAccount.client_id.in_(list(client_ids)))
    return [(row[0], row[1], row[2]) for row in db.session.execute(query)]


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


def _shares(
    rules: Rules, client_ids: Sequence[UUID] | None, day: date, supposed: SecurityForm | None = None
) -> Mapping[UUID, Sequence[Share]]:
    """Instruments that have not ended by `day`; what ended later covered it still. `supposed` stands for every account's form."""
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
        found[account_id].append(_share(rules, row, amount, supposed or form))
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
        posted_on=row.posted_on,
        answer_by_on=row.answer_by_on,
        stopped_on=row.state_since if row.state is InstrumentState.ENDED else None,
    )


@dataclass(frozen=True, slots=True)
class _Figures:
    """CBSA's figures of one account as known on a day: the one in force, the one to come, and what it shows as posted."""

    in_force: PortalFigure | None = None
    to_come: PortalFigure | None = None
    shown: Shown | None = None


def _figures(client_ids: Sequence[UUID] | None, day: date) -> Mapping[UUID, _Figures]:
    since = func.coalesce(PortalFigure.counts_from, PortalFigure.read_on)
    query = select(PortalFigure).where(PortalFigure.read_on <= day)
    if client_ids is not None:
        query = query.where(PortalFigure.client_id.in_(client_ids))
    found: dict[UUID, _Figures] = {}
    for figure in db.session.scalars(
        query.order_by(since, PortalFigure.read_on, PortalFigure.noted_at, PortalFigure.id)
    ):
        known = found.get(figure.program_account_id, _Figures())
        is_to_come = (figure.counts_from or figure.read_on) > day
        known = replace(known, to_come=figure) if is_to_come else replace(known, in_force=figure)
        if figure.posted_amount is not None and (known.shown is None or figure.read_on >= known.shown.read_on):
            known = replace(known, shown=Shown(figure.posted_amount, figure.read_on))
        found[figure.program_account_id] = known
    return found


def _cover(
    account: ProgramAccount,
    name: str,
    has_request: bool,
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
        shown=figures.shown,
        notice=Notice(to_come.amount, to_come.read_on, to_come.counts_from or to_come.read_on) if to_come else None,
        has_open_reduction=has_request,
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
