"""Imports, views: drop a file, see every row's fate, apply, undo; a bad file gets a sentence."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.conftest import Cast
from tests.factories import as_firm
from tests.visitor import Visitor
from tracker.clients.models import Client, ProgramAccount
from tracker.imports.models import ImportRun
from tracker.platform.db import db

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
    assert priya.post(address + "/apply", {"version": version_of(preview)}).status_code == 303
    assert accounts(app) > 50
    done = priya.get(address).get_data(as_text=True)
    assert priya.post(address + "/undo", {"version": version_of(done)}).status_code == 303
    assert accounts(app) == 2


def test_stale_apply_is_refused(app: Flask, visit: Callable[..., Visitor]) -> None:
    priya = visit("priya")
    address = upload(priya)
    assert priya.post(address + "/apply", {"version": "99"}).status_code == 409
    assert accounts(app) == 2


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
