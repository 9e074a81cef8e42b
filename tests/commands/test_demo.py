"""The demo firm keeps its promises: a well-run firm on any day, written by the real commands, in the order of time."""

import os
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, func, make_url, select

from tests.databases import Database
from tests.visitor import Visitor
from tracker import create_app
from tracker.assessments.enums import AssessmentState
from tracker.assessments.models import Assessment, Finding
from tracker.clients.business_number import parse_business_number
from tracker.clients.enums import ClientState, Duty
from tracker.clients.models import Client, Contact, Membership, Statement
from tracker.clients.statement_rows import all_unexplained
from tracker.coordination.models import Delegation, Task
from tracker.demo.building import build
from tracker.demo.history import periods
from tracker.desk.monday import monday
from tracker.documents.models import DocumentRequest, DocumentVersion
from tracker.engagements.models import Engagement
from tracker.guarantees.enums import InstrumentKind, InstrumentState, ReductionState
from tracker.guarantees.models import Instrument, PortalFigure, ReductionRequest
from tracker.notifications.models import OutboxMessage
from tracker.platform.audit import AuditEvent
from tracker.platform.clock import TORONTO, told_at
from tracker.platform.db import db
from tracker.platform.schema import upgrade
from tracker.platform.tenancy import Scope, enter
from tracker.renewals.enums import Cause
from tracker.renewals.models import Renewal
from tracker.risks.queries import risks_of_portfolio
from tracker.safekeeping.checking import verify

TODAY = date(2026, 11, 26)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=TORONTO)


@dataclass(frozen=True)
class Told:
    """A demo firm, its sign-ins, and the day it is of."""

    app: Flask
    sign_ins: list[dict[str, Any]]
    today: date


@contextmanager
def told(database: Database, folder: Path, count: int, today: date, seed: int = 7) -> Iterator[Told]:
    """A demo firm in a database of its own, looked at on its day."""
    with own_database(database, folder) as url:
        app = create_app({
            "TRACKER_DATA_DIR": folder, "SQLALCHEMY_DATABASE_URI": url, "SECRET_KEY": "d" * 40, "TESTING": True,
            "PROPAGATE_EXCEPTIONS": False, "ARGON2_MEMORY_KIB": 64, "ARGON2_ROUNDS": 1,
        })  # fmt: skip
        with app.app_context(), told_at(noon(today)):
            try:
                upgrade()
                enter(db.session(), Scope.firm("demo"))
                sign_ins = build(count, seed, today)
                db.session.remove()
                enter(db.session(), Scope.firm("demo"))
                yield Told(app, sign_ins, today)
            finally:
                db.session.remove()
                db.engine.dispose()


@contextmanager
def own_database(database: Database, folder: Path) -> Iterator[str]:
    if not database.url.startswith("postgresql"):
        yield f"sqlite:///{folder / 'demo.db'}"
        return
    name, server = f"demo_{os.getpid()}_{secrets.token_hex(3)}", make_url(database.url)
    admin = create_engine(server.set(database="postgres"), isolation_level="AUTOCOMMIT").execution_options(writes=True)
    with admin.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')
        admin.dispose()


