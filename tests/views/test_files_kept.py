"""Files handed in: macros are not taken, and a full disk keeps no half of a file and is said."""

import errno
import io
import os
import zipfile
from collections.abc import Callable

import pytest
from flask import Flask

from tests.conftest import Cast
from tests.factories import as_firm, make_request
from tests.visitor import Visitor
from tracker.clients.models import Client
from tracker.platform.db import db
from tracker.platform.files import DOCUMENT, SPREADSHEET, content_type_of, storage_root

Visit = Callable[..., Visitor]


def packed(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in ("[Content_Types].xml", *names):
            archive.writestr(name, "<a/>")
    return made.getvalue()


@pytest.mark.parametrize(
    ("names", "name", "kind"),
    [
        (("word/document.xml",), "a.docx", DOCUMENT),
        (("xl/workbook.xml",), "a.xlsx", SPREADSHEET),
        (("word/document.xml", "word/vbaProject.bin"), "a.docx", None),
        (("xl/workbook.xml", "xl/vbaProject.bin"), "a.xlsx", None),
        (("xl/workbook.xml", "XL\\VBAPROJECT.BIN"), "a.xlsx", None),
        (("word/document.xml",), "a.xlsx", None),
        (("other.xml",), "a.docx", None),
    ],
)
def test_office_files_are_told_by_what_is_in_them(names: tuple[str, ...], name: str, kind: str | None) -> None:
    assert content_type_of(packed(*names), name) == kind


def test_full_disk_keeps_no_half_of_a_file_and_is_said(
    app: Flask, cast: Cast, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        as_firm()
        wanted = make_request(db.session.get_one(Client, cast.client_a)).id
        root = storage_root()
    colin = visit("colin")
    before = sorted(path for path in root.rglob("*") if path.is_file())

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    body = {"files": (io.BytesIO(b"%PDF-1.7\n"), "a.pdf"), "once": "k", "csrf_token": colin.token()}
    answer = colin.http.post(f"/documents/{wanted}/files", data=body, content_type="multipart/form-data")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert sorted(path for path in root.rglob("*") if path.is_file()) == before
