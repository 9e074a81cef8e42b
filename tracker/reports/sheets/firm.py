"""Reports, sheets: the firm as a whole: summary, portfolio, risks. CAD."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from flask_babel import gettext as _

from tracker.accounts.queries import warning_percent
from tracker.readiness.rules import GATES
from tracker.reports import words
from tracker.reports.gathering import PortfolioRow
from tracker.reports.sheets.making import Address, Value, col, cover_col, table, total
from tracker.risks.facts import Risk
from tracker.risks.rules import in_order
from tracker.workbook import Chart, Figure, Figures, Link, Series, Sheet, Status

GATE_SHAPES = {"done": "●", "waiting": "◷", "open": "○"}


def summary(rows: Sequence[PortfolioRow], as_of: date, language: str) -> Sheet:
    """The figures a partner reads first."""
    covers = [cover for row in rows for cover in row.covers]
    ready = sum(row.ready.readiness.may_release for row in rows)
    ends = [cover.ends_on for cover in covers if cover.ends_on]
    waiting: dict[str, list[int]] = {}
    for row in rows:
        if row.waiting_on and row.waiting_since:
            waiting.setdefault(row.waiting_on, []).append((as_of - row.waiting_since).days)
    figures = (
        Figure(_("Active clients"), len(rows)),
        Figure(_("May release goods tomorrow"), ready),
        Figure(_("May not"), len(rows) - ready),
        Figure(_("Accounts short of security"), sum(cover.shortfall_amount > 0 for cover in covers)),
        Figure(_("Short in all"), total(cover.shortfall_amount for cover in covers), "money"),
        Figure(_("Security ending within 30 days"), _ending(ends, as_of, 30)),
        Figure(_("Security ending within 60 days"), _ending(ends, as_of, 60)),
        Figure(_("Security ending within 90 days"), _ending(ends, as_of, 90)),
        Figure(_("Documents outstanding"), sum(row.open_documents for row in rows)),
        Figure(_("Documents late"), sum(row.late_documents for row in rows)),
        Figure(_("Tasks open"), sum(row.open_tasks for row in rows)),
        Figure(_("Tasks late"), sum(row.late_tasks for row in rows)),
        *(
            Figure(_("Longest wait on %(party)s, days", party=words.party(key)), max(days))
            for key, days in sorted(waiting.items())
        ),
    )
    done = [sum(row.ready.readiness.gates[n].state == "done" for row in rows) for n in range(len(GATES))]
    return Sheet(
        _("Summary"),
        (
            Figures(figures),
            table(
                "tblGates",
                (col(_("Gate")), col(_("Clients through"), "integer"), col(_("Clients not yet"), "integer")),
                [
                    (f"{n} {gate.in_(language)}", done[n - 1], len(rows) - done[n - 1])
                    for n, gate in enumerate(GATES, 1)
                ],
                heading=_("Clients through each gate"),
            ),
            Chart(
                "stacked_bar",
                _("Clients through each gate"),
                "tblGates",
                "c0",
                (Series("c1", "done"), Series("c2", "waiting")),
                place="right",
            ),
        ),
        one_page=True,
    )


def _ending(ends: Sequence[date], as_of: date, days: int) -> int:
    return sum(as_of <= end <= as_of + timedelta(days=days) for end in ends)


def portfolio(rows: Sequence[PortfolioRow], as_of: date, language: str, address: Address) -> Sheet:
    """One row a client."""
    columns = (
        col(_("Client"), "link", width=30),
        col(_("BN9")),
        col(_("Residency"), width=12),
        col(_("Lead"), width=16),
        col(_("Brokers"), "wrapped", width=24),
        col(_("May release tomorrow"), "status", width=11),
        col(_("Because"), "wrapped", width=34),
        col(_("Readiness %"), "percent", marks="bar"),
        col(_("Gates 1 to 6")),
        col(_("Required"), "money", total="sum"),
        col(_("Posted"), "money", total="sum"),
        col(_("Short"), "money", total="sum"),
        cover_col(_("Lowest cover %"), warning_percent()),
        col(_("Security ends"), "date"),
        col(_("Account managers"), "integer"),
        col(_("Tasks open"), "integer", total="sum"),
        col(_("Tasks late"), "integer", total="sum"),
        col(_("Documents open"), "integer", total="sum"),
        col(_("Documents late"), "integer", total="sum"),
        col(_("Waiting on")),
        col(_("Days"), "integer"),
        col(_("Next date"), "date"),
    )
    sheet_table = table(
        "tblPortfolio",
        columns,
        [_portfolio_values(row, as_of, language, address) for row in rows],
        empty=_("No active client."),
    )
    return Sheet(_("Portfolio"), (sheet_table,), freeze=1)


def _portfolio_values(row: PortfolioRow, as_of: date, language: str, address: Address) -> list[Value]:
    ready, covers = row.ready.readiness, row.covers
    blocked = next((release for release in ready.releases if not release.may), None)
    reason = blocked.because if blocked else (ready.gates[0].reasons[0] if ready.gates[0].reasons else None)
    percents = [int(c.coverage_percent) for c in covers if c.coverage_percent is not None]
    return [
        Link(row.legal_name, address("desk.client", row.client_id)),
        row.bn9,
        words.residency(row.residency),
        row.lead,
        row.brokers,
        words.release(ready.may_release),
        reason.in_(language) if reason is not None else "",
        ready.percent,
        "".join(GATE_SHAPES[gate.state] for gate in ready.gates),
        total(c.required_amount for c in covers),
        total(c.posted_amount for c in covers),
        total(c.shortfall_amount for c in covers),
        min(percents, default=None),
        min((c.ends_on for c in covers if c.ends_on), default=None),
        row.ready.bam_count,
        row.open_tasks,
        row.late_tasks,
        row.open_documents,
        row.late_documents,
        words.party(row.waiting_on),
        (as_of - row.waiting_since).days if row.waiting_since else None,
        row.next_date_on,
    ]


def risks(rows: Sequence[PortfolioRow], found: Mapping[UUID, Sequence[Risk]], language: str) -> Sheet:
    """What could stop a release, why, the dollars behind it and the next step: the risks page's own rows, then late documents."""
    columns = (
        col(_("Client"), width=28),
        col(_("Account"), width=18),
        col(_("Severity"), "status", width=11),
        col(_("Risk"), "wrapped", width=34),
        col(_("Cause"), "wrapped", width=34),
        col(_("Exposure"), "money"),
        col(_("What the amount is"), "wrapped", width=22),
        col(_("Since"), "date"),
        col(_("What to do next"), "wrapped", width=30),
        col(_("By whom")),
        col(_("By when"), "date"),
    )
    listed = in_order(risk for row in rows for risk in found.get(row.client_id, ()))
    values = [_risk_values(risk, language) for risk in listed] + [_late(row) for row in rows if row.late_documents]
    return Sheet(_("Overdue and risk"), (table("tblRisks", columns, values, empty=_("Nothing at risk.")),))


def _risk_values(risk: Risk, language: str) -> list[Value]:
    severity = {
        "high": Status("late", _("high")),
        "medium": Status("waiting", _("medium")),
        "low": Status("open", _("low")),
    }
    return [
        risk.client_name,
        risk.account or "",
        severity[risk.severity.value],
        risk.sentence.in_(language),
        risk.cause.in_(language),
        risk.exposure_amount,
        risk.exposure_word.in_(language) if risk.exposure_word else "",
        risk.since,
        risk.then.in_(language),
        words.party(risk.party),
        risk.by_when,
    ]


def _late(row: PortfolioRow) -> list[Value]:
    cause = _("%(count)s documents late", count=row.late_documents)
    then, status = _("Follow up the late documents"), Status("waiting", _("medium"))
    return [row.legal_name, "", status, _("documents late"), cause, None, "", None, then, words.party("us"), None]
