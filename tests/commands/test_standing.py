"""Readiness, keeping: a client's standing follows each change in the same transaction, whoever made it."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from sqlalchemy import select

from tests.conftest import Cast
from tests.factories import as_firm, ident, make_allocation, make_instrument, make_request, make_statement, make_task
from tracker.clients.models import Client, ProgramAccount
from tracker.coordination.enums import Party
from tracker.documents import commands as documents
from tracker.documents.intake import NewFile
from tracker.guarantees.horizon import Horizon
from tracker.guarantees.ladder import ladder
from tracker.platform.actor import Actor
from tracker.platform.clock import today
from tracker.platform.db import db, transaction
from tracker.platform.files import store
from tracker.platform.tenancy import enter
from tracker.readiness.keeping import refresh
from tracker.readiness.models import Standing
from tracker.risks.queries import risks_for
from tracker.rulebook.book import rules_at

Find = Callable[[str], Actor]


def standing(cast: Cast) -> Standing:
    db.session.expire_all()
    found = db.session.scalar(select(Standing).where(Standing.client_id == cast.client_a))
    assert found is not None
    return found


def rows(cast: Cast) -> tuple[Client, ProgramAccount]:
    client, account = db.session.get(Client, cast.client_a), db.session.get(ProgramAccount, cast.account_a)
    assert client is not None and account is not None
    return client, account


def test_new_client_has_a_standing(cast: Cast, actor_named: Find) -> None:
    assert standing(cast).may_release is False


def test_statement_sets_the_requirement_and_a_bond_the_cover(cast: Cast, actor_named: Find) -> None:
    client, account = rows(cast)
    make_statement(account)
    assert (standing(cast).required_amount, standing(cast).shortfall_amount) == (Decimal(42100), Decimal(42100))
    bond = make_instrument(client, amount=Decimal("35000.00"))
    make_allocation(bond, account)
    kept = standing(cast)
    assert (kept.posted_amount, kept.shortfall_amount, kept.cover_percent) == (Decimal(35000), Decimal(7100), 83)


def test_bond_ending_today_is_counted_today_and_gone_tomorrow(cast: Cast, actor_named: Find) -> None:
    client, account = rows(cast)
    make_statement(account)
    make_allocation(make_instrument(client, valid_until=today()), account)
    kept = standing(cast)
    assert kept.shortfall_amount == 0 and kept.security_ends_on == today() and kept.gates[3] != "d"
    with transaction():
        refresh([cast.client_a], today() + timedelta(days=1))
    assert standing(cast).shortfall_amount == Decimal(42100)


def test_task_sets_waiting_and_next_date(cast: Cast, actor_named: Find) -> None:
    client, _account = rows(cast)
    due, since = today() + timedelta(days=3), today() - timedelta(days=17)
    make_task(client, waiting_on=Party.BROKER, waiting_since=since, due_on=due)
    kept = standing(cast)
    assert (kept.waiting_on, kept.waiting_since, kept.next_date_on, kept.open_tasks) == ("broker", since, due, 1)


def test_contacts_own_upload_updates_the_standing(cast: Cast, actor_named: Find) -> None:
    client, _account = rows(cast)
    make_task(client, waiting_on=Party.BROKER)  # a row the contact may not see
    request_id = ident(make_request(client, due_on=today() - timedelta(days=1)))
    assert standing(cast).late_documents == 1
    ana = actor_named("ana")
    enter(db.session(), ana.scope)
    with transaction():
        letter = NewFile("letter.pdf", store(BytesIO(b"%PDF-1.7 letter"), "letter.pdf", limit=1000))
        documents.upload_version(ana, request_id=request_id, files=[letter])
    as_firm()
    kept = standing(cast)
    assert (kept.late_documents, kept.open_documents, kept.open_tasks) == (0, 1, 1)


def test_a_change_taken_back_leaves_the_standing_alone(cast: Cast, actor_named: Find) -> None:
    before = standing(cast).open_documents
    with pytest.raises(ZeroDivisionError), transaction():
        documents.request_document(actor_named("colin"), client_id=cast.client_a, kind="bn_confirmation")
        1 / 0  # noqa: B018
    assert standing(cast).open_documents == before


def test_security_that_another_goes_on_from_does_not_end(cast: Cast, actor_named: Find) -> None:
    """The next bond is posted: neither the list, nor the ladder's band, nor the risks warn of the first one's end."""
    client, account = rows(cast)
    make_statement(account)
    first, last = today() + timedelta(days=20), today() + timedelta(days=385)
    make_allocation(make_instrument(client, valid_until=first), account)

    def warned() -> tuple[date | None, int, bool]:
        as_firm()
        risks = {risk.code for risk in risks_for([cast.client_a], today())[cast.client_a]}
        band = ladder(rules_at(today()), Horizon.of(None, today()), 1, today(), warning_percent=120).sums.ending
        return standing(cast).security_ends_on, band, "ending" in risks

    assert warned() == (first, 1, True)
    less = make_instrument(
        client, number="B-2", amount=Decimal(42_000), valid_from=first + timedelta(days=1), valid_until=last
    )
    make_allocation(less, account)
    assert warned() == (first, 1, True)  # a hundred dollars less than is required
    more = make_instrument(
        client, number="B-3", amount=Decimal(100), valid_from=first + timedelta(days=1), valid_until=last
    )
    make_allocation(more, account)
    assert warned() == (last, 0, False)
