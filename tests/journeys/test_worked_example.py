"""docs/worked-example.md, figure by figure: the program, asked through its commands and pages, against a calculation by hand."""

import json
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import time_machine
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

from tests.factories import PASSWORD, make_user
from tests.visitor import Visitor
from tracker import create_app
from tracker.cli import main
from tracker.clients.models import ProgramAccount
from tracker.guarantees.commands import add_instrument, note_portal_figure
from tracker.guarantees.enums import InstrumentKind, InstrumentState
from tracker.guarantees.rules.life import ENDING_DAYS
from tracker.permissions import Role
from tracker.platform.actor import SYSTEM
from tracker.platform.db import db, transaction
from tracker.platform.tenancy import Scope, enter

PAGE = Path(__file__).resolve().parents[2] / "docs" / "worked-example.md"
NUMBER = "712345677RM0001"
TODAY = "2026-11-23T15:00:00Z"
Row = dict[str, str]


def tables(text: str) -> Iterator[list[Row]]:
    """The tables of a Markdown page, each row by its column's heading."""
    for block in re.findall(r"(?:^\|.*\|\n)+", text, re.MULTILINE):
        heads, _rule, *lines = (
            [cell.strip() for cell in line.strip().strip("|").split("|")] for line in block.splitlines()
        )
        yield [dict(zip(heads, cells, strict=True)) for cells in lines]


STATEMENTS, UNEXPLAINED, DUE, ACCOUNTING, SIZED, COVERED, REVIEW, RAISED, ROLLED = tables(PAGE.read_text())


def plain(amount: str) -> str:
    """An amount of the page as the command writes it."""
    return amount.replace(",", "")


