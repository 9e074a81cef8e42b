"""Our register of security held against CBSA's portal and against an instrument's own document."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from html import unescape
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.conftest import Cast, StatementCount
from tests.factories import as_firm, ident, make_allocation, make_instrument, make_statement, saved
from tests.views.test_portal import step
from tests.visitor import Visitor
from tracker.clients.models import Client, ProgramAccount
from tracker.documents.models import DocumentRequest, DocumentVersion
from tracker.guarantees.commands import move_instrument, read_document
from tracker.guarantees.enums import InstrumentState
from tracker.guarantees.models import Instrument, InstrumentReading, PortalFigure, ToldFigure
from tracker.platform.actor import SYSTEM
from tracker.platform.clock import today
from tracker.platform.db import db, transaction
from tracker.platform.errors import Refusal
from tracker.risks.queries import risks_for
from tracker.rulebook.task_kinds import READ_REQUIREMENT

Visit = Callable[..., Visitor]


@pytest.fixture
def bond(app: Flask, cast: Cast) -> UUID:
    """Client A: a highest month of 84,200.00 and a bond of 42,100.00 from 1 January 2026 on."""
    with app.app_context():
        as_firm()
        account = db.session.get_one(ProgramAccount, cast.account_a)
        make_statement(account)
        row = make_instrument(db.session.get_one(Client, cast.client_a))
        make_allocation(row, account)
        return ident(row)


def codes(app: Flask, cast: Cast) -> dict[str, Decimal | None]:
    """The contradictions found of client A, each with its exposure."""
    with app.app_context():
        as_firm()
        found = risks_for([cast.client_a], today())[cast.client_a]
        return {r.code: r.exposure_amount for r in found if r.code.startswith(("posted_apart", "document_"))}


def noted(visitor: Visitor, cast: Cast, posted: str, days_ago: int = 0, shown: str = "dashboard") -> int:
    data = {
        "amount": "42100",
        "posted_amount": posted,
        "shown": shown,
        "read_on": (today() - timedelta(days=days_ago)).isoformat(),
    }
    return visitor.post(f"/guarantees/{cast.account_a}", data).status_code


def text(visitor: Visitor, path: str) -> str:
    return unescape(visitor.get(path).text).replace("\u00a0", " ")


def document(**over: str) -> dict[str, str]:
    said = {
        "amount": "42,100.00",
        "number": "b 1001",
        "business_number": "123456782RM0001",
        "valid_from": "2026-01-01",
        "valid_until": "",
        "file_id": "",
        "read_on": today().isoformat(),
        "version": "0",
    }
    return said | over


def test_a_portal_that_shows_less_is_told_on_the_page_and_among_the_risks(
    app: Flask, cast: Cast, bond: UUID, visit: Visit
) -> None:
    colin, page = visit("colin"), f"/guarantees/{cast.account_a}"
    assert noted(colin, cast, "30,000.00") == 303
    assert "the portal showed $30,000.00 posted; our register had $42,100.00: $12,100.00 that we count on" in text(
        colin, page
    )
    assert codes(app, cast) == {"posted_apart": Decimal("12100.00")}
    assert "less security posted than we count on" in text(colin, "/risks")
    assert "Posted $42,100.00 of $42,100.00: covered" in text(colin, page)  # it counts nowhere
    assert noted(colin, cast, "42,100.00") == 303  # of one day the one noted last prevails
    assert "is what our register had: $42,100.00" in text(colin, page)
    assert codes(app, cast) == {}


def test_it_is_compared_with_what_was_posted_on_the_day_it_was_read(
    app: Flask, cast: Cast, bond: UUID, visit: Visit
) -> None:
    """A bond that has ended since was there when the portal was read: what moved later contradicts nothing."""
    assert noted(visit("colin"), cast, "42,100.00", days_ago=5) == 303
    with app.app_context():
        as_firm()
        row = db.session.get_one(Instrument, bond)
        with transaction():
            move_instrument(
                SYSTEM, instrument=row, version=row.version, to=InstrumentState.ENDED,
                on=today() - timedelta(days=1), today=today(),
            )  # fmt: skip
    assert codes(app, cast) == {}


def test_of_two_days_the_later_stands_whenever_it_was_noted(app: Flask, cast: Cast, bond: UUID, visit: Visit) -> None:
    colin = visit("colin")
    assert noted(colin, cast, "30,000.00") == 303
    assert noted(colin, cast, "42,100.00", days_ago=5) == 303  # an older screen, found afterwards
    assert codes(app, cast) == {"posted_apart": Decimal("12100.00")}


def test_an_older_notice_of_a_review_does_not_stand_for_what_was_seen_since(
    app: Flask, cast: Cast, bond: UUID, visit: Visit
) -> None:
    """Its requirement counts later than the dashboard's; what it showed as posted is older all the same."""
    with time_machine.travel("2026-11-23T15:00:00Z", tick=True):
        colin = visit("colin")
        assert noted(colin, cast, "30,000.00", days_ago=5, shown="notice") == 303
        assert codes(app, cast) == {"posted_apart": Decimal("12100.00")}
        assert noted(colin, cast, "42,100.00") == 303
        assert codes(app, cast) == {}


