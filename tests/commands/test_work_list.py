"""The list of work is read along indexes: the same tasks, order and counts as the plain rule, whoever asks, of any size."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import cycle, product
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, text

from tests.conftest import Cast, StatementCount
from tests.factories import DAY, as_firm, make_client, make_membership
from tracker.accounts import queries as accounts
from tracker.clients.enums import ClientState
from tracker.clients.models import Client
from tracker.coordination.enums import Party, TaskState
from tracker.coordination.listing import WEEK, TaskFilter, task_counts, task_page
from tracker.coordination.models import Task
from tracker.desk.monday import monday as desk
from tracker.platform.actor import SYSTEM, Actor
from tracker.platform.audit import record
from tracker.platform.db import db, transaction
from tracker.platform.pages import PAGE_SIZE
from tracker.platform.tenancy import Scope, enter

NAMES = ("Aubier inc.", "Birch Ltd.", "Birch Ltd.", "Cedar Co.", "Gone Ltd.")  # two of one name, the last one put away
DUE = (None, -40, -1, 0, 1, 7, 8, 300)  # days from today; many tasks share a day
STATES = (*[TaskState.OPEN] * 4, TaskState.DONE, TaskState.DONE, TaskState.CANCELLED)
PARTIES = (*Party, *Party, Party.BROKER)
FILTERS = [
    TaskFilter(party, None, view, sought)
    for party, view, sought in product(("", "us", "broker", "nobody"), ("", "late", "week", "done"), ("", "birch"))
]


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel("2026-11-23T15:00:00Z", tick=False):
        yield


@pytest.fixture
def people(inside: Flask, cast: Cast) -> dict[str, UUID]:
    """Colin works for three of five clients, which have 230 tasks of all kinds between them; Priya reaches all."""
    ids = {name: found.id for name in ("colin", "priya") if (found := accounts.by_email(cast.emails[name]))}
    clients = [make_client(legal_name=name, bn9=None) for name in NAMES]
    colin = accounts.by_email(cast.emails["colin"])
    for client in (clients[0], clients[2], clients[4]):
        assert colin is not None
        make_membership(colin, client)
    add_tasks([client.id for client in clients], 230, [ids["colin"], ids["priya"], None])
    with transaction() as session:
        gone = session.get_one(Client, clients[4].id)
        gone.state = ClientState.ARCHIVED
        record(SYSTEM, "client:archived", gone)
    return ids


def add_tasks(clients: list[UUID], count: int, owners: list[UUID | None]) -> None:
    """Tasks of every kind: the cycles have no common divisor, so that each meets each."""
    kinds = zip(range(count), cycle(clients), cycle(DUE), cycle(PARTIES), cycle(STATES), cycle(owners), strict=False)
    as_firm()
    with transaction() as session:
        for number, client_id, days, party, state, owner_id in kinds:
            due_on = None if days is None else DAY + timedelta(days=days)
            row = Task(client_id=client_id, title=f"Task {number}", waiting_on=party, waiting_since=DAY - timedelta(days=number % 23),
                       due_on=due_on,
                       state=state, owner_id=owner_id)  # fmt: skip
            session.add(row)
            record(SYSTEM, "factory:made", row, client_id=client_id)


def by_rule(wanted: TaskFilter, today: date) -> list[Task]:
    """What the list says it shows, worked out row by row from every task in scope."""
    clients = {row.id: row for row in db.session.scalars(select(Client))}

    def is_shown(task: Task) -> bool:
        client, due_on = clients[task.client_id], task.due_on
        days = {
            "late": due_on is not None and due_on < today,
            "week": due_on is not None and today <= due_on <= today + WEEK,
        }
        return (
            client.state is ClientState.ACTIVE
            and task.state is (TaskState.DONE if wanted.view == "done" else TaskState.OPEN)
            and (wanted.party not in set(Party) or task.waiting_on == wanted.party)
            and (wanted.owner_id is None or task.owner_id == wanted.owner_id)
            and days.get(wanted.view, True)
            and wanted.text in client.search_key
        )

    def order(task: Task) -> tuple[bool, date, str, str]:
        return task.due_on is None, task.due_on or today, clients[task.client_id].legal_name, task.id.hex

    return sorted(filter(is_shown, db.session.scalars(select(Task))), key=order)


@pytest.mark.parametrize("reader", ["firm", "colin", "nobody"])
@pytest.mark.parametrize("owner", [None, "colin", "priya"])
def test_list_and_chips_equal_the_plain_rule(people: dict[str, UUID], reader: str, owner: str | None) -> None:
    scopes = {"firm": Scope.firm("test"), "colin": Scope.member(people["colin"]), "nobody": Scope.nothing()}
    enter(db.session(), scopes[reader])
    owner_id = people[owner] if owner else None
    chips = task_counts(DAY, owner_id)
    for each in FILTERS:
        wanted = TaskFilter(each.party, owner_id, each.view, each.text)
        rule = by_rule(wanted, DAY)
        said = wanted.counted_in(chips)
        assert said in (None, len(rule)), wanted
        for total, number in ((None, 1), (said, 1), (None, 2), (None, 9)):
            shown = task_page(wanted, number, DAY, total)
            start = (number - 1) * PAGE_SIZE
            assert shown.total == len(rule), wanted
            assert [row.id for row in shown.rows] == [task.id for task in rule[start : start + PAGE_SIZE]], wanted
    rule = by_rule(TaskFilter(owner_id=owner_id), DAY)
    assert reader == "nobody" or len(rule) > (PAGE_SIZE if owner is None else 10)  # there is something to compare
    by_party = {party.value: sum(task.waiting_on is party for task in rule) for party in Party}
    late = sum(task.due_on is not None and task.due_on < DAY for task in rule)
    assert chips == {"all": len(rule), "late": late, **by_party}


@pytest.mark.parametrize("reader", ["firm", "colin", "nobody"])
def test_desk_says_on_whom_the_same_tasks_wait(people: dict[str, UUID], reader: str) -> None:
    scopes = {"firm": Scope.firm("test"), "colin": Scope.member(people["colin"]), "nobody": Scope.nothing()}
    enter(db.session(), scopes[reader])
    rule = by_rule(TaskFilter(), DAY)
    expected = {}
    for party in {task.waiting_on for task in rule}:
        waiting = [task for task in rule if task.waiting_on is party]
        clients = {task.client_id for task in waiting}
        expected[party] = (len(waiting), len(clients), min(task.waiting_since for task in waiting))
    shown = desk(DAY).waiting
    assert {row.party: (row.tasks, row.clients, row.oldest_since) for row in shown} == expected
    assert [row.oldest_since for row in shown] == sorted(row.oldest_since for row in shown)


def test_page_and_chips_take_two_statements(
    people: dict[str, UUID], actor_named: Callable[[str], Actor], sql: StatementCount
) -> None:
    enter(db.session(), Scope.firm("test"))
    for view, statements in (("", 2), ("late", 2), ("week", 3), ("done", 3)):
        wanted = TaskFilter(owner_id=people["colin"], view=view)
        db.session.rollback()
        sql.reset()
        task_page(wanted, 1, DAY, wanted.counted_in(task_counts(DAY, wanted.owner_id)))
        assert len(sql) == statements, sql.statements


def test_somebody_without_a_task_waits_for_nobody_elses(people: dict[str, UUID], sql: StatementCount) -> None:
    """SQLite starts at the owner's tasks in the order of the list, not at the clients, and counts from the index alone."""
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL plans by what it finds, and a small table is read whole")
    wanted = TaskFilter(owner_id=people["priya"])
    sql.reset()
    task_page(wanted, 1, DAY, wanted.counted_in(task_counts(DAY, wanted.owner_id)))
    chips, rows = (plan(statement) for statement in sql.statements if statement.startswith("SELECT"))
    assert chips[0] == "SEARCH task USING COVERING INDEX ix_task_owner_id_state (owner_id=? AND state=?)"
    assert rows[0] == "SEARCH task USING INDEX ix_task_owner_id_state (owner_id=? AND state=?)"
    assert "USE TEMP B-TREE FOR ORDER BY" not in rows


def plan(statement: str) -> list[str]:
    explained = text("EXPLAIN QUERY PLAN " + statement.replace("?", "NULL")).execution_options(unscoped="a plan")
    return [row.detail for row in db.session.execute(explained)]
