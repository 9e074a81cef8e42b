"""The second wall: with the first one taken away, the database itself still hides every other company's rows."""

import enum
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4
from zipfile import ZipFile

import pytest
from flask import Flask
from sqlalchemy import Table, create_engine, event, func, select
from sqlalchemy.orm import Session

from tests.conftest import EMAILS, Cast
from tests.factories import as_firm, make_client, make_membership, make_partner, make_token, saved
from tests.visitor import Visitor
from tracker import create_app
from tracker.accounts import queries as accounts
from tracker.accounts.models import UserAccount
from tracker.accounts.signing_in import TOKENS_ONLY, actor_of
from tracker.clients.enums import Duty
from tracker.clients.models import Client
from tracker.coordination.models import Delegation, Partner, Task
from tracker.coordination.queries import broker_list
from tracker.documents.models import DocumentRequest
from tracker.permissions import Role
from tracker.platform import row_security, tenancy
from tracker.platform.clock import today
from tracker.platform.db import Base, db, transaction
from tracker.platform.schema import upgrade
from tracker.platform.tenancy import Scope, enter, shared_with

CANARY = "CANARY"
SOON = today() + timedelta(days=3)
PARAMETERS = {
    "client_id": ("client",), "request_id": ("document_request", "reduction_request"), "account_id": ("program_account",),
    "task_id": ("task",), "assessment_id": ("assessment",), "statement_id": ("statement",), "engagement_id": ("engagement",),
    "contact_id": ("contact",), "instrument_id": ("instrument",), "partner_id": ("partner",),
    "version_id": ("document_version",), "delegation_id": ("delegation",), "finding_id": ("finding",),
    "record_id": ("task", "document_request", "engagement", "instrument"),
}  # fmt: skip


@pytest.fixture
def no_first_wall(app: Flask) -> Iterator[None]:
    """The hole: no ORM statement is narrowed to the person's clients any more."""
    event.remove(Session, "do_orm_execute", tenancy._narrow)
    yield
    event.listen(Session, "do_orm_execute", tenancy._narrow)


def value_of(column: Any, table: Table) -> Any:
    """Something for a column, with the canary wherever text goes."""
    words = f"{CANARY} {table.name}.{column.name}"
    named = {"CadAmount": Decimal("77.00"), "Instant": datetime.now(UTC), "JSON": [words]}
    if (name := type(column.type).__name__) in named:
        return named[name]
    kind = column.type.python_type
    if issubclass(kind, enum.Enum):
        return next(iter(kind))
    return {str: words, bool: True, int: 1, date: SOON}[kind]


def row_for(table: Table, client_id: UUID, made: dict[str, UUID]) -> dict[str, Any]:
    """A whole row of `table` that belongs to the client and hangs on the rows made before."""
    parents = {e.parent.name: e.column.table.name for key in table.foreign_key_constraints for e in key.elements
               if e.column.name == "id"}  # fmt: skip
    values: dict[str, Any] = {}
    for column in table.columns:
        if column.name in ("id", "client_id"):
            values[column.name] = uuid4() if column.name == "id" else client_id
        elif column.name in parents:
            values[column.name] = made.get(parents[column.name])
        elif column.type.python_type is UUID:
            values[column.name] = None
        else:
            values[column.name] = value_of(column, table)
    return values


def fill(client_id: UUID) -> dict[str, UUID]:
    """One row of every scoped table for the client, every word of it a canary; ids by table."""
    with db.session.no_autoflush:
        partner, person = make_partner(name=f"{CANARY} partner"), accounts.by_email(EMAILS["priya"])
    assert person is not None
    made = {"client": client_id, "partner": partner.id, "user_account": person.id}
    names = {m.local_table.name for m in Base.registry.mappers if tenancy.is_scoped(m.class_)}
    with db.engine.connect().execution_options(writes=True) as connection, connection.begin():
        row_security.open_to_all(connection)
        kept = connection.execute(select(Base.metadata.tables["standing"].c.id))
        is_standing = {row[0] for row in kept}
        for table in Base.metadata.sorted_tables:
            if table.name not in names - {"client"} or (table.name == "standing" and is_standing):
                continue
            values = row_for(table, client_id, made)
            connection.execute(table.insert(), values)
            made[table.name] = values["id"]
        client = Base.metadata.tables["client"]
        words = {c.name: f"{CANARY} client.{c.name}" for c in client.columns
                 if c.type.python_type is str and c.name not in ("bn9", "language", "state", "search_key")}  # fmt: skip
        connection.execute(client.update().where(client.c.id == client_id).values(**words))
    return made


