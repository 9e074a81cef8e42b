"""Imports, views: drop a file, see every row's fate, apply, undo; a bad file gets a sentence."""

import io
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from tests.conftest import Cast, StatementCount
from tests.factories import PASSWORD, as_firm, make_user
from tests.visitor import Visitor
from tracker.clients.business_number import check_business_number
from tracker.clients.models import Client, ProgramAccount
from tracker.guarantees.models import Instrument
from tracker.imports.models import ImportRun
from tracker.notifications.models import OutboxMessage
from tracker.permissions import Role
from tracker.platform.actor import SYSTEM
from tracker.platform.audit import record
from tracker.platform.db import db, transaction
from tracker.platform.files import SPREADSHEET

DATA = Path(__file__).resolve().parents[1] / "data"


def upload(
    someone: Visitor, name: str = "client-list-en.xlsx", content: bytes | None = None, kind: str = "clients"
) -> str:
    body = content if content is not None else (DATA / name).read_bytes()
    answer = someone.post(
        "/imports", {"kind": kind, "files": (io.BytesIO(body), name)}, content_type="multipart/form-data"
    )
    assert answer.status_code == 303, answer.get_data(as_text=True)[-2500:]
    return str(answer.headers["Location"])


def version_of(html: str) -> str:
    found = re.search(r'name="version"[^>]*value="(\d+)"', html) or re.search(r'value="(\d+)"[^>]*name="version"', html)
    assert found
    return found[1]


def shown_form(html: str) -> dict[str, str]:
    """What the button that applies would send: the run's version and the mark of the preview."""
    form = html[html.index('/apply"') :]
    return {
        name: found[1]
        for name in ("version", "seen")
        if (found := re.search(rf'name="{name}"[^>]*value="(\w+)"', form))
    }


def accounts(app: Flask) -> int:
    with app.app_context():
        as_firm()
        return int(db.session.scalar(select(func.count()).select_from(ProgramAccount)) or 0)


def test_list_from_upload_to_undo(app: Flask, cast: Cast, visit: Callable[..., Visitor]) -> None:
    priya = visit("priya")
    address = upload(priya)
    preview = priya.get(address).get_data(as_text=True)
    assert "Avis Canada" in preview and "abt 20k" in priya.get(address + "?fate=rejected").get_data(as_text=True)
    assert accounts(app) == 2
    assert priya.post(address + "/apply", shown_form(preview)).status_code == 303
    assert accounts(app) > 50
    done = priya.get(address).get_data(as_text=True)
    assert priya.post(address + "/undo", {"version": version_of(done)}).status_code == 303
    assert accounts(app) == 2


def test_list_of_two_megabytes_comes_in_and_its_token_is_asked_for(visit: Callable[..., Visitor]) -> None:
    priya, number = visit("priya"), next(fresh_numbers())
    content = f"Legal name,BN,Notes\nAlpha,{number},\n".encode() + b",,%s\n" % (b"x" * 1000) * 2000
    for token, status in ((priya.token(), 303), ("", 400)):
        fields = {"csrf_token": token, "kind": "clients", "files": FileStorage(io.BytesIO(content), "long.csv")}
        boundary, body = encode_multipart(fields)
        answer = priya.http.post("/imports", data=body, content_type=f"multipart/form-data; boundary={boundary}")
        assert answer.status_code == status


def test_stale_apply_is_refused(app: Flask, visit: Callable[..., Visitor]) -> None:
    priya = visit("priya")
    address = upload(priya)
    assert priya.post(address + "/apply", {"version": "99"}).status_code == 409
    assert accounts(app) == 2


def by_hand(app: Flask, number: str, **values: str) -> None:
    """Somebody edits the client with this number."""
    with app.app_context():
        as_firm()
        with transaction():
            client = db.session.scalars(select(Client).where(Client.bn9 == number[:9])).one()
            for key, value in values.items():
                setattr(client, key, value)
            record(SYSTEM, "client:edited", client)


def cities(app: Flask) -> set[str | None]:
    with app.app_context():
        as_firm()
        return set(db.session.scalars(select(Client.city).where(Client.city.is_not(None))))


