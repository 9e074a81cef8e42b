"""Onboarding, queries: the clients chosen, and those that need nothing."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from tracker.clients.enums import ClientState
from tracker.clients.models import Client
from tracker.engagements.queries import open_for
from tracker.platform.db import db

MOST = 500


def chosen_clients(ids: Sequence[UUID]) -> Sequence[Client]:
    """The active clients in scope among these, by name; at most 500."""
    query = select(Client).where(Client.id.in_(list(ids)[:MOST]), Client.state == ClientState.ACTIVE)
    return db.session.scalars(query.order_by(Client.legal_name, Client.id)).all()


def already_there(client_ids: Sequence[UUID], template: str) -> set[UUID]:
    """Those that have an open engagement of this kind."""
    return open_for(client_ids, template)
