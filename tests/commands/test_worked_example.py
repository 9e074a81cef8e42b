"""The worked example of docs: its story played through commands, and every figure of its tables held against the program."""

import csv
import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import time_machine
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

from tests.conftest import Cast
from tests.databases import Database
from tests.factories import as_firm
from tests.visitor import Visitor
from tracker.accounts import queries as accounts
from tracker.accounts.signing_in import actor_of
from tracker.cli.main import main
from tracker.clients import commands as clients
from tracker.clients.enums import AccountProfile
from tracker.clients.models import Client, ProgramAccount
from tracker.guarantees import commands
from tracker.guarantees.enums import InstrumentKind, InstrumentState, ReductionState
from tracker.guarantees.models import Instrument, ReductionRequest
from tracker.platform.actor import Actor
from tracker.platform.db import db, transaction
from tracker.platform.money import format_money

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "worked-example.md"
NUMBER = "712345677RM0001"
FILE_HEAD = ("program_account", "period_end", "A_opening", "B_corrections", "C_payments", "D_disbursements",
             "E_interest_penalties", "F_charges", "G_credits", "H_total")  # fmt: skip
LIFE = (InstrumentState.APPLICATION, InstrumentState.UNDERWRITING, InstrumentState.ISSUED, InstrumentState.POSTED)


def table(name: str) -> list[list[str]]:
    """The body of a table of the document, its figures as plain numbers."""
    _before, _mark, after = DOCUMENT.read_text(encoding="utf-8").partition(f"<!-- table: {name} -->")
    lines = after.strip().split("\n\n")[0].splitlines()[2:]
    assert lines, name
    return [[_plain(cell.strip()) for cell in line.strip("|").split("|")] for line in lines]


def _plain(cell: str) -> str:
    number = cell.replace(",", "").replace("−", "-")
    return number if re.fullmatch(r"-?\d+(\.\d+)?", number) else cell


STATEMENTS, EVENTS, STANDING = table("statements"), table("events"), table("standing")
REVIEW, REDUCTION = dict(table("review")), dict(table("reduction"))


def on(day: str) -> time_machine.travel:
    return time_machine.travel(f"{day}T15:00:00Z", tick=True)


def shown_day(day: str) -> str:
    """A day as the pages print it: 9 Dec 2026."""
    return f"{int(day[8:])} {date.fromisoformat(day):%b %Y}"


def money(figure: str) -> str:
    return format_money(Decimal(figure), "en")


def month(period_end: str) -> str:
    return f"{date.fromisoformat(period_end):%B %Y}"


