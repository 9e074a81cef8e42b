"""Reports, commands: which workbooks there are, and each one written from what the actor may see."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from tracker.accounts.queries import paper, setting
from tracker.clients.models import Client
from tracker.coordination.models import Partner
from tracker.platform.clock import now, today
from tracker.platform.days import spoken
from tracker.platform.db import db
from tracker.platform.errors import Refusal
from tracker.platform.languages import language
from tracker.reports.contents import Order, for_broker, for_client, for_surety, of_firm
from tracker.workbook import Sheet, Workbook, write

__all__ = ["REPORTS", "Order", "Report", "make"]
ALL = (
    "summary", "portfolio", "movement", "guarantee", "shortfalls", "months", "review", "documents", "brokers",
    "deadlines", "risks", "tasks", "team", "quality", "read_me",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Report:
    """A workbook there is: its key, whom it is for, what is in it, and what it needs to know."""

    name: str
    title: Callable[[], str]
    purpose: Callable[[], str]
    build: Callable[[Order], tuple[Sheet, ...]]
    needs: str = ""  # "", client, broker or surety


REPORTS: Mapping[str, Report] = {
    report.name: report
    for report in (
        Report(
            "manager",
            lambda: _("Manager's workbook"),
            lambda: _("For the month-end: every sheet, from the summary beside last month's to what each word means."),
            of_firm(*ALL),
        ),
        Report(
            "partner",
            lambda: _("Partner's workbook"),
            lambda: _("For the partners: the summary, what moved, and what is overdue or at risk."),
            of_firm("summary", "movement", "risks", "read_me"),
        ),
        Report(
            "team",
            lambda: _("Team lead's workbook"),
            lambda: _("For who shares out the work: portfolio, documents, deadlines, tasks, and who has what in hand."),
            of_firm("portfolio", "documents", "deadlines", "tasks", "team", "read_me"),
        ),
        Report(
            "client",
            lambda: _("Client workbook"),
            lambda: _("One client's own rows, as its portal shows them, to hand over."),
            for_client,
            "client",
        ),
        Report(
            "broker",
            lambda: _("Broker workbook"),
            lambda: _("One broker with all the clients you share, to send."),
            for_broker,
            "broker",
        ),
        Report(
            "surety",
            lambda: _("Surety workbook"),
            lambda: _("The accounts one surety secures or is asked to secure, to send."),
            for_surety,
            "surety",
        ),
    )
}


def make(order: Order, path: Path) -> list[dict[str, Any]]:
    """Write the ordered workbook; returns `[{"name", "rows"}]`. Refusal when it needs a client or partner and has none."""
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
        sheets=_dated(report.build(order), order.as_of),
        confidentiality=_("Confidential"),
        paper=paper(),
    )
    return [dict(row) for row in write(workbook, path)]


def _dated(sheets: tuple[Sheet, ...], as_of: date) -> tuple[Sheet, ...]:
    """The sheets; of another day than today, the first one says what is nevertheless as it stands today."""
    if as_of == today():
        return sheets
    told = _(
        "Dates and security are worked out for the day above; names, people, tasks, documents and delegations are those of %(day)s.",
        day=spoken(today(), language()),
    )
    return (replace(sheets[0], intro=(told, *sheets[0].intro)), *sheets[1:])


def _subject(order: Order) -> str:
    if order.client_id is not None:
        client = db.session.get(Client, order.client_id)
        return client.legal_name if client else ""
    partner_id: UUID | None = order.broker_id or order.surety_id
    partner = None if partner_id is None else db.session.get(Partner, partner_id)
    return partner.name if partner else ""
