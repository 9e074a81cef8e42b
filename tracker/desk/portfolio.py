"""Desk, queries: the portfolio, one row a client, filtered and sorted on the kept standings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select

from tracker.clients.enums import ClientState, Duty
from tracker.clients.models import Client, Membership
from tracker.clients.queries import accounts_for, archived, team_for
from tracker.clients.searching import holding
from tracker.guarantees.rules.life import ENDING_DAYS
from tracker.guarantees.rules.review import CONFIRM_DAYS
from tracker.platform.db import db
from tracker.platform.pages import PAGE_SIZE, Page
from tracker.readiness.models import Standing

SORTS: Mapping[str, Any] = {
    "name": (Client.legal_name,),
    "gates": (Standing.gates_done, Client.legal_name),
    "cover": (func.coalesce(Standing.cover_percent, 1_000_000), Client.legal_name),
    "short": (Standing.shortfall_amount, Client.legal_name),
    "next": (Standing.next_date_on.is_(None), Standing.next_date_on, Client.legal_name),
    "waiting": (Standing.waiting_since.is_(None), Standing.waiting_since, Client.legal_name),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is asked for."""

    text: str = ""
    status: str = ""
    owner_id: UUID | None = None
    sort: str = "name"
    page: int = 1

    def counted_in(self, counts: Mapping[str, int]) -> int | None:
        """How many clients this shows, where the quick filters' counts say so; None where they have to be counted."""
        return None if self.status == "archived" else counts.get(self.status, counts["all"])


@dataclass(frozen=True, slots=True)
class PortfolioRow:
    """One client in the list."""

    id: UUID
    legal_name: str
    trade_name: str | None
    bn9: str | None
    numbers: tuple[str, ...]
    residency: str
    lead: str
    standing: Standing | None


def silent_before(today: date) -> date:
    """A portal figure read before this day has to be confirmed again: the firm's own measure, no law."""
    return today - timedelta(days=CONFIRM_DAYS)


def conditions(today: date) -> Mapping[str, ColumnElement[bool]]:
    """The quick filters, by key."""
    soon, is_silent = today + timedelta(days=ENDING_DAYS), Standing.figure_read_on < silent_before(today)
    return {
        "risk": or_(
            Standing.shortfall_amount > 0,
            Standing.security_ends_on.between(today, soon),
            Standing.bam_count < 2,
            Standing.late_documents > 0,
            is_silent,
        ),
        "blocked": Standing.may_release.is_(False),
        "ready": Standing.may_release.is_(True),
        "short": Standing.shortfall_amount > 0,
        "ending": Standing.security_ends_on.between(today, soon),
        "silent": is_silent,
        "one_bam": Standing.bam_count < 2,
        "late_documents": Standing.late_documents > 0,
        "late_tasks": Standing.late_tasks > 0,
        "client": Standing.waiting_on == "client",
        "broker": Standing.waiting_on == "broker",
        "surety": Standing.waiting_on == "surety",
        "cbsa": Standing.waiting_on == "cbsa",
    }


def portfolio(wanted: Wanted, today: date, total: int | None = None) -> Page[PortfolioRow]:
    """A page of clients; three statements however many rows, four when nobody counted them before."""
    where = _where(wanted, today)
    if total is None:
        total = db.session.scalar(_joined(select(func.count()).select_from(Client)).where(*where)) or 0
    query = _joined(select(Client, Standing).select_from(Client)).where(*where).order_by(*_order(wanted.sort))
    rows = db.session.execute(query.limit(PAGE_SIZE).offset((wanted.page - 1) * PAGE_SIZE)).all()
    ids = [client.id for client, _standing in rows]
    accounts, team = accounts_for(ids), team_for(ids)
    return Page([_row(client, standing, accounts, team) for client, standing in rows], wanted.page, int(total))


def _joined(query: Any) -> Any:
    return query.outerjoin(Standing, Standing.client_id == Client.id)


def _where(wanted: Wanted, today: date, *, with_status: bool = True) -> list[Any]:
    state = ClientState.ARCHIVED if wanted.status == "archived" else ClientState.ACTIVE
    found: list[Any] = [Client.state == state]
    found += holding(wanted.text)
    if wanted.owner_id is not None:
        led = select(Membership.client_id).where(Membership.user_id == wanted.owner_id, Membership.duty == Duty.LEAD)
        found.append(Client.id.in_(led))
    chosen = conditions(today).get(wanted.status)
    if with_status and chosen is not None:
        found.append(chosen)
    return found


def _order(sort: str) -> Sequence[Any]:
    key = sort.removeprefix("-")
    columns = SORTS.get(key, SORTS["name"])
    if not sort.startswith("-"):
        return (*columns, Client.id)
    turned = [
        c if isinstance(c, ColumnElement) and c is columns[0] and len(columns) == 3 else c.desc() for c in columns
    ]
    return (*turned, Client.id)


def _row(
    client: Client, standing: Standing | None, accounts: Mapping[UUID, Any], team: Mapping[UUID, Any]
) -> PortfolioRow:
    leads = [member.name for member in team.get(client.id, ()) if member.duty is Duty.LEAD]
    numbers = tuple(account.number for account in accounts.get(client.id, ()) if not account.is_closed)
    return PortfolioRow(
        client.id,
        client.legal_name,
        client.trade_name,
        client.bn9,
        numbers,
        client.residency.value,
        ", ".join(leads),
        standing,
    )


def counts(wanted: Wanted, today: date) -> dict[str, int]:
    """How many clients each quick filter would show, with the search and the lead kept, in one statement.

    Counted over the standings alone: to look each up at its client, and the client at its state, took ten times as long.
    """
    base = Wanted(wanted.text, "", wanted.owner_id)
    where = _where(base, today, with_status=False)
    every = select(func.count()).select_from(Client).where(*where).scalar_subquery()
    filters = (func.count().filter(condition).label(key) for key, condition in conditions(today).items())
    query = select(every.label("all"), *filters).select_from(Standing).where(_stands_for_one(base, where))
    return dict(db.session.execute(query).one()._mapping)


def _stands_for_one(base: Wanted, where: Sequence[Any]) -> ColumnElement[bool]:
    """Whether a standing is that of one of these clients: of all active ones it is quicker to leave out the archived."""
    if base.text or base.owner_id is not None:
        return Standing.client_id.in_(select(Client.id).where(*where))
    return Standing.client_id.not_in(archived())
