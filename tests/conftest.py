"""What every test stands on: the application on a fresh copy of one database, and the cast."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Engine, event

from tests.databases import Database, PostgresDatabase, SqliteDatabase
from tests.factories import PASSWORD, as_firm, make_account, make_client, make_membership, make_user
from tests.visitor import Visitor
from tracker import create_app
from tracker.accounts import queries as accounts
from tracker.accounts.signing_in import actor_of
from tracker.clients.enums import Duty
from tracker.permissions import Role
from tracker.platform.actor import Actor
from tracker.platform.db import db
from tracker.platform.schema import upgrade

DATA = Path(__file__).parent / "data"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite")


@pytest.fixture(scope="session")
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    chosen = PostgresDatabase() if request.config.getoption("--database") == "postgresql" else SqliteDatabase()
    yield chosen
    chosen.stop()


@dataclass(frozen=True)
class Cast:
    """Who plays: people's e-mail by name, and the two clients whose files must never meet."""

    client_a: UUID
    client_b: UUID
    account_a: UUID
    account_b: UUID
    emails: dict[str, str]


EMAILS = {
    "adam": "adam@firm.example",  # administrator
    "priya": "priya@firm.example",  # manager, all clients
    "colin": "colin@firm.example",  # consultant of client A
    "celia": "celia@firm.example",  # consultant of nobody
    "ana": "ana@maple.example",  # contact of client A
    "ben": "ben@norland.example",  # contact of client B
    "bruno": "bruno@northgate.example",  # broker
}


def _make_cast() -> Cast:
    people = {
        "adam": make_user(Role.ADMIN, email=EMAILS["adam"], name="Adam Admin"),
        "priya": make_user(Role.MANAGER, email=EMAILS["priya"], name="Priya Partner"),
        "colin": make_user(Role.CONSULTANT, email=EMAILS["colin"], name="Colin Dubois"),
        "celia": make_user(Role.CONSULTANT, email=EMAILS["celia"], name="Celia Other"),
        "ana": make_user(Role.CONTACT, email=EMAILS["ana"], name="Ana Roy"),
        "ben": make_user(Role.CONTACT, email=EMAILS["ben"], name="Ben Haddad"),
        "bruno": make_user(Role.BROKER, email=EMAILS["bruno"], name="Bruno Broker"),
    }
    a = make_client(legal_name="Maple Toys Inc.")
    b = make_client(legal_name="Norland Steel Ltd")
    make_membership(people["colin"], a, Duty.LEAD)
    make_membership(people["ana"], a, Duty.CONTACT)
    make_membership(people["ben"], b, Duty.CONTACT)
    return Cast(a.id, b.id, make_account(a).id, make_account(b).id, EMAILS)


@pytest.fixture(scope="session")
def _whole_app(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, Cast]]:
    os.environ.pop("DATABASE_URL", None)
    app = create_app(
        {
            "TRACKER_DATA_DIR": tmp_path_factory.mktemp("data"),
            "SQLALCHEMY_DATABASE_URI": database.url,
            "SECRET_KEY": "k" * 40,
            "TESTING": True,
            "PROPAGATE_EXCEPTIONS": False,
            "ARGON2_MEMORY_KIB": 64,
            "ARGON2_ROUNDS": 1,
        }
    )
    with app.app_context():
        upgrade()
        cast = _make_cast()
        db.session.remove()
        db.engine.dispose()
    database.keep_as_template()
    yield app, cast
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(_whole_app: tuple[Flask, Cast], database: Database) -> Iterator[Flask]:
    """The application on a fresh copy of the database."""
    whole, _cast = _whole_app
    with whole.app_context():
        db.session.remove()
        db.engine.dispose()
    database.restore()
    yield whole
    with whole.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def cast(_whole_app: tuple[Flask, Cast]) -> Cast:
    """The people and the two clients."""
    return _whole_app[1]


@pytest.fixture
def inside(app: Flask) -> Iterator[Flask]:
    """Inside the application as the whole firm, for tests of commands and queries."""
    with app.app_context():
        as_firm()
        yield app
        db.session.remove()


@pytest.fixture
def actor_named(inside: Flask) -> Callable[[str], Actor]:
    """One of the cast as the actor of a command."""

    def find(name: str) -> Actor:
        person = accounts.by_email(EMAILS[name])
        assert person is not None
        return actor_of(person)

    return find


@pytest.fixture
def visit(app: Flask) -> Callable[..., Visitor]:
    """A browser of one of the cast: visit("ana"), visit("ana", language="fr"), visit(None) for nobody."""

    def open_browser(name: str | None, language: str = "en") -> Visitor:
        return Visitor(app, EMAILS[name] if name else None, PASSWORD, language)

    return open_browser


class StatementCount:
    """How many SQL statements ran since it was reset."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def reset(self) -> None:
        self.statements.clear()

    def __len__(self) -> int:
        return len([s for s in self.statements if not s.startswith(("PRAGMA", "BEGIN", "SET ", "COMMIT", "ROLLBACK"))])


@pytest.fixture
def sql(app: Flask) -> Iterator[StatementCount]:
    """Counts SQL statements, on whatever connection they run."""
    count = StatementCount()

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        count.statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield count
    event.remove(Engine, "before_cursor_execute", note)