def test_a_figure_without_it_is_compared_with_nothing(app: Flask, cast: Cast, bond: UUID, visit: Visit) -> None:
    assert noted(visit("colin"), cast, "") == 303
    assert codes(app, cast) == {}
    assert noted(visit("colin"), cast, "-1") == 422


def test_a_contact_tells_it_beside_the_requirement(app: Flask, cast: Cast, bond: UUID, visit: Visit) -> None:
    path = f"/portal/tasks/{step(app, cast.client_a, kind=READ_REQUIREMENT, title=None)}"
    ana, colin, key = visit("ana"), visit("colin"), cast.account_a
    sent = {f"posted_{key}": "30,000", "read_on": today().isoformat(), "version": "1"}
    alone = ana.post(path, sent)
    assert alone.status_code == 422 and "Type the amount required too" in alone.text and "30,000" in alone.text
    assert ana.post(path, {**sent, f"amount_{key}": "42,100"}).status_code == 303
    assert codes(app, cast) == {}  # told, not looked at yet
    assert "Posted, as it showed: $30,000.00; our register has $42,100.00 today" in text(colin, f"/guarantees/{key}")
    with app.app_context():
        as_firm()
        told = db.session.scalars(select(ToldFigure)).one()
    assert colin.post(f"/guarantees/told/{told.id}/accept", {"version": str(told.version)}).status_code == 303
    with app.app_context():
        as_firm()
        assert db.session.scalars(select(PortalFigure)).one().posted_amount == Decimal("30000.00")
    assert codes(app, cast) == {"posted_apart": Decimal("12100.00")}


def test_a_document_that_says_the_same_contradicts_nothing(app: Flask, cast: Cast, bond: UUID, visit: Visit) -> None:
    colin, page = visit("colin"), f"/instruments/{bond}"
    assert "Nobody has held it against our register yet" in text(colin, page)
    assert colin.post(f"{page}/document", document()).status_code == 303
    shown = text(colin, page)
    assert "Read it anew" in shown and "differs" not in shown
    assert "otherwise" not in text(colin, f"/guarantees/{cast.account_a}")
    assert codes(app, cast) == {}


def test_what_a_document_says_otherwise_is_marked_and_told(app: Flask, cast: Cast, bond: UUID, visit: Visit) -> None:
    colin, page = visit("colin"), f"/instruments/{bond}"
    said = document(
        amount="40,000", number="B-1010", business_number="100000017", valid_from="2026-02-01", valid_until="2027-01-31"
    )
    assert colin.post(f"{page}/document", said).status_code == 303
    assert text(colin, page).count("differs") == 5
    assert "its document says otherwise" in text(colin, f"/guarantees/{cast.account_a}")
    assert codes(app, cast) == {
        "document_amount": Decimal("2100.00"),
        "document_number": None,
        "document_business": Decimal("42100.00"),
        "document_days": None,
    }
    with app.app_context():
        as_firm()
        assert db.session.get_one(Instrument, bond).amount == Decimal("42100.00")  # the register stays ours


def test_a_continuous_document_of_a_bond_we_have_ending_is_told(
    app: Flask, cast: Cast, bond: UUID, visit: Visit
) -> None:
    """Empty means continuous, as the label says: what our register lets end would be renewed for nothing."""
    with app.app_context():
        as_firm()
        row = db.session.get_one(Instrument, bond)
        ending = make_instrument(
            db.session.get_one(Client, row.client_id), number="B-1001", valid_until=date(2099, 12, 31)
        )
        page = f"/instruments/{ident(ending)}"
    colin = visit("colin")
    assert colin.post(f"{page}/document", document()).status_code == 303
    shown = text(colin, page)
    assert shown.count("differs") == 1 and ">continuous<" in shown
    assert codes(app, cast) == {"document_days": None}


@pytest.mark.parametrize(
    ("over", "field", "said"),
    [
        ({"amount": "0"}, "amount", "above zero"),
        ({"amount": "1,000.555"}, "amount", "two decimals"),
        ({"business_number": "123"}, "business_number", "no business number"),
        ({"valid_until": "2025-12-31"}, "valid_until", "ends before it begins"),
        ({"read_on": "2040-01-01"}, "read_on", "not come yet"),
        ({"file_id": str(UUID(int=7))}, "file_id", "of the list"),
    ],
)
def test_what_no_document_says_is_refused_beside_its_field(
    app: Flask, cast: Cast, bond: UUID, visit: Visit, over: dict[str, str], field: str, said: str
) -> None:
    answer = visit("colin").post(f"/instruments/{bond}/document", document(**over))
    assert answer.status_code == 422
    beside = re.search(rf'id="document-{field}-error">(.*?)</p>', answer.text)
    assert beside is not None and said in beside[1]
    assert 'value="b 1001"' in answer.text  # nothing typed is lost
    with app.app_context():
        as_firm()
        assert db.session.scalars(select(InstrumentReading)).all() == []