class Command:
    """The tracker command in one data folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *words: str) -> Any:
        env = {"TRACKER_DATA_DIR": str(self.folder), "DATABASE_URL": None, "TRACKER_SECRET_KEY": None}
        done = CliRunner().invoke(main, [*words, "--json"] if words != ("init",) else ["init"], env=env)
        assert done.exit_code == 0, (words, done.output, done.exception)
        return json.loads(done.stdout) if done.stdout.strip() else None


@pytest.fixture(scope="module")
def tracker(tmp_path_factory: pytest.TempPathFactory) -> Command:
    """Lumen Outdoor with everything that the page tells of, entered as a firm would."""
    folder = tmp_path_factory.mktemp("lumen")
    run = Command(folder / "data")
    with time_machine.travel(TODAY, tick=True):
        run("init")
        clients = folder / "clients.csv"
        clients.write_text(f"Legal name,Program account,Country,Resident\nLumen Outdoor GmbH,{NUMBER},Germany,No\n")
        assert run("import", "clients", str(clients))["created"] == 1
        assert run("import", "statements", str(_statement_file(folder)))["created"] == len(STATEMENTS)
        app = _app(run)
        with app.app_context():
            _add_securities()
            make_user(Role.MANAGER, email="manager@firm.example")
            db.session.remove()
            db.engine.dispose()
    return run


def _statement_file(folder: Path) -> Path:
    columns = ["A_opening", "B_corrections", "C_payments", "D_disbursements", "E_interest_penalties", "F_charges",
               "G_credits", "H_total"]  # fmt: skip
    lines = ["program_account,period_start,period_end,statement_date,due_date," + ",".join(columns)]
    due = {row["period"]["end"]: row["due"] for row in _cycles()}
    for row in STATEMENTS:
        end = date.fromisoformat(row["Period ends"])
        start = (end.replace(day=1) - timedelta(days=1)).replace(day=18)
        amounts = ",".join(plain(row[letter]) for letter in "ABCDEFGH")
        lines.append(f"{NUMBER},{start},{end},{end.replace(day=25)},{due[end.isoformat()]},{amounts}")
    file = folder / "statements.csv"
    file.write_text("\n".join(lines) + "\n")
    return file


def _cycles() -> list[dict[str, Any]]:
    done = CliRunner().invoke(main, ["rules", "billing", "--from", "2025-11", "--to", "2026-11", "--json"])
    return [{"period": {"end": row["release_to"]}, "due": row["due_date"], **row} for row in json.loads(done.stdout)]


def _app(run: Command) -> Flask:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL", raising=False)
        patch.delenv("TRACKER_SECRET_KEY", raising=False)
        return create_app(
            {"TRACKER_DATA_DIR": run.folder, "TESTING": True, "ARGON2_MEMORY_KIB": 64, "ARGON2_ROUNDS": 1}
        )


def _add_securities() -> None:
    enter(db.session(), Scope.firm("worked example"))
    account = db.session.scalars(select(ProgramAccount)).one()
    bonds = (("B-2041", date(2025, 12, 1), date(2027, 11, 30)), ("B-2077", date(2026, 12, 8), None))
    figures = ((Decimal("13075.20"), date(2026, 2, 10)), (Decimal("48200.25"), date(2027, 1, 15)))
    with transaction():
        for number, first, last in bonds:
            add_instrument(
                SYSTEM, client_id=account.client_id, kind=InstrumentKind.SURETY_BOND, number=number, on=first,
                amount=Decimal("25000.00"), valid_from=first, valid_until=last, state=InstrumentState.POSTED,
            )  # fmt: skip
        for amount, read_on in figures:
            note_portal_figure(SYSTEM, account=account, amount=amount, read_on=read_on, today=read_on)


def seen_on(tracker: Command, path: str, instant: str) -> str:
    """The words of a page as a manager reads it on that day."""
    app = _app(tracker)
    with time_machine.travel(instant, tick=True):
        html = Visitor(app, "manager@firm.example", PASSWORD).get(path).text
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def account_path(tracker: Command) -> str:
    app = _app(tracker)
    with app.app_context():
        enter(db.session(), Scope.firm("worked example"))
        key = db.session.scalars(select(ProgramAccount.id)).one()
        db.session.remove()
        db.engine.dispose()
    return f"/guarantees/{key}"


def test_the_statement_that_does_not_add_up(tracker: Command) -> None:
    found = tracker("statements", "check")
    assert [(row["period_end"], row["unexplained"]) for row in found] == [
        (row["Period ends"], plain(row["Unexplained"])) for row in UNEXPLAINED
    ]


@pytest.mark.parametrize("row", DUE, ids=lambda row: row["Period ends"])
def test_when_it_is_due(row: Row) -> None:
    cycle = next(one for one in _cycles() if one["release_to"] == row["Period ends"])
    assert (cycle["soa_date"], cycle["due_date"], cycle["legal_last_day"]) == (
        row["Statement"], row["Due"], row["By law at the latest"],
    )  # fmt: skip
    assert f"{date.fromisoformat(row['Period ends']):%A}" == row["The 17th is a"]


@pytest.mark.parametrize("row", ACCOUNTING, ids=lambda row: row["Released"])
def test_when_it_is_accounted_for(row: Row) -> None:
    done = CliRunner().invoke(main, ["rules", "accounting-due", row["Released"], "--json"])
    assert json.loads(done.stdout)[0]["account_by"] == row["Account by"]


@pytest.mark.parametrize("row", SIZED, ids=lambda row: row["Day"])
def test_what_has_to_be_posted(tracker: Command, row: Row) -> None:
    (found,) = tracker("security", "--as-of", row["Day"])
    assert (found["peak_amount"], found["agreement"], found["cash"]) == tuple(
        plain(row[name]) for name in ("Highest month", "Agreement", "Cash")
    )


@pytest.mark.parametrize("row", COVERED + RAISED, ids=lambda row: row["Day"])
def test_what_is_posted_and_missing(tracker: Command, row: Row) -> None:
    (found,) = tracker("security", "--as-of", row["Day"])
    assert (found["required"], found["posted"], found["shortfall"]) == tuple(
        plain(row[name]) for name in ("Required", "Posted", "Missing")
    )
    assert int(Decimal(found["coverage"])) == int(row["Cover"].removesuffix(" %"))


def test_the_review_on_the_pages(tracker: Command) -> None:
    """Seen on 23 November, before the second bond: it is posted only from 8 December on."""
    sets, rise, missing, paper = (row["Figure"] for row in REVIEW)
    review = seen_on(tracker, "/guarantees/review", TODAY)
    for amount in (sets, rise):  # a list of the whole portfolio shows dollars; the account's own page the cents
        assert f"${Decimal(plain(amount)):,.0f}" in review
    account = seen_on(tracker, account_path(tracker), TODAY)
    day = datetime.fromisoformat(paper)
    assert f"{day.day} {day:%b %Y}" in account and f"${sets}" in account and f"${rise}" in account
    assert "July 2026, $96,400.50 × 50 % = $48,200.25" in account
    before = Decimal(plain(sets)) - Decimal("25000.00")
    assert f"{before:,.2f}" == missing


@pytest.mark.parametrize("row", ROLLED, ids=lambda row: row["Day"])
def test_the_peak_rolls_off(tracker: Command, row: Row) -> None:
    (found,) = tracker("security", "--as-of", row["Day"])
    assert (found["peak_amount"], found["agreement"]) == (plain(row["Highest month left"]), plain(row["Agreement"]))


def test_the_reduction_and_the_renewal(tracker: Command) -> None:
    words = PAGE.read_text()
    account = seen_on(tracker, account_path(tracker), "2027-07-19T15:00:00Z")
    for amount in ("35,610.05", "12,590.20"):
        assert amount in words and f"${amount}" in account
    assert date(2027, 11, 30) - timedelta(days=ENDING_DAYS) == date(2027, 9, 1) and "on 1 September 2027" in words