@pytest.fixture(scope="module")
def firm(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """The firm with sixty clients, told once; never changed by a test."""
    with told(database, tmp_path_factory.mktemp("demo"), 60, TODAY) as made:
        yield made


def test_the_desk_reads_like_a_good_firm_on_an_ordinary_day(firm: Told) -> None:
    desk = monday(TODAY)
    assert desk.clients == 59  # one has left
    assert 40 <= desk.ready <= 48
    assert 5 <= len(desk.new) <= 8
    assert 10 <= desk.risk_count <= 14
    assert 5 <= desk.overdue_count <= 10
    assert 20 <= desk.week_count <= 42


def test_everything_fits_together(firm: Told) -> None:
    report = verify()
    assert report.problems == [] and report.checked["files"] > 300
    assert db.session.scalars(select(OutboxMessage)).all() == []  # nobody is written to about an invented company


def test_the_trail_is_told_in_the_order_of_time_and_ends_before_today(firm: Told) -> None:
    instants = db.session.scalars(select(AuditEvent.at).order_by(AuditEvent.seq)).all()
    assert list(instants) == sorted(instants)
    assert instants[-1] <= noon(TODAY)
    assert instants[0] < noon(TODAY) - timedelta(days=650)
    assert len({instant.date() for instant in instants}) > 250


def test_nothing_has_happened_in_the_future(firm: Told) -> None:
    columns = (
        Statement.statement_on, Statement.paid_on, Delegation.requested_on, Delegation.decided_on, Task.waiting_since,
        Task.done_on, DocumentRequest.requested_on, DocumentRequest.decided_on, Engagement.opened_on,
        Engagement.stage_since, Engagement.closed_on, PortalFigure.read_on, Instrument.state_since,
        ReductionRequest.filed_on, Assessment.started_on, Finding.found_on, Finding.settled_on, Contact.portal_seen_on,
        Renewal.opened_on,
    )  # fmt: skip
    for column in columns:
        latest = db.session.scalar(select(func.max(column)))
        assert latest is None or latest <= TODAY, column
    for instant in (DocumentVersion.uploaded_at, DocumentRequest.received_at, Assessment.signed_at, Client.created_at):
        assert db.session.scalar(select(func.max(instant))) <= noon(TODAY)


def test_clients_are_what_the_story_says(firm: Told) -> None:
    clients = db.session.scalars(select(Client)).all()
    assert len({client.legal_name for client in clients}) == 60
    assert any(len(client.legal_name) > 90 for client in clients)
    assert any("é" in client.legal_name and "'" in client.legal_name for client in clients)
    assert 18 <= sum(client.residency == "non_resident" for client in clients) <= 24
    assert 12 <= sum(client.language == "fr" for client in clients) <= 22
    numbers = [client.bn9 for client in clients if client.bn9]
    assert len(numbers) >= 57 and all(parse_business_number(number).normalized == number for number in numbers)
    assert sum(client.state is ClientState.ARCHIVED for client in clients) == 1
    leads = select(Membership.user_id, func.count()).where(Membership.duty == Duty.LEAD).group_by(Membership.user_id)
    assert sorted(row[1] for row in db.session.execute(leads)) == [30, 30]


def test_work_was_done_and_papers_are_in(firm: Told) -> None:
    tasks, papers = (
        {row[0]: row[1] for row in db.session.execute(select(state, func.count()).group_by(state))}
        for state in (Task.state, DocumentRequest.state)
    )
    assert tasks["done"] > tasks["open"]
    assert papers["accepted"] > 3 * papers["requested"] and papers["returned"] >= 1
    assert db.session.scalar(select(func.max(DocumentVersion.number))) >= 2
    assert (
        db.session.scalar(select(func.count(AuditEvent.seq)).where(AuditEvent.event == "document_request:returned"))
        > 10
    )


def test_assessments_were_signed_by_a_second_person_and_findings_settled(firm: Told) -> None:
    signed = db.session.scalars(select(Assessment).where(Assessment.state == AssessmentState.SIGNED)).all()
    assert len(signed) >= 45
    assert all(row.signed_by != row.started_by for row in signed)
    assert sum(row.previous_id is not None for row in signed) >= 5  # there is something to compare
    drafts = db.session.scalar(select(func.count(Assessment.id)).where(Assessment.state == AssessmentState.DRAFT))
    assert drafts >= 5
    settled = db.session.scalar(select(func.count(Finding.id)).where(Finding.settled_on.is_not(None)))
    still_open = db.session.scalar(select(func.count(Finding.id)).where(Finding.settled_on.is_(None)))
    assert settled > 5 * still_open > 0


def test_the_trouble_is_there_to_be_found(firm: Told) -> None:
    found = {risk.code for number in (1, 2, 3) for risk in risks_of_portfolio(TODAY, number).risks.rows}
    assert found >= {
        "short",
        "ending",
        "one_bam",
        "bam_unseen",
        "silent",
        "rpp_uncovered",
        "says_no_imports",
        "kind_unaccepted",
    }
    assert {row.cause for row in db.session.scalars(select(Renewal))} == set(Cause)
    requests = db.session.scalars(select(ReductionRequest)).all()
    assert [row.state for row in requests] == [ReductionState.FILED]
    kinds = set(db.session.scalars(select(Instrument.kind)))
    assert kinds == {
        InstrumentKind.SURETY_BOND, InstrumentKind.BANK_AGREEMENT, InstrumentKind.CASH_DEPOSIT, InstrumentKind.LETTER_OF_CREDIT,
    }  # fmt: skip
    states = set(db.session.scalars(select(Instrument.state)))
    assert states >= {
        InstrumentState.UNDERWRITING,
        InstrumentState.ISSUED,
        InstrumentState.SEEN_IN_PORTAL,
        InstrumentState.ENDED,
    }
    assert [amount for _number, _day, amount in all_unexplained()] == [Decimal("77.40")]


def test_every_sign_in_works_and_shows_something(firm: Told) -> None:
    roles = [row["role"] for row in firm.sign_ins]
    assert {"admin", "manager", "consultant", "broker", "contact"} <= set(roles)
    companies = [row["clients"] for row in firm.sign_ins if row["role"] == "contact"]
    assert len(companies) >= 3 and max(map(len, companies)) == 2

    def homes() -> list[int]:
        visitors = [Visitor(firm.app, row["email"], row["password"]) for row in firm.sign_ins]
        return [visitor.get("/", follow_redirects=True).status_code for visitor in visitors]

    with ThreadPoolExecutor(1) as outside:  # a browser stands outside this test's own application context
        assert set(outside.submit(homes).result()) == {200}


@pytest.mark.parametrize(
    "day",
    [date(2028, 2, 29), date(2027, 1, 1), date(2027, 10, 20), date(2027, 3, 28)],
    ids=["leap day", "new year", "day of the review", "Easter Sunday"],
)
def test_it_can_be_told_on_any_day(database: Database, tmp_path: Path, day: date) -> None:
    with told(database, tmp_path, 20, day):
        desk = monday(day)
        assert desk.clients >= 19 and desk.ready >= 10 and desk.new
        assert verify().problems == []


def test_the_same_seed_tells_the_same_firm(database: Database, tmp_path: Path) -> None:
    def figures(folder: str, seed: int) -> list[Any]:
        (tmp_path / folder).mkdir()
        with told(database, tmp_path / folder, 5, TODAY, seed):
            statements = (
                select(Client.legal_name, Client.bn9, Contact.name, func.sum(Statement.total_amount))
                .join(Statement, Statement.client_id == Client.id)
                .join(Contact, Contact.client_id == Client.id)
                .group_by(Client.legal_name, Client.bn9, Contact.name)
                .order_by(Client.legal_name, Contact.name)
            )
            instants = select(AuditEvent.at, AuditEvent.event, AuditEvent.summary).order_by(AuditEvent.seq)
            return [*db.session.execute(statements).all(), *db.session.execute(instants).all()]

    first = figures("one", 7)
    assert first == figures("two", 7)
    assert first != figures("three", 8)


def test_a_large_firm_is_registers_and_statements(database: Database, tmp_path: Path) -> None:
    with told(database, tmp_path, 201, TODAY) as made:
        assert db.session.scalar(select(func.count(Client.id))) == 201
        assert db.session.scalar(select(func.count(Statement.id))) > 3000
        assert db.session.scalar(select(func.count(DocumentVersion.id))) == 0  # no stories are told
        assert {row["role"] for row in made.sign_ins} == {"admin", "manager", "consultant", "broker", "contact"}


def test_history_knows_no_statement_before_it_is_out() -> None:
    for day in (date(2026, 11, 24), date(2026, 11, 25), date(2026, 11, 26), date(2027, 1, 1), date(2028, 2, 29)):
        found = periods(day)
        assert len(found) == 24 and found[-1].soa_on < day
