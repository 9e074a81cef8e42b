"""The trail: append-only, in the same transaction as the change, each event chained to the one before by a keyed hash."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from flask import current_app, g, has_request_context
from sqlalchemy import JSON, event, inspect, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.platform.actor import Actor
from tracker.platform.clock import now
from tracker.platform.db import Base, db
from tracker.platform.tenancy import ClientOwned, ScopeRoot

MASK = "•••"


class AuditEvent(Base):
    """One thing that happened: who, what, to which client's record, from what to what."""

    __tablename__ = "audit_event"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor_id: Mapped[UUID | None] = mapped_column(index=True)
    actor_name: Mapped[str]
    actor_role: Mapped[str]
    client_id: Mapped[UUID | None] = mapped_column(index=True)
    event: Mapped[str] = mapped_column(index=True)
    subject_type: Mapped[str]
    subject_id: Mapped[str] = mapped_column(index=True)
    summary: Mapped[str] = mapped_column(default="")
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)
    request_id: Mapped[str] = mapped_column(default="")
    prev_hash: Mapped[str]
    hash: Mapped[str]


class AuditHead(Base):
    """The chain's last link: one row, locked by whoever appends."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int]
    hash: Mapped[str]


def record(
    actor: Actor,
    name: str,
    subject: Any,
    *,
    client_id: UUID | None = None,
    summary: str = "",
    changes: dict[str, Any] | None = None,
) -> None:
    """Append an event `subject:action` about `subject`; old and new values are read off the object unless given.

    Call it after the changes and before the end of the transaction. Columns with info={"class": "secret"} are masked.
    """
    session = db.session()
    owner = client_id or _owner(subject)
    if "audited_clients" in session.info and owner is not None:
        session.info["audited_clients"].add(owner)
        if actor.user_id is not None:  # a person, not the program itself
            session.info["happened"].add((owner, name))
    head = _locked_head(session)
    entry = AuditEvent(
        seq=head.seq + 1,
        at=now(),
        actor_id=actor.user_id,
        actor_name=actor.name,
        actor_role=actor.role.value if actor.role else "",
        client_id=owner,
        event=name,
        subject_type=getattr(subject, "__tablename__", str(type(subject).__name__)),
        subject_id=str(getattr(subject, "id", "")),
        summary=summary,
        changes=_plain(changes if changes is not None else changes_of(subject)),
        request_id=g.get("request_id", "") if has_request_context() else "",
        prev_hash=head.hash,
        hash="",
    )
    entry.hash = link(entry)
    head.seq, head.hash = entry.seq, entry.hash
    session.add(entry)


def _owner(subject: Any) -> UUID | None:
    if isinstance(subject, ClientOwned):
        return subject.client_id
    if isinstance(subject, ScopeRoot):
        return subject.id
    return None


def _locked_head(session: Session) -> AuditHead:
    kept = session.info.get("audit_head")
    if isinstance(kept, AuditHead):
        return kept
    head = session.scalar(select(AuditHead).where(AuditHead.id == 1).with_for_update())
    if head is None:
        head = AuditHead(id=1, seq=0, hash="")
        session.add(head)
    session.info["audit_head"] = head
    return head


def changes_of(subject: Any) -> dict[str, Any]:
    """Old and new value of each column the object's pending changes touch, `{column: [old, new]}`, secrets masked."""
    found: dict[str, Any] = {}
    state = inspect(subject)
    for attribute in state.mapper.column_attrs:
        history = state.attrs[attribute.key].history
        if not history.has_changes() or attribute.key in {"version", "search_key", "name_key"}:
            continue
        old = history.deleted[0] if history.deleted else None
        new = history.added[0] if history.added else None
        is_secret = attribute.columns[0].info.get("class") == "secret"
        if (old, new) != (None, None):
            found[attribute.key] = [MASK if old else None, MASK] if is_secret else [old, new]
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    return value


def link(entry: AuditEvent) -> str:
    """The keyed hash that ties an event to the one before it."""
    fields = [
        entry.seq,
        entry.at.isoformat(),
        str(entry.actor_id),
        entry.actor_name,
        entry.actor_role,
        str(entry.client_id),
        entry.event,
        entry.subject_type,
        entry.subject_id,
        entry.summary,
        entry.changes,
        entry.request_id,
        entry.prev_hash,
    ]
    body = json.dumps(fields, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    return hmac.new(_key(), body, hashlib.sha256).hexdigest()


def key_mark() -> str:
    """By which a backup knows the key of its chain again, without telling it."""
    return hmac.new(_key(), b"mark", hashlib.sha256).hexdigest()[:16]


def _key() -> bytes:
    return hashlib.sha256(b"audit:" + str(current_app.config["SECRET_KEY"]).encode()).digest()


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What checking the trail found: how many events, and the first that does not fit (None = all fit)."""

    events: int
    first_bad: int | None


def verify_chain() -> ChainReport:
    """Walk the whole trail in order and check sequence, links and the head."""
    session = db.session()
    previous, expected, count = "", 1, 0
    with session.scalars(select(AuditEvent).order_by(AuditEvent.seq).execution_options(yield_per=500)) as entries:
        for entry in entries:
            if entry.seq != expected or entry.prev_hash != previous or entry.hash != link(entry):
                return ChainReport(count, entry.seq)
            previous, expected, count = entry.hash, expected + 1, count + 1
    head = session.get(AuditHead, 1)
    if (head.seq if head else 0) != count:
        return ChainReport(count, count + 1)
    return ChainReport(count, None)


@event.listens_for(Session, "before_flush")
def _append_only(session: Session, _context: Any, _instances: Any) -> None:
    changed = [row for row in session.dirty if isinstance(row, AuditEvent) and session.is_modified(row)]
    if changed or any(isinstance(row, AuditEvent) for row in session.deleted):
        raise RuntimeError("the trail is append-only")
