"""Imports, commands: a list becomes clients as one decision, the same list again changes nothing, and a run is undone whole."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.factories import make_task, make_user
from tracker.clients.models import Client, Contact, Membership, ProgramAccount, Statement
from tracker.coordination.models import Delegation, Partner
from tracker.guarantees.cover import covers
from tracker.guarantees.models import Instrument
from tracker.imports import commands
from tracker.imports.enums import RunKind, RunState
from tracker.imports.intake import Intake, open_file
from tracker.imports.models import ImportRun
from tracker.permissions import Role
from tracker.platform.actor import SYSTEM
from tracker.platform.audit import AuditEvent
from tracker.platform.db import db, transaction
from tracker.platform.errors import Refusal
from tracker.rulebook.book import rules_at

DATA = Path(__file__).resolve().parents[1] / "data"
TODAY = date(2026, 11, 23)


def run_import(name: str, kind: RunKind = RunKind.CLIENTS) -> tuple[ImportRun, dict[str, Any]]:
    intake = open_file(DATA / name, name, kind)
    with transaction():
        run = commands.stage(SYSTEM, intake=intake)
        answer = commands.apply(SYSTEM, run=run, intake=intake, version=run.version, today=TODAY)
    return run, answer


def count(model: Any) -> int:
    return int(db.session.scalar(select(func.count()).select_from(model)) or 0)


def everything() -> dict[str, int]:
    return {
        m.__tablename__: count(m)
        for m in (Client, ProgramAccount, Contact, Partner, Delegation, Instrument, Membership)
    }


@pytest.mark.parametrize("name", ["client-list-en", "liste-clients-fr"])
def test_list_creates_exactly_the_expected_accounts(inside: Flask, name: str) -> None:
    expected = json.loads((DATA / f"{name}.expected.json").read_text())
    before = everything()
    _run, answer = run_import(f"{name}.xlsx")
    assert answer["rows"] == expected["rows"] and answer["created"] == len(expected["clients"])
    held = {problem["row"] for problem in answer["rejected"]}
    total = answer["created"] + answer["updated"] + answer["unchanged"] + len(answer["duplicates"]) + len(held)
    assert total == answer["rows"]
    for key, client in expected["clients"].items():
        found = db.session.scalar(select(Client).where(Client.bn9 == key[:9]))
        assert found is not None and found.legal_name == client["name"]
        if len(key) == 15:
            account = db.session.scalar(select(ProgramAccount).where(ProgramAccount.number == key))
            assert account is not None and account.client_id == found.id
    assert count(ProgramAccount) - before["program_account"] == sum(len(key) == 15 for key in expected["clients"])
    assert answer["ignored_rows"][-len(expected["not_data"]) :] == expected["not_data"]


def test_same_file_twice_changes_nothing(inside: Flask) -> None:
    run_import("client-list-en.xlsx")
    before, events = everything(), count(AuditEvent)
    _run, answer = run_import("client-list-en.xlsx")
    assert (answer["created"], answer["updated"]) == (0, 0) and answer["unchanged"] == 62
    assert everything() == before
    assert count(AuditEvent) - events == 2  # staged and applied, no client touched


def test_dry_run_says_what_applying_does(inside: Flask) -> None:
    intake = open_file(DATA / "client-list-en.xlsx", "client-list-en.xlsx", RunKind.CLIENTS)
    before = everything()
    plans, found = commands.preview(intake, today=TODAY)
    dry = commands.answer_of("", intake, plans, found, dry_run=True, language="en")
    assert everything() == before
    _run, applied = run_import("client-list-en.xlsx")
    assert {k: v for k, v in dry.items() if k not in ("run", "dry_run")} == {
        k: v for k, v in applied.items() if k not in ("run", "dry_run")
    }


def test_bond_of_a_list_covers_nothing_until_seen_posted(inside: Flask) -> None:
    run_import("client-list-en.xlsx")
    assert count(Instrument) > 10
    assert all(cover.posted_amount == 0 for cover in covers(rules_at(TODAY), as_of=TODAY))


def test_brokers_that_differ_in_case_and_blanks_are_one(inside: Flask) -> None:
    run_import("client-list-en.xlsx")
    names = sorted(db.session.scalars(select(Partner.name)))
    assert len(names) == 4 and len({" ".join(n.split()).casefold() for n in names}) == 4


def test_consultant_named_in_the_list_becomes_lead_where_one_person_answers(inside: Flask) -> None:
    make_user(Role.CONSULTANT, email="priya2@firm.example", name="Colin Other")
    before = count(Membership)
    run_import("client-list-en.xlsx")
    # "Colin" is two people now and "Priya" one; "C. Dubois" is still one.
    leads = count(Membership) - before
    notes = db.session.scalar(
        select(func.count()).select_from(Client).where(Client.notes.contains("Consultant: Colin"))
    )
    assert leads > 0 and notes


def test_undo_takes_the_whole_run_back(inside: Flask) -> None:
    before = everything()
    run, _answer = run_import("client-list-en.xlsx")
    assert everything() != before
    with transaction():
        commands.undo(SYSTEM, run=run, version=run.version)
    assert everything() == before and run.state is RunState.UNDONE


def test_undo_is_refused_once_work_has_begun(inside: Flask) -> None:
    run, _answer = run_import("client-list-en.xlsx")
    make_task(db.session.scalars(select(Client).where(Client.bn9 == "888446937")).one())
    with pytest.raises(Refusal), transaction():
        commands.undo(SYSTEM, run=run, version=run.version)
    assert run.state is RunState.APPLIED


def test_changed_cells_update_and_undo_puts_them_back(inside: Flask) -> None:
    run_import("client-list-en.xlsx")
    client = db.session.scalars(select(Client).where(Client.bn9 == "888446937")).one()
    with transaction():
        from_list = client.city
        client.city = "Elsewhere"
        commands.record(SYSTEM, "client:edited", client)
    run, answer = run_import("client-list-en.xlsx")
    assert answer["updated"] == 1 and client.city == from_list
    with transaction():
        commands.undo(SYSTEM, run=run, version=run.version)
    assert client.city == "Elsewhere"


def test_file_that_changed_since_the_preview_is_refused(inside: Flask) -> None:
    intake = open_file(DATA / "client-list-en.xlsx", "a.xlsx", RunKind.CLIENTS)
    with transaction():
        run = commands.stage(SYSTEM, intake=intake)
    other = Intake(intake.kind, intake.file_name, "0" * 64, intake.sheet, intake.layout)
    with pytest.raises(Refusal), transaction():
        commands.apply(SYSTEM, run=run, intake=other, version=run.version, today=TODAY)
    assert count(ProgramAccount) == 2


def test_statements_come_in_once_and_are_undone(inside: Flask) -> None:
    run_import("client-list-en.xlsx")
    run, answer = run_import("statements.csv", RunKind.STATEMENTS)
    assert (answer["rows"], answer["created"], answer["rejected"]) == (560, 560, [])
    _again, second = run_import("statements.csv", RunKind.STATEMENTS)
    assert (second["created"], second["updated"], second["unchanged"]) == (0, 0, 560)
    with transaction():
        commands.undo(SYSTEM, run=run, version=run.version)
    assert count(Statement) == 0


def test_computed_security_equals_the_expected_file(inside: Flask) -> None:
    run_import("client-list-en.xlsx")
    run_import("statements.csv", RunKind.STATEMENTS)
    expected = json.loads((DATA / "statements.expected.json").read_text())["accounts"]
    found = {c.number: c for c in covers(rules_at(TODAY), as_of=TODAY)}
    for number, account in expected.items():
        cover = found[number]
        assert str(cover.estimate.peak_amount) == account["peak_amount"]
        assert cover.estimate.required_amount == type(cover.estimate.required_amount)(account[cover.form.value])
