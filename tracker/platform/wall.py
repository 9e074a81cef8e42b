"""The second wall: the database itself hides other companies' rows, should the first wall in tenancy.py ever have a hole.

PostgreSQL has row-level security on every client's table (row_security.py); this module tells it, at the start of each
transaction and whenever the scope changes, how far the session reaches. SQLite has no such thing: there, contacts and
brokers read through connections of their own, on which temporary views of the same names stand before the tables.
On both, a connection that was told nothing shows nothing.
"""

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Lock
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import Connection, Engine, ForeignKeyConstraint, Table, create_engine, event
from sqlalchemy.orm import Session, registry

from tracker.platform import tenancy
from tracker.platform.tenancy import Reach, Scope

ROLE = "tracker_rows"  # on PostgreSQL: takes the place, for a transaction, of a user that row security does not bind
PARTNER_KEY = "partner_id"

# Whether the connected user is above row security, and whether it may step down to the role.
_PROBE = f"""SELECT (rolsuper OR rolbypassrls) AND EXISTS (
    SELECT FROM pg_roles AS lower WHERE lower.rolname = '{ROLE}' AND pg_has_role(lower.oid, 'MEMBER')
) FROM pg_roles WHERE rolname = current_user"""  # noqa: S608

_outside_engines: "WeakKeyDictionary[Engine, Engine]" = WeakKeyDictionary()
_building = Lock()


@dataclass(frozen=True, slots=True)
class Walled:
    """A table with a client's rows. `client_key` holds the client's id; the last two say what of it a partner reaches."""

    name: str
    client_key: str
    names_partner: bool
    children: tuple[tuple[str, str], ...]  # (table, column) of rows that name a partner and hang on this table's rows


@dataclass(slots=True)
class _Context:
    """Whose eyes a walled SQLite connection has just now. Empty: nobody's."""

    user: str | None = None
    partner: str | None = None


class WalledSession(FlaskSession):
    """The application's session: on SQLite, what contacts and brokers read comes through the walled connections."""

    def get_bind(self, *args: Any, **options: Any) -> Engine | Connection:
        """The engine for this statement."""
        bind = super().get_bind(*args, **options)
        is_writing = "changed_clients" in self.info  # a write goes through the first wall and its checks on every flush
        if isinstance(bind, Engine) and bind.dialect.name == "sqlite" and reach(self).is_outside and not is_writing:
            return outside_engine(bind, self.info["registry"])
        return bind


def guard() -> None:
    """Register the wall: each transaction is told its reach, and told again when the scope changes."""
    event.listen(WalledSession, "after_begin", _begin)
    event.listen(WalledSession, "after_transaction_end", _end)
    event.listen(Engine, "connect", _learn_role)
    tenancy.on_change(_tell_all)


def reach(session: Session) -> Scope:
    """How far the session reaches; nowhere as long as nobody said."""
    scope = session.info.get("scope")
    return scope if isinstance(scope, Scope) else Scope.nothing()


def walled(models: registry) -> tuple[Walled, ...]:
    """Every table with a client's rows, from the models themselves."""
    tables = sorted(
        {m.local_table for m in models.mappers if tenancy.is_scoped(m.class_) and isinstance(m.local_table, Table)},
        key=lambda table: table.name,
    )
    naming = [table for table in tables if PARTNER_KEY in table.c]
    return tuple(
        Walled(
            table.name,
            "client_id" if "client_id" in table.c else "id",
            table in naming,
            () if table in naming else tuple(_hanging_on(table, naming)),
        )
        for table in tables
    )


def _hanging_on(parent: Table, children: Iterable[Table]) -> Iterable[tuple[str, str]]:
    for child in children:
        for key in child.foreign_key_constraints:
            if isinstance(key, ForeignKeyConstraint) and key.referred_table is parent:
                yield from ((child.name, e.parent.name) for e in key.elements if e.column.name == "id")


# Telling the database -------------------------------------------------------------------------------------------------


def _begin(session: Session, _transaction: Any, connection: Connection) -> None:
    session.info.setdefault("told", []).append(connection)
    _tell(connection, reach(session))


