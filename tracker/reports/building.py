"""Reports, commands: which workbooks there are, and each one built from what the actor may see."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from tracker.accounts.queries import setting
from tracker.clients.models import Client, ProgramAccount, Statement
from tracker.coordination.models import Partner
from tracker.deadlines.queries import all_due
from tracker.documents.queries import document_rows
from tracker.platform.clock import now
from tracker.platform.db import db
from tracker.platform.errors import Refusal
from tracker.platform.languages import language
from tracker.reports import gathering
from tracker.reports.sheets import explaining, firm, security, work
from tracker.risks.queries import risks_for
from tracker.rulebook.book import rules_at
from tracker.workbook import Sheet, Workbook, write

HORIZON_DAYS = 90
Address = Callable[[str, Any], str]


@dataclass(frozen=True, slots=True)
class Order:
    """A workbook somebody wants: which, for which client or broker, as of which day."""

    name: str
    as_of: date
    made_by: str
    address: Address
    client_id: UUID | None = None
    broker_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """A workbook there is: its key, what it is for, and what it needs to know."""

    name: str
    title: Callable[[], str]
    purpose: Callable[[], str]
    build: Callable[[Order], tuple[Sheet, ...]]
    needs: str = ""  # "", client or broker


def _manager(order: Order) -> tuple[Sheet, ...]:
    rows = gathering.portfolio(order.as_of)
    rules, words = rules_at(order.as_of), language()
    return (
        firm.summary(rows, order.as_of, words),
        firm.portfolio(rows, order.as_of, words, order.address),
        security.guarantee(rows, order.address),
        security.review(rows, rules, order.address),
        work.documents(document_rows()),
        work.broker_coordination(gathering.delegations(), order.as_of),
        work.deadlines(all_due(order.as_of, HORIZON_DAYS), order.as_of, words),
        firm.risks(rows, risks_for([row.client_id for row in rows], order.as_of), words),
        work.tasks(gathering.open_tasks(order.as_of), order.as_of),
        explaining.read_me(rules, order.as_of, words),
    )


def _client(order: Order) -> tuple[Sheet, ...]:
    if order.client_id is None or db.session.get(Client, order.client_id) is None:
        raise Refusal("client", _("Which client?"))
    ids = [order.client_id]
    rows = gathering.portfolio(order.as_of, ids)
    if not rows:
        raise Refusal("client", _("This client is archived."))
    rules, words = rules_at(order.as_of), language()
    peaks = {(c.number, c.estimate.peak_period_end) for c in rows[0].covers if c.estimate.peak_period_end}
    return (
        explaining.gates(rows[0], words),
        security.guarantee(rows, order.address),
        security.review(rows, rules, order.address),
        security.statements(_statements(order.client_id), peaks),
        work.documents(document_rows(ids)),
        work.tasks(gathering.open_tasks(order.as_of, ids), order.as_of, with_client=False),
        work.deadlines(all_due(order.as_of, HORIZON_DAYS, order.client_id), order.as_of, words),
        explaining.read_me(rules, order.as_of, words),
    )


def _statements(client_id: UUID) -> list[tuple[str, Statement]]:
    query = (
        select(ProgramAccount.number, Statement)
        .join(ProgramAccount, ProgramAccount.id == Statement.program_account_id)
        .where(Statement.client_id == client_id)
        .order_by(ProgramAccount.number, Statement.period_end.desc())
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def _broker(order: Order) -> tuple[Sheet, ...]:
    if order.broker_id is None or db.session.get(Partner, order.broker_id) is None:
        raise Refusal("broker", _("Which broker?"))
    delegations = gathering.delegations(order.broker_id)
    tasks = gathering.open_tasks(order.as_of, partner_id=order.broker_id)
    return (
        work.broker_coordination(delegations, order.as_of),
        work.tasks(tasks, order.as_of),
    )


REPORTS: Mapping[str, Report] = {
    report.name: report
    for report in (
        Report(
            "manager",
            lambda: _("Manager's workbook"),
            lambda: _("Summary, portfolio, guarantee, documents, brokers, deadlines, risks: the month-end file."),
            _manager,
        ),
        Report(
            "client",
            lambda: _("Client workbook"),
            lambda: _("One client's own rows, in its language, to hand over."),
            _client,
            "client",
        ),
        Report(
            "broker",
            lambda: _("Broker workbook"),
            lambda: _("One broker with all the clients you share, to send."),
            _broker,
            "broker",
        ),
    )
}


def make(order: Order, path: Path) -> list[dict[str, Any]]:
    """Write the ordered workbook; returns `[{"name", "rows"}]`. Refusal when it needs a client or broker and has none."""
    report = REPORTS.get(order.name)
    if report is None:
        raise Refusal("name", _("There is no report of this name."))
    subject = _subject(order)
    workbook = Workbook(
        title=f"{report.title()} – {subject}" if subject else report.title(),
        firm=setting("firm.name", "Tracker"),
        language=language(),
        as_of=order.as_of,
        made_by=order.made_by,
        made_at=now(),
        sheets=report.build(order),
        confidentiality=_("Confidential"),
        paper="letter",
    )
    return [dict(row) for row in write(workbook, path)]


def _subject(order: Order) -> str:
    if order.client_id is not None and (client := db.session.get(Client, order.client_id)) is not None:
        return client.legal_name
    if order.broker_id is not None and (partner := db.session.get(Partner, order.broker_id)) is not None:
        return partner.name
    return ""