@pytest.mark.parametrize("city_in_file", ["Laval", "Gatineau"])  # seen as unchanged, seen as an update
def test_apply_does_what_was_shown_or_shows_it_again(
    app: Flask, visit: Callable[..., Visitor], city_in_file: str
) -> None:
    priya, number = visit("priya"), next(fresh_numbers())
    applied(priya, "a.csv", f"Legal name,BN,City\nAlpha,{number},Laval\n".encode())
    address = upload(priya, "b.csv", f"Legal name,BN,City\nAlpha,{number},{city_in_file}\n".encode())
    seen = shown_form(priya.get(address).get_data(as_text=True))
    by_hand(app, number, city="Hull")
    answer = priya.post(address + "/apply", seen)
    again = answer.get_data(as_text=True)
    assert answer.status_code == 409 and "changed since you looked" in again and "1 change" in again
    assert cities(app) == {"Hull"}
    assert priya.post(address + "/apply", {"version": seen["version"]}).status_code == 409
    assert priya.post(address + "/apply", shown_form(again)).status_code == 303
    assert cities(app) == {city_in_file}


def test_apply_without_its_file_is_refused(app: Flask, visit: Callable[..., Visitor]) -> None:
    priya = visit("priya")
    address = upload(priya)
    with app.app_context(), transaction() as session:
        as_firm()
        session.scalars(select(ImportRun)).one().storage_key = None
    answer = priya.post(address + "/apply", {"version": "2", "seen": "x"})
    assert answer.status_code == 422 and "not kept" in answer.get_data(as_text=True)


def test_undo_names_what_was_edited_since_and_loses_nothing(app: Flask, visit: Callable[..., Visitor]) -> None:
    priya, number = visit("priya"), next(fresh_numbers())
    address = applied(priya, "a.csv", f"Legal name,BN,City\nAlpha,{number},Laval\n".encode())
    by_hand(app, number, notes="three hours of work")
    version = version_of(priya.get(address).get_data(as_text=True))
    answer = priya.post(address + "/undo", {"version": version})
    assert answer.status_code == 422 and "Alpha (row 2)" in answer.get_data(as_text=True)
    with app.app_context():
        as_firm()
        assert db.session.scalar(select(func.count()).where(Client.notes == "three hours of work")) == 1


def test_mapping_can_be_changed(app: Flask, visit: Callable[..., Visitor]) -> None:
    priya = visit("priya")
    address = upload(priya)
    version = version_of(priya.get(address).get_data(as_text=True))
    fields = {"sheet": "Clients CARM 2026", "day_order": "day", "version": version}
    answer = priya.post(
        address + "/layout", {**fields, "heading_1": "Consultant", "field_1": "", "heading_2": "Notes", "field_2": ""}
    )
    assert answer.status_code == 303
    with app.app_context():
        as_firm()
        run = db.session.scalars(select(ImportRun)).one()
        assert run.options["mapping"] == {"Consultant": "", "Notes": ""}
    assert "20 of 22" in priya.get(address).get_data(as_text=True)


@pytest.mark.parametrize(
    ("name", "content"),
    [("list.xlsx", b"not a workbook"), ("list.xlsx", b""), ("list.csv", b"a,b\n1,2\n"), ("list.exe", b"MZ\x90\x00")],
)
def test_bad_file_gets_a_sentence_and_is_not_kept(
    app: Flask, visit: Callable[..., Visitor], name: str, content: bytes
) -> None:
    answer = visit("priya").post(
        "/imports", {"kind": "clients", "files": (io.BytesIO(content), name)}, content_type="multipart/form-data"
    )
    assert answer.status_code == 422
    with app.app_context():
        assert not db.session.scalar(select(func.count()).select_from(ImportRun))


def test_pages_speak_french(app: Flask, visit: Callable[..., Visitor]) -> None:
    priya = visit("priya")
    priya.post("/language", {"language": "fr"})
    address = upload(priya, "liste-clients-fr.xlsx")
    assert "Ce n&#39;est pas un compte d&#39;importation" in priya.get(address + "?fate=rejected").get_data(
        as_text=True
    )


def test_only_those_who_may_import_get_in(visit: Callable[..., Visitor], app: Flask) -> None:
    address = upload(visit("priya"))
    for name, status in (("colin", 403), ("ana", 403), (None, 302)):
        assert visit(name).get(address).status_code == status
        assert visit(name).post(address + "/apply", {"version": "1"}).status_code == status
    with app.app_context():
        as_firm()
        assert db.session.scalar(select(func.count()).select_from(Client)) == 2


