"""Search reads names along indexes: it finds what the plain rule finds, in its order, frequent or rare, whoever asks."""

from itertools import cycle
from uuid import UUID

import pytest
from flask import Flask
from flask_migrate import downgrade
from sqlalchemy import select, text, update

from tests.conftest import Cast, StatementCount
from tests.factories import DAY, as_firm, make_client, make_contact, make_membership, make_request, make_task
from tracker.accounts import queries as accounts
from tracker.clients.enums import ClientState
from tracker.clients.models import Client, Contact
from tracker.clients.rules import fold, search_key, squeeze
from tracker.clients.searching import ALL_KNOWN, MOST, Found, Person, SearchHit, search
from tracker.coordination.listing import TaskFilter, task_page
from tracker.documents.listing import Filters
from tracker.documents.listing import listed as documents_listed
from tracker.platform.actor import SYSTEM
from tracker.platform.audit import record
from tracker.platform.db import db, transaction
from tracker.platform.row_security import open_to_all
from tracker.platform.schema import upgrade
from tracker.platform.tenancy import Scope, enter

COMPANIES = (
    "Aciéries Bois-Franc inc.",
    "Steel & Sons Ltd.",
    "Steel & Sons Ltd.",
    "Val-d'Or 100% inc.",
    "Gone Steel Co.",
)
PEOPLE = ("José Pérez", "Mary-Ann Steele", "Anne Roy", "Jean Roy", "Œuvray Li", "O_Neil 50%", "Rare Bird")
TEXTS = (
    "steel", "STEEL ", "Roy", "jean roy", "jean  roy", "bois franc", "bois-franc", "boisfranc", "val d'or", "inc", "a", "é", "josé",
    "Pérez", "rené@maple", "rene@maple", "MAPLE.example", "mary-ann", "mary ann", "100%", "50%", "_", "%", "-", "oeuvray", "rare",
    "123 456", "123456782", "rm0001", "nothing like it", "/",
)  # fmt: skip


@pytest.fixture
def firm(inside: Flask, cast: Cast) -> UUID:
    """Seven clients, one archived, with more people than are ever gone through at once; Colin works for three of them."""
    colin = accounts.by_email(cast.emails["colin"])
    assert colin is not None
    key = colin.id
    clients = [make_client(legal_name=name, bn9=None, search_key=search_key([name])) for name in COMPANIES]
    for client in (clients[1], clients[3]):
        make_membership(colin, client)
    add_people([client.id for client in clients], 3 * ALL_KNOWN)
    with transaction() as session:
        gone = session.get_one(Client, clients[4].id)
        gone.state = ClientState.ARCHIVED
        record(SYSTEM, "client:archived", gone)
    enter(db.session(), Scope.firm("test"))
    return key


def add_people(clients: list[UUID], count: int) -> None:
    """Contacts of every name; one in forty has a name nobody else has, some no address, one an address with an accent."""
    as_firm()
    with transaction() as session:
        for number, client_id, name in zip(range(count), cycle(clients), cycle(PEOPLE), strict=False):
            email = None if number % 3 == 0 else f"Person{number}@{'Maple' if number % 2 else 'steel'}.example"
            email = {1: "rené@maple.example", 2: "rene@maple.example"}.get(number, email)
            row = Contact(
                client_id=client_id, name=f"{name} {number}" if number % 40 else f"Only {number}", email=email
            )
            session.add(row)
            record(SYSTEM, "factory:made", row, client_id=client_id)


def by_rule(sought: str) -> Found:
    """What search says it finds, worked out row by row from everything in scope."""
    folded, squeezed = fold(sought), squeeze(sought)
    if not squeezed:
        return Found()
    clients = {row.id: row for row in db.session.scalars(select(Client))}
    people = sorted(db.session.scalars(select(Contact)), key=lambda row: (row.name, row.id.hex))
    named = {row.client_id for row in people if squeezed in row.name_key or folded in (row.email or "").lower()}
    hits = [row for row in people if squeezed in row.name_key or sought.strip().lower() in (row.email or "").lower()]
    found = [
        row for row in clients.values() if folded in row.search_key or squeezed in row.search_key or row.id in named
    ]
    found.sort(key=lambda row: (row.state.value, row.legal_name, row.id.hex))
    return Found(
        tuple(SearchHit(row.id, row.legal_name, row.trade_name, row.bn9, row.state) for row in found[:MOST]),
        tuple(Person(row.client_id, clients[row.client_id].legal_name, row.name, row.email) for row in hits[:MOST]),
    )


