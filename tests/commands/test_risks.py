"""Risks, commands and queries: gathered from the records, a task once, and the workbook's rows equal to the page's."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from flask import Flask
from openpyxl import load_workbook

from tests.conftest import Cast, StatementCount
from tests.factories import as_firm, make_account, make_client, make_contact, make_statement, saved
from tests.visitor import Visitor
from tracker.assessments.enums import AssessmentState
from tracker.assessments.models import Answer, Assessment
from tracker.clients.models import ProgramAccount
from tracker.guarantees.models import PortalFigure
from tracker.platform.actor import SYSTEM, Actor
from tracker.platform.audit import record
from tracker.platform.clock import now, today
from tracker.platform.db import db, transaction
from tracker.platform.errors import Refusal
from tracker.risks import commands, queries


def silent(cast: Cast, days: int = 41) -> ProgramAccount:
    """Client A with a statement, and a portal figure read so many days ago."""
    account = db.session.get_one(ProgramAccount, cast.account_a)
    make_statement(account)
    saved(
        PortalFigure(
            client_id=account.client_id, program_account_id=account.id, amount=Decimal("40000.00"),
            read_on=today() - timedelta(days=days), read_by="Colin",
        )
    )  # fmt: skip
    return account


def test_the_records_reach_the_rules(inside: Flask, cast: Cast) -> None:
    silent(cast)
    risks = {risk.code: risk for risk in queries.risks_for([cast.client_a], today())[cast.client_a]}
    assert risks["silent"].exposure_amount == Decimal("2100.00")  # 50 % of 84,200.00 less 40,000.00
    assert risks["short"].exposure_amount == Decimal("40000.00")
    assert "no_bam" in risks


def test_answers_of_the_signed_assessment_meet_the_statements(inside: Flask, cast: Cast) -> None:
    account = db.session.get_one(ProgramAccount, cast.account_a)
    for month, duties in ((8, None), (9, Decimal("1200.50")), (10, Decimal("800.00"))):
        make_statement(
            account, period_end=date(2026, month, 17), duties_amount=duties, sima_amount=duties and Decimal(5)
        )
    make_statement(account, period_end=date(2025, 10, 17), duties_amount=Decimal(999))  # before the last 12 periods
    signed = saved(Assessment(client_id=cast.client_a, rules_on=today(), started_on=today()))
    for question in ("dutiable", "sima_known"):
        saved(Answer(client_id=cast.client_a, assessment_id=signed.id, question=question, value="no"))
    with transaction():
        row = db.session.get_one(Assessment, signed.id)
        row.state, row.signed_at = AssessmentState.SIGNED, now()
        record(SYSTEM, "assessment:signed", row)
    risks = {risk.code: risk for risk in queries.risks_for([cast.client_a], today())[cast.client_a]}
    assert risks["says_not_dutiable"].exposure_amount == Decimal("2000.50")
    assert risks["says_not_dutiable"].since == date(2026, 10, 17)
    assert risks["says_no_sima"].exposure_amount == Decimal("10.00")


def test_a_task_is_made_once(inside: Flask, cast: Cast, actor_named: Callable[[str], Actor]) -> None:
    account = silent(cast)
    actor, key = actor_named("colin"), f"risk:silent:{account.id}"
    with transaction():
        first = commands.make_task(actor, client_id=cast.client_a, key=key).id
    with transaction():
        again = commands.make_task(actor, client_id=cast.client_a, key=key)
        assert (again.id, again.kind, again.waiting_on, again.finding) == (first, "read_requirement", "client", key)
    assert queries.risks_of_portfolio(today()).tasks == {key: first}


def test_no_task_of_a_risk_that_is_gone(inside: Flask, cast: Cast, actor_named: Callable[[str], Actor]) -> None:
    with pytest.raises(Refusal), transaction():
        commands.make_task(actor_named("colin"), client_id=cast.client_a, key="risk:silent:nothing")


def test_thirty_clients_cost_as_many_statements_as_one(inside: Flask, cast: Cast, sql: StatementCount) -> None:
    silent(cast)
    as_firm()
    sql.reset()
    queries.risks_for([cast.client_a], today())
    one = len(sql)
    clients = [make_client(legal_name=f"Client {n}", bn9=f"9000000{n:02}") for n in range(30)]
    for client in clients:
        make_statement(make_account(client))
        make_contact(client)
    ids = [client.id for client in clients]
    as_firm()
    db.session.expire_all()
    sql.reset()
    found = queries.risks_for(ids, today())
    assert (len(sql), len(found)) == (one, 30)
    assert one <= 10


def test_the_workbook_shows_the_same_risks(app: Flask, cast: Cast, visit: Callable[..., Visitor]) -> None:
    with app.app_context():
        as_firm()
        silent(cast)
        shown = queries.risks_of_portfolio(today()).risks.rows
        expected = [(risk.client_name, risk.sentence.en, risk.exposure_amount) for risk in shown]
        db.session.remove()
    answer = visit("priya").get("/reports/manager.xlsx")
    assert answer.status_code == 200
    sheet = load_workbook(BytesIO(answer.data))["Overdue and risk"]
    lines = [list(line) for line in sheet.iter_rows(values_only=True)]
    top = next(n for n, line in enumerate(lines) if "By whom" in line)
    at = [lines[top].index(title) for title in ("Client", "Risk", "Exposure")]
    read = [tuple(line[n] for n in at) for line in lines[top + 1 :] if line[at[1]]]
    assert [(a, b, None if c is None else Decimal(str(c)).quantize(Decimal("0.01"))) for a, b, c in read] == expected
