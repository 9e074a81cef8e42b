"""Reports, sheets: the one page a partner reads first, beside the month before. CAD."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _

from tracker.accounts.queries import warning_percent
from tracker.guarantees.account_cover import AccountCover
from tracker.platform.days import month, spoken
from tracker.readiness.rules import GATES
from tracker.readiness.snapshots import MonthEnd
from tracker.reports import words
from tracker.reports.comparing import Before
from tracker.reports.gathering import PortfolioRow
from tracker.reports.sheets.making import col, table
from tracker.reports.summing import PARTIES, FirmFigures, firm_figures
from tracker.workbook import Chart, Figure, Figures, Series, Sheet, Table
from tracker.workbook.parts import Better, Kind

LARGEST = 8
WIDTH = 820  # pixels of a chart


def summary(
    rows: Sequence[PortfolioRow],
    as_of: date,
    language: str,
    before: Before | None,
    ends: Sequence[MonthEnd],
) -> Sheet:
    """The firm's figures with those of the recorded day before, and what they are made of."""
    now = firm_figures(row.stand for row in rows)
    then = firm_figures(before.stands.values()) if before else None
    covers = [cover for row in rows for cover in row.covers]
    trend = _trend(now, as_of, ends, language)
    short = _largest(covers)
    return Sheet(
        _("Summary"),
        (
            Figures(_figures(now, then), before=spoken(before.day, language) if before else ""),
            _gates(rows, language),
            _bands(covers),
            *short,
            *trend,
            _chart(
                "stacked_bar", _("Clients through each gate"), "tblGates", Series("c1", "done"), Series("c2", "waiting")
            ),
            _chart("column", _("Accounts by cover"), "tblCover", Series("c1")),
            *([_chart("bar", _("Largest shortfalls"), "tblShort", Series("c1"))] if short else ()),
            *(
                [_chart("line", _("Clients at the end of the month"), "tblTrend", Series("c1"), Series("c2"))]
                if trend
                else ()
            ),
        ),
        intro=(_compared(language, before),),
        one_page=True,
    )


def _compared(language: str, before: Before | None) -> str:
    if before is None:
        return _("No earlier record kept: there is nothing to compare with yet.")
    return _("Compared with the record of %(day)s.", day=spoken(before.day, language))


def _chart(kind: Any, title: str, name: str, *series: Series) -> Chart:
    return Chart(kind, title, name, "c0", series, place="right", height=14, width=WIDTH)


def _figures(now: FirmFigures, then: FirmFigures | None) -> tuple[Figure, ...]:
    def one(label: str, name: str, better: Better = "", kind: Kind = "integer") -> Figure:
        return Figure(label, getattr(now, name), kind, getattr(then, name) if then else None, better)

    return (
        one(_("Active clients"), "clients"),
        one(_("May release goods tomorrow"), "may_release", "up"),
        one(_("Share of clients that may release"), "ready_percent", "up", "percent"),
        one(_("Accounts short of security"), "accounts_short", "down"),
        one(_("Short in all"), "shortfall_amount", "down", "money"),
        one(_("Security ending within 30 days"), "ending_30", "down"),
        one(_("Security ending within 60 days"), "ending_60", "down"),
        one(_("Security ending within 90 days"), "ending_90", "down"),
        one(_("Documents outstanding"), "open_documents", "down"),
        one(_("Documents late"), "late_documents", "down"),
        one(_("Tasks open"), "open_tasks"),
        one(_("Tasks late"), "late_tasks", "down"),
        *_waits(now.waits, then.waits if then else None),
    )


def _waits(now: Mapping[str, int], then: Mapping[str, int] | None) -> list[Figure]:
    """The longest wait on each party that is or was waited on; nought where nobody waits."""
    return [
        Figure(
            _("Longest wait on %(party)s, days", party=words.party(key)),
            now.get(key, 0),
            "integer",
            None if then is None else then.get(key, 0),
            "down",
        )
        for key in PARTIES
        if key in now or (then is not None and key in then)
    ]


def _gates(rows: Sequence[PortfolioRow], language: str) -> Table:
    done = [sum(row.ready.readiness.gates[n].state == "done" for row in rows) for n in range(len(GATES))]
    lines = [(f"{n} {gate.in_(language)}", done[n - 1], len(rows) - done[n - 1]) for n, gate in enumerate(GATES, 1)]
    columns = (col(_("Gate")), col(_("Clients through"), "integer"), col(_("Clients not yet"), "integer"))
    return table("tblGates", columns, lines, heading=_("Clients through each gate"))


def _bands(covers: Sequence[AccountCover]) -> Table:
    """How many accounts are covered how far; the last border is the firm's own."""
    warning = warning_percent()
    percents = [int(c.coverage_percent) for c in covers if c.coverage_percent is not None]
    edges = ((0, 0), (1, 49), (50, 99), (100, warning - 1))
    lines = [
        ("0 %" if high == 0 else f"{low}–{high} %", sum(low <= p <= high for p in percents))
        for low, high in edges
        if low <= high
    ]
    lines.append((_("%(percent)s %% or more", percent=warning), sum(p >= warning for p in percents)))
    lines.append((_("nothing required"), sum(c.has_history and c.coverage_percent is None for c in covers)))
    lines.append((_("not known"), sum(not c.has_history for c in covers)))
    columns = (col(_("Cover")), col(_("Program accounts"), "integer"))
    return table("tblCover", columns, lines, heading=_("Accounts by cover"))


def _largest(covers: Sequence[AccountCover]) -> tuple[Table, ...]:
    short = sorted((c for c in covers if c.shortfall_amount > 0), key=lambda c: (-c.shortfall_amount, c.number))[
        :LARGEST
    ]
    if not short:
        return ()
    lines = [(f"{c.client_name} {c.number[-6:]}", c.shortfall_amount) for c in short]
    columns = (col(_("Client and account"), "link"), col(_("Short"), "money"))
    return (table("tblShort", columns, lines, heading=_("Largest shortfalls")),)


def _trend(now: FirmFigures, as_of: date, ends: Sequence[MonthEnd], language: str) -> tuple[Table, ...]:
    """The months that were recorded, and today; nothing before the second point."""
    if not ends:
        return ()
    lines: list[tuple[Any, ...]] = [
        (month(end.taken_on, language), end.clients, end.may_release, end.shortfall_amount) for end in ends
    ]
    lines.append((spoken(as_of, language), now.clients, now.may_release, now.shortfall_amount))
    columns = (
        col(_("Month")),
        col(_("Active clients"), "integer"),
        col(_("May release goods tomorrow"), "integer"),
        col(_("Short in all"), "money"),
    )
    return (table("tblTrend", columns, lines, heading=_("End of each month on record")),)
