"""Renewals, queries: the open files, and what has one already."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, case, exists, func, or_, select

from tracker.accounts.enums import AccountState
from tracker.accounts.models import UserAccount
from tracker.clients.enums import ClientState, Duty
from tracker.clients.models import Client, Membership, ProgramAccount
from tracker.coordination.enums import TaskState
from tracker.coordination.models import Partner, Task
from tracker.engagements.enums import EngagementState
from tracker.engagements.models import Engagement
from tracker.guarantees.cover import covers
from tracker.guarantees.enums import InstrumentState
from tracker.guarantees.models import Allocation, Instrument
from tracker.guarantees.outlook import Outlook, outlook
from tracker.permissions import STAFF
from tracker.platform.db import db
from tracker.platform.money import ZERO
from tracker.platform.pages import PAGE_SIZE, Page
from tracker.renewals.enums import Cause
from tracker.renewals.models import Renewal
from tracker.rulebook.book import rules_at
from tracker.rulebook.calendar import ONE_DAY
from tracker.rulebook.task_kinds import CONFIRM_IN_PORTAL, POST_AGREEMENT

TEMPLATE = "security_renewal"
# Engagements that see to the security of an account anyway: beside them no file opens itself.
SECURING = ("carm_onboarding", "security_only", TEMPLATE)

_OF_THE_FIRM = (UserAccount.state != AccountState.DEACTIVATED, UserAccount.role.in_(STAFF))  # who has not left it

# The steps a stuck file takes up again. A template's own are the client's as a whole; one taken up again is its account's.
TAKEN_UP = (POST_AGREEMENT, CONFIRM_IN_PORTAL)


class RenewalRow(NamedTuple):
    """An open file in the list. CAD, as it stood when it opened."""

    id: UUID
    client_id: UUID
    client: str
    account_id: UUID
    number: str
    engagement_id: UUID
    cause: Cause
    by_on: date
    required_amount: Decimal
    missing_amount: Decimal
    provider: str | None
    opened_on: date
    open_tasks: int
    provider_id: UUID | None
    lead_id: UUID | None  # the engagement's, where that is somebody of the firm still


@dataclass(frozen=True, slots=True)
class RenewalNow:
    """An open file, and what is missing by now. CAD."""

    row: RenewalRow
    missing_now_amount: Decimal | None  # by the file's own day where that lies ahead, else today; None: not known
    is_pending: bool = False  # what was issued for the account lies with CBSA on paper

    @property
    def is_known(self) -> bool:
        """Whether anything says what is required: a statement of the window, a review, or CBSA's own figure."""
        return self.missing_now_amount is not None

    @property
    def is_covered(self) -> bool:
        """Whether it is known that nothing is missing any more: the file can be closed."""
        return self.missing_now_amount == ZERO

    @property
    def is_stuck(self) -> bool:
        """Whether no step is left to do while something is known to be missing still."""
        return self.is_known and not self.is_covered and not self.row.open_tasks


def open_renewals(number: int, today: date) -> Page[RenewalNow]:
    """The files of active clients whose engagement is open, the most pressing first; seven statements however many."""
    query = _selected().where(Engagement.state == EngagementState.OPEN, Client.state == ClientState.ACTIVE)
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    found = query.order_by(Renewal.by_on, Renewal.missing_amount.desc(), Renewal.id)
    rows = db.session.execute(found.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE))
    return Page(_by_now([RenewalRow._make(row) for row in rows], today), number, total)


def renewals_of(engagement_id: UUID, today: date) -> list[RenewalNow]:
    """The accounts that one engagement renews."""
    query = _selected().where(Renewal.engagement_id == engagement_id).order_by(ProgramAccount.number, Renewal.by_on)
    return _by_now([RenewalRow._make(row) for row in db.session.execute(query)], today)


def stuck_renewals(today: date) -> list[RenewalNow]:
    """The accounts of open files that are stuck, and for which no step was taken up again yet."""
    of_file = (Task.engagement_id == Renewal.engagement_id, Task.client_id == Renewal.client_id)
    is_working = exists().where(*of_file, Task.state == TaskState.OPEN)
    was_taken_up = exists().where(
        *of_file, Task.kind.in_(TAKEN_UP), Task.program_account_id == Renewal.program_account_id
    )
    query = _selected().where(Engagement.state == EngagementState.OPEN, ~is_working, ~was_taken_up)
    rows = [RenewalRow._make(row) for row in db.session.execute(query.order_by(Renewal.by_on, Renewal.id))]
    return [each for each in _by_now(rows, today) if each.is_stuck]


