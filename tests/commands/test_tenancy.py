"""Tenancy: rows outside the scope do not exist, by query, by flush and by the database itself."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import exists, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from tests.conftest import Cast
from tests.factories import DAY, as_firm, make_engagement, make_task
from tracker.clients.models import Client, ProgramAccount
from tracker.coordination.models import Task
from tracker.platform.actor import SYSTEM, Actor
from tracker.platform.audit import AuditEvent, record, verify_chain
from tracker.platform.db import db, transaction
from tracker.platform.errors import AuditGapError, OutsideScopeError
from tracker.platform.tenancy import enter


@pytest.fixture
def as_ana(actor_named: Callable[[str], Actor]) -> Actor:
    ana = actor_named("ana")
    enter(db.session(), ana.scope)
    return ana


def test_select_sees_own_rows_only(inside: Flask, cast: Cast, as_ana: Actor) -> None:
    assert list(db.session.scalars(select(Client.id))) == [cast.client_a]
    assert list(db.session.scalars(select(ProgramAccount.id))) == [cast.account_a]


def test_select_is_narrowed_in_subqueries_aliases_and_joins(inside: Flask, cast: Cast, as_ana: Actor) -> None:
    other = aliased(ProgramAccount)
    assert db.session.scalar(select(other.id).where(other.id == cast.account_b)) is None
    inner = select(ProgramAccount.client_id).scalar_subquery()
    assert list(db.session.scalars(select(Client.id).where(Client.id.in_(inner)))) == [cast.client_a]
    joined = select(Client.id).join(ProgramAccount, ProgramAccount.client_id == Client.id)
    assert list(db.session.scalars(joined)) == [cast.client_a]
    assert (
        db.session.scalar(select(exists(select(ProgramAccount.id).where(ProgramAccount.id == cast.account_b)))) is False
    )


def test_get_does_not_find_foreign_row(inside: Flask, cast: Cast, as_ana: Actor) -> None:
    assert db.session.get(ProgramAccount, cast.account_b) is None
    assert db.session.get(ProgramAccount, cast.account_a) is not None


def test_get_after_change_of_scope_does_not_answer_from_memory(
    inside: Flask, cast: Cast, actor_named: Callable[[str], Actor]
) -> None:
    assert db.session.get(Client, cast.client_b) is not None
    enter(db.session(), actor_named("ana").scope)
    assert db.session.get(Client, cast.client_b) is None


def test_query_without_scope_raises(inside: Flask) -> None:
    db.session.info.pop("scope")
    with pytest.raises(OutsideScopeError):
        db.session.scalars(select(Client)).all()


@pytest.mark.parametrize("statement", ["SELECT * FROM task", "DELETE FROM client"])
def test_plain_sql_is_refused(inside: Flask, as_ana: Actor, statement: str) -> None:
    with pytest.raises(OutsideScopeError):
        db.session.execute(text(statement))
    with pytest.raises(OutsideScopeError):
        db.session.execute(select(Client.__table__))


def test_writing_foreign_row_raises(inside: Flask, cast: Cast, as_ana: Actor) -> None:
    with pytest.raises(OutsideScopeError), transaction() as session:
        row = Task(client_id=cast.client_b, title="x", waiting_since=DAY)
        session.add(row)
        record(as_ana, "task:added", row)


def test_bulk_update_is_narrowed(inside: Flask, cast: Cast, actor_named: Callable[[str], Actor]) -> None:
    as_firm()
    make_task(db.session.get(Client, cast.client_b), title="theirs")
    enter(db.session(), actor_named("ana").scope)
    with transaction() as session:
        session.execute(update(Task).values(title="mine"))
    as_firm()
    assert db.session.scalar(select(Task.title)) == "theirs"


def test_row_may_not_move_to_another_client(inside: Flask, cast: Cast) -> None:
    as_firm()
    task = make_task(db.session.get(Client, cast.client_a))
    with pytest.raises(OutsideScopeError), transaction():
        task.client_id = cast.client_b


def test_database_refuses_link_across_clients(inside: Flask, cast: Cast) -> None:
    as_firm()
    engagement = make_engagement(db.session.get(Client, cast.client_b))
    with pytest.raises(IntegrityError):
        make_task(db.session.get(Client, cast.client_a), engagement_id=engagement.id)


def test_change_without_event_is_not_committed(inside: Flask, cast: Cast) -> None:
    as_firm()
    with pytest.raises(AuditGapError), transaction() as session:
        session.get(Client, cast.client_a).trade_name = "Silent"
    assert db.session.get(Client, cast.client_a).trade_name is None


def test_reading_connection_cannot_write(inside: Flask, cast: Cast) -> None:
    as_firm()
    db.session.get(Client, cast.client_a).trade_name = "x"
    with pytest.raises(Exception, match=r"readonly|read-only"):
        db.session.flush()
    db.session.rollback()


def test_postgresql_compiles_no_statement(inside: Flask) -> None:
    """It would for nearly each, since row security makes all look dear, and take a second for what runs in milliseconds."""
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no such thing")
    with db.engine.connect() as connection:
        assert connection.exec_driver_sql("SHOW jit").scalar() == "off"


def test_trail_shows_old_and_new_and_its_chain_holds(inside: Flask, cast: Cast) -> None:
    as_firm()
    with transaction() as session:
        client = session.get(Client, cast.client_a)
        client.trade_name = "Maple"
        record(SYSTEM, "client:edited", client)
    event = db.session.scalars(select(AuditEvent).order_by(AuditEvent.seq.desc())).first()
    assert event is not None and event.changes == {"trade_name": [None, "Maple"]}
    assert verify_chain().first_bad is None


def test_tampered_trail_is_found(inside: Flask) -> None:
    with db.engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(text("UPDATE audit_event SET summary = 'changed' WHERE seq = 3"))
    assert verify_chain().first_bad == 3
