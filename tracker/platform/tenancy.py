"""Tenancy: rows of clients outside the actor's scope do not exist. First wall, on every ORM statement and every flush."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Uuid, column, event, inspect, select, table
from sqlalchemy.orm import (
    Mapped,
    ORMExecuteState,
    Session,
    declared_attr,
    mapped_column,
    with_loader_criteria,
)
from sqlalchemy.schema import UniqueConstraint
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import ColumnElement, TextClause
from sqlalchemy.sql.selectable import Select, TableClause

from tracker.platform.errors import OutsideScopeError

MEMBERSHIP = table("membership", column("user_id", Uuid()), column("client_id", Uuid()))


class Reach(StrEnum):
    """How far a scope goes."""

    FIRM = "firm"  # every client
    MEMBER = "member"  # the clients the person is a member of: assigned staff, or a client's own contact
    PARTNER = "partner"  # the rows that name one partner, and what those hang on: a broker's own list
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Scope:
    """The clients an actor may touch. Never a list of ids: the narrowing happens in the WHERE."""

    reach: Reach
    user_id: UUID | None = None
    reason: str = ""
    partner_id: UUID | None = None
    is_outside: bool = False  # a contact or a broker: the second wall (platform/wall.py) stands before every read

    @classmethod
    def firm(cls, reason: str) -> "Scope":
        """Every client, said out loud."""
        return cls(Reach.FIRM, None, reason)

    @classmethod
    def member(cls, user_id: UUID, *, is_outside: bool = False) -> "Scope":
        """The clients `user_id` is a member of."""
        return cls(Reach.MEMBER, user_id, is_outside=is_outside)

    @classmethod
    def nothing(cls, *, is_outside: bool = False) -> "Scope":
        """No client at all."""
        return cls(Reach.NOTHING, is_outside=is_outside)

    @classmethod
    def partner(cls, partner_id: UUID) -> "Scope":
        """The rows that name this partner."""
        return cls(Reach.PARTNER, partner_id=partner_id, is_outside=True)

    def client_ids(self) -> Select[Any]:
        """The subquery of client ids a member scope reaches."""
        return select(MEMBERSHIP.c.client_id).where(MEMBERSHIP.c.user_id == self.user_id)


def new_id() -> UUID:
    """A random 128-bit id: it says nothing about what else exists."""
    return uuid4()


def refers_to(target: str, **options: Any) -> ForeignKey:
    """A foreign key checked at commit, so that one transaction may write rows in any order."""
    return ForeignKey(target, deferrable=True, initially="DEFERRED", **options)


class ScopeRoot:
    """Mixin of the client itself: the row whose own id is the scope."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)


class ClientOwned:
    """Mixin of every row that belongs to one client. `__parents__` ties column → table to the same client by a composite key."""

    __parents__: ClassVar[dict[str, str]] = {}
    __constraints__: ClassVar[tuple[Any, ...]] = ()

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)

    @declared_attr
    def client_id(cls) -> Mapped[UUID]:  # noqa: N805
        return mapped_column(refers_to("client.id"), index=True, active_history=True)

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:  # noqa: N805
        parents = (
            ForeignKeyConstraint(
                ["client_id", key],
                [f"{parent}.client_id", f"{parent}.id"],
                deferrable=True,
                initially="DEFERRED",
                name=f"fk_{cls.__tablename__}_{key}",  # type: ignore[attr-defined]
            )
            for key, parent in cls.__parents__.items()
        )
        return (UniqueConstraint("client_id", "id"), *parents, *cls.__constraints__)


def enter(session: Session, scope: Scope) -> None:
    """Set the scope of this session. Once per request, job or command line."""
    current = session.info.get("scope")
    if current is not None and current != scope:
        session.expunge_all()  # what another scope loaded must not be answered from the identity map
    _set(session, scope)


def on_change(teller: Callable[[Session], None]) -> None:
    """Register who has to know when the scope changes while a transaction is open: the second wall."""
    _tellers.append(teller)


_tellers: list[Callable[[Session], None]] = []


def _set(session: Session, scope: Scope | None) -> None:
    session.info["scope"] = scope
    for teller in _tellers:
        teller(session)


def scope_of(session: Session) -> Scope:
    """The session's scope. OutsideScopeError when nobody entered one."""
    scope = session.info.get("scope")
    if not isinstance(scope, Scope):
        raise OutsideScopeError("no scope entered: a client's rows cannot be read")
    return scope


