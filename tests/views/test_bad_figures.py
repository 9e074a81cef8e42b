"""Figures that cannot be, through every door: the form, a CSV file, a workbook. A sentence in both languages, nothing saved."""

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from flask import Flask
from openpyxl import Workbook
from sqlalchemy import func, select

from tests.conftest import EMAILS, Cast
from tests.factories import as_firm, make_account, make_instrument, make_partner
from tests.views.test_imports import shown_form, upload
from tests.visitor import Visitor
from tracker.accounts.models import UserAccount
from tracker.clients.models import Client, Statement
from tracker.coordination.enums import PartnerKind
from tracker.guarantees.enums import InstrumentState
from tracker.guarantees.models import Allocation, Instrument
from tracker.platform.actor import SYSTEM
from tracker.platform.audit import AuditEvent, record
from tracker.platform.db import db, transaction

Visit = Callable[..., Visitor]
NUMBER = "123456782RM0001"
KEYS = (
    *("period_start", "period_end", "charges_amount", "total_amount", "payments_amount", "due_on"),
    *("statement_on", "paid_on", "paid_amount"),
)
HEADINGS = (
    *("program_account", "period_start", "period_end", "F_charges", "H_total", "C_payments", "due_date"),
    *("statement_date", "paid_on", "paid_amount"),
)
GOOD = dict(zip(KEYS, ("2026-09-18", "2026-10-17", "100.00", "100.00", "0.00", "2026-10-30", "", "", ""), strict=True))
NOT_EIGHTEENTH = ("A billing period runs from the 18th to the 17th", "Une période de facturation va du 18 au 17")
NOT_ENDED = ("This period has not ended yet.", "Cette période n'est pas encore terminée.")

NOT_AFTER = ("This day must come after the period has ended.", "Ce jour doit suivre la fin de la période.")
STATEMENT_TO_COME = ("This statement date is still to come.", "Cette date de relevé est à venir.")
DUE_FAR = (
    "A payment is due at most 60 days after the statement date.",
    "au plus tard 60 jours après la date du relevé",
)
PAID_TO_COME = ("This day of payment is still to come.", "Ce jour de paiement est à venir.")
PAID_BELOW = ("An amount paid is below zero only where money goes back", "n'est négatif que si de l'argent est rendu")

# what is wrong, the field, the form's sentences (EN, FR), the file's sentences (EN, FR)
BAD: list[tuple[dict[str, str], str, tuple[str, str], tuple[str, str]]] = [
    ({"period_start": "2026-09-17"}, "period_start", NOT_EIGHTEENTH, NOT_EIGHTEENTH),
    ({"period_end": "2026-10-16"}, "period_end", NOT_EIGHTEENTH, NOT_EIGHTEENTH),
    ({"period_start": "2026-11-18", "period_end": "2026-12-17", "due_on": "2026-12-31"}, "period_end", NOT_ENDED, NOT_ENDED),
    (
        {"charges_amount": "-1.00"}, "charges_amount",
        ("This amount cannot be negative.", "Ce montant ne peut pas être négatif."),
        ("An amount below zero cannot be here.", "Un montant négatif ne peut figurer ici."),
    ),
    (
        {"charges_amount": "1.005"}, "charges_amount",
        ("An amount has at most two decimals.", "Un montant a au plus deux décimales."),
        ("This is not an amount in dollars and cents.", "Ce n'est pas un montant en dollars et cents."),
    ),
    ({"due_on": "2026-10-17"}, "due_on", NOT_AFTER, NOT_AFTER),
    ({"due_on": "2031-10-30"}, "due_on", DUE_FAR, DUE_FAR),
    ({"statement_on": "2026-10-17"}, "statement_on", NOT_AFTER, NOT_AFTER),
    ({"statement_on": "2030-01-01", "due_on": "2030-01-06"}, "statement_on", STATEMENT_TO_COME, STATEMENT_TO_COME),
    ({"paid_on": "2030-01-01"}, "paid_on", PAID_TO_COME, PAID_TO_COME),
    ({"paid_on": "2026-11-24"}, "paid_on", PAID_TO_COME, PAID_TO_COME),
    ({"paid_on": "2026-10-30", "paid_amount": "-5.00"}, "paid_amount", PAID_BELOW, PAID_BELOW),
]  # fmt: skip
IDS = ["not the 18th", "not the 17th", "future", "below zero", "three decimals", "due before the end", "due far away",
       "dated before the end", "dated far ahead", "paid far ahead", "paid tomorrow", "paid below zero"]  # fmt: skip


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel("2026-11-23T15:00:00Z", tick=True):
        yield


