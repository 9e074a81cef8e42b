"""Clients, commands: why a statement does not add up, said once, and forgotten when the amount is another."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from decimal import Decimal
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from tracker.clients.models import Statement
from tracker.clients.statement_rows import statements_for, unexplained_of
from tracker.platform.actor import Actor
from tracker.platform.audit import record
from tracker.platform.db import db
from tracker.platform.edge import check_version
from tracker.platform.errors import Refusal


def explain_gap(actor: Actor, *, statement: Statement, version: int, reason: str) -> Statement:
    """Note why a statement does not add up, once somebody knows. The amount itself stays as CBSA printed it."""
    check_version(statement, version)
    if not reason.strip():
        raise Refusal("reason", _("Say what it is: who found out, and where it shows."))
    statement.gap_reason, statement.gap_explained_by = reason.strip(), actor.name
    record(actor, "statement:explained", statement)
    return statement


@contextmanager
def gaps_explained_anew(actor: Actor, account_ids: Collection[UUID]) -> Iterator[None]:
    """Change statements of these accounts inside: a reason given for an amount nobody accounts for does not stand for another.

    A month's total is what the next one opens with, so its reason goes, too, where that leaves another amount. The trail
    keeps what was said.
    """
    explained = _explained(account_ids)
    before = _gaps({row.program_account_id for row in explained})
    yield
    if not explained:
        return
    db.session.flush()
    after = _gaps({row.program_account_id for row in explained})
    for row in explained:
        if row in db.session and before.get(row.id) != after.get(row.id):
            row.gap_reason = row.gap_explained_by = None
            record(actor, "statement:edited", row)
    db.session.flush()


def _explained(account_ids: Collection[UUID]) -> list[Statement]:
    query = select(Statement).where(Statement.program_account_id.in_(account_ids), Statement.gap_reason.is_not(None))
    return list(db.session.scalars(query.order_by(Statement.id)))


def _gaps(account_ids: Collection[UUID]) -> dict[UUID, Decimal]:
    """The CAD nobody accounts for, by statement."""
    found: dict[UUID, Decimal] = {}
    for rows in statements_for(list(account_ids)).values():
        gaps = unexplained_of(rows)
        found |= {row.id: gaps[row.period_end] for row in rows if row.period_end in gaps}
    return found
