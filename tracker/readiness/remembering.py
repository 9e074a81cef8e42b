"""Readiness, keeping: the daily record of where every client stands, so that a month can be laid beside the one before."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tracker.clients.enums import ClientState
from tracker.clients.models import Client
from tracker.platform.clock import now
from tracker.platform.db import db
from tracker.readiness.models import Snapshot
from tracker.readiness.queries import readiness_for
from tracker.readiness.retention import days_to_forget
from tracker.readiness.snapshots import STAND_FIELDS, stands_now

CHUNK = 200


def remember(day: date) -> int:
    """Record where every active client stands on `day`, worked out from the rows as they are at this moment, and forget
    what is no longer kept; returns how many. Again on the same day replaces it. Runs inside a transaction, as the firm.

    `day` is today: a record made afterwards would say of the past what is true now.
    """
    session, moment = db.session(), now()
    session.execute(delete(Snapshot).where(Snapshot.taken_on == day))
    ids = list(session.scalars(select(Client.id).where(Client.state == ClientState.ACTIVE).order_by(Client.id)))
    for start in range(0, len(ids), CHUNK):
        stands = stands_now(readiness_for(ids[start : start + CHUNK], day), day)
        session.add_all(
            Snapshot(taken_at=moment, **{name: getattr(stand, name) for name in STAND_FIELDS})
            for stand in stands.values()
        )
        session.flush()
    recorded = session.scalars(select(Snapshot.taken_on).distinct()).all()
    session.execute(delete(Snapshot).where(Snapshot.taken_on.in_(days_to_forget(recorded, day))))
    return len(ids)


def forget_gone(session: Session, client_ids: Iterable[UUID]) -> None:
    """A client that an undone import takes away leaves no record behind."""
    gone = list(client_ids)
    if gone:
        session.execute(delete(Snapshot).where(Snapshot.client_id.in_(gone)))
