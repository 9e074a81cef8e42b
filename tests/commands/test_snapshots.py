"""Readiness, remembering: the daily record of where clients stand: once a day, kept as long as it is of use, each to its own."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from tests.conftest import Cast
from tests.factories import as_firm, make_account, make_client, make_engagement, make_request, make_statement
from tracker.clients.models import Client, ProgramAccount
from tracker.documents.enums import RequestState
from tracker.platform.actor import Actor
from tracker.platform.clock import today
from tracker.platform.db import db, transaction
from tracker.platform.tenancy import enter
from tracker.readiness.models import Snapshot, Standing
from tracker.readiness.queries import readiness_for
from tracker.readiness.remembering import remember
from tracker.readiness.retention import DAYS_KEPT, days_to_forget, month_before
from tracker.readiness.snapshots import month_ends, recorded_by, stands_now, stands_on

TODAY = date(2026, 11, 26)


def test_forty_days_and_the_last_of_each_month_are_kept() -> None:
    days = [TODAY - timedelta(days=back) for back in range(400)]
    gone = set(days_to_forget(days, TODAY))
    kept = [day for day in days if day not in gone]
    assert kept[:DAYS_KEPT] == days[:DAYS_KEPT]
    assert kept[DAYS_KEPT:] == [day for day in days[DAYS_KEPT:] if (day + timedelta(days=1)).day == 1]


def test_where_the_last_day_was_missed_the_last_recorded_one_stands_for_it() -> None:
    days = [date(2026, 8, 3), date(2026, 8, 28), date(2026, 9, 30)]
    assert days_to_forget(days, TODAY) == [date(2026, 8, 3)]


@given(st.lists(st.dates(date(2024, 1, 1), TODAY), max_size=60))
def test_forgetting_twice_forgets_nothing_more_and_no_month_is_lost(days: list[date]) -> None:
    gone = set(days_to_forget(days, TODAY))
    kept = [day for day in days if day not in gone]
    assert days_to_forget(kept, TODAY) == []
    assert {(day.year, day.month) for day in kept} == {(day.year, day.month) for day in days}


@pytest.mark.parametrize(
    ("day", "before"), [(date(2026, 3, 1), date(2026, 2, 28)), (date(2026, 1, 31), date(2025, 12, 31))]
)
def test_month_before(day: date, before: date) -> None:
    assert month_before(day) == before


def recorded(day: date) -> int:
    return db.session.scalar(select(func.count()).select_from(Snapshot).where(Snapshot.taken_on == day)) or 0


def remembered(day: date) -> int:
    with transaction():
        return remember(day)


def test_again_on_the_same_day_replaces_the_record(inside: Flask, cast: Cast) -> None:
    as_firm()
    assert remembered(TODAY) == recorded(TODAY) == 2
    account = db.session.get(ProgramAccount, cast.account_a)
    assert account is not None
    make_statement(account)
    as_firm()
    assert remembered(TODAY) == recorded(TODAY) == 2
    assert stands_on(TODAY)[cast.client_a].shortfall_amount == Decimal("42100.00")


def test_what_is_recorded_is_what_the_standing_and_the_pages_say(inside: Flask, cast: Cast) -> None:
    client, account = db.session.get(Client, cast.client_a), db.session.get(ProgramAccount, cast.account_a)
    assert client is not None and account is not None
    make_statement(account)
    make_request(client, due_on=today() - timedelta(days=1))
    make_request(client, kind="engagement_letter", state=RequestState.ACCEPTED)
    make_request(client, kind="import_forecast", state=RequestState.ACCEPTED, expires_on=today() - timedelta(days=1))
    make_request(client, kind="bond_application", state=RequestState.NOT_REQUIRED)
    make_engagement(client, stage=3)
    as_firm()
    remembered(today())
    stand = stands_on(today())[cast.client_a]
    kept = db.session.scalar(select(Standing).where(Standing.client_id == cast.client_a))
    assert kept is not None
    for name in ("gates", "may_release", "required_amount", "posted_amount", "shortfall_amount", "cover_percent",
                 "open_documents", "late_documents", "open_tasks", "late_tasks", "waiting_on", "waiting_since"):  # fmt: skip
        assert getattr(stand, name) == getattr(kept, name), name
    assert (stand.required_documents, stand.accepted_documents, stand.late_documents) == (3, 1, 1)
    assert (stand.template, stand.stage, stand.accounts_short) == ("carm_onboarding", 3, 1)
    assert stand == stands_now(readiness_for([cast.client_a], today()), today())[cast.client_a]


def test_a_consultant_reads_the_records_of_own_clients(
    inside: Flask, cast: Cast, actor_named: Callable[[str], Actor]
) -> None:
    as_firm()
    remembered(TODAY - timedelta(days=30))
    remembered(TODAY)
    for name, clients in (("colin", {cast.client_a}), ("celia", set()), ("priya", {cast.client_a, cast.client_b})):
        enter(db.session(), actor_named(name).scope)
        assert stands_on(TODAY).keys() == clients
        assert recorded_by(TODAY - timedelta(days=1)) == (TODAY - timedelta(days=30) if clients else None)
        assert [end.clients for end in month_ends(TODAY)] == ([len(clients)] if clients else [])


def test_old_days_go_and_a_client_that_is_gone_takes_its_records_along(inside: Flask, cast: Cast) -> None:
    as_firm()
    for back in (100, 99, 70, 0):  # 18 and 19 August, 17 September
        remembered(TODAY - timedelta(days=back))
    assert [recorded(TODAY - timedelta(days=back)) for back in (100, 99, 70, 0)] == [0, 2, 2, 2]
    client = make_client(legal_name="Gone Again Inc.")
    account = make_account(client)
    as_firm()
    remembered(TODAY)
    key = client.id
    assert recorded(TODAY) == 3
    with transaction() as session:
        session.delete(session.get(ProgramAccount, account.id))
        gone = session.get(Client, key)
        assert gone is not None
        session.delete(gone)
        session.info["audited_clients"].add(key)
    assert recorded(TODAY) == 2
