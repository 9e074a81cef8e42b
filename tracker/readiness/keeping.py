"""Readiness, keeping: the standing of every client whose rows changed is worked out again in the same transaction."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.clients.enums import AccountProfile
from tracker.clients.models import Client
from tracker.guarantees.account_cover import AccountCover
from tracker.guarantees.keeping import keep_covers
from tracker.platform.clock import today
from tracker.platform.db import db, keep
from tracker.platform.tenancy import widened
from tracker.readiness.counting import NO_DOCUMENTS, DocumentCounts, TaskCounts, count_tasks, documents_counted
from tracker.readiness.models import NEVER, Standing
from tracker.readiness.queries import ClientReadiness, readiness_for
from tracker.readiness.remembering import forget_gone
from tracker.readiness.security import security_of
from tracker.rulebook.book import rules_at

CHUNK = 200


def init_keeping(app: Flask) -> None:
    """Register the keeper."""
    keep(_keep)


def _keep(session: Session, changed: frozenset[UUID]) -> None:
    # The client's own contact, too, changes rows whose standing counts rows they may not see.
    with widened(session, "keeping the standing of changed clients"):
        refresh(sorted(changed, key=str), today())
        session.flush()  # still as the firm: a consequence may have reached a client the actor does not see


def refresh(client_ids: Iterable[UUID], day: date) -> int:
    """Work out and keep the standing of these clients as of `day`; returns how many. Runs inside a transaction."""
    ids, count = list(client_ids), 0
    for start in range(0, len(ids), CHUNK):
        count += _refresh_some(ids[start : start + CHUNK], day)
    return count


def refresh_all(day: date) -> int:
    """Work out every client's standing again: the daily job, since dates pass without anybody changing a row."""
    return refresh(db.session.scalars(select(Client.id).order_by(Client.id)).all(), day)


def _refresh_some(ids: list[UUID], day: date) -> int:
    session = db.session()
    found = readiness_for(ids, day)
    documents = documents_counted(ids, day)
    keep_covers(session, ids, {key: ready.covers for key, ready in found.items()}, rules_at(day))
    kept = {row.client_id: row for row in session.scalars(select(Standing).where(Standing.client_id.in_(ids)))}
    for client_id in kept.keys() - found.keys():
        session.delete(kept[client_id])  # the client itself is gone: an undone import
    forget_gone(session, set(ids) - found.keys())
    for client_id, ready in found.items():
        row = kept.get(client_id)
        if row is None:
            row = Standing(client_id=client_id)
            session.add(row)
        _write(row, ready, count_tasks(ready.under_way.tasks, day), documents.get(client_id, NO_DOCUMENTS), day)
    return len(found)


def _write(row: Standing, ready: ClientReadiness, tasks: TaskCounts, documents: DocumentCounts, day: date) -> None:
    security = security_of(ready.covers)
    row.worked_out_on = day
    row.gates, row.gates_done = ready.readiness.code, ready.readiness.gates_done
    row.may_release = ready.readiness.may_release
    row.required_amount, row.posted_amount = security.required_amount, security.posted_amount
    row.shortfall_amount, row.cover_percent = security.shortfall_amount, security.cover_percent
    row.security_ends_on = security.ends_on
    row.open_tasks, row.late_tasks = tasks.open, tasks.late
    row.open_documents, row.late_documents = documents.open, documents.late
    row.bam_count = ready.bam_count
    row.figure_read_on = _longest_unread(ready.covers)
    row.waiting_since, row.waiting_on = tasks.oldest or (None, None)
    dates = [d for d in (tasks.next_on, documents.next_on, row.security_ends_on) if d is not None and d >= day]
    row.next_date_on = min(dates, default=None)


def _longest_unread(covers: tuple[AccountCover, ...]) -> date | None:
    """Of the importer accounts with statements on file, when the one read longest ago was read; None without such accounts."""
    asked = (cover for cover in covers if cover.profile is not AccountProfile.EXPORTER and cover.months)
    return min((cover.last_read_on or NEVER for cover in asked), default=None)
