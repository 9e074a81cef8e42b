"""Reports, sheets: the firm client by client: portfolio, risks. CAD."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import ngettext

from tracker.accounts.queries import warning_percent
from tracker.readiness.security import security_of
from tracker.reports import words
from tracker.reports.gathering import PortfolioRow
from tracker.reports.sheets.making import Address, Value, col, count, cover_col, table
from tracker.risks.facts import Risk
from tracker.risks.rules import in_order
from tracker.rulebook.types import Rules
from tracker.workbook import Link, Sheet, Status

GATE_SHAPES = {"done": "●", "waiting": "◷", "open": "○"}


def portfolio(
    rows: Sequence[PortfolioRow],
    found: Mapping[UUID, Sequence[Risk]],
    as_of: date,
    rules: Rules,
    language: str,
    address: Address,
) -> Sheet:
    """One row a client."""
    columns = (
        col(_("No."), "link", width=7),
        col(_("Client"), "link", width=21),
        col(_("BN9"), width=10),
        col(_("Residency"), "wrapped", width=10),
        col(_("Lead"), "wrapped", width=12),
        col(_("Brokers"), "wrapped", width=14),
        col(_("Stage of the work"), "wrapped", width=14),
        col(_("May release tomorrow"), "status", width=9.5),
        col(_("Because"), "wrapped", width=20),
        col(_("Risk"), "status", width=9.5),
        replace(col(_("Readiness %"), "percent", marks="bar", width=7), upright=True),
        col(_("Gates 1 to 6"), width=9.4),
        col(_("Required"), "money0", total="sum", width=11),
        col(_("Posted"), "money0", total="sum", width=11),
        col(_("Short"), "money0", total="sum", width=11),
        replace(cover_col(_("Lowest cover %"), warning_percent()), upright=True, width=8.5),
        col(_("Security ends"), "date", width=10.5),
        count(_("Account managers"), total=""),
        count(_("Tasks open")),
        count(_("Tasks late")),
        count(_("Documents required")),
        count(_("Documents accepted")),
        count(_("Documents open")),
        count(_("Documents late")),
        col(_("Waiting on"), width=9),
        count(_("Days"), total=""),
        col(_("Next date"), "date", width=10.5),
    )
    sheet_table = table(
        "tblPortfolio",
        columns,
        [_portfolio_values(row, found.get(row.client_id, ()), as_of, rules, language, address) for row in rows],
        empty=_("No active client."),
    )
    return Sheet(_("Portfolio"), (sheet_table,), freeze=2)


def _portfolio_values(
    row: PortfolioRow, found: Sequence[Risk], as_of: date, rules: Rules, language: str, address: Address
) -> list[Value]:
    ready, stand = row.ready.readiness, row.stand
    blocked = next((release for release in ready.releases if not release.may), None)
    reason = blocked.because if blocked else (ready.gates[0].reasons[0] if ready.gates[0].reasons else None)
    worst = in_order(found)[0].severity if found else None
    url = address("desk.client", row.client_id)
    return [
        Link(row.client_number, url) if row.client_number else None,
        row.legal_name if row.client_number else Link(row.legal_name, url),
        row.bn9,
        words.residency(row.residency),
        row.lead,
        row.brokers,
        words.stage_alone(stand.template, stand.stage, rules, language),
        words.release(ready.may_release),
        reason.in_(language) if reason is not None else "",
        words.severity(worst) if worst else Status("done", _("none")),
        ready.percent,
        "".join(GATE_SHAPES[gate.state] for gate in ready.gates),
        stand.required_amount,
        stand.posted_amount,
        stand.shortfall_amount,
        stand.cover_percent,
        security_of(row.covers).ends_on,
        row.ready.bam_count,
        stand.open_tasks,
        stand.late_tasks,
        stand.required_documents,
        stand.accepted_documents,
        stand.open_documents,
        stand.late_documents,
        words.party(stand.waiting_on),
        stand.waiting_days,
        row.next_date_on,
    ]


def risks(rows: Sequence[PortfolioRow], found: Mapping[UUID, Sequence[Risk]], language: str, address: Address) -> Sheet:
    """What could stop a release, why, the dollars behind it and the next step: the risks page's own rows, then late documents."""
    columns = (
        col(_("Client"), "link", width=24),
        col(_("Account"), "link", width=18),
        col(_("Severity"), "status", width=11),
        col(_("Risk"), "wrapped", width=32),
        col(_("Cause"), "wrapped", width=34),
        col(_("Exposure"), "money"),
        col(_("What the amount is"), "wrapped", width=19),
        col(_("Since"), "date"),
        col(_("What to do next"), "wrapped", width=30),
        col(_("By whom")),
        col(_("By when"), "date"),
    )
    listed = in_order(risk for row in rows for risk in found.get(row.client_id, ()))
    values = [_risk_values(risk, language, address) for risk in listed]
    values += [_late(row, address) for row in rows if row.stand.late_documents]
    return Sheet(_("Overdue and risk"), (table("tblRisks", columns, values, empty=_("Nothing at risk.")),), freeze=1)


def _risk_values(risk: Risk, language: str, address: Address) -> list[Value]:
    url = address("desk.client", risk.client_id)
    return [
        risk.client_name if risk.account else Link(risk.client_name, url),
        Link(risk.account, url) if risk.account else "",
        words.severity(risk.severity),
        risk.sentence.in_(language),
        risk.cause.in_(language),
        risk.exposure_amount,
        risk.exposure_word.in_(language) if risk.exposure_word else "",
        risk.since,
        risk.then.in_(language),
        words.party(risk.party),
        risk.by_when,
    ]


def _late(row: PortfolioRow, address: Address) -> list[Value]:
    cause = ngettext("%(num)s document late", "%(num)s documents late", row.stand.late_documents)
    then, status = _("Follow up the late documents"), Status("waiting", _("medium"))
    client = Link(row.legal_name, address("documents.client", row.client_id))
    return [client, "", status, _("documents late"), cause, None, "", None, then, words.party("us"), None]