class Story:
    """The importer, moved forward day by day through the doors people use."""

    def __init__(self, app: Flask, database: Database, visit: Callable[..., Visitor], folder: Path, email: str) -> None:
        self.app, self.visit, self.folder, self.email = app, visit, folder, email
        self.env = {
            "DATABASE_URL": database.url, "TRACKER_DATA_DIR": str(folder), "TRACKER_SECRET_KEY": "k" * 40,
        }  # fmt: skip
        self.done = 0
        self.read = 0

    def cli(self, *words: str) -> Any:
        found = CliRunner().invoke(main, [*words, "--json"], env=self.env)
        assert found.exit_code == 0, (words, found.output, found.exception)
        return json.loads(found.stdout)

    def act(self, deed: Callable[[Actor], Any]) -> Any:
        """One command as the manager, in a transaction of its own."""
        with self.app.app_context():
            as_firm()
            person = accounts.by_email(self.email)
            assert person is not None
            with transaction():
                found = deed(actor_of(person))
            return getattr(found, "id", None)

    def begin(self) -> None:
        self.client_id: UUID = self.act(
            lambda who: clients.create_client(who, legal_name="Alpine Outfitters LLC", bn9=NUMBER[:9], country="US")
        )
        self.account_id: UUID = self.act(self._account)

    def _account(self, who: Actor) -> ProgramAccount:
        client = db.session.get_one(Client, self.client_id)
        return clients.add_account(who, client=client, number=NUMBER, profile=AccountProfile.IMPORTER)

    def until(self, day: str) -> None:
        """Import what has been issued by `day` (on the 25th), and do what happens by then, in order of days."""
        known = [row for row in STATEMENTS if f"{row[0][:8]}25" <= day]
        if len(known) > self.read:
            path = self.folder / f"statements-{day}.csv"
            with path.open("w", newline="") as file:
                csv.writer(file).writerows([FILE_HEAD, *([NUMBER, *row[:9]] for row in known)])
            answer = self.cli("import", "statements", str(path))
            assert (answer["created"], answer["unchanged"], answer["rejected"]) == (
                len(known) - self.read,
                self.read,
                [],
            )
            self.read = len(known)
        for when, what, amount, share in [row for row in EVENTS if row[0] <= day][self.done :]:
            self.done += 1
            with on(when):
                self._happens(what, Decimal(amount), Decimal(share or 0), date.fromisoformat(when))

    def _happens(self, what: str, amount: Decimal, share: Decimal, day: date) -> None:
        deeds: dict[str, Callable[[Actor], Any]] = {
            "bond quoted": lambda who: self._quote(who, amount, share, day),
            "bond posted": lambda who: self._post(who, day),
            "portal read": lambda who: commands.note_portal_figure(
                who, account=self._own(), amount=amount, read_on=day, today=day
            ),
            "bond raised": lambda who: self._raise(who, amount, share),
            "reduction filed": lambda who: self._file(who, amount, day),
            "reduction approved": lambda who: self._approve(who, amount, day),
        }
        self.act(deeds[what])

    def _own(self) -> ProgramAccount:
        return db.session.get_one(ProgramAccount, self.account_id)

    def _quote(self, who: Actor, amount: Decimal, share: Decimal, day: date) -> None:
        commands.add_instrument(
            who, client_id=self.client_id, kind=InstrumentKind.SURETY_BOND, number="AO-1", amount=amount,
            state=InstrumentState.QUOTE, on=day, shares={self.account_id: share},
        )  # fmt: skip

    def _post(self, who: Actor, day: date) -> None:
        bond = db.session.scalars(select(Instrument).where(Instrument.client_id == self.client_id)).one()
        share = {self.account_id: Decimal(next(row[3] for row in EVENTS if row[1] == "bond posted"))}
        commands.edit_instrument(
            who, instrument=bond, version=bond.version, amount=bond.amount, number="AO-1", valid_from=day, shares=share
        )
        for state in LIFE:
            commands.move_instrument(who, instrument=bond, version=bond.version, to=state, on=day, today=day)
            db.session.flush()

    def _raise(self, who: Actor, amount: Decimal, share: Decimal) -> None:
        bond = db.session.scalars(select(Instrument).where(Instrument.client_id == self.client_id)).one()
        commands.edit_instrument(
            who, instrument=bond, version=bond.version, amount=amount, number="AO-1", valid_from=bond.valid_from,
            shares={self.account_id: share},
        )  # fmt: skip

    def _file(self, who: Actor, amount: Decimal, day: date) -> None:
        row = commands.draft_reduction(
            who, account=self._own(), asked_amount=amount, justification="Twelve figures.", language="en", today=day
        )
        assert row.shown_amount == Decimal(REDUCTION["Shown in the portal"])
        db.session.flush()
        commands.file_reduction(who, request=row, version=row.version, on=day, today=day)

    def _approve(self, who: Actor, amount: Decimal, day: date) -> None:
        row = db.session.scalars(select(ReductionRequest)).one()
        commands.decide_reduction(
            who, request=row, version=row.version, to=ReductionState.APPROVED, on=day, today=day, decided_amount=amount
        )

    def page(self, path: str) -> str:
        answer = self.visit("priya").get(path)
        assert answer.status_code == 200
        return re.sub(r"\s+", " ", answer.get_data(as_text=True).replace("\xa0", " "))

    def security(self) -> dict[str, Any]:
        return next(row for row in self.cli("security") if row["program_account"] == NUMBER)


@pytest.fixture
def story(app: Flask, cast: Cast, database: Database, visit: Callable[..., Visitor], tmp_path: Path) -> Iterator[Story]:
    made = Story(app, database, visit, tmp_path, cast.emails["priya"])
    with on(STANDING[0][0]):
        made.begin()
    yield made


def test_every_day_of_the_story_stands_as_the_document_says(story: Story) -> None:
    for day, period, peak, agreement, cash, required, posted, coverage, short in STANDING:
        with on(day):
            story.until(day)
            told = story.security()
            del told["basis"]  # the document says it in words
            assert told == {
                "program_account": NUMBER, "peak_period_end": period, "peak_amount": peak, "required": required,
                "posted": posted, "coverage": coverage, "shortfall": short, "agreement": agreement, "cash": cash,
            }, day  # fmt: skip
            html = story.page(f"/guarantees/{story.account_id}")
            assert f"{month(period)}, {money(peak)} × 50 % = " in html, day
            assert money(agreement) in html and money(required) in html, day
            said = f"Posted {money(posted)} of {money(required)}: "
            assert said + ("covered." if short == "0.00" else f"short by {money(short)}.") in html, day
            known = [f"{r[0][:7]}={r[6]}" for r in STATEMENTS if f"{r[0][:8]}25" <= day]
            for form, figure in (("agreement", agreement), ("cash", cash)):
                words = [word for amount in known for word in ("--month", amount)]
                answer = story.cli("rules", "security", "--form", form, "--as-of", day, *words)
                assert (answer["required_amount"], answer["peak_amount"], answer["peak_month"][:7]) == (
                    figure, peak, period[:7],
                )  # fmt: skip


