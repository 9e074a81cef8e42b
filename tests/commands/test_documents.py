"""Document commands: asking without doubling, handing in, deciding, running out."""

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from tests.conftest import Cast
from tests.factories import make_request
from tracker.accounts import queries as accounts
from tracker.accounts.commands import deactivate
from tracker.clients.commands import archive_client, restore_client
from tracker.clients.models import Client
from tracker.documents import commands, queries
from tracker.documents.enums import RequestState as S
from tracker.documents.intake import NewFile
from tracker.documents.models import DocumentRequest, DocumentVersion
from tracker.platform.actor import SYSTEM, Actor
from tracker.platform.audit import AuditEvent
from tracker.platform.clock import today
from tracker.platform.db import db, transaction
from tracker.platform.errors import OutsideScopeError, Refusal, Stale
from tracker.platform.files import store
from tracker.platform.tenancy import enter
from tracker.rulebook.book import rules_at

Find = Callable[[str], Actor]


def expiring_kind() -> str:
    return next(kind.key for kind in rules_at(today()).documents.values() if kind.expires)


def a_request(cast: Cast, **over: object) -> DocumentRequest:
    client = db.session.get(Client, cast.client_a)
    assert client is not None
    return make_request(client, **over)


def a_file(name: str = "letter.pdf", content: bytes = b"%PDF-1.7 letter") -> NewFile:
    return NewFile(name, store(BytesIO(content), name, limit=1000))


def again(request: DocumentRequest) -> DocumentRequest:
    found = db.session.get(DocumentRequest, request.id)
    assert found is not None
    db.session.refresh(found)
    return found


def test_asking_proposes_the_due_date_and_leaves_an_event(cast: Cast, actor_named: Find) -> None:
    with transaction():
        made = commands.request_document(actor_named("colin"), client_id=cast.client_a, kind="bn_confirmation")
    assert made.due_on == today() + timedelta(days=7)
    assert db.session.scalars(select(AuditEvent.event).where(AuditEvent.subject_id == str(made.id))).all() == [
        "document_request:requested"
    ]


@pytest.mark.parametrize(
    ("values", "field"),
    [({}, "title"), ({"kind": "no_such"}, "kind"), ({"title": "x", "owner_id": uuid4()}, "owner_id")],
)
def test_asking_for_nothing_is_refused(cast: Cast, actor_named: Find, values: dict[str, object], field: str) -> None:
    with pytest.raises(Refusal) as refused, transaction():
        commands.request_document(actor_named("colin"), client_id=cast.client_a, **values)  # type: ignore[arg-type]
    assert refused.value.field == field


def test_contact_is_no_owner_and_foreign_account_is_refused(cast: Cast, actor_named: Find) -> None:
    for values, field in (
        ({"owner_id": actor_named("ana").user_id}, "owner_id"),
        ({"program_account_id": cast.account_b}, "program_account_id"),
    ):
        with pytest.raises(Refusal) as refused, transaction():
            commands.request_document(actor_named("priya"), client_id=cast.client_a, title="x", **values)  # type: ignore[arg-type]
        assert refused.value.field == field


def test_asking_outside_the_scope_is_a_denial(cast: Cast, actor_named: Find) -> None:
    celia = actor_named("celia")
    enter(db.session(), celia.scope)
    with pytest.raises(OutsideScopeError), transaction():
        commands.request_document(celia, client_id=cast.client_a, kind="bn_confirmation")


@pytest.mark.parametrize(
    ("state", "expires_in", "is_doubled"),
    [
        (S.REQUESTED, None, False),
        (S.RECEIVED, None, False),
        (S.UNDER_REVIEW, None, False),
        (S.RETURNED, None, False),
        (S.ACCEPTED, None, False),
        (S.ACCEPTED, 0, False),
        (S.ACCEPTED, -1, True),
        (S.EXPIRED, -1, True),
        (S.NOT_REQUIRED, None, True),
    ],
)
def test_ensuring_doubles_nothing_that_stands(
    cast: Cast, actor_named: Find, state: S, expires_in: int | None, is_doubled: bool
) -> None:
    expires_on = None if expires_in is None else today() + timedelta(days=expires_in)
    standing = a_request(cast, state=state, expires_on=expires_on)
    with transaction():
        found = commands.ensure_request(actor_named("colin"), client_id=cast.client_a, kind="bn_confirmation")
    assert (found.id != standing.id) is is_doubled


