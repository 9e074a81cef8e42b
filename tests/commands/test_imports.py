"""Imports, commands: a list becomes clients as one decision, the same list again changes nothing, and a run is undone whole."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.factories import make_task, make_user
from tracker.clients.commands import assign, edit_account, explain_gap
from tracker.clients.commands.portal_access import withdraw_access
from tracker.clients.enums import ClientState, Duty
from tracker.clients.listing import client_page
from tracker.clients.models import Client, Contact, Membership, ProgramAccount, Statement
from tracker.coordination.models import Delegation, Partner
from tracker.guarantees.commands.instruments import edit_instrument, move_instrument
from tracker.guarantees.cover import covers
from tracker.guarantees.enums import InstrumentState
from tracker.guarantees.models import Allocation, Instrument
from tracker.imports import commands, queries
from tracker.imports.columns import cell_at, shown
from tracker.imports.correcting import corrected, corrections_of, fix_cells
from tracker.imports.enums import RunKind, RunState
from tracker.imports.fixing import correct
from tracker.imports.held_back import write_held_back
from tracker.imports.intake import Intake, columns_of, open_file
from tracker.imports.inviting import invite_all, invitees
from tracker.imports.models import ImportRun
from tracker.imports.undoing import undo
from tracker.permissions import Role
from tracker.platform.actor import SYSTEM, Actor
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


def test_bond_of_a_list_asks_for_its_start_before_it_counts(inside: Flask) -> None:
    """Lists give the end of a bond, never its start: it is asked for, not supposed."""
    run_import("client-list-en.xlsx")
    query = select(Instrument).join(Allocation, Allocation.instrument_id == Instrument.id)
    bond = db.session.scalars(query.order_by(Instrument.id).limit(1)).one()
    assert bond.valid_from is None and bond.state is InstrumentState.ISSUED
    to, amount = InstrumentState.POSTED, bond.amount
    with pytest.raises(Refusal, match="Say from which day it is valid"), transaction():
        move_instrument(SYSTEM, instrument=bond, version=bond.version, to=to, on=TODAY, today=TODAY)
    db.session.refresh(bond)
    with transaction():
        edit_instrument(SYSTEM, instrument=bond, version=bond.version, amount=amount, valid_from=date(2026, 1, 1))
    with transaction():
        move_instrument(SYSTEM, instrument=bond, version=bond.version, to=to, on=TODAY, today=TODAY)
    assert sum(cover.posted_amount for cover in covers(rules_at(TODAY), as_of=TODAY)) == amount


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
        undo(SYSTEM, run=run, version=run.version)
    assert everything() == before and run.state is RunState.UNDONE


def test_undo_is_refused_once_work_has_begun(inside: Flask) -> None:
    run, _answer = run_import("client-list-en.xlsx")
    make_task(db.session.scalars(select(Client).where(Client.bn9 == "888446937")).one())
    with pytest.raises(Refusal), transaction():
        undo(SYSTEM, run=run, version=run.version)
    assert run.state is RunState.APPLIED


def test_undo_is_refused_once_somebody_was_put_on_a_team(inside: Flask) -> None:
    person = make_user(Role.CONSULTANT, email="nora@firm.example", name="Nora")
    run, _answer = run_import("client-list-en.xlsx")
    with transaction():
        assign(SYSTEM, client=db.session.scalars(select(Client).where(Client.bn9 == "888446937")).one(),
               user_id=person.id, duty=Duty.TEAM)  # fmt: skip
    with pytest.raises(Refusal, match="Work has begun"), transaction():
        undo(SYSTEM, run=run, version=run.version)


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
        undo(SYSTEM, run=run, version=run.version)
    assert client.city == "Elsewhere"


def lines_of(folder: Path, city: str) -> tuple[ImportRun, dict[str, Any]]:
    path = written(folder / f"{city}.csv", ["Legal name,BN,City", f"Alpha,888446937,{city}"])
    return run_import(str(path))


def test_undo_spares_what_a_person_saved_since(inside: Flask, tmp_path: Path) -> None:
    lines_of(tmp_path, "Laval")
    run, _answer = lines_of(tmp_path, "Gatineau")
    client = db.session.scalars(select(Client).where(Client.bn9 == "888446937")).one()
    with transaction():
        client.city = "Hull"
        commands.record(SYSTEM, "client:edited", client)
    with pytest.raises(Refusal, match=r"Alpha \(row 2\)"), transaction():
        undo(SYSTEM, run=run, version=run.version)
    db.session.refresh(client)
    assert (client.city, run.state) == ("Hull", RunState.APPLIED)


def test_runs_are_taken_back_one_after_the_other_the_last_one_first(inside: Flask, tmp_path: Path) -> None:
    before = everything()
    runs = [lines_of(tmp_path, city)[0] for city in ("Laval", "Gatineau", "Hull")]
    with pytest.raises(Refusal, match="saved since"), transaction():
        undo(SYSTEM, run=runs[1], version=runs[1].version)
    for run, city in zip(reversed(runs), ("Gatineau", "Laval", None), strict=True):
        with transaction():
            undo(SYSTEM, run=run, version=run.version)
        assert db.session.scalar(select(Client.city).where(Client.bn9 == "888446937")) == city
    assert everything() == before


def test_a_run_that_only_added_an_account_is_taken_back_and_so_is_the_one_before(inside: Flask, tmp_path: Path) -> None:
    before = everything()
    heads = "Legal name,Trade name,RM"
    first, _answer = run_import(str(written(tmp_path / "a.csv", [heads, "Alpha,Old,888446937RM0001"])))
    client = db.session.scalars(select(Client).where(Client.bn9 == "888446937")).one()
    key = client.search_key
    second, _answer = run_import(str(written(tmp_path / "b.csv", [heads, "Alpha,Old,888446937RM0002"])))
    assert client.search_key != key and count(ProgramAccount) == before["program_account"] + 2
    with transaction():
        undo(SYSTEM, run=second, version=second.version)
    assert client.search_key == key  # nobody finds it by a number it no longer has
    with transaction():
        undo(SYSTEM, run=first, version=first.version)
    assert everything() == before


def test_statement_put_right_by_hand_stops_the_undo(inside: Flask) -> None:
    run_import("client-list-en.xlsx")
    run, _answer = run_import("statements.csv", RunKind.STATEMENTS)
    statement = db.session.scalars(select(Statement).order_by(Statement.id).limit(1)).one()
    with transaction():
        statement.credits_amount += 1
        commands.record(SYSTEM, "statement:edited", statement)
    with pytest.raises(Refusal, match="1 of its records"), transaction():
        undo(SYSTEM, run=run, version=run.version)
    assert count(Statement) == 560


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
        undo(SYSTEM, run=run, version=run.version)
    assert count(Statement) == 0


def test_a_list_leaves_a_client_found_by_what_its_accounts_operate_under(inside: Flask, tmp_path: Path) -> None:
    run_import("client-list-en.xlsx")
    account = db.session.scalars(select(ProgramAccount).order_by(ProgramAccount.number.desc()).limit(1)).one()
    with transaction():
        edit_account(SYSTEM, account=account, version=account.version, operating_name="Zephyr Trading")
    name = db.session.get_one(Client, account.client_id).legal_name
    lines = ["Legal name,Business number,Trade name", f'"{name}",{account.number},Another Name']
    intake = open_file(written(tmp_path / "again.csv", lines), "again.csv", RunKind.CLIENTS)
    with transaction():
        run = commands.stage(SYSTEM, intake=intake)
        answer = commands.apply(SYSTEM, run=run, intake=intake, version=run.version, today=TODAY)
    assert answer["updated"] == 1
    assert [client_page(word, ClientState.ACTIVE, 1).total for word in ("zephyr", "another name")] == [1, 1]


def test_a_list_that_changes_a_total_takes_the_reason_for_its_gap(inside: Flask) -> None:
    """What was said of 10.00 nobody accounts for does not stand once the list has put the total right; an undo still goes."""
    run_import("client-list-en.xlsx")
    run_import("statements.csv", RunKind.STATEMENTS)
    statement = db.session.scalars(select(Statement).order_by(Statement.id).limit(1)).one()
    with transaction():
        statement.total_amount += 10
        explain_gap(SYSTEM, statement=statement, version=statement.version, reason="Read off a blurred print.")
    run, answer = run_import("statements.csv", RunKind.STATEMENTS)
    assert (answer["updated"], statement.gap_reason) == (1, None)
    with transaction():
        undo(SYSTEM, run=run, version=run.version)
    assert count(Statement) == 560


def test_computed_security_equals_the_expected_file(inside: Flask) -> None:
    run_import("client-list-en.xlsx")
    run_import("statements.csv", RunKind.STATEMENTS)
    expected = json.loads((DATA / "statements.expected.json").read_text())["accounts"]
    found = {c.number: c for c in covers(rules_at(TODAY), as_of=TODAY)}
    for number, account in expected.items():
        cover = found[number]
        assert str(cover.estimate.peak_amount) == account["peak_amount"]
        assert cover.estimate.required_amount == type(cover.estimate.required_amount)(account[cover.form.value])


def staged(path: Path, kind: RunKind = RunKind.CLIENTS, who: Actor = SYSTEM) -> tuple[ImportRun, Intake]:
    intake = open_file(path, path.name, kind)
    before = queries.read_before(who, intake)
    if before.get("mapping"):
        intake = open_file(path, path.name, kind, mapping=before["mapping"])
    with transaction():
        run = commands.stage(who, intake=intake, options=before)
    return run, intake


def written(path: Path, lines: list[str]) -> Path:
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def handed_back(intake: Intake, folder: Path, day_first: bool | None = None) -> Path:
    _plans, found = commands.preview(intake, today=TODAY, day_first=day_first)
    path = folder / "held-back.xlsx"
    write_held_back(intake, found.problems, path, made_by="Priya", firm="Firm")
    return path


@pytest.mark.parametrize("name", ["client-list-en.xlsx", "liste-clients-fr.xlsx"])
def test_held_back_workbook_holds_the_files_own_values(inside: Flask, tmp_path: Path, name: str) -> None:
    _run, intake = staged(DATA / name)
    _plans, found = commands.preview(intake, today=TODAY)
    again = open_file(handed_back(intake, tmp_path), "held-back.xlsx", RunKind.CLIENTS)
    assert columns_of(again) == columns_of(intake)
    wanted = [row for row in intake.sheet.rows if row.number in found.rejected_rows]
    body = [row for row in again.sheet.rows if row.number > again.layout.header_row]
    assert len(body) == len(wanted) == 8
    for ours, theirs in zip(body, wanted, strict=True):
        for left, right in zip(again.layout.columns, intake.layout.columns, strict=True):
            assert shown(cell_at(ours, left.index)) == shown(cell_at(theirs, right.index))


def test_text_like_a_formula_comes_back_as_it_was(inside: Flask, tmp_path: Path) -> None:
    notes = ["=1+1", "+1 514 555-0100", "-", "@here", "'=x", "plain"]
    lines = ["Legal name,BN,Notes", *(f"Alpha {i},12345678,{note}" for i, note in enumerate(notes))]
    _run, intake = staged(written(tmp_path / "a.csv", lines))
    again = open_file(handed_back(intake, tmp_path), "held-back.xlsx", RunKind.CLIENTS)
    index = again.layout.index_of["notes"]
    assert [cell_at(row, index) for row in again.sheet.rows[1:]] == notes


def test_columns_mapped_by_hand_are_read_the_same_way_again(
    inside: Flask, tmp_path: Path, actor_named: Callable[[str], Actor]
) -> None:
    priya = actor_named("priya")
    path = written(
        tmp_path / "a.csv", ["Firme,BN,City,Boss,Boss", "Alpha,12345678,Laval,Zoe,Zed", "Beta,123,Laval,Yan,Yul"]
    )
    mapping = {"Firme": "legal_name", "Boss": "people"}
    intake = open_file(path, "a.csv", RunKind.CLIENTS, mapping=mapping)
    with transaction():
        run = commands.stage(priya, intake=intake, options={"mapping": mapping})
    back = handed_back(intake, tmp_path)
    _again, read = staged(back, who=priya)
    assert [field for _heading, field in columns_of(read)] == ["legal_name", "number", "city", "people", ""]
    assert queries.read_before(actor_named("adam"), intake) == {}  # another person's habits are their own
    assert run.options["columns"] == columns_of(intake)


def test_order_of_dates_is_remembered_where_the_rows_alone_do_not_tell(
    inside: Flask, tmp_path: Path, actor_named: Callable[[str], Actor]
) -> None:
    head = "Legal name,BN,Bond expiry"
    lines = [head, "Alpha,888446937,04/25/2027", "Beta,12345678,04/06/2027"]
    priya = actor_named("priya")
    _run, intake = staged(written(tmp_path / "a.csv", lines), who=priya)
    again, read = staged(handed_back(intake, tmp_path), who=priya)
    assert again.options["day_order"] == "month"
    told, _other = staged(written(tmp_path / "b.csv", [head, "Gamma,12345678,25/04/2027"]), who=priya)
    assert "day_order" not in told.options  # it shows its own
    assert len(read.sheet.rows) == 2


def test_held_back_statements_come_back_too(inside: Flask, tmp_path: Path) -> None:
    run_import("client-list-en.xlsx")
    text = (DATA / "statements.csv").read_text(encoding="utf-8-sig").splitlines()
    broken = [text[0], text[1], text[2].replace("RM0001", "RM9999").replace("RM0002", "RM9999")]
    _run, intake = staged(written(tmp_path / "s.csv", broken), RunKind.STATEMENTS)
    back = handed_back(intake, tmp_path)
    again = open_file(back, back.name, RunKind.STATEMENTS)
    assert columns_of(again) == columns_of(intake)
    _plans, found = commands.preview(again, today=TODAY)
    assert (found.rows, [p.reason for p in found.problems]) == (1, ["unknown_account"])


def put_right(run: ImportRun, intake: Intake, row: int, cells: dict[int, str]) -> str:
    with transaction():
        return correct(SYSTEM, run=run, intake=intake, version=run.version, row=row, cells=cells, today=TODAY)


def test_correction_is_kept_beside_the_file(inside: Flask) -> None:
    run, intake = staged(DATA / "client-list-en.xlsx")
    index = intake.layout.index_of["security_until"]
    assert put_right(run, intake, 75, {index: "28/02/2027"}) == "created"
    now = corrected(intake, corrections_of(run.options))
    (cell,) = fix_cells(now, 75, [], corrections_of(run.options), "en")
    assert (cell.given, cell.value) == ("31/02/2027", "28/02/2027")
    assert now.sha256 == intake.sha256
    with transaction():
        answer = commands.apply(SYSTEM, run=run, intake=now, version=run.version, today=TODAY)
    assert answer["created"] == 63
    ends = select(func.count()).select_from(Instrument).where(Instrument.valid_until == date(2027, 2, 28))
    assert db.session.scalar(ends)
    with pytest.raises(Refusal):
        put_right(run, intake, 74, {index: "1"})


@pytest.mark.parametrize(
    ("row", "field", "text", "word"),
    [
        (75, "security_until", "30/02/2027", "no such date"),
        (75, "security_until", "31/02/2027", "no such date"),
        (75, "city", "Elsewhere", "no such date"),  # a cell that is not at fault is not taken
        (67, "number", "", "no business number"),
        (71, "legal_name", "  ", "no legal name"),
        (72, "number", "899067649RM0003", "another company"),
        (5, "city", "Elsewhere", "Nothing of this row"),
        (9999, "city", "Elsewhere", "Nothing of this row"),
    ],
)
def test_row_still_wrong_is_not_kept(inside: Flask, row: int, field: str, text: str, word: str) -> None:
    run, intake = staged(DATA / "client-list-en.xlsx")
    with pytest.raises(Refusal, match=word):
        put_right(run, intake, row, {intake.layout.index_of[field]: text})
    db.session.refresh(run)
    assert "corrections" not in run.options


def test_number_of_another_company_may_be_put_right_by_the_name(inside: Flask) -> None:
    run, intake = staged(DATA / "client-list-en.xlsx")
    assert (
        put_right(run, intake, 72, {intake.layout.index_of["legal_name"]: "Chevron Lubricants"}) == "duplicate"
    )  # of row 12


def test_corrections_go_with_their_sheet(inside: Flask) -> None:
    run, intake = staged(DATA / "client-list-en.xlsx")
    put_right(run, intake, 75, {intake.layout.index_of["security_until"]: "28/02/2027"})
    with transaction():
        commands.lay_out(SYSTEM, run=run, version=run.version, options={"sheet": run.sheet, "day_order": "day"})
    assert run.options["corrections"]
    with transaction():
        commands.lay_out(SYSTEM, run=run, version=run.version, options={"sheet": "Notes"})
    assert "corrections" not in run.options


def invited(run: ImportRun) -> int:
    with transaction():
        return invite_all(
            SYSTEM, run=run, version=run.version, link_for=lambda s: f"/w/{s}", sign_in_url="/sign-in", firm="Firm"
        )


def test_undo_waits_until_invited_people_are_out_again(inside: Flask) -> None:
    before = everything()
    run, _answer = run_import("client-list-en.xlsx")
    people = [person for person in invitees(run.id) if person.standing == "to_write"]
    assert people and invited(run) == len(people)
    assert {person.standing for person in invitees(run.id)} <= {"invited", "no_address"}
    with pytest.raises(Refusal):
        invited(run)
    with pytest.raises(Refusal, match="invited"), transaction():
        undo(SYSTEM, run=run, version=run.version)
    assert run.state is RunState.APPLIED
    with transaction():
        for person in people:
            contact = db.session.get(Contact, person.contact_id)
            assert contact is not None
            withdraw_access(SYSTEM, contact=contact)
    with transaction():
        undo(SYSTEM, run=run, version=run.version)
    assert everything() == before


def test_only_an_applied_run_invites(inside: Flask) -> None:
    run, _intake = staged(DATA / "client-list-en.xlsx")
    with pytest.raises(Refusal, match="applied"):
        invited(run)


def test_clients_of_a_run_are_clients_not_rows(inside: Flask) -> None:
    run, answer = run_import("client-list-en.xlsx")
    expected = json.loads((DATA / "client-list-en.expected.json").read_text())["clients"]
    assert len(queries.clients_of_run(run.id)) == len({key[:9] for key in expected}) < answer["created"]
    again, _answer = run_import("client-list-en.xlsx")
    assert queries.clients_of_run(again.id) == []
