"""The movement sheet: the day it compares with, and the last step on file behind each change, imports among them."""

from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.conftest import Cast
from tests.factories import NUMBERS, as_firm, make_account, make_allocation, make_client, make_instrument
from tracker.clients.models import Client, ProgramAccount
from tracker.imports import commands
from tracker.imports.enums import RunKind
from tracker.imports.intake import open_file
from tracker.imports.models import ImportRun
from tracker.imports.undoing import undo
from tracker.platform.actor import SYSTEM, Actor
from tracker.platform.audit import record
from tracker.platform.clock import TORONTO
from tracker.platform.db import db, transaction
from tracker.readiness.queries import readiness_for
from tracker.readiness.remembering import remember
from tracker.readiness.snapshots import stands_now
from tracker.reports.comparing import Moved, before, moved

RECORDED = date(2026, 10, 31)
AS_OF = date(2026, 11, 23)


def at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), TORONTO)


def recorded(day: date, hour: int = 9) -> None:
    with time_machine.travel(at(day, hour), tick=False), transaction():
        as_firm()
        remember(day)


def imported(who: Actor, path: Path, lines: list[str], kind: RunKind, day: date = date(2026, 11, 5)) -> ImportRun:
    path.write_text("\n".join(lines), encoding="utf-8")
    intake = open_file(path, path.name, kind)
    with time_machine.travel(at(day, 10), tick=False), transaction():
        as_firm()
        run = commands.stage(who, intake=intake)
        answer = commands.apply(who, run=run, intake=intake, version=run.version, today=day)
    assert answer["rejected"] == []
    return run


def movements(*ids: object) -> dict[str, Moved]:
    as_firm()
    then, clients = before(AS_OF), list(db.session.scalars(select(Client.id)))
    assert then is not None
    rows = moved(then, stands_now(readiness_for(clients, AS_OF), AS_OF))
    return {row.change.item: row for row in rows if row.change.client_id in ids}


@pytest.fixture
def account(inside: Flask) -> ProgramAccount:
    """The account of a client whose trail begins before the recorded day."""
    with time_machine.travel(at(date(2026, 10, 1), 9), tick=False):
        client = make_client(legal_name="Larch Foods Inc.", bn9=NUMBERS[2])
        return make_account(client)


def test_imported_statements_are_the_step_behind_what_they_moved(
    account: ProgramAccount, actor_named: Callable[[str], Actor], tmp_path: Path
) -> None:
    recorded(RECORDED)
    lines = ["program_account,period_end,F_charges,H_total", f"{account.number},2026-10-17,18000.00,18000.00"]
    imported(actor_named("priya"), tmp_path / "soa.csv", lines, RunKind.STATEMENTS)
    row = movements(account.client_id)["required_amount"]
    assert (row.on, row.by) == (date(2026, 11, 5), "Priya Partner")


def test_an_imported_list_is_the_step_behind_what_it_moved_until_somebody_does_more(
    account: ProgramAccount, actor_named: Callable[[str], Actor], tmp_path: Path
) -> None:
    priya, colin = actor_named("priya"), actor_named("colin")
    recorded(RECORDED)
    client = db.session.get_one(Client, account.client_id)
    lines = ["Legal name,BN,Customs broker,Broker delegated", f"{client.legal_name},{client.bn9},Northgate,yes",
             "Alpha,888446937,,"]  # fmt: skip
    imported(priya, tmp_path / "list.csv", lines, RunKind.CLIENTS)
    found, new = (
        movements(account.client_id),
        db.session.scalars(select(Client.id).where(Client.bn9 == "888446937")).one(),
    )
    assert (found["gate3"].on, found["gate3"].by) == (date(2026, 11, 5), "Priya Partner")
    assert (movements(new)["client"].on, movements(new)["client"].by) == (date(2026, 11, 5), "Priya Partner")
    with time_machine.travel(at(date(2026, 11, 9), 10), tick=False), transaction():
        as_firm()
        record(colin, "client:edited", client)
    found = movements(account.client_id)
    assert found["gate3"].by == "Priya Partner", "the later step on the client itself moved no delegation"


def test_a_list_taken_back_is_a_step_too(
    account: ProgramAccount, actor_named: Callable[[str], Actor], tmp_path: Path
) -> None:
    client = db.session.get_one(Client, account.client_id)
    lines = ["Legal name,BN,Customs broker,Broker delegated", f"{client.legal_name},{client.bn9},Northgate,yes"]
    run = imported(SYSTEM, tmp_path / "list.csv", lines, RunKind.CLIENTS, date(2026, 10, 20))
    recorded(RECORDED)
    with time_machine.travel(at(date(2026, 11, 10), 10), tick=False), transaction():
        as_firm()
        undo(actor_named("colin"), run=run, version=run.version)
    row = movements(account.client_id)["gate3"]
    assert (row.change.before, row.on, row.by) == ("done", date(2026, 11, 10), "Colin Dubois")


def test_it_compares_with_the_last_record_of_the_month_before(inside: Flask, cast: Cast) -> None:
    assert before(AS_OF) is None
    recorded(date(2026, 11, 2))
    assert before(AS_OF) is None, "a record of the same month is no month-end"
    for day in (date(2026, 9, 30), date(2026, 10, 29)):
        recorded(day)
    then = before(AS_OF)
    assert then is not None and (then.day, then.at) == (date(2026, 10, 29), at(date(2026, 10, 29), 9))
    assert then.stands.keys() == {cast.client_a, cast.client_b}


@pytest.mark.parametrize(("hour", "by"), [(8, None), (10, "Colin Dubois")])
def test_the_trail_is_read_from_the_moment_of_the_record_on(
    account: ProgramAccount, actor_named: Callable[[str], Actor], hour: int, by: str | None
) -> None:
    """What was done that day before the record is in it already, and no step behind what moved since."""
    client = db.session.get_one(Client, account.client_id)
    with time_machine.travel(at(date(2026, 10, 20), 9), tick=False):
        bond = make_instrument(client, valid_until=date(2026, 11, 10))
        make_allocation(bond, account)
    with time_machine.travel(at(RECORDED, hour), tick=False), transaction():
        as_firm()
        record(actor_named("colin"), "instrument:edited", bond)
    recorded(RECORDED)
    row = movements(account.client_id)["posted_amount"]  # the bond's last day passed, which nobody did
    assert (row.change.after, row.by) == (0, by)