@pytest.mark.parametrize("reader", ["firm", "colin", "nobody"])
def test_search_equals_the_plain_rule(firm: UUID, reader: str) -> None:
    enter(
        db.session(),
        {"firm": Scope.firm("test"), "colin": Scope.member(firm), "nobody": Scope.nothing()}[reader],
    )
    found = {sought: by_rule(sought) for sought in TEXTS}
    assert {sought: search(sought) for sought in TEXTS} == found
    assert reader == "nobody" or sum(bool(each.people) for each in found.values()) > 12  # there is something to compare


def test_search_takes_two_statements_for_a_frequent_word_and_a_rare_one(firm: UUID, sql: StatementCount) -> None:
    for sought, people in (("a", MOST), ("only 40", 1), ("nothing like it", 0)):
        db.session.rollback()
        sql.reset()
        assert len(search(sought).people) == people
        assert len(sql) == 2, sql.statements


def test_a_rare_name_is_looked_for_once_among_the_people(firm: UUID, sql: StatementCount) -> None:
    sql.reset()
    assert [hit.client_id for hit in search("only 40").clients] == [hit.client_id for hit in search("only 40").people]
    asked_of_people = [statement for statement in sql.statements if "name_key" in statement]
    assert len(asked_of_people) == 2  # of four: each search once


def test_names_are_read_in_the_order_of_the_answer(firm: UUID, sql: StatementCount) -> None:
    """SQLite sorts nothing, and so stops at a screenful."""
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL has no index over names and keys: it reads the tables, and sorts a screenful")
    sql.reset()
    search("a")
    people, clients = (plan(statement) for statement in sql.statements if statement.startswith("SELECT"))
    assert people[0] == "SCAN contact USING COVERING INDEX ix_contact_list"
    assert clients[0] == "SCAN client USING INDEX ix_client_list"
    assert not [line for line in (*people, *clients) if "ORDER BY" in line]


def plan(statement: str) -> list[str]:
    explained = text("EXPLAIN QUERY PLAN " + statement.replace("?", "NULL")).execution_options(unscoped="a plan")
    return [row.detail for row in db.session.execute(explained)]


def test_client_of_many_accounts_is_kept_and_found(inside: Flask) -> None:
    """Its key is longer than what PostgreSQL takes into an index."""
    numbers = [f"{700_000_003 + 7919 * number}RM{number:04d}" for number in range(300)]
    client = make_client(legal_name="Many Doors Ltd.", search_key=search_key(["Many Doors Ltd.", *numbers]))
    assert [hit.client_id for hit in search(numbers[-1]).clients] == [client.id]


def test_address_kept_in_capitals_is_found_after_the_upgrade(inside: Flask, cast: Cast) -> None:
    """A form writes addresses in lower case; a row from elsewhere is turned when the database is brought up to date."""
    client = db.session.get_one(Client, cast.client_a)
    make_contact(client, name="Rare Bird", email="rare@maple.example")
    db.session.remove()
    downgrade(revision="0009")
    with db.engine.connect().execution_options(writes=True, as_owner=True) as connection, connection.begin():
        open_to_all(connection)
        connection.execute(update(Contact.__table__).values(email="Rare@Maple.Example"))
    upgrade()
    as_firm()
    assert [person.email for person in search("RARE@maple").people] == ["rare@maple.example"]


def test_the_client_of_the_last_of_many_people_is_found_first(inside: Flask) -> None:
    """More people than are gone through at once, each of a client of their own, in the other order than their clients."""
    count = ALL_KNOWN + 5
    for number in range(count):
        client = make_client(legal_name=f"Aa {count - number:03d}", bn9=None)
        make_contact(client, name=f"Zoltan {number:03d}", email=None)
    found = search("zoltan")
    assert [hit.legal_name for hit in found.clients] == [f"Aa {number:03d}" for number in range(1, MOST + 1)]


@pytest.mark.parametrize(
    "text", ["Rivière", "RIVIERE", "ouelle rivière", "700 000 003", "700000003 RM 0001", "riviere-ouelle", "L’Aliment"]
)
def test_the_lists_of_work_and_documents_find_a_client_as_search_does(inside: Flask, cast: Cast, text: str) -> None:
    name, number = "L'Aliment Rivière-Ouelle inc.", "700000003RM0001"
    client = make_client(legal_name=name, bn9=None, search_key=search_key([name, number]))
    make_task(client, due_on=None)
    make_task(db.session.get_one(Client, cast.client_b))
    make_request(client)
    make_request(db.session.get_one(Client, cast.client_b))
    assert [row.client for row in task_page(TaskFilter(text=text), 1, DAY).rows] == [name]
    assert [row.client_name for row in documents_listed(Filters(q=text), 1).rows] == [name]
