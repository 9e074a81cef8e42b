"""Reports, sheets: the firm's people, and what the files do not say yet."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from flask_babel import gettext as _

from tracker.reports import words
from tracker.reports.gaps import gaps
from tracker.reports.gathering import PortfolioRow
from tracker.reports.sheets.making import Address, Value, col, table
from tracker.reports.summing import Workload
from tracker.risks.enums import RiskKind, Severity
from tracker.risks.facts import Risk
from tracker.workbook import Link, Sheet

ORDER = {severity: rank for rank, severity in enumerate(Severity)}


def team(rows: Sequence[Workload]) -> Sheet:
    """One row a person."""
    columns = (
        col(_("Person"), width=26),
        col(_("Clients"), "integer"),
        col(_("Tasks open"), "integer", total="sum"),
        col(_("Tasks late"), "integer", total="sum"),
        col(_("Tasks due within 7 days"), "integer", total="sum"),
        col(_("Documents open"), "integer", total="sum"),
        col(_("Documents late"), "integer", total="sum"),
        col(_("Median days to accept a document"), "decimal"),
    )
    values: list[list[Value]] = [
        [
            row.person or _("nobody yet"),
            row.clients if row.person else None,
            row.open_tasks,
            row.late_tasks,
            row.tasks_due_soon,
            row.open_documents,
            row.late_documents,
            row.days_to_accept,
        ]
        for row in rows
    ]
    return Sheet(_("Team"), (table("tblTeam", columns, values, empty=_("Nobody is on a client yet.")),), freeze=1)


def quality(
    rows: Sequence[PortfolioRow], found: Mapping[UUID, Sequence[Risk]], language: str, address: Address
) -> Sheet:
    """What contradicts itself and what is missing, the gravest first."""
    columns = (
        col(_("Client"), "link"),
        col(_("Account"), width=18),
        col(_("Severity"), "status", width=11),
        col(_("What is wrong"), "wrapped"),
        col(_("Why it was noticed"), "wrapped"),
        col(_("What to do next"), "wrapped"),
    )
    lines: list[tuple[Severity, list[Value]]] = []
    for row in rows:
        link = Link(row.legal_name, address("desk.client", row.client_id))
        for risk in found.get(row.client_id, ()):
            if risk.kind is RiskKind.CONTRADICTION:
                texts = [text.in_(language) for text in (risk.sentence, risk.cause, risk.then)]
                lines.append((risk.severity, [link, risk.account, words.severity(risk.severity), *texts]))
        for account, severity, text in gaps(row):
            missing = [text.in_(language), _("missing on file"), _("Find out and note it")]
            lines.append((severity, [link, account, words.severity(severity), *missing]))
    values = [line for _severity, line in sorted(lines, key=lambda one: ORDER[one[0]])]
    sheet_table = table("tblQuality", columns, values, empty=_("Nothing is missing and nothing contradicts itself."))
    return Sheet(_("Data quality"), (sheet_table,), freeze=1)