@contextmanager
def widened(session: Session, reason: str) -> Iterator[None]:
    """Run as the firm for a moment (sign-in, invitations, the daily job). Each use is listed by a test."""
    with _changed(session, Scope.firm(reason)):
        yield


@contextmanager
def shared_with(session: Session, partner_id: UUID) -> Iterator[None]:
    """Read what names one partner. The query filters on it as well; this wall and that filter do not know each other."""
    with _changed(session, Scope.partner(partner_id)):
        yield


@contextmanager
def _changed(session: Session, scope: Scope) -> Iterator[None]:
    before = session.info.get("scope")
    _set(session, scope)
    try:
        yield
    finally:
        _set(session, before)


def guard(session_class: type[Session]) -> None:
    """Register the guard on the application's one session class."""
    event.listen(session_class, "do_orm_execute", _narrow)
    event.listen(session_class, "before_flush", _check_flush)


def _narrow(state: ORMExecuteState) -> None:
    if state.execution_options.get("unscoped"):
        return
    if not state.is_orm_statement:
        _refuse_core(state)
        return
    is_about_clients = any(is_scoped(mapper.class_) for mapper in state.all_mappers)
    if not is_about_clients and not _touches_scoped(state.statement, state.session):
        return
    scope = scope_of(state.session)
    if state.is_insert:
        raise OutsideScopeError("bulk insert of a client's rows skips the guard: add objects instead")
    if state.is_column_load or scope.reach in (Reach.FIRM, Reach.PARTNER):
        return  # what names a partner is filtered by its one query, and by the second wall
    if scope.reach is Reach.NOTHING:
        state.statement = state.statement.options(
            with_loader_criteria(ClientOwned, lambda cls: cls.client_id.is_(None), include_aliases=True),
            with_loader_criteria(ScopeRoot, lambda cls: cls.id.is_(None), include_aliases=True),
        )
        return
    user_id = scope.user_id
    state.statement = state.statement.options(
        with_loader_criteria(ClientOwned, lambda cls: _reached(cls.client_id, user_id), include_aliases=True),
        with_loader_criteria(ScopeRoot, lambda cls: _reached(cls.id, user_id), include_aliases=True),
    )


def _reached(key: Any, user_id: UUID | None) -> ColumnElement[bool]:
    found: ColumnElement[bool] = key.in_(select(MEMBERSHIP.c.client_id).where(MEMBERSHIP.c.user_id == user_id))
    return found


def is_scoped(cls: type) -> bool:
    """Whether rows of this model belong to a client, or are the client."""
    return issubclass(cls, ClientOwned | ScopeRoot)


def scoped_tables(session: Session) -> frozenset[str]:
    """Names of the tables whose rows belong to a client."""
    kept: frozenset[str] | None = session.info.get("scoped_tables")
    if kept is None:
        registry = session.info["registry"]
        kept = frozenset(m.local_table.name for m in registry.mappers if is_scoped(m.class_))
        session.info["scoped_tables"] = kept
    return kept


def _touches_scoped(statement: Any, session: Session) -> bool:
    names = scoped_tables(session)
    return any(isinstance(element, TableClause) and element.name in names for element in visitors.iterate(statement))


def _refuse_core(state: ORMExecuteState) -> None:
    if isinstance(state.statement, TextClause) or _touches_scoped(state.statement, state.session):
        raise OutsideScopeError("plain SQL is not narrowed to the scope: use entities, or unscoped='reason'")


def _check_flush(session: Session, _context: Any, _instances: Any) -> None:
    touched = [o for o in (*session.new, *session.dirty, *session.deleted) if isinstance(o, ClientOwned | ScopeRoot)]
    if not touched:
        return
    scope = scope_of(session)
    for row in touched:
        if isinstance(row, ClientOwned):
            _refuse_moved(row)
    if scope.reach is Reach.FIRM:
        return
    wanted = {row.client_id if isinstance(row, ClientOwned) else row.id for row in touched}
    with session.no_autoflush:
        reached = set(session.scalars(scope.client_ids(), execution_options={"unscoped": "scope check"}))
    if scope.reach is Reach.NOTHING or not wanted <= reached:
        raise OutsideScopeError("a row outside the actor's scope would have been written")


def _refuse_moved(row: ClientOwned) -> None:
    history = inspect(row).attrs.client_id.history
    if history.deleted and history.deleted[0] not in (None, row.client_id):
        raise OutsideScopeError("a row may not move from one client to another")