def _selected() -> Select[Any]:
    tasks = (
        select(func.count(Task.id))
        .where(Task.engagement_id == Renewal.engagement_id, Task.state == TaskState.OPEN)
        .correlate(Renewal)
        .scalar_subquery()
    )
    lead = select(UserAccount.id).where(UserAccount.id == Engagement.lead_id, *_OF_THE_FIRM).scalar_subquery()
    columns: list[Any] = [
        Renewal.id, Renewal.client_id, Client.legal_name, Renewal.program_account_id, ProgramAccount.number,
        Renewal.engagement_id, Renewal.cause, Renewal.by_on, Renewal.required_amount, Renewal.missing_amount,
        Partner.name, Renewal.opened_on, tasks, Renewal.provider_id, lead,
    ]  # fmt: skip
    return (
        select(*columns)
        .join(Engagement, Engagement.id == Renewal.engagement_id)
        .join(Client, Client.id == Renewal.client_id)
        .join(ProgramAccount, ProgramAccount.id == Renewal.program_account_id)
        .outerjoin(Partner, Partner.id == Renewal.provider_id)
    )


def _by_now(rows: Sequence[RenewalRow], today: date) -> list[RenewalNow]:
    """An end is looked at on the day after it: what still counts then has replaced it."""
    rules = rules_at(today)
    known = covers(rules, client_ids={row.client_id for row in rows}, as_of=today) if rows else []
    seen = {cover.account_id: outlook(cover, rules) for cover in known}
    pending = {cover.account_id for cover in known if cover.pending_shares}
    return [
        RenewalNow(row, _missing_now(row, seen.get(row.account_id), today), row.account_id in pending) for row in rows
    ]


def _missing_now(row: RenewalRow, seen: Outlook | None, today: date) -> Decimal | None:
    """None for an account nothing is known about, and for one that is closed or whose client was put away."""
    return seen.missing_on(_judged_on(row, today)) if seen is not None and seen.cover.has_history else None


def _judged_on(row: RenewalRow, today: date) -> date:
    return max(row.by_on + ONE_DAY if row.cause is Cause.ENDING else row.by_on, today)


def causes_opened(client_ids: Sequence[UUID]) -> dict[tuple[UUID, Cause, date], date]:
    """The day it opened of every file there ever was for these clients, by (account, cause, day)."""
    query = select(Renewal.program_account_id, Renewal.cause, Renewal.for_on, Renewal.opened_on).where(
        Renewal.client_id.in_(client_ids)
    )
    return {(row[0], row[1], row[2]): row[3] for row in db.session.execute(query)}


def cover_lost_on(client_ids: Sequence[UUID], today: date) -> dict[UUID, date]:
    """The first day without the posted instrument that went last, by account: it was ended, or ran out."""
    gone_on = case((Instrument.state == InstrumentState.ENDED, Instrument.state_since), else_=Instrument.valid_until)
    is_gone = or_(Instrument.state == InstrumentState.ENDED, Instrument.valid_until < today)
    query = (
        select(Allocation.program_account_id, Instrument.state, gone_on)
        .join(Instrument, Instrument.id == Allocation.instrument_id)
        .where(Allocation.client_id.in_(client_ids), Instrument.posted_on.is_not(None), is_gone)
    )
    found: dict[UUID, date] = {}
    for account_id, state, day in db.session.execute(query):
        first = day if state is InstrumentState.ENDED else day + ONE_DAY
        found[account_id] = max(found.get(account_id, first), first)
    return found


def open_files(client_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """The open engagement of renewal of these clients, by client."""
    query = select(Engagement.client_id, Engagement.id).where(
        Engagement.client_id.in_(client_ids),
        Engagement.template == TEMPLATE,
        Engagement.state == EngagementState.OPEN,
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def accounts_in_open_files(client_ids: Sequence[UUID]) -> set[UUID]:
    """The accounts whose renewal is under way."""
    query = (
        select(Renewal.program_account_id)
        .join(Engagement, Engagement.id == Renewal.engagement_id)
        .where(Renewal.client_id.in_(client_ids), Engagement.state == EngagementState.OPEN)
    )
    return set(db.session.scalars(query))


def secured_otherwise(client_ids: Sequence[UUID]) -> set[UUID]:
    """The clients with another open engagement that sees to their security."""
    query = select(Engagement.client_id).where(
        Engagement.client_id.in_(client_ids),
        Engagement.template.in_([template for template in SECURING if template != TEMPLATE]),
        Engagement.state == EngagementState.OPEN,
    )
    return set(db.session.scalars(query))


def leads_of(client_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """The lead of each of these clients, where there is one who has not left the firm."""
    query = (
        select(Membership.client_id, Membership.user_id)
        .join(UserAccount, UserAccount.id == Membership.user_id)
        .where(Membership.client_id.in_(client_ids), Membership.duty == Duty.LEAD)
        .where(*_OF_THE_FIRM)
        .order_by(Membership.since)  # the newest stands
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def active_clients() -> Sequence[UUID]:
    """The ids of every active client in scope."""
    query = select(Client.id).where(Client.state == ClientState.ACTIVE)
    return db.session.scalars(query.order_by(Client.id)).all()