def _end(session: Session, transaction: Any) -> None:
    if transaction.parent is None:
        session.info.pop("told", None)


def _tell_all(session: Session) -> None:
    for connection in session.info.get("told", ()):
        if not connection.closed and connection.in_transaction() and not _has_failed(connection):
            _tell(connection, reach(session))


def _has_failed(connection: Connection) -> bool:
    """Whether PostgreSQL takes nothing but a rollback any more."""
    state = getattr(connection.connection.dbapi_connection, "info", None)
    return state is not None and state.transaction_status.name == "INERROR"


def _tell(connection: Connection, scope: Scope) -> None:
    if connection.dialect.name == "sqlite":
        context = connection.info.get("wall")
        if context is not None:
            context.user = scope.user_id.hex if scope.user_id and scope.reach is Reach.MEMBER else None
            context.partner = scope.partner_id.hex if scope.partner_id and scope.reach is Reach.PARTNER else None
        return
    # One round trip. The values are a word of ours and an id's own digits, never text from outside.
    who: UUID | str = scope.user_id or scope.partner_id or ""
    connection.exec_driver_sql(f"SET LOCAL tracker.reach = '{scope.reach.value}'; SET LOCAL tracker.who = '{who}'")


def stepping_down(connection: Connection) -> Iterable[str]:
    """What a PostgreSQL transaction says first, when its user is one that row security does not bind."""
    if connection.info.get("steps_down"):
        yield f"SET LOCAL ROLE {ROLE}"


def _learn_role(dbapi_connection: Any, record: Any) -> None:
    if isinstance(dbapi_connection, sqlite3.Connection):
        return
    with dbapi_connection.cursor() as cursor:
        cursor.execute(_PROBE)
        record.info["steps_down"] = bool(cursor.fetchone()[0])
    dbapi_connection.rollback()


# SQLite ---------------------------------------------------------------------------------------------------------------


def outside_engine(engine: Engine, models: registry) -> Engine:
    """The connections of contacts and brokers to the same SQLite file: their views are made once, when one is opened."""
    if (ready := _outside_engines.get(engine)) is not None:
        return ready
    with _building:
        made = _outside_engines.get(engine)
        if made is None:
            made = _outside_engines[engine] = create_engine(engine.url, pool_pre_ping=True)
            event.listen(made, "connect", _viewer(views(models)))
            event.listen(made, "checkin", _forget)
            event.listen(engine, "engine_disposed", lambda _engine: made.dispose())
    return made


def views(models: registry) -> tuple[str, ...]:
    """The statements that put a view before each table."""
    return tuple(
        f'CREATE TEMP VIEW "{table.name}" AS SELECT * FROM main."{table.name}" WHERE {_seen(table)}'  # noqa: S608
        for table in walled(models)
    )


def _seen(table: Walled) -> str:
    members = "SELECT client_id FROM main.membership WHERE user_id = wall_user()"
    conditions = [f'"{table.client_key}" IN ({members})']
    if table.names_partner:
        conditions.append(f'"{PARTNER_KEY}" = wall_partner()')
    conditions += [
        f'"id" IN (SELECT "{column}" FROM main."{child}" WHERE "{PARTNER_KEY}" = wall_partner())'  # noqa: S608
        for child, column in table.children
    ]
    return " OR ".join(conditions)


def _viewer(statements: tuple[str, ...]) -> Callable[[Any, Any], None]:
    def put_views(dbapi_connection: Any, record: Any) -> None:
        context = record.info["wall"] = _Context()
        # Constant within a statement, so that SQLite may ask once and use its indexes.
        dbapi_connection.create_function("wall_user", 0, lambda: context.user, deterministic=True)
        dbapi_connection.create_function("wall_partner", 0, lambda: context.partner, deterministic=True)
        for statement in statements:
            dbapi_connection.execute(statement)

    return put_views


def _forget(_dbapi_connection: Any, record: Any) -> None:
    if "wall" in record.info:
        record.info["wall"].user = record.info["wall"].partner = None