def pages(app: Flask, made: dict[str, UUID], own: UUID) -> Iterator[str]:
    """Every page with the foreign ids, and with one's own client in their place."""
    with app.test_request_context():
        adapter = app.url_map.bind("localhost")
        for rule in app.url_map.iter_rules():
            if "GET" not in (rule.methods or ()) or rule.endpoint.endswith("static"):
                continue
            for tables in zip(
                *(_three(PARAMETERS.get(name, ("client",))) for name in sorted(rule.arguments)), strict=True
            ):
                ids = dict(zip(sorted(rule.arguments), (made[table] for table in tables), strict=True))
                yield adapter.build(rule.endpoint, _typed(rule, ids))
                yield adapter.build(
                    rule.endpoint, _typed(rule, {**ids, "client_id": own} if "client_id" in ids else ids)
                )
            if not rule.arguments:
                yield adapter.build(rule.endpoint)


def _three(tables: tuple[str, ...]) -> tuple[str, ...]:
    return (tables * 4)[:4]


def _typed(rule: Any, ids: dict[str, UUID]) -> dict[str, Any]:
    """Ids where an id goes, a word that such an address knows elsewhere."""
    words = {"source": "task", "party": "client", "name": "client", "secret": "x"}
    known = {name for name, converter in rule._converters.items() if "UUID" in type(converter).__name__}
    return {name: key if name in known else words.get(name, "x") for name, key in ids.items()}


def words_of(answer: Any) -> str:
    """What stands in an answer, in files inside files as well: workbooks, and packs of them."""
    content = answer.get_data()
    return _unpacked(content) if content.startswith(b"PK") else content.decode()


def _unpacked(content: bytes) -> str:
    with ZipFile(BytesIO(content)) as bundle:
        parts = [bundle.read(name) for name in bundle.namelist()]
    return "\n".join(_unpacked(part) if part.startswith(b"PK") else part.decode(errors="replace") for part in parts)


@pytest.mark.parametrize("name", ["ana", "bruno"])
def test_crawled_from_outside_no_word_of_another_company(
    app: Flask, cast: Cast, visit: Callable[..., Visitor], no_first_wall: None, name: str
) -> None:
    with app.app_context():
        made = fill(cast.client_b)
    visitor, found = visit(name), []
    for path in dict.fromkeys(pages(app, made, cast.client_a)):
        answer = visitor.http.get(path)
        if CANARY in words_of(answer) or answer.status_code not in (200, 302, 303, 400, 401, 403, 404, 500):
            found.append(f"{answer.status_code} {path}")
    assert not found


def test_the_canary_would_be_seen(app: Flask, cast: Cast, visit: Callable[..., Visitor], no_first_wall: None) -> None:
    """The crawl above finds something where there is something: as the company's own contact."""
    with app.app_context():
        fill(cast.client_b)
    assert CANARY in visit("ben").get("/portal").text


@pytest.mark.parametrize("name", ["colin", "celia"])
def test_on_postgresql_staff_reach_their_own_clients_only(
    app: Flask, cast: Cast, visit: Callable[..., Visitor], no_first_wall: None, name: str
) -> None:
    with app.app_context():
        if db.engine.dialect.name != "postgresql":
            pytest.skip("SQLite's second wall stands before contacts and brokers; staff have the first one there")
        made = fill(cast.client_b)
        partner_words = f"{CANARY} partner"  # partners are the firm's own, and shared
    visitor, found = visit(name), []
    with app.app_context():
        token = make_token(EMAILS[name])
    for path in dict.fromkeys(pages(app, made, cast.client_a)):
        is_for_programs = path.startswith(TOKENS_ONLY)
        answer = visitor.http.get(path, headers={"Authorization": f"Bearer {token}"} if is_for_programs else {})
        if CANARY in words_of(answer).replace(partner_words, "") or answer.status_code == 401:
            found.append(f"{answer.status_code} {path}")
    assert not found


# What a session is told -------------------------------------------------------------------------------------------------


def seen() -> int:
    """How many clients the session sees, whatever the first wall thinks."""
    return db.session.scalar(select(func.count()).select_from(Client).execution_options(unscoped=True)) or 0


def actor_scope(name: str) -> Scope:
    person = accounts.by_email(EMAILS[name])
    assert person is not None
    return actor_of(person).scope


def test_each_scope_sees_what_it_reaches_and_a_change_is_told_at_once(app: Flask, cast: Cast) -> None:
    with app.app_context():
        as_firm()
        assert seen() == 2
        contact, nothing, broker = actor_scope("ana"), Scope.nothing(is_outside=True), actor_scope("bruno")
        for scope, count in ((contact, 1), (nothing, 0), (contact, 1), (broker, 0), (Scope.firm("test"), 2)):
            enter(db.session(), scope)
            assert seen() == count, scope


def test_a_connection_from_the_pool_remembers_nobody(app: Flask, cast: Cast) -> None:
    with app.app_context():
        enter(db.session(), actor_scope("ana"))
        assert seen() == 1
        bind = db.session().get_bind()
        db.session.remove()
        with bind.connect() as connection:  # told nothing since
            outside = bind is not db.engine or bind.dialect.name == "postgresql"
            assert not outside or connection.exec_driver_sql("SELECT count(*) FROM client").scalar() == 0