def reader(app: Flask, visit: Visit, language: str) -> Visitor:
    """Priya, who reads in this language."""
    with app.app_context():
        as_firm()
        with transaction():
            person = db.session.scalars(select(UserAccount).where(UserAccount.email == EMAILS["priya"])).one()
            person.language = language
            record(SYSTEM, "test:language", person)
    return visit("priya", language=language)


def counted(app: Flask, model: Any) -> int:
    with app.app_context():
        as_firm()
        return int(db.session.scalar(select(func.count()).select_from(model)) or 0)


def as_csv(*rows: dict[str, str]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([HEADINGS, *((NUMBER, *(row[key] for key in KEYS)) for row in rows)])
    return out.getvalue().encode()


def as_workbook(*rows: dict[str, str]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADINGS)
    for row in rows:
        typed = [float(row[key]) if key.endswith("_amount") and row[key] else row[key] for key in KEYS]
        sheet.append([NUMBER, *typed])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


FILES = {"statements.csv": as_csv, "statements.xlsx": as_workbook}


def beside(html: str, field: str) -> str:
    """The words the page puts beside a field."""
    label = html.index(f'for="{field}"')
    following = html.find("<label", label + 1)
    return html[label:following].replace("&#39;", "'").replace("\xa0", " ")


def imported(someone: Visitor, name: str, content: bytes) -> tuple[str, str]:
    """Upload, look at the rows held back, apply; the held-back page and the run's."""
    address = upload(someone, name, content, kind="statements")
    held = someone.get(f"{address}?fate=rejected").get_data(as_text=True).replace("&#39;", "'").replace("\xa0", " ")
    someone.post(f"{address}/apply", shown_form(someone.get(address).get_data(as_text=True)))
    return held, address


@pytest.mark.parametrize(("over", "field", "typed", "filed"), BAD, ids=IDS)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_typed_statement_that_cannot_be_is_told_beside_its_field(
    app: Flask, cast: Cast, visit: Visit, over: dict[str, str], field: str, typed: Any, filed: Any, language: str
) -> None:
    address = f"/clients/{cast.client_a}/statements/{cast.account_a}/new"
    body = {**GOOD, **over}
    if language == "fr":
        body = {key: value.replace(".", ",") for key, value in body.items()}
    priya = reader(app, visit, language)
    events = counted(app, AuditEvent)
    answer = priya.post(address, {**body, "once": "k"})
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert typed[language == "fr"] in beside(html, field)
    assert counted(app, Statement) == 0 and counted(app, AuditEvent) == events


@pytest.mark.parametrize(("over", "field", "typed", "filed"), BAD, ids=IDS)
@pytest.mark.parametrize("name", FILES)
def test_filed_statement_that_cannot_be_is_held_back_and_the_good_one_kept(
    app: Flask, cast: Cast, visit: Visit, over: dict[str, str], field: str, typed: Any, filed: Any, name: str
) -> None:
    september = {**GOOD, "period_start": "2026-08-18", "period_end": "2026-09-17", "due_on": "2026-10-01"}
    held, address = imported(visit("priya"), name, FILES[name](september, {**GOOD, **over}))
    assert filed[0] in held
    french = reader(app, visit, "fr").get(f"{address}?fate=rejected").get_data(as_text=True)
    assert filed[1] in french.replace("&#39;", "'").replace("\xa0", " ")
    with app.app_context():
        as_firm()
        assert [str(day) for day in db.session.scalars(select(Statement.period_end))] == ["2026-09-17"]


@pytest.mark.parametrize(("over", "field", "typed", "filed"), BAD, ids=IDS)
def test_statement_corrected_to_what_cannot_be_stays_as_it_was(
    app: Flask, cast: Cast, visit: Visit, over: dict[str, str], field: str, typed: Any, filed: Any
) -> None:
    assert visit("priya").post(
        f"/clients/{cast.client_a}/statements/{cast.account_a}/new", {**GOOD, "once": "k"}
    ).status_code == 303  # fmt: skip
    with app.app_context():
        as_firm()
        row = db.session.scalars(select(Statement)).one()
        address, version = f"/clients/{cast.client_a}/statement/{row.id}/edit", row.version
    answer = visit("priya").post(address, {**GOOD, "interest_amount": "7.00", **over, "version": str(version)})
    assert answer.status_code == 422
    assert typed[0] in beside(answer.get_data(as_text=True), field)
    with app.app_context():
        as_firm()
        row = db.session.scalars(select(Statement)).one()
        assert (row.version, row.interest_amount, row.paid_amount) == (version, 0, None)


def test_same_statement_twice(app: Flask, cast: Cast, visit: Visit) -> None:
    address = f"/clients/{cast.client_a}/statements/{cast.account_a}/new"
    assert visit("priya").post(address, {**GOOD, "once": "k1"}).status_code == 303
    for language, sentence in (
        ("en", "There is already a statement of this account for this period."),
        ("fr", "Il y a déjà un relevé de ce compte pour cette période."),
    ):
        answer = reader(app, visit, language).post(address, {**GOOD, "once": f"k-{language}"})
        assert answer.status_code == 422
        assert sentence in beside(answer.get_data(as_text=True), "period_end")
    for name, made in FILES.items():
        imported(visit("priya"), name, made(GOOD, GOOD))
        assert counted(app, Statement) == 1


@pytest.mark.parametrize(
    ("language", "both", "change"),
    [
        ("en", "Rows 2 and 3 are of the same account and period", "$100.00 → $1.00"),
        ("fr", "Les lignes 2 et 3 portent sur le même compte et la même période", "100,00 $ → 1,00 $"),
    ],
)
def test_preview_tells_what_a_statement_on_file_would_become(
    app: Flask, cast: Cast, visit: Visit, language: str, both: str, change: str
) -> None:
    imported(visit("priya"), "statements.csv", as_csv(GOOD))
    someone = reader(app, visit, language)
    other = {**GOOD, "charges_amount": "1.00"}
    address = upload(someone, "statements.csv", as_csv(other, {**other, "charges_amount": "2.00"}), kind="statements")
    shown = someone.get(address).get_data(as_text=True).replace("\xa0", " ").replace("\u202f", " ")
    assert both in shown and change in shown


@pytest.mark.parametrize("name", FILES)
def test_refund_printed_as_a_payment_below_zero_passes_every_door(
    app: Flask, cast: Cast, visit: Visit, name: str
) -> None:
    refund = {**GOOD, "payments_amount": "-25.00", "total_amount": "125.00", "paid_amount": "-25.00"}
    imported(visit("priya"), name, FILES[name](refund))
    assert counted(app, Statement) == 1
    address = f"/clients/{cast.client_a}/statements/{cast.account_a}/new"
    october = {**refund, "period_start": "2026-10-18", "period_end": "2026-11-17", "due_on": "2026-12-01"}
    assert visit("priya").post(address, {**october, "once": "k"}).status_code == 303
    assert counted(app, Statement) == 2


def test_period_is_over_when_its_last_day_is(app: Flask, cast: Cast, visit: Visit) -> None:
    october = {**GOOD, "period_start": "2026-10-18", "period_end": "2026-11-17", "due_on": "2026-12-01"}
    address = f"/clients/{cast.client_a}/statements/{cast.account_a}/new"
    for day, status in (("2026-11-17", 422), ("2026-11-18", 303)):
        with time_machine.travel(f"{day}T15:00:00Z", tick=True):
            assert visit("priya").post(address, {**october, "once": day}).status_code == status


BOND = {
    "kind": "surety_bond", "number": "SB-77", "amount": "50000.00", "valid_from": "2026-01-01",
    "valid_until": "2026-12-31", "state": "posted",
}  # fmt: skip


@pytest.mark.parametrize(
    ("over", "field", "en", "fr"),
    [
        ({"amount": "-5"}, "amount", "An amount above zero", "Un montant supérieur à zéro"),
        ({"amount": "5.005"}, "amount", "at most two decimals", "au plus deux décimales"),
        ({"share": "50000.01"}, "share", "add up to more", "dépasse"),
        ({"share": "-1"}, "share", "A share above zero", "Une part supérieure à zéro"),
        ({"share": "1.005"}, "share", "at most two decimals", "au plus deux décimales"),
        ({"valid_until": "2025-12-31"}, "valid_until", "It ends before it begins.", "prend fin avant"),
        ({"number": " sb-7 7 "}, "number", "already recorded over some of these days", "déjà inscrit"),
        ({"number": "SB-77", "valid_from": "2026-06-30", "valid_until": ""}, "number", "already recorded", "déjà inscrit"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", ["en", "fr"])
def test_instrument_that_cannot_be_is_told_beside_its_field(
    app: Flask, cast: Cast, visit: Visit, over: dict[str, str], field: str, en: str, fr: str, language: str
) -> None:
    address = f"/clients/{cast.client_a}/instruments/new"
    assert visit("priya").post(address, {**BOND, "valid_until": "2026-06-30", "once": "first"}).status_code == 303
    assert (counted(app, Instrument), counted(app, Allocation)) == (1, 1)
    share = f"share_{cast.account_a}"
    body = {**BOND, "number": "SB-78", "once": "second", **over}
    body = {share if key == "share" else key: value for key, value in body.items()}
    if language == "fr":
        body = {key: value.replace(".", ",") for key, value in body.items()}
    answer = reader(app, visit, language).post(address, body)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert {"en": en, "fr": fr}[language] in beside(html, share if field == "share" else field)
    assert (counted(app, Instrument), counted(app, Allocation)) == (1, 1)


@pytest.mark.parametrize("name", ["another number", "another surety", "later", "after it was ended", "no number"])
def test_instruments_that_may_stand_beside_each_other(app: Flask, cast: Cast, visit: Visit, name: str) -> None:
    with app.app_context():
        as_firm()
        surety = make_partner(kind=PartnerKind.SURETY, name="Boreal Surety").id
        if name == "after it was ended":
            client = db.session.get_one(Client, cast.client_a)
            make_instrument(client, number="SB-77", state=InstrumentState.ENDED)
    address = f"/clients/{cast.client_a}/instruments/new"
    first: dict[str, str] = {"no number": {"number": ""}}.get(name, {})
    if name != "after it was ended":
        assert visit("priya").post(address, {**BOND, **first, "once": "first"}).status_code == 303
    over: dict[str, str] = {
        "another number": {"number": "SB-78"},
        "another surety": {"provider_id": str(surety)},
        "later": {"valid_from": "2027-01-01", "valid_until": ""},
        "no number": {"number": ""},
    }.get(name, {})
    assert visit("priya").post(address, {**BOND, **over, "once": "second"}).status_code == 303
    assert counted(app, Instrument) == 2
    html = visit("priya").get(f"/guarantees/{cast.account_a}").get_data(as_text=True)
    is_joint = name in {"another number", "another surety", "no number"}
    assert ("More than one instrument covers today" in html) is is_joint


def test_correcting_an_agreement_is_not_entering_it_twice(app: Flask, cast: Cast, visit: Visit) -> None:
    with app.app_context():
        as_firm()
        client = db.session.get_one(Client, cast.client_a)
        make_account(client, number="123456782RM0002")
    priya = visit("priya")
    for number, once in (("SB-77", "a"), ("SB-78", "b")):
        address = f"/clients/{cast.client_a}/instruments/new"
        assert priya.post(address, {**BOND, "number": number, "once": once}).status_code == 303
    with app.app_context():
        as_firm()
        second = db.session.scalars(select(Instrument).where(Instrument.number == "SB-78")).one()
        path, version = f"/instruments/{second.id}", str(second.version)
    body = {key: value for key, value in BOND.items() if key not in ("kind", "state")}
    assert priya.post(path, {**body, "number": "SB-77", "version": version}).status_code == 422
    assert priya.post(path, {**body, "number": "SB-78", "amount": "60000", "version": version}).status_code == 303
