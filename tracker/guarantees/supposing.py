"""Guarantees, queries: a supposition worked through for every account in scope: new requirement, new shortfall. CAD."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from tracker.clients.enums import ClientState
from tracker.clients.models import Client, ProgramAccount, Statement
from tracker.guarantees.cover import posted_in
from tracker.guarantees.enums import SecurityForm
from tracker.guarantees.models import KeptCover
from tracker.guarantees.rules import required_amount, shortfall, window
from tracker.guarantees.rules.review import rolls_off_on
from tracker.guarantees.rules.whatif import (
    NOTHING_SUPPOSED,
    MonthParts,
    Supposition,
    a_year_after,
    supposed_month,
    supposed_requirement,
    supposed_year,
    value_for_duty,
)
from tracker.platform.db import db
from tracker.platform.money import ZERO
from tracker.rulebook.types import Rules


@dataclass(frozen=True, slots=True)
class Supposed:
    """One account before and after. CAD. Before is what the ladder shows today; after is supposed, never a fact."""

    client_id: UUID
    client_name: str
    account_id: UUID
    number: str
    before_amount: Decimal
    after_amount: Decimal
    posted_amount: Decimal
    posted_after_amount: Decimal  # in another form: what is posted in that form
    is_hit: bool  # the surtax falls on it
    is_mixed: bool  # it falls on it, and the profile names other origins or chapters too
    is_silent: bool  # the profile names no origin or chapter: nobody can tell whether it falls
    is_value_known: bool  # False: duty and surtax could not be worked out and are left out

    @property
    def shortfall_before_amount(self) -> Decimal:
        """What is missing today."""
        return shortfall(self.before_amount, self.posted_amount)

    @property
    def shortfall_after_amount(self) -> Decimal:
        """What would be missing with what is posted today and would count."""
        return shortfall(self.after_amount, self.posted_after_amount)

    @property
    def new_money_amount(self) -> Decimal:
        """What would have to be posted on top of what is missing anyway."""
        return max(self.shortfall_after_amount - self.shortfall_before_amount, ZERO)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Every account of a supposition, the most new money first, and the sums. CAD."""

    rows: Sequence[Supposed]
    before_amount: Decimal
    after_amount: Decimal
    shortfall_before_amount: Decimal
    shortfall_after_amount: Decimal
    new_money_amount: Decimal
    hit: int  # accounts the surtax falls on
    hit_importers: (
        int  # the same share falls on each of them: a profile names origins and chapters, never how much of each
    )
    mixed_importers: int  # of these, with other origins or chapters too
    silent_importers: int  # left out, since their profile names none
    unknown: int
    supposed_from: date  # the year supposed: the last twelve closed periods, a year later
    supposed_until: date


def suppose(
    rules: Rules, supposition: Supposition, today: date, *, client_ids: Iterable[UUID] | None = None
) -> Outcome:
    """The last 12 closed periods repeated a year later under the supposition, sized again; three statements however many.

    Where CBSA's own figure or a review prevails over our sum, it moves in proportion (`supposed_requirement`). In another
    form than an account's, only instruments of that form count.
    """
    ids = None if client_ids is None else list(client_ids)
    parts = _parts(today, ids)
    posted = posted_in(supposition.form, rules, client_ids=ids) if supposition.form else {}
    rows = [
        _supposed(account, parts.get(account.account_id, ()), supposition, rules, posted.get(account.account_id, ZERO))
        for account in _accounts(ids)
    ]
    rows.sort(key=lambda row: (-row.new_money_amount, -row.shortfall_after_amount, row.number))
    return Outcome(
        rows,
        _total(row.before_amount for row in rows),
        _total(row.after_amount for row in rows),
        _total(row.shortfall_before_amount for row in rows),
        _total(row.shortfall_after_amount for row in rows),
        _total(row.new_money_amount for row in rows),
        sum(row.is_hit for row in rows),
        len({row.client_id for row in rows if row.is_hit}),
        len({row.client_id for row in rows if row.is_mixed}),
        len({row.client_id for row in rows if row.is_silent}),
        sum(not row.is_value_known for row in rows),
        *supposed_year(today),
    )


class _Account(NamedTuple):
    client_id: UUID
    client_name: str
    account_id: UUID
    number: str
    form: str
    required: Decimal
    posted: Decimal
    origins: list[str]
    chapters: list[str]
    yearly_value: Decimal | None


def _total(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)


def _accounts(ids: Sequence[UUID] | None) -> list[_Account]:
    query = (
        select(
            Client.id,
            Client.legal_name,
            ProgramAccount.id,
            ProgramAccount.number,
            ProgramAccount.security_form,
            KeptCover.required_amount,
            KeptCover.posted_amount,
            Client.origins,
            Client.hs_chapters,
            Client.yearly_value_amount,
        )
        .join(Client, Client.id == ProgramAccount.client_id)
        .join(KeptCover, KeptCover.program_account_id == ProgramAccount.id)
        .where(ProgramAccount.is_closed.is_(False), Client.state == ClientState.ACTIVE)
        .order_by(ProgramAccount.number)
    )
    if ids is not None:
        query = query.where(ProgramAccount.client_id.in_(ids))
    return [_Account._make(row) for row in db.session.execute(query)]


def _parts(today: date, ids: Sequence[UUID] | None) -> Mapping[UUID, Sequence[MonthParts]]:
    first, last = window(today)
    query = (
        select(
            Statement.program_account_id,
            Statement.period_end,
            Statement.charges_amount,
            Statement.duties_amount,
            Statement.excise_amount,
            Statement.sima_amount,
            Statement.gst_amount,
        )
        .where(Statement.period_end.between(first, last))
        .order_by(Statement.period_end)
    )
    if ids is not None:
        query = query.where(Statement.client_id.in_(ids))
    found: dict[UUID, list[MonthParts]] = defaultdict(list)
    for account_id, period_end, charges, duties, excise, sima, gst in db.session.execute(query):
        other = (duties or ZERO) + (excise or ZERO) + (sima or ZERO)
        found[account_id].append(MonthParts(period_end, charges, other, gst))
    return found


def _supposed(
    account: _Account, parts: Sequence[MonthParts], supposition: Supposition, rules: Rules, in_supposed_form: Decimal
) -> Supposed:
    profile = (account.origins or (), account.chapters or ())
    is_hit = supposition.hits(*profile) and any(supposition.falls_in(a_year_after(month.period_end)) for month in parts)
    is_known = True
    year_charges = sum((month.charges for month in parts), ZERO)
    months, as_they_were = [], []
    for month in parts:
        value = value_for_duty(month, supposition.gst_percent, account.yearly_value, year_charges)
        is_known &= value is not None
        months.append(supposed_month(month, value, supposition, is_hit))
        as_they_were.append(supposed_month(month, None, NOTHING_SUPPOSED, False))
    form = SecurityForm(account.form)
    form_then, day = supposition.form or form, rolls_off_on(parts[-1].period_end) if parts else rules.day
    after = supposed_requirement(
        account.required,
        required_amount(form, as_they_were, rules, day),
        required_amount(form_then, months, rules, day),
        rules,
    )
    return Supposed(
        account.client_id,
        account.client_name,
        account.account_id,
        account.number,
        account.required,
        after,
        account.posted,
        account.posted if form_then is form else in_supposed_form,
        is_hit,
        is_hit and supposition.names_others(*profile),
        supposition.is_silent(*profile),
        is_known or not supposition.needs_value,
    )