def test_the_statement_that_does_not_add_up_is_the_one_named(story: Story) -> None:
    last = STANDING[-1][0]
    with on(last):
        story.until(last)
        found = [row for row in story.cli("statements", "check") if row["program_account"] == NUMBER]
        assert [(r["period_end"], r["unexplained"]) for r in found] == [(r[0], r[3]) for r in table("gaps")]
        html = story.page("/statements/unexplained")
        assert all(money(row[3]) in html for row in table("gaps"))
    for period, adds_up, printed, gap in table("gaps"):
        row = next(row for row in STATEMENTS if row[0] == period)
        assert printed == row[8] and Decimal(adds_up) + Decimal(gap) == Decimal(printed)


def test_due_dates_are_those_of_the_billing_calendar(story: Story) -> None:
    first, last = STATEMENTS[0][0][:7], STATEMENTS[-1][0][:7]
    found = story.cli("rules", "billing", "--from", first, "--to", last)
    assert [(row["release_to"], row["due_date"]) for row in found] == [(row[0], row[9]) for row in STATEMENTS]


def test_review_roll_off_and_paper_day(story: Story) -> None:
    with on("2026-10-27"):
        story.until("2026-10-27")
        html, review = story.page(f"/guarantees/{story.account_id}"), story.page("/guarantees/review")
    assert f"The requirement rises by {money(REVIEW['Rise'])} to {money(REVIEW['Review amount'])}." in html
    assert f"{REVIEW['Statements of the window on file']} of 12 statements of its window are on file." in html
    assert f"Comply by {shown_day(REVIEW['Comply by'])}." in html
    assert f"On paper: sent by {shown_day(REVIEW['Last safe day for paper'])} " in html
    assert f"Annual review of {shown_day(REVIEW['Run on'])}" in review
    assert f"{shown_day(REVIEW['Window from'])} to {shown_day(REVIEW['Window to'])}, the twelve" in review
    assert f"{shown_day(REVIEW['Last safe day for paper'])}</span>" in review
    for label, sign in (("Required now", ""), ("Review amount", ""), ("Rise", "+"), ("Missing on the deadline", "")):
        whole = Decimal(REVIEW[label]).quantize(Decimal(1))
        assert f"{sign}{format_money(whole, 'en').removesuffix('.00')}<" in review, label
    for day, leaves, before, after in table("roll-off"):
        told = (
            f"{shown_day(day)}: {month(leaves)} leaves the last twelve periods; {money(before)} becomes {money(after)}."
        )
        assert told in html


def test_reduction_worth_asking_for(story: Story) -> None:
    # the day before the request: what the page offers
    with on("2027-07-26"):
        story.until("2027-07-26")
        html, form = (story.page(f"/guarantees/{story.account_id}{more}") for more in ("", "/reduction"))
    assert f"The portal shows {money(REDUCTION['Worth asking for'])} more than the last twelve periods call for" in html
    shown, called = money(REDUCTION["Shown in the portal"]), money(REDUCTION["Called for"])
    assert f"The portal shows {shown}; the last twelve periods call for {called}." in form
    assert f'value="{REDUCTION["Called for"]}"' in form
    with on("2027-07-27"):
        story.until("2027-07-27")
        assert "A request is pending, and pending protects." in story.page(f"/guarantees/{story.account_id}")


FIGURE = r"(\d[\d,]*(?:\.\d+)?)"


def test_sums_in_the_text_are_right() -> None:
    """The running text holds sums of its own: each half, each difference and each share is worked out again."""
    text = re.sub(r"\s+", " ", DOCUMENT.read_text(encoding="utf-8"))
    halves = [[Decimal(_plain(x)) for x in found] for found in re.findall(rf"{FIGURE} × 50 % = {FIGURE}", text)]
    assert len(halves) >= 5 and all(whole / 2 == half for whole, half in halves)
    less = [
        [Decimal(_plain(x)) for x in found] for found in re.findall(rf"(?<!\+ ){FIGURE} − {FIGURE} = {FIGURE}", text)
    ]
    assert len(less) >= 4 and all(one - other == rest for one, other, rest in less if other)
    shares = [[Decimal(_plain(x)) for x in found] for found in re.findall(rf"{FIGURE} ÷ {FIGURE} = {FIGURE}…", text)]
    assert len(shares) >= 5
    assert all(str(one / other).startswith(str(share)) for one, other, share in shares)


def test_french_twin_holds_the_same_tables() -> None:
    french = DOCUMENT.with_name("exemple-chiffre.md").read_text(encoding="utf-8")
    for name in ("statements", "gaps", "events", "standing", "review", "roll-off", "reduction"):
        lines = french.partition(f"<!-- table: {name} -->")[2].strip().split("\n\n")[0].splitlines()[2:]
        rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
        theirs = [[_plain(cell.replace("\xa0", "").replace(",", ".")) for cell in row] for row in rows]
        assert [_figures(row) for row in theirs] == [_figures(row) for row in table(name)], name


def _figures(row: list[str]) -> list[str]:
    return [cell for cell in row if cell[:1].isdigit() or cell.startswith("-")]
