"""Figures that cannot be, through every door they come in by: a sentence beside the field, in the person's language, and nothing saved."""

import io
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.conftest import EMAILS, Cast
from tests.factories import as_firm, make_account, make_allocation, make_instrument, make_statement
from tests.visitor import Visitor
from tracker.accounts import queries as people
from tracker.clients.models import Client, ProgramAccount, Statement
from tracker.guarantees.enums import InstrumentState
from tracker.guarantees.models import Allocation, Instrument
from tracker.platform.clock import today
from tracker.platform.db import Base, db, transaction
from tracker.rulebook.calendar import billing_period_of

Visit = Callable[..., Visitor]
GOOD = {
    "period_start": "2026-08-18",
    "period_end": "2026-09-17",
    "charges_amount": "1000.00",
    "total_amount": "1000.00",
}
COLUMNS = {"period_start": "period_start", "period_end": "period_end", "charges_amount": "F_charges", "total_amount": "H_total",
           "credits_amount": "G_credits"}  # fmt: skip
TO_COME = billing_period_of(today() + timedelta(days=40))

# What is wrong, the field it stands beside, and the sentence: typed in English, typed in French, in a file.
STATEMENTS: list[tuple[dict[str, str], str, str, str, str]] = [
    ({"period_start": "2026-08-17"}, "period_start", "runs from the 18th to the 17th: here from 18 Aug 2026 to 17 Sep 2026",
     "va du 18 au 17", "A billing period runs from the 18th to the 17th"),
    ({"period_end": "2026-09-30"}, "period_end", "runs from the 18th to the 17th", "va du 18 au 17",
     "A billing period runs from the 18th to the 17th"),
    ({"period_start": TO_COME.release_from.isoformat(), "period_end": TO_COME.release_to.isoformat()}, "period_end",
     "This period has not ended yet.", "Cette période n'est pas encore terminée.", "This period has not ended yet."),
    ({"charges_amount": "-5.00"}, "charges_amount", "This amount cannot be negative.", "Ce montant ne peut pas être négatif.",
     "An amount below zero cannot be here."),
    ({"credits_amount": "-5.00"}, "credits_amount", "This amount cannot be negative.", "Ce montant ne peut pas être négatif.",
     "An amount below zero cannot be here."),
    ({"charges_amount": "1000.001"}, "charges_amount", "is not an amount", "n'est pas un montant",
     "This is not an amount in dollars and cents."),
    ({"total_amount": "a lot"}, "total_amount", "is not an amount", "n'est pas un montant",
     "This is not an amount in dollars and cents."),
    ({"period_end": "17.13.2026"}, "period_end", "Not a date.", "Ce n'est pas une date", "There is no such date."),
]  # fmt: skip


def number_of(app: Flask, model: type[Base]) -> int:
    with app.app_context():
        as_firm()
        return int(db.session.scalar(select(func.count()).select_from(model)) or 0)


def speaking_french(app: Flask, name: str) -> None:
    with app.app_context():
        person = people.by_email(EMAILS[name])
        assert person is not None
        with transaction():
            person.language = "fr"


def account_number(app: Flask, cast: Cast) -> str:
    with app.app_context():
        as_firm()
        account = db.session.get(ProgramAccount, cast.account_a)
        assert account is not None
        return account.number


@pytest.mark.parametrize(("wrong", "field", "said", "dit", "_in_file"), STATEMENTS)
def test_a_statement_typed_in(
    app: Flask, cast: Cast, visit: Visit, wrong: dict[str, str], field: str, said: str, dit: str, _in_file: str
) -> None:
    path = f"/clients/{cast.client_a}/statements/{cast.account_a}/new"
    answer = visit("colin").post(path, {**GOOD, **wrong, "once": str(uuid4())})
    text = unescape(answer.text)
    assert answer.status_code == 422 and said in text and f'href="#{field}"' in text
    assert all(f'value="{value}"' in text for value in wrong.values() if "13" not in value)  # nothing typed is lost
    speaking_french(app, "colin")
    french = unescape(visit("colin").post(path, {**GOOD, **wrong, "once": str(uuid4())}).text).replace("\u2019", "'")
    assert dit in french
    assert number_of(app, Statement) == 0


def as_csv(rows: list[dict[str, str]]) -> tuple[str, bytes]:
    heads = list(rows[0])
    lines = [",".join(heads), *(",".join(row.get(head, "") for head in heads) for row in rows)]
    return "statements.csv", "\n".join(lines).encode()


def as_xlsx(rows: list[dict[str, str]]) -> tuple[str, bytes]:
    book, heads = openpyxl.Workbook(), list(rows[0])
    assert book.active is not None
    book.active.append(heads)
    for row in rows:
        book.active.append([row.get(head, "") for head in heads])
    kept = io.BytesIO()
    book.save(kept)
    return "statements.xlsx", kept.getvalue()


def brought_in(visitor: Visitor, name: str, content: bytes) -> str:
    """Hand a file in, and apply what can be; the page that says what became of each row."""
    answer = visitor.post(
        "/imports", {"kind": "statements", "files": (io.BytesIO(content), name)}, content_type="multipart/form-data"
    )
    assert answer.status_code == 303, answer.text[-2000:]
    return unescape(visitor.get(answer.headers["Location"] + "?fate=rejected").text)


@pytest.mark.parametrize("door", [as_csv, as_xlsx])
@pytest.mark.parametrize(("wrong", "field", "_said", "_dit", "in_file"), STATEMENTS)
def test_a_statement_in_a_file(
    app: Flask, cast: Cast, visit: Visit, door: Callable[[list[dict[str, str]]], tuple[str, bytes]],
    wrong: dict[str, str], field: str, _said: str, _dit: str, in_file: str,
) -> None:  # fmt: skip
    row = {COLUMNS[key]: value for key, value in {**GOOD, "credits_amount": "0", **wrong}.items()}
    text = brought_in(visit("priya"), *door([{"program_account": account_number(app, cast), **row}]))
    assert in_file in text and COLUMNS[field] in text
    assert number_of(app, Statement) == 0