def test_what_a_contact_writes_is_written_and_checked(app: Flask, cast: Cast) -> None:
    with app.app_context():
        as_firm()
        own = saved(DocumentRequest(client_id=cast.client_a, requested_on=SOON))
        foreign = saved(DocumentRequest(client_id=cast.client_b, requested_on=SOON))
        keys = own.id, foreign.id
        db.session.remove()
        enter(db.session(), actor_scope("ana"))
        with transaction() as session:
            row = session.get(DocumentRequest, keys[0])
            assert row is not None and session.get(DocumentRequest, keys[1]) is None
            row.title = "handed in"
            session.info["audited_clients"].add(row.client_id)
        again = db.session.get(DocumentRequest, keys[0])
        assert again is not None and again.title == "handed in"


def test_a_broker_sees_what_names_the_partner_and_nothing_else(app: Flask, cast: Cast) -> None:
    with app.app_context():
        as_firm()
        mine, other = make_partner(name="Northgate").id, make_partner(name="Elsewhere").id
        saved(Delegation(client_id=cast.client_a, partner_id=mine))
        saved(Task(client_id=cast.client_a, title="MINE", partner_id=mine, waiting_since=SOON))
        saved(Task(client_id=cast.client_b, title="OTHER", partner_id=other, waiting_since=SOON))
        saved(Task(client_id=cast.client_a, title="NOBODY'S", waiting_since=SOON))
        enter(db.session(), actor_scope("bruno"))
        shown = broker_list(mine, SOON)
        assert shown is not None and len(shown.delegations) == 1
        with shared_with(db.session(), mine):
            titles = db.session.scalars(select(Task.title).execution_options(unscoped=True)).all()
        assert titles == ["MINE"] and seen() == 0


def test_every_scoped_table_stands_behind_it(app: Flask) -> None:
    with app.app_context():
        assert row_security.gaps(db.engine, Base.registry) == []
        if db.engine.dialect.name != "postgresql":
            return
        options = {"writes": True, "as_owner": True}
        with db.engine.connect().execution_options(**options) as connection, connection.begin():
            connection.exec_driver_sql("ALTER TABLE task NO FORCE ROW LEVEL SECURITY")
        assert row_security.gaps(db.engine, Base.registry) == ["no row security on task: run tracker init"]


def test_a_new_member_reaches_the_client_at_once(app: Flask, cast: Cast) -> None:
    with app.app_context():
        person = accounts.by_email(EMAILS["celia"])
        assert person is not None and isinstance(person, UserAccount) and person.role is Role.CONSULTANT
        enter(db.session(), actor_of(person).scope)
        is_told = db.engine.dialect.name == "postgresql"
        assert seen() == (0 if is_told else 2)
        as_firm()
        client = db.session.get(Client, cast.client_b)
        assert client is not None
        make_membership(person, client, Duty.TEAM)
        enter(db.session(), actor_of(person).scope)
        assert seen() == (1 if is_told else 2)
        assert db.session.scalars(select(Client.id)).all() == [cast.client_b]
        assert db.session.scalar(select(func.count()).select_from(Partner)) == 0


def test_an_ordinary_database_user_who_owns_the_tables_is_bound_as_well(app: Flask) -> None:
    """As a firm runs it: the program's user owns the database and is no superuser; nothing steps down, nothing needs to."""
    with app.app_context():
        if db.engine.dialect.name != "postgresql":
            pytest.skip("PostgreSQL's own users")
        server = db.engine.url
    admin = create_engine(server.set(database="postgres"), isolation_level="AUTOCOMMIT")
    name = f"plain_{server.database}"
    url = server.set(username=name, database=name)
    try:
        with admin.execution_options(writes=True).connect() as connection:
            connection.exec_driver_sql(f'CREATE ROLE "{name}" LOGIN')
            connection.exec_driver_sql(f'CREATE DATABASE "{name}" OWNER "{name}"')
        plain = create_app(
            {"SQLALCHEMY_DATABASE_URI": url.render_as_string(hide_password=False), "SECRET_KEY": "k" * 40}
        )
        with plain.app_context():
            upgrade()
            assert row_security.gaps(db.engine, Base.registry) == []
            make_client(legal_name="Maple Toys Inc.")
            assert seen() == 1
            db.session.remove()
            with db.engine.connect() as connection:
                assert connection.exec_driver_sql("SELECT count(*) FROM client").scalar() == 0
                assert connection.exec_driver_sql("SELECT current_user").scalar() == name
            upgrade()  # again, with rows in it
            enter(db.session(), Scope.nothing())
            assert seen() == 0
            db.session.remove()
            db.engine.dispose()
    finally:
        with admin.execution_options(writes=True).connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            connection.exec_driver_sql(f'DROP ROLE IF EXISTS "{name}"')
        admin.dispose()
