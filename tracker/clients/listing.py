"""Clients, queries: a page of clients by name, each as on top of its own pages."""

from typing import Any

from sqlalchemy import func, select

from tracker.clients.enums import ClientState, Duty
from tracker.clients.models import Client
from tracker.clients.queries import ClientHeader, accounts_for, team_for
from tracker.clients.searching import holding
from tracker.platform.db import db
from tracker.platform.pages import PAGE_SIZE, Page


def client_page(text: str, state: ClientState, number: int) -> Page[ClientHeader]:
    """Clients in scope whose names or numbers hold every word of `text`; four statements however many rows."""
    where: list[Any] = [Client.state == state, *holding(text)]
    total = db.session.scalar(select(func.count()).select_from(Client).where(*where)) or 0
    query = select(Client).where(*where).order_by(Client.legal_name, Client.id)
    rows = db.session.scalars(query.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)).all()
    ids = [client.id for client in rows]
    accounts, team = accounts_for(ids), team_for(ids)
    found = [
        ClientHeader(
            id=client.id,
            legal_name=client.legal_name,
            trade_name=client.trade_name,
            bn9=client.bn9,
            accounts=tuple(accounts.get(client.id, ())),
            residency=client.residency,
            lead_names=tuple(member.name for member in team.get(client.id, ()) if member.duty is Duty.LEAD),
            language=client.language,
            state=client.state,
            special_regimes=tuple(client.special_regimes or ()),
        )
        for client in rows
    ]
    return Page(found, number, total)
