"""The database: engine rules, column types, and `transaction()`, the only place that commits."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum as PythonEnum
from typing import Any
from uuid import UUID

from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, DateTime, Engine, Enum, MetaData, Uuid, event, func, inspect, select
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from tracker.platform import tenancy, wall
from tracker.platform.errors import AuditGapError

CENTS = Decimal("0.01")


class CadAmount(TypeDecorator[Decimal]):
    """Money in CAD, kept as whole cents: exact, ordered and summed by the database itself."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        cents = Decimal(value) * 100
        if cents != cents.to_integral_value():
            raise ValueError(f"an amount has at most two decimals, got {value}")
        return int(cents)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else (Decimal(int(value)) / 100).quantize(CENTS)


class Instant(TypeDecorator[datetime]):
    """An instant: aware in Python, UTC without a zone in the database."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """Base of every model."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        UUID: Uuid(),
        Decimal: CadAmount(),
        datetime: Instant(),
        PythonEnum: Enum(
            PythonEnum, native_enum=False, length=40, values_callable=lambda kind: [member.value for member in kind]
        ),
    }

    def __init__(self, **values: Any) -> None:
        """Set what is given and every column default at once, so that an object is whole before it is flushed."""
        for key, value in values.items():
            if not hasattr(type(self), key):
                raise TypeError(f"{type(self).__name__} has no {key}")
            setattr(self, key, value)
        for attribute in inspect(type(self)).column_attrs:
            default = attribute.columns[0].default
            if attribute.key not in values and default is not None and not default.is_sequence:
                chosen = default.arg(None) if default.is_callable else default.arg
                setattr(self, attribute.key, chosen)


# Flask-SQLAlchemy 3.1 copies a typed base's body, which SQLAlchemy 2.1 refuses; the shared metadata is all it needs.
db = SQLAlchemy(
    metadata=Base.metadata,
    disable_autonaming=True,
    session_options={"class_": wall.WalledSession, "autoflush": False, "info": {"registry": Base.registry}},
    engine_options={"pool_pre_ping": True},
)
migrate = Migrate(render_as_batch=True, compare_type=True)

tenancy.guard(Session)
wall.guard()

Keeper = Callable[[Session, frozenset[UUID]], None]
_keepers: list[Keeper] = []


def keep(keeper: Keeper) -> None:
    """Register what has to be worked out again, in the same transaction, for the clients whose rows changed."""
    if keeper not in _keepers:
        _keepers.append(keeper)


Guard = Callable[[Session, frozenset[tuple[UUID, str]]], None]
_guards: list[Guard] = []


def guard(guard_: Guard) -> None:
    """Register who looks at what a person did, (client, event) by (client, event), before it is committed; it may refuse."""
    if guard_ not in _guards:
        _guards.append(guard_)


@event.listens_for(Engine, "connect")
def _set_up_connection(dbapi_connection: Any, _record: Any) -> None:
    if not isinstance(dbapi_connection, sqlite3.Connection):
        # Row security makes every statement look dear: PostgreSQL would compile for a second what runs for 10 ms.
        dbapi_connection.execute("SET jit = off")
        dbapi_connection.commit()
        return
    dbapi_connection.isolation_level = None  # the begin event below says BEGIN, in the form that is wanted
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=5000",
        "trusted_schema=OFF",
        "journal_size_limit=67108864",
    ):
        dbapi_connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    """Reading is the default and cannot write; only `transaction()` and migrations ask for a writing connection.

    Only migrations act as the owner of the tables; everybody else is bound by row security, whoever connected.
    """
    options = connection.get_execution_options()
    writes = bool(options.get("writes"))
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
        return
    parts = [] if options.get("as_owner") else list(wall.stepping_down(connection))
    parts += [] if writes else ["SET TRANSACTION READ ONLY"]
    if parts:
        connection.exec_driver_sql("; ".join(parts))


@contextmanager
def transaction() -> Iterator[Session]:
    """One writing transaction around one command: check, change, audit, keep, commit. Rolls back on any error.

    What the request read before the lock is forgotten and read again under it, so that a check made inside holds
    until the commit. AuditGapError when a client's rows changed without an event in the trail.
    """
    session = db.session()
    session.rollback()
    session.info["changed_clients"], session.info["audited_clients"], session.info["happened"] = set(), set(), set()
    try:
        session.connection(execution_options={"writes": True})
        yield session
        session.flush()
        for guard in _guards:
            guard(session, frozenset(session.info["happened"]))
        _run_keepers(session)
        gap = session.info["changed_clients"] - session.info["audited_clients"]
        if gap:
            raise AuditGapError(f"changed without an event in the trail: {sorted(map(str, gap))[:5]}")
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        for key in ("changed_clients", "audited_clients", "happened", "audit_head"):
            session.info.pop(key, None)


def hold(name: str) -> None:
    """Wait for everybody else who holds `name` and keep it to the end of the transaction, so that count and add are one.

    SQLite has one writer at a time as it is.
    """
    if db.engine.dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def _run_keepers(session: Session) -> None:
    changed = frozenset(session.info["changed_clients"])
    if not changed:
        return
    for keeper in _keepers:
        keeper(session, changed)
    session.flush()


@event.listens_for(Session, "after_flush")
def _note_changed_clients(session: Session, _context: Any) -> None:
    changed = session.info.get("changed_clients")
    if changed is None:
        return
    for row in (*session.new, *session.dirty, *session.deleted):
        if getattr(type(row), "__audited__", True) is False:
            continue
        if isinstance(row, tenancy.ClientOwned):
            changed.add(row.client_id)
        elif isinstance(row, tenancy.ScopeRoot):
            changed.add(row.id)
