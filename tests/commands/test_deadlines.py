"""Deadlines gathered from every feature in one statement: what comes, in whose scope, and what a contact may know."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from tests.conftest import Cast, StatementCount
from tests.factories import (
    as_firm,
    make_client,
    make_delegation,
    make_engagement,
    make_instrument,
    make_partner,
    make_request,
    make_statement,
    make_task,
)
from tracker.accounts import queries as accounts
from tracker.accounts.signing_in import actor_of
from tracker.clients.enums import ClientState
from tracker.clients.models import Client, ProgramAccount
from tracker.coordination.enums import DelegationState, Party, TaskState
from tracker.deadlines.queries import Filters, dates_for_contact, deadlines_between, due_around, overdue
from tracker.documents.enums import RequestState
from tracker.guarantees.enums import InstrumentState
from tracker.platform.db import db
from tracker.platform.tenancy import Scope, enter

TODAY = date(2026, 11, 23)
LATE, SOON = TODAY - timedelta(days=3), TODAY + timedelta(days=2)


def client_of(cast: Cast) -> Client:
    as_firm()
    client = db.session.get(Client, cast.client_a)
    assert client is not None
    return client


def everything(cast: Cast, day: date, **seen: Any) -> None:
    """One record of each source, due on `day`."""
    client = client_of(cast)
    account = db.session.get(ProgramAccount, cast.account_a)
    assert account is not None
    make_statement(account, due_on=day)
    make_task(client, due_on=day, **seen)
    make_request(client, due_on=day)
    make_request(client, due_on=None, state=RequestState.ACCEPTED, expires_on=day)
    make_instrument(client, valid_until=day)
    make_instrument(client, number="B-2", state=InstrumentState.ISSUED, sent_on=date(2026, 10, 1), answer_by_on=day)
    partner = make_partner(name=f"Northgate {day}")
    make_delegation(client, partner, state=DelegationState.APPROVED, review_on=day)
    make_engagement(client, target_on=day)
    as_firm()


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def own(rows: Any) -> list[str]:
    return sorted(row.source for row in rows if row.client_id is not None)


EVERY = ["bill.due", "delegation", "document_request", "engagement", "expiry", "instrument", "paper", "task"]


def test_every_source_comes_in_one_statement_and_in_words(cast: Cast, sql: StatementCount) -> None:
    everything(cast, SOON)
    sql.reset()
    rows = deadlines_between(TODAY, SOON)
    assert len(sql) == 1 and own(rows) == EVERY
    words = {row.what.en for row in rows}
    assert {
        "Statement of 17 Oct 2026 to be paid, 123456782\N{NO-BREAK SPACE}RM\N{NO-BREAK SPACE}0001", "Call the client", "Business number confirmation",
        "Expires: Business number confirmation", f"Look again at the delegation of Northgate {SOON}",
    } <= words  # fmt: skip
    assert any("B-2, sent on paper on 1 Oct 2026" in word for word in words)
    assert any(word.endswith("B-1001 ends") for word in words) and any(word.startswith("Target: ") for word in words)
    assert all(row.client_name == "Maple Toys Inc." for row in rows if row.client_id)
    assert own(deadlines_between(TODAY, SOON, [cast.client_b])) == []
    assert own(deadlines_between(SOON + timedelta(days=1), SOON + timedelta(days=9))) == []


def test_overdue_is_what_is_still_to_be_done(cast: Cast) -> None:
    everything(cast, LATE)
    due = due_around(TODAY, 7, 20)
    assert own(due.overdue) == ["bill.due", "document_request", "paper", "task"] and due.overdue_count == 4
    assert own(due.ahead) == [] and due.ahead_count == len(due.ahead)


def test_lists_are_capped_and_counts_are_not(cast: Cast) -> None:
    client = client_of(cast)
    for number in range(6):
        make_task(client, title=f"Old {number}", due_on=LATE - timedelta(days=number))
        make_task(client, title=f"New {number}", due_on=TODAY + timedelta(days=number))
    as_firm()
    due = due_around(TODAY, 7, 4)
    assert [row.what.en for row in due.overdue] == ["Old 5", "Old 4", "Old 3", "Old 2"] and due.overdue_count == 6
    assert [row.what.en for row in due.ahead if row.client_id] == ["New 0", "New 1", "New 2", "New 3"]
    assert due.ahead_count - len(due.ahead) == 2


@pytest.mark.parametrize("most", [1, 5, 100])
def test_desk_shows_the_first_of_both_lists(cast: Cast, most: int) -> None:
    for day in (
        LATE,
        LATE - timedelta(days=30),
        SOON,
        SOON,
        TODAY,
        TODAY + timedelta(days=7),
        TODAY + timedelta(days=8),
    ):
        make_task(client_of(cast), due_on=day)
        make_request(make_client(legal_name=f"Aubier {day}", bn9=None), due_on=day)
    late, count = overdue(TODAY, Filters(), most)
    coming = deadlines_between(TODAY, TODAY + timedelta(days=7))
    due = due_around(TODAY, 7, most)
    assert (list(due.overdue), due.overdue_count) == (late, count) and count == 4
    cycle = [row for row in coming if row.client_id is None]
    assert due.ahead_count == len(coming) and own(coming) == ["document_request"] * 4 + ["task"] * 4
    assert [row for row in due.ahead if row.client_id] == [row for row in coming if row.client_id][:most]
    assert [row for row in due.ahead if row.client_id is None] == cycle


def test_what_is_settled_or_of_an_archived_client_is_not_due(cast: Cast) -> None:
    client, account = client_of(cast), db.session.get(ProgramAccount, cast.account_a)
    assert account is not None
    make_statement(account, due_on=LATE, paid_on=LATE)
    make_task(client, due_on=LATE, state=TaskState.DONE)
    make_request(client, due_on=LATE, state=RequestState.RECEIVED)
    make_task(make_client(legal_name="Gone Ltd.", state=ClientState.ARCHIVED), due_on=LATE)
    as_firm()
    assert due_around(TODAY, 7, 20).overdue_count == 0


@pytest.mark.parametrize(("name", "count"), [("priya", 8), ("colin", 8), ("celia", 0), ("ben", 0), ("ana", 8)])
def test_scope_holds_for_every_source(cast: Cast, name: str, count: int) -> None:
    everything(cast, SOON)
    make_task(client_of(cast), due_on=LATE)
    make_request(client_of(cast), due_on=LATE)
    person = accounts.by_email(cast.emails[name])
    assert person is not None
    enter(db.session(), actor_of(person).scope)
    assert len(own(deadlines_between(TODAY, SOON))) == count
    assert len(own(deadlines_between(TODAY, SOON, [cast.client_a]))) == count
    due = due_around(TODAY, 7, 20)
    assert len(own(due.ahead)) == count and due.overdue_count == (2 if count else 0)


def test_nothing_is_reached_by_nobody(cast: Cast) -> None:
    everything(cast, SOON)
    enter(db.session(), Scope.nothing())
    assert own(deadlines_between(TODAY, SOON)) == [] and own(due_around(TODAY, 7, 20).ahead) == []


def test_contact_learns_what_is_theirs_to_know(cast: Cast) -> None:
    everything(cast, SOON, waiting_on=Party.CLIENT, is_client_visible=True)
    client = client_of(cast)
    make_task(client, title="CANARY internal", due_on=SOON, waiting_on=Party.CLIENT)
    make_task(client, title="CANARY with us", due_on=SOON, is_client_visible=True)
    make_request(client, kind=None, title="CANARY request", due_on=SOON, is_client_visible=False)
    as_firm()
    rows = dates_for_contact(cast.client_a, TODAY, 20)
    assert own(rows) == ["bill.due", "document_request", "expiry", "instrument", "task"]
    assert not any("CANARY" in row.what.en for row in rows)
    assert len(dates_for_contact(cast.client_a, TODAY, 3)) == 3
