"""Document pages: the cast, the list, files that lie, downloads, and decisions."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from tests.conftest import Cast, StatementCount
from tests.factories import as_firm, make_request
from tests.visitor import Visitor
from tracker.clients.models import Client
from tracker.config import UPLOAD_LIMIT_BYTES
from tracker.documents import queries
from tracker.documents.enums import RequestState as S
from tracker.documents.intake import BODY_LIMIT_BYTES
from tracker.documents.models import DocumentRequest
from tracker.platform.clock import today
from tracker.platform.db import db
from tracker.platform.files import storage_root

Visit = Callable[..., Visitor]
PDF = b"%PDF-1.7 a letter"
NEVER = "00000000-0000-4000-8000-000000000000"


def asked(app: Flask, client_id: UUID, **over: Any) -> UUID:
    """A request of a client, made outside any page."""
    with app.app_context():
        as_firm()
        client = db.session.get(Client, client_id)
        assert client is not None
        return make_request(client, **over).id


def row_of(app: Flask, request_id: UUID) -> queries.RequestRow:
    with app.app_context():
        as_firm()
        row = queries.request_row(request_id)
        assert row is not None
        return row


def versions_of(app: Flask, request_id: UUID) -> list[queries.VersionRow]:
    with app.app_context():
        as_firm()
        return list(queries.versions_of(request_id))


def stored_files(app: Flask) -> int:
    with app.app_context():
        return sum(path.is_file() for path in storage_root().rglob("*"))


def send(someone: Visitor, path: str, *files: tuple[bytes, str], **fields: str) -> Any:
    body = {"files": [(BytesIO(content), name) for content, name in files], "once": str(uuid4()), **fields}
    answer = someone.post(path, body, content_type="multipart/form-data")
    answer.request.environ["wsgi.input"].close()  # a large body lies in a temporary file of the test client
    return answer


PAGES = ["/documents", "/documents/ask", "/clients/{a}/documents", "/clients/{a}/documents/new", "/documents/{r}",
         "/documents/{r}/edit"]  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("name", "status"), [("colin", 200), ("priya", 200), ("celia", 404), ("ana", 403), ("bruno", 403), (None, 302)]
)
def test_who_sees_which_page(app: Flask, cast: Cast, visit: Visit, page: str, name: str | None, status: int) -> None:
    path = page.format(a=cast.client_a, r=asked(app, cast.client_a))
    is_about_nobody = page in ("/documents", "/documents/ask")
    assert visit(name).get(path).status_code == (200 if name == "celia" and is_about_nobody else status)


@pytest.mark.parametrize("step", ["files", "review", "accept", "return", "not-required", "again"])
@pytest.mark.parametrize("name", ["celia", "ben"])
def test_foreign_request_and_no_request_are_the_same(
    app: Flask, cast: Cast, visit: Visit, step: str, name: str
) -> None:
    request_id, someone = asked(app, cast.client_a, state=S.RECEIVED), visit(name)
    answers = [someone.post(f"/documents/{key}/{step}", {"version": "1", "reason": "x"}) for key in (request_id, NEVER)]
    bodies = [a.get_data(as_text=True).replace(a.headers["X-Request-Id"], "") for a in answers]
    assert answers[0].status_code == answers[1].status_code == (404 if name == "celia" else 403)
    assert bodies[0] == bodies[1] and row_of(app, request_id).state is S.RECEIVED


@pytest.mark.parametrize("path", ["/documents/not-an-id", f"/documents/{NEVER}", f"/documents/files/{NEVER}"])
def test_bad_ids_are_nothing(visit: Visit, path: str) -> None:
    assert visit("colin").get(path).status_code == 404


def test_reading_a_step_is_a_wrong_method(app: Flask, cast: Cast, visit: Visit) -> None:
    assert visit("colin").get(f"/documents/{asked(app, cast.client_a)}/accept").status_code == 405


def test_asking_shows_it_to_the_client_and_twice_is_once(app: Flask, cast: Cast, visit: Visit) -> None:
    colin, path = visit("colin"), f"/clients/{cast.client_a}/documents/new"
    data = {"kind": "bn_confirmation", "is_client_visible": "y", "once": "k1"}
    assert colin.post(path, data).status_code == colin.post(path, data).status_code == 303
    with app.app_context():
        as_firm()
        assert len(queries.client_visible_requests(cast.client_a)) == 1
    assert "Business number confirmation" in colin.get(f"/clients/{cast.client_a}/documents").text


def test_asking_for_nothing_keeps_what_was_typed(cast: Cast, visit: Visit) -> None:
    answer = visit("colin").post(f"/clients/{cast.client_a}/documents/new", {"why": "We need it", "once": "k"})
    assert answer.status_code == 422 and "We need it" in answer.text


def test_asking_many_in_one_action(app: Flask, cast: Cast, visit: Visit) -> None:
    asked(app, cast.client_a)
    priya = visit("priya")
    data = {"kind": "bn_confirmation", "client_ids": [str(cast.client_a), str(cast.client_b)], "once": "k"}
    assert priya.post("/documents/ask", data).status_code == 303
    assert "Clients asked: 1. Clients who had it open or accepted already: 1." in priya.get("/documents").text
    assert visit("colin").post("/documents/ask", {**data, "once": "z"}).status_code == 422  # B is not Colin's


def test_list_filters_search_and_order(app: Flask, cast: Cast, visit: Visit) -> None:
    asked(app, cast.client_a, due_on=today() - timedelta(days=2))
    asked(app, cast.client_b, kind=None, title="Organisation chart", due_on=None)
    asked(app, cast.client_b, kind="incorporation_papers", state=S.ACCEPTED, expires_on=today() - timedelta(days=1))
    priya = visit("priya")
    seen = {
        query: [name for name in ("Business number", "Organisation chart", "Certificate or art") if name in body]
        for query in ("", "?state=late", "?state=expired", "?q=maple", "?q=organisation", "?q=confirmation",
                      "?q=confirmation+du+num", "?state=nonsense", "?kind=bn_confirmation", "?sort=-client", "?owner=x")
        for body in [priya.get(f"/documents{query}").text.split("<tbody>")[1]]
    }  # fmt: skip
    both = ["Business number", "Organisation chart"]
    assert seen == {
        "": both, "?state=late": both[:1], "?state=expired": ["Certificate or art"], "?q=maple": both[:1],
        "?q=organisation": both[1:], "?q=confirmation": both[:1], "?q=confirmation+du+num": both[:1],
        "?state=nonsense": both, "?kind=bn_confirmation": both[:1], "?sort=-client": both, "?owner=x": both,
    }  # fmt: skip
    assert "Norland" not in visit("colin").get("/documents?state=all").text


def test_list_costs_the_same_for_one_and_thirty(app: Flask, cast: Cast, visit: Visit, sql: StatementCount) -> None:
    colin, counted = visit("colin"), []
    for count in (1, 29):
        for _each in range(count):
            asked(app, cast.client_a)
        colin.get("/documents")
        for path in ("/documents", f"/clients/{cast.client_a}/documents"):
            sql.reset()
            colin.get(path)
            counted.append(len(sql))
    assert counted[:2] == counted[2:] and max(counted) <= 12


FILES = [
    (b"%PDF-1.7 x", "a.pdf", True),
    (b"\xff\xd8\xff\xe0 x", "photo.JPG", True),
    (b"\x89PNG\r\n\x1a\n x", "scan.png", True),
    (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "phone.heic", True),
    (b"a,b\n1,2\n", "list.csv", True),
    (b"", "empty.pdf", False),
    (b"MZ\x90\x00", "invoice.pdf", False),
    (b"%PDF-1.7 x", "a.exe", False),
    (b"%PDF-1.7 x", "noending", False),
    (b"<html><script>", "page.html", False),
    (b"<svg onload=x>", "a.svg", False),
    (b"PK\x03\x04rubbish", "book.xlsx", False),
    (b"\xff\xd8\xff\xe0 x", "a.pdf", False),
    (b"a\x00b", "list.csv", False),
]


@pytest.mark.parametrize(("content", "name", "is_taken"), FILES, ids=[f"{n}-{c[:4]!r}" for c, n, _t in FILES])
def test_files_are_what_they_are(
    app: Flask, cast: Cast, visit: Visit, content: bytes, name: str, is_taken: bool
) -> None:
    request_id, before = asked(app, cast.client_a), stored_files(app)
    answer = send(visit("colin"), f"/documents/{request_id}/files", (content, name))
    assert answer.status_code == (303 if is_taken else 422)
    assert len(versions_of(app, request_id)) == stored_files(app) - before == int(is_taken)


@pytest.mark.parametrize(("extra", "status"), [(-1, 303), (0, 303), (1, 422)])
def test_size_at_the_limit(app: Flask, cast: Cast, visit: Visit, extra: int, status: int) -> None:
    request_id = asked(app, cast.client_a)
    content = PDF + b"0" * (UPLOAD_LIMIT_BYTES + extra - len(PDF))
    assert send(visit("colin"), f"/documents/{request_id}/files", (content, "big.pdf")).status_code == status


def test_one_bad_file_among_good_ones_takes_none_and_says_which(app: Flask, cast: Cast, visit: Visit) -> None:
    request_id, before = asked(app, cast.client_a), stored_files(app)
    answer = send(visit("colin"), f"/documents/{request_id}/files", (PDF, "good.pdf"), (b"MZ", "bad.pdf"))
    assert answer.status_code == 422 and "bad.pdf" in answer.text
    assert not versions_of(app, request_id) and stored_files(app) == before


def test_more_than_ten_files_and_none_are_refused(app: Flask, cast: Cast, visit: Visit) -> None:
    path = f"/documents/{asked(app, cast.client_a)}/files"
    assert send(visit("colin"), path, *[(PDF, f"{n}.pdf") for n in range(11)]).status_code == 422
    assert send(visit("colin"), path).status_code == 422


def test_same_files_twice_are_one_other_files_are_not_lost(app: Flask, cast: Cast, visit: Visit) -> None:
    request_id, colin, before = asked(app, cast.client_a), visit("colin"), stored_files(app)
    path = f"/documents/{request_id}/files"
    for content in (PDF, PDF, PDF + b" other"):
        assert send(colin, path, (content, "a.pdf"), once="same").status_code == 303
    assert len(versions_of(app, request_id)) == stored_files(app) - before == 2


def test_upload_without_token_is_refused(app: Flask, cast: Cast, visit: Visit) -> None:
    request_id, colin = asked(app, cast.client_a), visit("colin")
    data = {"files": (BytesIO(PDF), "a.pdf")}
    answer = colin.http.post(f"/documents/{request_id}/files", data=data, content_type="multipart/form-data")
    assert answer.status_code == 400 and not versions_of(app, request_id)


def test_body_beyond_the_limit_is_refused_unread(app: Flask, cast: Cast, visit: Visit) -> None:
    answer = visit("colin").http.post(
        f"/documents/{asked(app, cast.client_a)}/files",
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(BODY_LIMIT_BYTES + 1)},
    )
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("../../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\temp\\x.pdf", "C:tempx.pdf"),  # the parser takes the backslashes for quoting
        ("CON.pdf", "CON.pdf"),
        ("é états.pdf", "é états.pdf"),
        ("-rf.pdf", "rf.pdf"),
        ("<b>.pdf", "<b>.pdf"),
    ],
)
def test_download_is_an_attachment_nothing_runs(app: Flask, cast: Cast, visit: Visit, sent: str, shown: str) -> None:
    request_id, colin = asked(app, cast.client_a), visit("colin")
    assert send(colin, f"/documents/{request_id}/files", (PDF, sent)).status_code == 303
    version = versions_of(app, request_id)[0]
    assert version.file_name == shown and len(version.storage_key) == 40
    answer = colin.get(f"/documents/files/{version.id}", buffered=True)
    assert answer.data == PDF and answer.mimetype == "application/pdf"
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment; filename=") and disposition.count('"') == 2 and "/" not in disposition
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff" and answer.headers["Cache-Control"] == "no-store"
    assert visit("celia").get(f"/documents/files/{version.id}").status_code == 404
    assert colin.get(f"/documents/{request_id}").status_code == 200


def test_the_way_of_a_document(app: Flask, cast: Cast, visit: Visit) -> None:
    request_id, colin = asked(app, cast.client_a), visit("colin")
    base = f"/documents/{request_id}"

    def step(name: str, **data: Any) -> S:
        answer = colin.post(f"{base}/{name}", {"version": str(row_of(app, request_id).version), **data})
        assert answer.status_code == 303, answer.text
        return row_of(app, request_id).state

    send(colin, f"{base}/files", (PDF, "a.pdf"))
    assert step("review") is S.UNDER_REVIEW
    assert step("return", reason="Page 2 is missing") is S.RETURNED
    assert "Page 2 is missing" in visit("ana").get("/portal").text
    send(colin, f"{base}/files", (PDF + b"2", "b.pdf"))
    assert step("accept") is S.ACCEPTED
    assert step("review") is S.UNDER_REVIEW
    assert step("not-required", reason="Covered by another") is S.NOT_REQUIRED
    assert step("again") is S.REQUESTED
    page = colin.get(base).text
    assert "Handed in" in page and "Asked again" in page


@pytest.mark.parametrize(("step", "status"), [("accept", 422), ("return", 422), ("review", 422), ("again", 422)])
def test_step_that_does_not_fit_is_refused(app: Flask, cast: Cast, visit: Visit, step: str, status: int) -> None:
    request_id = asked(app, cast.client_a)
    answer = visit("colin").post(f"/documents/{request_id}/{step}", {"version": "1", "reason": "x"})
    assert answer.status_code == status and row_of(app, request_id).state is S.REQUESTED


def test_stale_page_is_a_conflict(app: Flask, cast: Cast, visit: Visit) -> None:
    request_id = asked(app, cast.client_a, state=S.RECEIVED)
    assert visit("colin").post(f"/documents/{request_id}/accept", {"version": "9"}).status_code == 409
    edited = visit("colin").post(f"/documents/{request_id}/edit", {"version": "9", "title": "Mine"})
    assert edited.status_code == 409 and "Mine" in edited.text


def test_editing(app: Flask, cast: Cast, visit: Visit) -> None:
    request_id = asked(app, cast.client_a)
    data = {"version": "1", "title": "Letter from CRA", "due_on": "2026-12-24"}
    assert visit("colin").post(f"/documents/{request_id}/edit", data).status_code == 303
    row = row_of(app, request_id)
    assert (row.name, str(row.due_on), row.is_client_visible) == ("Letter from CRA", "2026-12-24", False)


def test_what_runs_out_is_renewed(app: Flask, cast: Cast, visit: Visit) -> None:
    request_id = asked(app, cast.client_a, state=S.ACCEPTED, expires_on=today() - timedelta(days=1))
    answer = visit("colin").post(f"/documents/{request_id}/again", {"version": "1"})
    assert answer.status_code == 303 and str(request_id) not in answer.headers["Location"]
    with app.app_context():
        as_firm()
        assert db.session.get(DocumentRequest, request_id).state is S.EXPIRED  # type: ignore[union-attr]


def test_french_pages_are_french(app: Flask, cast: Cast, visit: Visit) -> None:
    request_id, colin = asked(app, cast.client_a), visit("colin")
    colin.post("/language", {"language": "fr", "back": "/documents"})
    assert "Confirmation du numéro" in colin.get("/documents").text
    page = colin.get(f"/documents/{request_id}").text
    assert "Demandé" in page and "Requested" not in page