BASE_FIELDS = {"no_name": "legal_name", "amount": "security_amount", "date": "security_until"}


def fresh_numbers() -> Iterator[str]:
    """Sound account numbers that no list here holds."""
    for start in range(70_000_000, 70_001_000):
        for digit in range(10):
            number = f"{start}{digit}RM0001"
            if check_business_number(number).problem is None:
                yield number
                break


def held_back(someone: Visitor, address: str) -> bytes:
    answer = someone.get(address + "/held-back.xlsx")
    assert answer.status_code == 200 and answer.mimetype == SPREADSHEET
    return answer.get_data()


def only_run(app: Flask, address: str) -> ImportRun:
    with app.app_context():
        as_firm()
        run = db.session.get(ImportRun, UUID(address.rsplit("/", 1)[1]))
        assert run is not None
        db.session.expunge(run)
        return run


@pytest.mark.parametrize(("name", "count"), [("client-list-en.xlsx", 8), ("liste-clients-fr.xlsx", 8)])
def test_held_back_rows_are_corrected_in_excel_and_come_in(
    app: Flask, visit: Callable[..., Visitor], name: str, count: int
) -> None:
    priya = visit("priya")
    address = upload(priya, name)
    before_applying = held_back(priya, address)
    assert priya.post(address + "/apply", shown_form(priya.get(address).get_data(as_text=True))).status_code == 303
    first = only_run(app, address)
    fields = {field: heading for heading, field in first.answer["mapping"].items()}
    reasons = {problem["row"]: problem["reason"] for problem in first.answer["rejected"]}
    assert len(reasons) == count

    book = load_workbook(io.BytesIO(held_back(priya, address)))
    sheet = book.active
    assert sheet is not None
    as_before = load_workbook(io.BytesIO(before_applying)).active
    assert as_before is not None and list(as_before.values) == list(sheet.values)
    at = {str(heading): index for index, heading in enumerate(next(iter(sheet.values)), start=1)}
    numbers, expected = fresh_numbers(), {}
    for line, (row, reason) in enumerate(sorted(reasons.items()), start=2):
        assert str(row) in str(sheet.cell(line, 1).value).split("\n")[0]
        key = BASE_FIELDS.get(reason, "number")
        value: dict[str, Any] = {
            "legal_name": "Ajout Importations",
            "security_amount": 20000,
            "security_until": date(2027, 2, 28),
        }
        sheet.cell(line, at[fields[key]]).value = value.get(key) or next(numbers)
        number = str(sheet.cell(line, at[fields["number"]]).value)
        expected[number.replace(" ", "")[:9]] = str(sheet.cell(line, at[fields["legal_name"]]).value).strip()
    saved = io.BytesIO()
    book.save(saved)

    with app.app_context():
        as_firm()
        known = set(db.session.scalars(select(Client.bn9)))
    again = upload(priya, "corrected.xlsx", saved.getvalue())
    preview = priya.get(again).get_data(as_text=True)
    assert priya.post(again + "/apply", shown_form(preview)).status_code == 303
    second = only_run(app, again)
    assert second.answer["mapping"] == first.answer["mapping"] and second.answer["unmapped"] == first.answer["unmapped"]
    assert (second.answer["rows"], second.answer["rejected"], second.answer["duplicates"]) == (count, [], [])
    with app.app_context():
        as_firm()
        new = select(Client.bn9, Client.legal_name).where(Client.bn9.not_in(known))
        created = {str(number): " ".join(legal.split()) for number, legal in db.session.execute(new)}
    assert created == {number: " ".join(legal.split()) for number, legal in expected.items() if number not in known}
    assert len(created) >= count - 1  # a second account of a company that came in before is no new client


def test_held_back_workbook_speaks_the_readers_language(visit: Callable[..., Visitor]) -> None:
    priya = visit("priya")
    address = upload(priya)
    english = load_workbook(io.BytesIO(held_back(priya, address))).active
    priya.post("/language", {"language": "fr"})
    french = load_workbook(io.BytesIO(held_back(priya, address))).active
    assert english is not None and french is not None
    assert english.cell(1, 1).value == "Why held back" and "Row 67" in str(english.cell(2, 1).value)
    assert french.cell(1, 1).value == "Pourquoi la ligne est retenue" and "Ligne 67" in str(french.cell(2, 1).value)
    assert [[c.value for c in row[1:]] for row in english.rows] == [[c.value for c in row[1:]] for row in french.rows]


