"""Imports: what was previewed is what is applied. Whatever would be written otherwise than shown is shown again first."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.conftest import Cast
from tests.factories import (
    as_firm,
    make_allocation,
    make_contact,
    make_delegation,
    make_instrument,
    make_partner,
    make_statement,
    make_user,
)
from tracker.accounts.queries import by_email
from tracker.clients.models import Client, Contact, Membership, ProgramAccount, Statement
from tracker.coordination.commands.partners import find_or_add_partner
from tracker.coordination.enums import PartnerKind
from tracker.coordination.models import Delegation, Partner
from tracker.guarantees.models import Allocation, Instrument
from tracker.imports import commands
from tracker.imports.enums import RunKind, RunState
from tracker.imports.intake import Intake, open_file
from tracker.imports.models import ImportRun
from tracker.imports.showing import fate_rows
from tracker.platform.actor import SYSTEM
from tracker.platform.audit import record
from tracker.platform.clock import today
from tracker.platform.db import db, transaction
from tracker.platform.errors import Stale

LIST = [
    "Legal name,RM,Contact,E-mail,Customs broker,Broker delegated,Security type,Security amount,Consultant",
    "Maple Toys Inc.,123456782RM0001,Zoe New,zoe@maple.example,Harbour Brokers,yes,bond,9000,",
    "Alpha,888446937RM0001,,,Harbour Brokers,no,,,Colin Dubois",
]
STATEMENTS = [
    "program_account,period_end,F_charges,H_total",
    "123456782RM0001,2026-09-17,18000.00,18000.00",
    "123456782RM0001,2026-10-17,20000.00,20000.00",
]
WRITTEN = (Client, ProgramAccount, Contact, Partner, Delegation, Instrument, Allocation, Membership, Statement)


def staged(folder: Path, lines: list[str], kind: RunKind) -> tuple[ImportRun, Intake, str]:
    """A file on its way in, and the mark of the preview somebody looked at."""
    path = folder / "in.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    intake = open_file(path, path.name, kind)
    with transaction():
        run = commands.stage(SYSTEM, intake=intake)
    return run, intake, commands.mark_of(*commands.preview(intake, today=today()))


def applied(run: ImportRun, intake: Intake, seen: str) -> dict[str, Any]:
    as_firm()
    with transaction():
        return commands.apply(SYSTEM, run=run, intake=intake, version=run.version, today=today(), seen=seen)


def written() -> dict[str, int]:
    return {model.__tablename__: len(db.session.scalars(select(model)).all()) for model in WRITTEN}


def maple() -> Client:
    return db.session.scalars(select(Client).where(Client.legal_name == "Maple Toys Inc.")).one()


def account() -> ProgramAccount:
    return db.session.scalars(select(ProgramAccount).where(ProgramAccount.number == "123456782RM0001")).one()


def renamed(email: str, name: str) -> None:
    person = by_email(email)
    assert person is not None
    with transaction():
        person.name = name
        record(SYSTEM, "person:renamed", person)


MEANWHILE: dict[str, Callable[[], object]] = {
    "the delegation": lambda: make_delegation(
        maple(), make_partner(name="Harbour Brokers"), program_account_id=account().id
    ),
    "a security of the account": lambda: make_allocation(make_instrument(maple()), account()),
    "the contact": lambda: make_contact(maple(), name="Zoe New", email="zoe@maple.example"),
    "the broker": lambda: make_partner(name="Harbour  BROKERS"),
    "another person the lead could be": lambda: make_user(email="c2@firm.example", name="Colin Dubois"),
    "another person for the name": lambda: renamed("colin@firm.example", "Colin Roy"),
}


@pytest.mark.parametrize("what", MEANWHILE)
def test_a_list_that_would_do_otherwise_than_shown_is_shown_again(inside: Flask, tmp_path: Path, what: str) -> None:
    run, intake, seen = staged(tmp_path, LIST, RunKind.CLIENTS)
    MEANWHILE[what]()
    before = written()
    with pytest.raises(Stale):
        applied(run, intake, seen)
    assert written() == before and run.state is RunState.STAGED
    again = commands.mark_of(*commands.preview(intake, today=today()))
    assert applied(run, intake, again)["created"] == 1


def test_what_does_not_touch_a_list_does_not_stop_it(inside: Flask, tmp_path: Path) -> None:
    run, intake, seen = staged(tmp_path, LIST, RunKind.CLIENTS)
    make_partner(name="Somebody Else")
    make_user(email="nora@firm.example", name="Nora North")
    before = written()
    applied(run, intake, seen)
    after = written()
    assert {key: after[key] - before[key] for key in after} == {
        "client": 1, "program_account": 1, "contact": 1, "partner": 1, "delegation": 2, "instrument": 1, "allocation": 1,
        "membership": 1, "statement": 0,
    }  # fmt: skip


def test_the_preview_says_what_is_new_around_the_client(inside: Flask, tmp_path: Path) -> None:
    _run, intake, _seen = staged(tmp_path, LIST, RunKind.CLIENTS)
    plans, found = commands.preview(intake, today=today())
    first, second = (row.does for row in fate_rows(plans, found, intake, "en"))
    assert first == "1 contact · new broker · security"
    assert second == "new client · new account · broker · lead", "a broker is new once"
    make_partner(name="Harbour Brokers")
    plans, found = commands.preview(intake, today=today())
    assert next(row.does for row in fate_rows(plans, found, intake, "en")) == "1 contact · broker · security"


@pytest.mark.parametrize("charges", ["20000.00", "1.00"])  # typed in meanwhile as in the file, and otherwise
def test_statements_that_would_do_otherwise_than_shown_are_shown_again(
    inside: Flask, tmp_path: Path, charges: str
) -> None:
    run, intake, seen = staged(tmp_path, STATEMENTS, RunKind.STATEMENTS)
    make_statement(account(), charges_amount=Decimal(charges))
    before = written()
    with pytest.raises(Stale):
        applied(run, intake, seen)
    assert written() == before and run.state is RunState.STAGED


def test_a_recorded_figure_that_changes_after_the_preview_is_not_overwritten_unseen(
    inside: Flask, tmp_path: Path
) -> None:
    kept = make_statement(account(), charges_amount=Decimal("1.00"))
    run, intake, seen = staged(tmp_path, STATEMENTS, RunKind.STATEMENTS)
    with transaction():
        kept.charges_amount = Decimal("2.00")
        record(SYSTEM, "statement:edited", kept)
    with pytest.raises(Stale):
        applied(run, intake, seen)
    db.session.refresh(kept)
    assert kept.charges_amount == Decimal("2.00")


def test_statements_are_applied_as_previewed(inside: Flask, cast: Cast, tmp_path: Path) -> None:
    kept = make_statement(account(), charges_amount=Decimal("1.00"))
    run, intake, seen = staged(tmp_path, STATEMENTS, RunKind.STATEMENTS)
    plans, found = commands.preview(intake, today=today())
    dry = commands.answer_of("", intake, plans, found, dry_run=True, language="en")
    assert (dry["created"], dry["updated"], dry["unchanged"]) == (1, 1, 0)
    answer = applied(run, intake, seen)
    told = ("rows", "created", "updated", "unchanged", "duplicates", "rejected")
    assert {key: answer[key] for key in told} == {key: dry[key] for key in told}
    rows = {row.period_end.isoformat(): row for row in db.session.scalars(select(Statement))}
    for row, fate, _existing in plans:
        written_row = rows[row.period_end.isoformat()]
        assert (written_row.id == kept.id) == (fate == "updated")
        assert {key: getattr(written_row, key) for key in row.amounts} == dict(row.amounts)
        assert (written_row.due_on, written_row.period_start) == (row.due_on, row.period_start)


def test_a_statement_on_file_shows_what_changes_figure_by_figure(inside: Flask, cast: Cast, tmp_path: Path) -> None:
    make_statement(account(), charges_amount=Decimal("57900.00"), gst_amount=Decimal("31845.00"))
    lines = [
        "program_account,period_end,due_date,F_charges,H_total,paid_on",
        "123456782RM0001,2026-10-17,2026-11-02,1.00,57900.00,2026-11-02",
        "123456782RM0001,2026-09-17,,5.00,5.00,",
    ]
    _run, intake, _seen = staged(tmp_path, lines, RunKind.STATEMENTS)
    plans, found = commands.preview(intake, today=today())
    changed, new = fate_rows(plans, found, intake, "en")
    assert (changed.fate, changed.changes) == (
        "updated",
        (
            ("Due date", "30 Oct 2026", "2 Nov 2026"),
            ("Paid on", "nothing", "2 Nov 2026"),
            ("F charges", "$57,900.00", "$1.00"),
        ),
    )
    assert (new.fate, new.changes) == ("created", ())


def test_a_statement_on_file_keeps_what_the_file_says_nothing_of(inside: Flask, cast: Cast, tmp_path: Path) -> None:
    stands = {
        "opening_amount": Decimal("12.00"), "gst_amount": Decimal("55.00"), "paid_amount": Decimal("9.00"),
        "due_on": date(2026, 11, 3), "paid_on": date(2026, 11, 3),
    }  # fmt: skip
    kept = make_statement(account(), charges_amount=Decimal("1.00"), **stands)
    lines = ["program_account,period_end,F_charges,H_total,gst,due_date", "123456782RM0001,2026-10-17,2.00,2.00,,"]
    assert applied(*staged(tmp_path, lines, RunKind.STATEMENTS))["updated"] == 1
    db.session.refresh(kept)
    assert kept.charges_amount == Decimal("2.00")
    assert {key: getattr(kept, key) for key in stands} == stands
    assert applied(*staged(tmp_path, lines, RunKind.STATEMENTS))["unchanged"] == 1


def test_a_broker_of_a_list_is_found_again_by_its_name(inside: Flask, tmp_path: Path) -> None:
    lines = ["Legal name,RM,Customs broker", '"Alpha",888446937RM0001,"Côté & Fils, inc."']
    applied(*staged(tmp_path, lines, RunKind.CLIENTS))
    with transaction():
        again = find_or_add_partner(SYSTEM, kind=PartnerKind.BROKER, name="CÔTÉ  & Fils, inc.")
    assert [partner.id for partner in db.session.scalars(select(Partner))] == [again.id]
