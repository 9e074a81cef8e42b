"""Reports, queries: the rows of the workbooks, read through the same functions as the pages. CAD."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, select

from tracker.accounts.models import UserAccount
from tracker.clients.enums import ClientState, Duty, Known, Residency
from tracker.clients.models import Client, Membership, ProgramAccount
from tracker.coordination.enums import DelegationState, PartnerKind, Party, TaskState
from tracker.coordination.models import Delegation, Partner, Task
from tracker.guarantees.account_cover import AccountCover
from tracker.platform.db import db
from tracker.platform.languages import language
from tracker.readiness.models import Standing
from tracker.readiness.queries import ClientReadiness, readiness_for
from tracker.readiness.snapshots import Stand, stands_now
from tracker.rulebook.book import rules_at

CHUNK = 250


@dataclass(frozen=True, slots=True)
class PortfolioRow:
    """One client of the portfolio: readiness and counts worked out from today's rows, as the pages do."""

    client_id: UUID
    client_number: str | None
    legal_name: str
    trade_name: str | None
    bn9: str | None
    residency: Residency
    is_portal_linked: Known
    is_payment_ready: Known
    lead: str
    brokers: str
    ready: ClientReadiness
    stand: Stand
    next_date_on: date | None

    @property
    def covers(self) -> tuple[AccountCover, ...]:
        """The cover of each of its accounts."""
        return self.ready.covers


def portfolio(today: date, client_ids: Iterable[UUID] | None = None) -> list[PortfolioRow]:
    """Every active client in scope (or these), by name; a constant number of statements for each 250 clients."""
    query = select(Client.id).where(Client.state == ClientState.ACTIVE).order_by(Client.legal_name, Client.id)
    if client_ids is not None:
        query = query.where(Client.id.in_(list(client_ids)))
    ids = list(db.session.scalars(query))
    return [row for start in range(0, len(ids), CHUNK) for row in _portfolio_chunk(ids[start : start + CHUNK], today)]


def _portfolio_chunk(ids: Sequence[UUID], today: date) -> list[PortfolioRow]:
    clients = {client.id: client for client in db.session.scalars(select(Client).where(Client.id.in_(ids)))}
    ready = readiness_for(ids, today)
    stands = stands_now(ready, today)
    standings = {row.client_id: row for row in db.session.scalars(select(Standing).where(Standing.client_id.in_(ids)))}
    leads, brokers = _leads(ids), _brokers(ids)
    return [
        _portfolio_row(clients[key], ready[key], stands[key], standings.get(key), leads, brokers)
        for key in ids
        if key in ready
    ]


def _portfolio_row(
    client: Client,
    ready: ClientReadiness,
    stand: Stand,
    standing: Standing | None,
    leads: dict[UUID, list[str]],
    brokers: dict[UUID, list[str]],
) -> PortfolioRow:
    return PortfolioRow(
        client_id=client.id,
        client_number=client.client_number,
        legal_name=client.legal_name,
        trade_name=client.trade_name,
        bn9=client.bn9,
        residency=client.residency,
        is_portal_linked=client.is_portal_linked,
        is_payment_ready=client.is_payment_ready,
        lead=", ".join(leads.get(client.id, ())),
        brokers=", ".join(brokers.get(client.id, ())),
        ready=ready,
        stand=stand,
        next_date_on=standing.next_date_on if standing else None,
    )