def test_list_without_held_back_rows_has_no_workbook(visit: Callable[..., Visitor]) -> None:
    priya = visit("priya")
    address = upload(priya, "a.csv", f"Legal name,BN\nAlpha,{next(fresh_numbers())}\n".encode())
    assert priya.get(address + "/held-back.xlsx").status_code == 404
    assert "Download" not in priya.get(address).get_data(as_text=True)


def fix(someone: Visitor, address: str, row: int, **data: str) -> TestResponse:
    page = someone.get(f"{address}/row?row={row}").get_data(as_text=True)
    return someone.post(address + "/row", {"row": str(row), "version": version_of(page), **data})


def cell_name(page: str) -> str:
    found = re.search(r'name="(cell_\d+)"', page)
    assert found
    return found[1]


def test_row_is_put_right_on_the_preview(app: Flask, visit: Callable[..., Visitor]) -> None:
    priya = visit("priya")
    address = upload(priya)
    name = cell_name(priya.get(address + "/row?row=74").get_data(as_text=True))
    wrong = fix(priya, address, 74, **{name: "about 30 thousand"})
    page = wrong.get_data(as_text=True)
    assert wrong.status_code == 422
    assert 'value="about 30 thousand"' in page and "not an amount" in page and "In the file: abt 20k" in page
    assert "corrections" not in only_run(app, address).options

    assert fix(priya, address, 74, **{name: "30 000,00 $"}, fate="rejected").status_code == 303
    preview = priya.get(address + "?fate=created&page=2").get_data(as_text=True)
    assert "30 000,00 $" in preview and "In the file: abt 20k" in preview
    assert priya.post(address + "/apply", shown_form(preview)).status_code == 303
    done = only_run(app, address)
    assert done.answer["created"] == 63 and 74 not in {p["row"] for p in done.answer["rejected"]}
    with app.app_context():
        as_firm()
        assert db.session.scalar(select(func.count()).where(Instrument.amount == 30000)) == 1
    late = priya.post(address + "/row", {"row": "74", "version": str(done.version), name: "1"})
    assert late.status_code == 422


def test_files_own_values_come_back(app: Flask, visit: Callable[..., Visitor]) -> None:
    priya = visit("priya")
    address = upload(priya)
    name = cell_name(priya.get(address + "/row?row=74").get_data(as_text=True))
    fix(priya, address, 74, **{name: "30000"})
    assert fix(priya, address, 74, restore="yes", **{name: "30000"}).status_code == 303
    assert only_run(app, address).options["corrections"] == {}
    assert "abt 20k" in priya.get(address + "?fate=rejected").get_data(as_text=True)


@pytest.mark.parametrize("row", ["5", "9999", "0", "x", "", "99999999999"])
def test_only_held_back_rows_open(visit: Callable[..., Visitor], row: str) -> None:
    priya = visit("priya")
    assert priya.get(upload(priya) + f"/row?row={row}").status_code == 404


def test_stale_correction_is_refused_with_what_was_typed(visit: Callable[..., Visitor]) -> None:
    priya = visit("priya")
    address = upload(priya)
    name = cell_name(priya.get(address + "/row?row=74").get_data(as_text=True))
    answer = priya.post(address + "/row", {"row": "74", "version": "99", name: "30000"})
    assert answer.status_code == 409 and 'value="30000"' in answer.get_data(as_text=True)


def applied(someone: Visitor, name: str = "client-list-en.xlsx", content: bytes | None = None) -> str:
    address = upload(someone, name, content)
    assert someone.post(address + "/apply", shown_form(someone.get(address).get_data(as_text=True))).status_code == 303
    return address


def test_applied_run_leads_to_engagements_for_its_clients(visit: Callable[..., Visitor]) -> None:
    priya = visit("priya")
    page = priya.get(applied(priya)).get_data(as_text=True)
    ids = re.findall(r'name="ids" value="([0-9a-f-]+)"', page)
    assert "Start an engagement for these 61 clients" in page and len(set(ids)) == 61  # 62 rows
    answer = priya.post("/engagements/start", {"ids": ids})
    assert answer.status_code == 200 and "clients chosen" in answer.get_data(as_text=True)