def test_read_anew_by_two_the_second_sees_what_the_first_read(app: Flask, cast: Cast, bond: UUID, visit: Visit) -> None:
    colin, path = visit("colin"), f"/instruments/{bond}/document"
    assert colin.post(path, document()).status_code == 303
    late = colin.post(path, document(amount="41,000"))
    assert late.status_code == 409 and "42100.00" in late.text
    assert colin.post(path, document(amount="41,000", version="1")).status_code == 303
    assert codes(app, cast) == {"document_amount": Decimal("1100.00")}


def test_the_file_it_was_read_from_is_the_clients_own(app: Flask, cast: Cast, bond: UUID, visit: Visit) -> None:
    with app.app_context():
        files = {}
        for client_id in (cast.client_a, cast.client_b):
            as_firm()
            asked = saved(DocumentRequest(client_id=client_id, kind="bond_application", requested_on=date(2026, 1, 5)))
            files[client_id] = ident(
                saved(
                    DocumentVersion(
                        client_id=client_id, request_id=ident(asked), number=1, file_name="bond.pdf",
                        content_type="application/pdf", size=9, sha256="0" * 64, storage_key=f"k{client_id.hex}",
                        uploaded_by="Surety",
                    )
                )
            )  # fmt: skip
    colin, path = visit("colin"), f"/instruments/{bond}/document"
    foreign = colin.post(path, document(file_id=str(files[cast.client_b])))
    assert foreign.status_code == 422
    assert colin.post(path, document(file_id=str(files[cast.client_a]))).status_code == 303
    assert f"/documents/files/{files[cast.client_a]}" in colin.get(f"/instruments/{bond}").text


def test_the_file_of_a_document_stays_chosen_however_many_come_after_it(
    app: Flask, cast: Cast, bond: UUID, visit: Visit
) -> None:
    """The list of files is of the newest: past it, reading the document anew let go of the file without a word."""
    with app.app_context():
        as_firm()
        asked = saved(DocumentRequest(client_id=cast.client_a, kind="security_agreement", requested_on=today()))
        files = [
            ident(saved(DocumentVersion(
                client_id=cast.client_a, request_id=asked.id, number=number, file_name=f"{number}.pdf",
                content_type="application/pdf", size=9, sha256="0" * 64, storage_key=f"k{number}", uploaded_by="Surety",
                uploaded_at=datetime(2026, 11, 1, tzinfo=UTC) + timedelta(minutes=number),
            )))
            for number in range(1, 53)
        ]  # fmt: skip
        saved(InstrumentReading(
            client_id=cast.client_a, instrument_id=bond, amount=Decimal(42_100), file_id=files[0],
            read_on=today(), read_by="Colin",
        ))  # fmt: skip
    colin, chosen = visit("colin"), str(files[0])
    assert re.search(rf'<option[^>]*selected[^>]*value="{chosen}"', colin.get(f"/instruments/{bond}").text)
    path = f"/instruments/{bond}/document"
    assert colin.post(path, document(file_id=chosen, version="1")).status_code == 303


def test_no_door_takes_another_clients_file(app: Flask, cast: Cast, bond: UUID) -> None:
    """The form offers the client's own; a caller that has no form is refused all the same."""
    with app.app_context():
        as_firm()
        asked = saved(DocumentRequest(client_id=cast.client_b, kind="bond_application", requested_on=date(2026, 1, 5)))
        foreign = ident(
            saved(
                DocumentVersion(
                    client_id=cast.client_b, request_id=ident(asked), number=1, file_name="b.pdf",
                    content_type="application/pdf", size=9, sha256="0" * 64, storage_key="kb", uploaded_by="Surety",
                )
            )
        )  # fmt: skip
        as_firm()
        row = db.session.get_one(Instrument, bond)
        with pytest.raises(Refusal) as refused, transaction():
            read_document(SYSTEM, instrument=row, amount=Decimal(1), read_on=today(), today=today(), file_id=foreign)
        assert refused.value.field == "file_id"


@pytest.mark.parametrize(("name", "status"), [("celia", 404), ("ana", 403), ("bruno", 403)])
def test_nobody_else_reads_or_writes_it(cast: Cast, bond: UUID, visit: Visit, name: str, status: int) -> None:
    assert visit(name).post(f"/instruments/{bond}/document", document()).status_code == status


def test_the_scan_costs_one_statement_more_however_many_were_read(
    app: Flask, cast: Cast, bond: UUID, visit: Visit, sql: StatementCount
) -> None:
    for days in (9, 5, 1):
        assert noted(visit("colin"), cast, "42,000", days_ago=days) == 303
    with app.app_context():
        as_firm()
        sql.reset()
        risks_for([cast.client_a], today())
        assert len(sql) <= 11