def test_a_statement_twice(app: Flask, cast: Cast, visit: Visit) -> None:
    path = f"/clients/{cast.client_a}/statements/{cast.account_a}/new"
    assert visit("colin").post(path, {**GOOD, "once": str(uuid4())}).status_code == 303
    again = visit("colin").post(path, {**GOOD, "once": str(uuid4())})
    assert again.status_code == 422 and "There is already a statement of this account for this period." in again.text
    row = {"program_account": account_number(app, cast), **{COLUMNS[key]: value for key, value in GOOD.items()}}
    visitor = visit("priya")
    name, content = as_csv([row, row])
    answer = visitor.post(
        "/imports", {"kind": "statements", "files": (io.BytesIO(content), name)}, content_type="multipart/form-data"
    )
    text = unescape(visitor.get(answer.headers["Location"]).text)
    assert "1" in text and number_of(app, Statement) == 1


def test_cbsa_paying_back_is_no_mistake(app: Flask, cast: Cast, visit: Visit) -> None:
    path = f"/clients/{cast.client_a}/statements/{cast.account_a}/new"
    data = {**GOOD, "opening_amount": "500.00", "payments_amount": "-200.00", "total_amount": "1700.00"}
    assert visit("colin").post(path, {**data, "once": str(uuid4())}).status_code == 303
    with app.app_context():
        as_firm()
        assert db.session.scalars(select(Statement.payments_amount)).one() == Decimal("-200.00")


def bond(**over: str) -> dict[str, str]:
    return {"kind": "surety_bond", "state": "posted", "number": "B-1", "amount": "10000.00", "valid_from": "2026-01-01",
            "once": str(uuid4()), **over}  # fmt: skip


@pytest.mark.parametrize(
    ("over", "field", "said", "dit"),
    [
        ({"amount": "1000.001"}, "amount", "is not an amount", "n'est pas un montant"),
        ({"amount": "-1"}, "amount", "An amount above zero, please.", "Un montant supérieur à zéro"),
        ({"valid_until": "2025-12-31"}, "valid_until", "It ends before it begins.", "prend fin avant de commencer"),
        ({"valid_from": ""}, "valid_from", "Say from which day it is valid.", "à partir de quel jour"),
    ],
)
def test_a_bond_that_cannot_be(
    app: Flask, cast: Cast, visit: Visit, over: dict[str, str], field: str, said: str, dit: str
) -> None:
    path = f"/clients/{cast.client_a}/instruments/new"
    answer = visit("colin").post(path, bond(**over))
    assert answer.status_code == 422 and said in unescape(answer.text) and f'href="#{field}"' in answer.text
    speaking_french(app, "colin")
    assert dit in unescape(visit("colin").post(path, bond(**over)).text).replace("\u2019", "'")
    assert number_of(app, Instrument) == 0 == number_of(app, Allocation)


@pytest.mark.parametrize(
    ("over", "status"),
    [
        ({}, 422),  # the same days
        ({"number": " b 1 ", "valid_from": "2026-06-01"}, 422),  # typed otherwise, and it overlaps
        ({"valid_from": "", "state": "quote"}, 422),  # no start: it may overlap
        ({"valid_from": "2028-01-01"}, 303),  # the one after it
        ({"number": "B-2"}, 303),  # another bond over the same days is more cover
        ({"number": ""}, 303),
    ],
)
def test_one_bond_recorded_twice_would_count_twice(
    app: Flask, cast: Cast, visit: Visit, over: dict[str, str], status: int
) -> None:
    with app.app_context():
        as_firm()
        client = db.session.get(Client, cast.client_a)
        assert client is not None
        make_instrument(client, number="B-1", valid_until=date(2027, 12, 31))
        make_instrument(client, number="B-9", state=InstrumentState.ENDED)
    answer = visit("colin").post(f"/clients/{cast.client_a}/instruments/new", bond(**over))
    assert answer.status_code == status, answer.text
    assert number_of(app, Instrument) == (2 if status == 422 else 3)
    if status == 422:
        assert "“B-1” is recorded already" in unescape(answer.text)
        speaking_french(app, "colin")
        french = visit("colin").post(f"/clients/{cast.client_a}/instruments/new", bond(**over))
        assert "est déjà consigné" in unescape(french.text)
    assert visit("colin").post(f"/clients/{cast.client_a}/instruments/new", bond(number="B-9")).status_code == 303


def test_more_allocated_than_there_is(app: Flask, cast: Cast, visit: Visit) -> None:
    with app.app_context():
        as_firm()
        client, account = db.session.get(Client, cast.client_a), db.session.get(ProgramAccount, cast.account_a)
        assert client is not None and account is not None
        second = make_account(client, number=f"{account.number[:-1]}2").id
        make_statement(account)
        row = make_instrument(client, number="B-5", amount=Decimal("10000.00"))
        make_allocation(row, account)
        key, version = row.id, str(row.version)
    over: dict[str, Any] = {f"share_{cast.account_a}": "6000.00", f"share_{second}": "4000.01"}
    colin = visit("colin")
    new = colin.post(f"/clients/{cast.client_a}/instruments/new", bond(**over))
    edited = colin.post(f"/instruments/{key}", {**bond(**over), "number": "B-5", "version": version})
    assert new.status_code == edited.status_code == 422
    assert "more than" in unescape(new.text) and "more than" in unescape(edited.text)
    assert number_of(app, Instrument) == 1 == number_of(app, Allocation)