@pytest.mark.parametrize(
    ("state", "is_doubled"),
    [(S.REQUESTED, False), (S.RECEIVED, True), (S.UNDER_REVIEW, True), (S.RETURNED, True), (S.ACCEPTED, True)],
)
def test_asking_anew_what_was_handed_in_before_does_not_stand(
    cast: Cast, actor_named: Find, state: S, is_doubled: bool
) -> None:
    standing = a_request(cast, state=state)
    with transaction():
        found = commands.ensure_request(
            actor_named("colin"), client_id=cast.client_a, kind="bn_confirmation", anew=True
        )
    assert (found.id != standing.id) is is_doubled


def test_ensuring_twice_in_one_transaction_is_one_and_accounts_differ(cast: Cast, actor_named: Find) -> None:
    colin = actor_named("colin")
    with transaction():
        ids = {
            commands.ensure_request(colin, client_id=cast.client_a, kind="bn_confirmation", program_account_id=a).id
            for a in (None, None, cast.account_a, cast.account_a)
        }
    assert len(ids) == 2


def test_asking_many_skips_who_has_it(cast: Cast, actor_named: Find) -> None:
    a_request(cast)
    with transaction():
        counts = commands.request_from_many(
            actor_named("priya"), client_ids=[cast.client_a, cast.client_b, cast.client_b], kind="bn_confirmation"
        )
    assert counts == (1, 1) and len(queries.requests_of(cast.client_b)) == 1


def test_asking_many_refuses_a_client_out_of_reach_whole(cast: Cast, actor_named: Find) -> None:
    colin = actor_named("colin")
    enter(db.session(), colin.scope)
    with pytest.raises(Refusal) as refused, transaction():
        commands.request_from_many(colin, client_ids=[cast.client_a, cast.client_b], kind="bn_confirmation")
    assert refused.value.field == "client_ids" and not queries.requests_of(cast.client_a)


def test_versions_count_up_without_gaps_and_come_back_for_review(cast: Cast, actor_named: Find) -> None:
    request, ana, colin = a_request(cast), actor_named("ana"), actor_named("colin")
    with transaction():
        commands.upload_version(ana, request_id=request.id, files=[a_file(), a_file("b.pdf")])
    assert again(request).state is S.RECEIVED and again(request).received_at is not None
    with transaction():
        commands.return_request(colin, request_id=request.id, version=again(request).version, reason="Page 2 missing")
    assert again(request).state is S.RETURNED
    with transaction():
        commands.upload_version(ana, request_id=request.id, files=[a_file("c.pdf")])
    numbers = db.session.scalars(select(DocumentVersion.number).order_by(DocumentVersion.number)).all()
    assert numbers == [1, 2, 3] and again(request).state is S.RECEIVED
    assert [row.name for row in queries.new_from_clients(5)] == ["Business number confirmation"]


def test_internal_file_of_the_firm_does_not_count_as_handed_in(cast: Cast, actor_named: Find) -> None:
    request = a_request(cast)
    with transaction():
        commands.upload_version(actor_named("colin"), request_id=request.id, files=[a_file()], is_internal=True)
    assert again(request).state is S.REQUESTED and not queries.new_from_clients(5)


@pytest.mark.parametrize("values", [{"is_client_visible": False}, {"state": S.ACCEPTED}, {"state": S.NOT_REQUIRED}])
def test_contact_cannot_hand_in_where_it_is_not_open(cast: Cast, actor_named: Find, values: dict[str, object]) -> None:
    request = a_request(cast, **values)
    with pytest.raises(Refusal) as refused, transaction():
        commands.upload_version(actor_named("ana"), request_id=request.id, files=[a_file()])
    assert refused.value.field == "files" and not queries.versions_of(request.id)


def test_accepting_asks_for_the_last_day_where_the_kind_runs_out(cast: Cast, actor_named: Find) -> None:
    request, colin = a_request(cast, kind=expiring_kind(), state=S.UNDER_REVIEW), actor_named("colin")
    for day in (None, today() - timedelta(days=1)):
        with pytest.raises(Refusal) as refused, transaction():
            commands.accept_request(colin, request_id=request.id, version=1, expires_on=day)
        assert refused.value.field == "expires_on" and again(request).state is S.UNDER_REVIEW
    with transaction():
        commands.accept_request(colin, request_id=request.id, version=1, expires_on=date(2027, 11, 23))
    assert again(request).state is S.ACCEPTED and again(request).decided_on == today()