def _leads(ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    query = (
        select(Membership.client_id, UserAccount.name)
        .join(UserAccount, UserAccount.id == Membership.user_id)
        .where(Membership.client_id.in_(ids), Membership.duty == Duty.LEAD)
        .order_by(UserAccount.name)
    )
    found: dict[UUID, list[str]] = defaultdict(list)
    for client_id, name in db.session.execute(query):
        found[client_id].append(name)
    return found


def _brokers(ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    query = (
        select(Delegation.client_id, Partner.name)
        .join(Partner, Partner.id == Delegation.partner_id)
        .where(Delegation.client_id.in_(ids), Partner.kind == PartnerKind.BROKER)
        .where(Delegation.state != DelegationState.REVOKED)
        .distinct()
        .order_by(Partner.name)
    )
    found: dict[UUID, list[str]] = defaultdict(list)
    for client_id, name in db.session.execute(query):
        found[client_id].append(name)
    return found


@dataclass(frozen=True, slots=True)
class DelegationRow:
    """One delegation of one client, with what is open between the two."""

    partner_id: UUID
    client_id: UUID
    partner: str
    client: str
    bn9: str | None
    account: str | None
    state: DelegationState
    level: str
    visibility: str
    requested_on: date | None
    decided_on: date | None
    verified_on: date | None
    open_tasks: int
    oldest_since: date | None


def delegations(partner_id: UUID | None = None, client_ids: Iterable[UUID] | None = None) -> list[DelegationRow]:
    """Delegations of active clients in scope, by partner and client."""
    query = (
        select(Delegation, Partner.name, Client.legal_name, Client.bn9, ProgramAccount.number)
        .join(Partner, Partner.id == Delegation.partner_id)
        .join(Client, Client.id == Delegation.client_id)
        .outerjoin(ProgramAccount, ProgramAccount.id == Delegation.program_account_id)
        .where(Client.state == ClientState.ACTIVE)
        .order_by(Partner.name, Client.legal_name, ProgramAccount.number, Delegation.id)
    )
    if partner_id is not None:
        query = query.where(Delegation.partner_id == partner_id)
    if client_ids is not None:
        query = query.where(Delegation.client_id.in_(list(client_ids)))
    tasks = _partner_tasks(partner_id)
    rows = []
    for row, partner, client, bn9, number in db.session.execute(query):
        count, oldest = tasks.get((row.partner_id, row.client_id), (0, None))
        rows.append(
            DelegationRow(
                row.partner_id,
                row.client_id,
                partner,
                client,
                bn9,
                number,
                row.state,
                row.level.value,
                row.visibility.value,
                row.requested_on,
                row.decided_on,
                row.verified_on,
                count,
                oldest,
            )
        )
    return rows


def _partner_tasks(partner_id: UUID | None) -> dict[tuple[UUID | None, UUID], tuple[int, date]]:
    query = select(Task.partner_id, Task.client_id, Task.waiting_since).where(
        Task.state == TaskState.OPEN, Task.partner_id.is_not(None)
    )
    if partner_id is not None:
        query = query.where(Task.partner_id == partner_id)
    found: dict[tuple[UUID | None, UUID], tuple[int, date]] = {}
    for owner, client_id, since in db.session.execute(query):
        count, oldest = found.get((owner, client_id), (0, since))
        found[owner, client_id] = (count + 1, min(oldest, since))
    return found


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One open task."""

    client_id: UUID
    client: str
    title: str
    waiting_on: Party
    waiting_since: date
    due_on: date | None
    owner_id: UUID | None
    owner: str | None
    partner: str | None
    is_client_visible: bool


def open_tasks(today: date, *where: ColumnElement[bool], client_ids: Iterable[UUID] | None = None) -> list[TaskRow]:
    """Open tasks of active clients in scope (`where` chooses among them), the soonest due first."""
    query = (
        select(Task, Client.legal_name, UserAccount.name, Partner.name)
        .join(Client, Client.id == Task.client_id)
        .outerjoin(UserAccount, UserAccount.id == Task.owner_id)
        .outerjoin(Partner, Partner.id == Task.partner_id)
        .where(Task.state == TaskState.OPEN, Client.state == ClientState.ACTIVE, *where)
        .order_by(Task.due_on.is_(None), Task.due_on, Client.legal_name, Task.id)
    )
    if client_ids is not None:
        query = query.where(Task.client_id.in_(list(client_ids)))
    kinds, words = rules_at(today).tasks, language()
    return [
        TaskRow(
            task.client_id,
            client,
            task.title or (kinds[task.kind].name.in_(words) if task.kind and task.kind in kinds else str(task.kind)),
            task.waiting_on,
            task.waiting_since,
            task.due_on,
            task.owner_id,
            owner,
            partner,
            task.is_client_visible,
        )
        for task, client, owner, partner in db.session.execute(query)
    ]