def test_contacts_are_invited_in_one_go(app: Flask, visit: Callable[..., Visitor]) -> None:
    priya = visit("priya")
    numbers = fresh_numbers()
    people = [
        ("Alpha", "Ana Roy", "ana@maple.example"), ("Beta", "Zoe New", "zoe@new.example"),
        ("Gamma", "Zoe New", "zoe@new.example"), ("Delta", "Colin", "colin@firm.example"), ("Epsilon", "No Mail", ""),
    ]  # fmt: skip
    lines = [f"{client},{next(numbers)},{name},{email}" for client, name, email in people]
    address = applied(priya, "a.csv", "\n".join(["Legal name,BN,Contact,E-mail", *lines]).encode())
    page = priya.get(address + "/invite").get_data(as_text=True)
    assert "Invite 3 contacts" in page and "no e-mail address" in page and "cannot be invited" in page
    assert "3 in English, 0 in French" in page
    assert priya.post(address + "/invite", {"version": "99"}).status_code == 409
    assert priya.post(address + "/invite", {"version": version_of(page)}).status_code == 303
    with app.app_context():
        as_firm()
        mails = list(db.session.scalars(select(OutboxMessage)))
        links = [mail for mail in mails if "/welcome/" in mail.body]
        assert sorted(mail.to_email for mail in mails) == ["ana@maple.example", *["zoe@new.example"] * 2]
        assert [mail.to_email for mail in links] == ["zoe@new.example"]  # a second link would end the first
    after = priya.get(address + "/invite").get_data(as_text=True)
    assert "has access" in after and "Nobody is left to write to" in after
    assert (
        priya.post(address + "/invite", {"version": version_of(priya.get(address).get_data(as_text=True))}).status_code
        == 422
    )

    version = version_of(priya.get(address).get_data(as_text=True))
    refused = priya.post(address + "/undo", {"version": version})
    assert refused.status_code == 422 and "invited to the portal" in refused.get_data(as_text=True)


def test_somebody_elses_import_does_not_exist(app: Flask, visit: Callable[..., Visitor]) -> None:
    with app.app_context():
        as_firm()
        make_user(Role.MANAGER, email="marc@firm.example", name="Marc Manager")
    priya, adam = visit("priya"), visit("adam")
    marc = Visitor(app, "marc@firm.example", PASSWORD)
    address = upload(priya)
    for path in ("", "/row?row=74", "/held-back.xlsx", "/invite"):
        assert marc.get(address + path).status_code == 404
    for path in ("/apply", "/undo", "/layout", "/row", "/invite"):
        assert marc.post(address + path, {"version": "1", "row": "74"}).status_code == 404
    assert address not in marc.get("/imports").get_data(as_text=True)
    assert adam.get(address).status_code == 200 and address in adam.get("/imports").get_data(as_text=True)


@pytest.mark.parametrize("path", ["/row?row=74", "/held-back.xlsx", "/invite"])
def test_readers_are_kept_out(visit: Callable[..., Visitor], path: str) -> None:
    address = upload(visit("priya"))
    for name, status in (("colin", 403), ("ana", 403), ("bruno", 403), (None, 302)):
        assert visit(name).get(address + path).status_code == status


def test_preview_filters_and_pages(visit: Callable[..., Visitor]) -> None:
    priya = visit("priya")
    address = upload(priya)
    page = priya.get(address).get_data(as_text=True)
    counts = dict(re.findall(r'fate=(\w+)"[^>]*>[^<]*<span class="count">(\d+)', page))
    assert counts == {"created": "62", "updated": "0", "unchanged": "0", "duplicate": "1", "rejected": "8"}
    assert "Page 1 of 2" in page and "Page 2 of 2" in priya.get(address + "?page=99").get_data(as_text=True)
    assert "No row of this kind" in priya.get(address + "?fate=updated").get_data(as_text=True)


@pytest.mark.parametrize("path", ["", "/invite"])
def test_pages_of_a_long_run_ask_no_more_than_those_of_a_short_one(
    visit: Callable[..., Visitor], sql: StatementCount, path: str
) -> None:
    priya, number = visit("priya"), next(fresh_numbers())
    short = applied(priya, "a.csv", f"Legal name,BN,Contact,E-mail\nAlpha,{number},Zoe,zoe@new.example".encode())
    long = applied(priya)
    asked = []
    for address in (short, long):
        sql.reset()
        assert priya.get(address + path).status_code == 200
        asked.append(len(sql))
    assert asked[0] == asked[1] <= 12