@pytest.mark.parametrize("step", [commands.return_request, commands.set_not_required])
@pytest.mark.parametrize("reason", [None, ""])
def test_no_without_a_reason_is_refused(
    cast: Cast, actor_named: Find, step: Callable[..., object], reason: str | None
) -> None:
    request = a_request(cast, state=S.RECEIVED)
    with pytest.raises(Refusal) as refused, transaction():
        step(actor_named("colin"), request_id=request.id, version=1, reason=reason)
    assert refused.value.field == "reason" and again(request).state is S.RECEIVED


def test_stale_version_is_refused_and_nothing_moves(cast: Cast, actor_named: Find) -> None:
    request = a_request(cast, state=S.RECEIVED)
    with pytest.raises(Stale), transaction():
        commands.accept_request(actor_named("colin"), request_id=request.id, version=7)
    assert again(request).state is S.RECEIVED


def test_not_required_and_back(cast: Cast, actor_named: Find) -> None:
    request, colin = a_request(cast, requested_on=date(2026, 1, 5)), actor_named("colin")
    with transaction():
        commands.set_not_required(colin, request_id=request.id, version=1, reason="Resident importer")
    with transaction():
        commands.ask_again(colin, request_id=request.id, version=2)
    assert (again(request).state, again(request).requested_on) == (S.REQUESTED, today())
    assert again(request).not_required_reason is None


def test_what_ran_out_is_closed_and_asked_for_once(cast: Cast, actor_named: Find) -> None:
    yesterday = today() - timedelta(days=1)
    over = a_request(cast, state=S.ACCEPTED, expires_on=yesterday, is_client_visible=False)
    last_day = a_request(cast, kind="incorporation_papers", state=S.ACCEPTED, expires_on=today())
    assert queries.request_row(over.id).state is S.EXPIRED  # type: ignore[union-attr]
    for count in (1, 0):
        with transaction():
            assert commands.expire_requests(actor_named("adam"), day=today()) == count
    states = [(row.kind, row.state, row.is_client_visible) for row in queries.requests_of(cast.client_a)]
    assert sorted(states) == [
        ("bn_confirmation", S.EXPIRED, False),
        ("bn_confirmation", S.REQUESTED, False),
        ("incorporation_papers", S.ACCEPTED, True),
    ]
    assert again(last_day).state is S.ACCEPTED


def test_what_someone_who_left_looked_after_runs_out_all_the_same(cast: Cast, actor_named: Find) -> None:
    """Its successor is nobody's. It was a refusal that ended the daily job for every client."""
    celia = actor_named("celia")
    over = a_request(cast, state=S.ACCEPTED, expires_on=today() - timedelta(days=1), owner_id=celia.user_id)
    person = accounts.by_email("celia@firm.example")
    assert person is not None
    with transaction():
        deactivate(actor_named("adam"), person=person, version=person.version)
    with transaction():
        assert commands.expire_requests(SYSTEM, day=today()) == 1
    owners = {row.state: row.owner_id for row in queries.requests_of(cast.client_a)}
    assert again(over).state is S.EXPIRED and owners == {S.EXPIRED: celia.user_id, S.REQUESTED: None}


def test_nothing_is_asked_of_an_archived_client(cast: Cast, actor_named: Find) -> None:
    """Its file stays as it is for the daily job, too; taken up again, it is asked for what ran out meanwhile."""
    over = a_request(cast, state=S.ACCEPTED, expires_on=today() - timedelta(days=1))
    client = db.session.get_one(Client, cast.client_a)
    for change, asked in ((archive_client, 0), (restore_client, 1)):
        with transaction():
            change(actor_named("priya"), client=client, version=client.version)
        with transaction():
            assert commands.expire_requests(SYSTEM, day=today()) == asked
        assert (again(over).state is S.EXPIRED) == bool(asked)


def test_late_and_workbook_rows(cast: Cast, inside: Flask) -> None:
    a_request(cast, due_on=today() - timedelta(days=1), requested_on=today() - timedelta(days=9))
    a_request(cast, kind=None, title="Org chart", due_on=None)
    assert [row.name for row in queries.late_requests()] == ["Business number confirmation"]
    rows = {row.document: row for row in queries.document_rows()}
    assert rows["Business number confirmation"].days_outstanding == 9
    assert rows["Business number confirmation"].is_late and not rows["Org chart"].is_late
