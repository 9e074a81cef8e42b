"""Audit, queries: the trail, newest first, for those who may read all of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from tracker.clients.models import Client
from tracker.platform.audit import AuditEvent
from tracker.platform.db import db
from tracker.platform.pages import PAGE_SIZE, Page


@dataclass(frozen=True, slots=True)
class TrailRow:
    """One event: when, who, what, whose, and from what to what."""

    seq: int
    at: datetime
    actor: str
    role: str
    event: str
    client_id: UUID | None
    client: str | None
    summary: str
    changes: dict[str, Any]


def trail(number: int, text: str = "") -> Page[TrailRow]:
    """A page of the trail; `text` narrows it to events or people that contain it."""
    where = []
    if text:
        where.append(
            AuditEvent.event.contains(text, autoescape=True) | AuditEvent.actor_name.icontains(text, autoescape=True)
        )
    total = db.session.scalar(select(func.count()).select_from(AuditEvent).where(*where)) or 0
    query = (
        select(AuditEvent, Client.legal_name)
        .outerjoin(Client, Client.id == AuditEvent.client_id)
        .where(*where)
        .order_by(AuditEvent.seq.desc())
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    )
    rows = [
        TrailRow(e.seq, e.at, e.actor_name, e.actor_role, e.event, e.client_id, name, e.summary, e.changes)
        for e, name in db.session.execute(query)
    ]
    return Page(rows, number, int(total))
