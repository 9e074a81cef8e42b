"""Clients, rules of writing: the file of an archived client stays as it is, whoever asks and through whichever feature."""

from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.clients.enums import ClientState
from tracker.clients.models import Client
from tracker.platform.db import guard
from tracker.platform.errors import Refusal

# Taking it up again, and what keeps a closed file in order: who may read it, and a note beside it.
STILL_ALLOWED = frozenset(
    {
        *("client:archived", "client:restored", "note:written", "contact:access-withdrawn"),
        *("team:assigned", "team:left", "team:lead-stepped-back"),
    }
)


def init_put_away() -> None:
    """Look at every person's transaction before it is committed. The program's own jobs are let through."""
    guard(refuse_put_away)


def refuse_put_away(session: Session, happened: frozenset[tuple[UUID, str]]) -> None:
    """Refusal when something of an archived client was changed that is not allowed any more."""
    touched = {client_id for client_id, name in happened if name not in STILL_ALLOWED}
    if not touched:
        return
    query = select(Client.legal_name).where(Client.id.in_(touched), Client.state == ClientState.ARCHIVED)
    name = session.scalars(query.order_by(Client.legal_name).limit(1)).first()
    if name is not None:
        raise Refusal(None, _("%(client)s is archived: its file stays as it is. Take it up again first.", client=name))
