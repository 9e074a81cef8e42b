"""Imports, undoing: what people built on an imported record since stands in the way of an undo, and is named."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from tests.conftest import Cast
from tests.factories import (
    as_firm,
    make_allocation,
    make_delegation,
    make_instrument,
    make_request,
    make_statement,
    make_task,
    make_user,
    saved,
)
from tracker.clients.models import Client, ClientNote, ProgramAccount
from tracker.coordination.models import Partner
from tracker.guarantees.models import Instrument, PortalFigure
from tracker.imports import commands
from tracker.imports.built_upon import keys_to, kind_words
from tracker.imports.enums import RunKind, RunState
from tracker.imports.intake import open_file
from tracker.imports.models import ImportRun
from tracker.imports.undoing import TABLES, undo
from tracker.permissions import Role
from tracker.platform.actor import SYSTEM
from tracker.platform.clock import today
from tracker.platform.db import db, transaction
from tracker.platform.errors import Refusal

HEADS = "Legal name,RM,Customs broker,Broker delegated,Security type,Security amount"


@pytest.fixture
def run(inside: Flask, cast: Cast, tmp_path: Path) -> ImportRun:
    """A list that adds an account, a broker and a bond to client A, and brings in a new client."""
    path = tmp_path / "list.csv"
    lines = [HEADS, "Maple Toys Inc.,123456782RM0002,Harbour Brokers,yes,bond,9000", "Alpha,888446937RM0001,,,,"]
    path.write_text("\n".join(lines), encoding="utf-8")
    intake = open_file(path, path.name, RunKind.CLIENTS)
    with transaction():
        found = commands.stage(SYSTEM, intake=intake)
        answer = commands.apply(SYSTEM, run=found, intake=intake, version=found.version, today=today())
    assert (answer["created"], answer["rejected"]) == (2, [])
    return found


def client(name: str) -> Client:
    return db.session.scalars(select(Client).where(Client.legal_name == name)).one()


def account(number: str) -> ProgramAccount:
    return db.session.scalars(select(ProgramAccount).where(ProgramAccount.number == number)).one()


def broker() -> Partner:
    return db.session.scalars(select(Partner).where(Partner.name == "Harbour Brokers")).one()


def bond() -> Instrument:
    return db.session.scalars(select(Instrument).where(Instrument.client_id == client("Maple Toys Inc.").id)).one()


NEW, OLD = "123456782RM0002", "123456782RM0001"
BUILT: dict[str, tuple[Callable[[], object], str]] = {
    "a task on the new account": (
        lambda: make_task(client("Maple Toys Inc."), program_account_id=account(NEW).id),
        rf"{NEW} \(row 2\): task",
    ),
    "statements on the new account": (lambda: make_statement(account(NEW)), rf"{NEW} \(row 2\): statement"),
    "a document asked for the new account": (
        lambda: make_request(client("Maple Toys Inc."), program_account_id=account(NEW).id),
        rf"{NEW} \(row 2\): document request",
    ),
    "the portal's figure of the new account": (
        lambda: saved(
            PortalFigure(
                client_id=account(NEW).client_id,
                program_account_id=account(NEW).id,
                amount=Decimal(1),
                read_on=today(),
                read_by="Colin",
            )
        ),
        rf"{NEW} \(row 2\): portal figure",
    ),
    "a share of another bond": (
        lambda: make_allocation(make_instrument(client("Maple Toys Inc.")), account(NEW)),
        rf"{NEW} \(row 2\): share of an instrument",
    ),
    "a share of the bond for another account": (
        lambda: make_allocation(bond(), account(OLD), Decimal(100)),
        r"Maple Toys Inc\., security \(row 2\): share of an instrument",
    ),
    "another client's broker": (
        lambda: make_delegation(client("Norland Steel Ltd"), broker()),
        r"Harbour Brokers \(row 2\): delegation",
    ),
    "another client's task at the broker": (
        lambda: make_task(client("Norland Steel Ltd"), partner_id=broker().id),
        r"Harbour Brokers \(row 2\): task",
    ),
    "the broker's own people": (
        lambda: make_user(Role.BROKER, email="h@harbour.example", partner_id=broker().id),
        r"Harbour Brokers \(row 2\): person with access",
    ),
    "a task of the new client": (
        lambda: make_task(client("Alpha"), program_account_id=account("888446937RM0001").id),
        r": Alpha \(row 3\): task\. ",  # once, not for its account again
    ),
    "a note on the new client": (
        lambda: saved(ClientNote(client_id=client("Alpha").id, text="Called", written_by="Colin")),
        r"Alpha \(row 3\): note",
    ),
}


@pytest.mark.parametrize("what", BUILT)
def test_what_was_built_on_an_import_stops_its_undo_and_is_named(run: ImportRun, what: str) -> None:
    build, named = BUILT[what]
    build()
    as_firm()
    with pytest.raises(Refusal, match=named) as refused, transaction():
        undo(SYSTEM, run=run, version=run.version)
    assert "Work has begun" in refused.value.message and run.state is RunState.APPLIED


def test_work_beside_it_does_not_stop_the_undo(run: ImportRun) -> None:
    make_task(client("Maple Toys Inc."), due_on=today() + timedelta(days=1))
    make_statement(account(OLD))
    with transaction():
        undo(SYSTEM, run=run, version=run.version)
    assert run.state is RunState.UNDONE


def test_only_the_first_five_are_named(inside: Flask, tmp_path: Path) -> None:
    numbers = [f"123456782RM{number:04}" for number in range(2, 9)]
    path = tmp_path / "many.csv"
    path.write_text("\n".join(["Legal name,RM", *(f"Maple Toys Inc.,{n}" for n in numbers)]), encoding="utf-8")
    intake = open_file(path, path.name, RunKind.CLIENTS)
    with transaction():
        run = commands.stage(SYSTEM, intake=intake)
        commands.apply(SYSTEM, run=run, intake=intake, version=run.version, today=today())
    for number in numbers:
        make_statement(account(number))
    as_firm()
    with pytest.raises(Refusal, match=r"RM0006 \(row 6\): statement; …") as refused, transaction():
        undo(SYSTEM, run=run, version=run.version)
    assert "RM0007" not in refused.value.message


def test_whatever_can_hang_on_an_imported_record_has_a_word(inside: Flask) -> None:
    tables = {model.__tablename__ for model, _key, _table in keys_to({name: ["id"] for name in TABLES})}
    assert tables >= {"task", "renewal", "reduction_request"}
    assert tables | TABLES.keys() - {"client", "partner"} == set(kind_words())
