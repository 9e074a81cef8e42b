"""Reports, sheets: what lies behind the guarantees: the largest shortfalls, drawn, and the months they are sized by. CAD."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from flask_babel import gettext as _

from tracker.guarantees.account_cover import AccountCover
from tracker.guarantees.rules import closed_periods
from tracker.guarantees.rules.sizing import LOOKBACK, count_of
from tracker.guarantees.wording import short_month
from tracker.reports.gathering import PortfolioRow
from tracker.reports.sheets.making import Address, Value, col, table
from tracker.reports.sheets.security import covers_of
from tracker.rulebook.types import Rules
from tracker.workbook import Chart, Link, Marked, Series, Sheet
from tracker.workbook.text import shortened

LARGEST = 15  # bars that can be read on one page
LABEL = 34  # characters of a name beside its bar
FRAME, BAR = 8, 1.2  # rows of a chart: title and axis; each bar


def shortfalls(rows: Sequence[PortfolioRow], address: Address, only: UUID | None = None) -> Sheet:
    """The largest shortfalls as a table and as bars, the largest first; a sentence and no bars when no account is short."""
    short = [cover for cover in covers_of(rows, only) if cover.shortfall_amount > 0]
    shown = short[:LARGEST]
    columns = (
        col(_("Client"), "wrapped", width=30),
        col(_("Program account"), "link"),
        col(_("Required"), "money"),
        col(_("Posted"), "money"),
        col(_("Short"), "money"),
        col(_("In the chart")),
    )
    values: list[list[Value]] = [
        [
            cover.client_name,
            Link(cover.number, address("guarantees.client", cover.client_id)),
            cover.required_amount,
            cover.posted_amount,
            cover.shortfall_amount,
            f"{shortened(cover.client_name, LABEL)} {cover.number[-6:]}",
        ]
        for cover in shown
    ]
    sheet_table = table("tblShortfalls", columns, values, empty=_("No program account is short of security."))
    told = _("The %(shown)s largest of %(all)s shortfalls.", shown=len(shown), all=len(short))
    return Sheet(
        _("Shortfalls"),
        (sheet_table, *([_bars(len(shown))] if shown else ())),
        intro=(told,) if len(short) > len(shown) else (),
        one_page=True,
    )


def _bars(count: int) -> Chart:
    return Chart(
        "bar",
        _("Largest shortfalls, in Canadian dollars"),
        "tblShortfalls",
        "c5",
        (Series("c4"),),
        height=round(FRAME + BAR * count),
        width=840,
    )


def months(
    rows: Sequence[PortfolioRow], rules: Rules, language: str, address: Address, only: UUID | None = None
) -> Sheet:
    """One row a program account, in the order of the guarantees: the charges of each closed period that counts today.

    The peak is bold behind its sign; a period without a statement says so, since nothing owed and nothing known differ.
    No totals: an account is sized by its own peak, and the peak of a sum would be nobody's.
    """
    ends = closed_periods(rules.day, count_of(rules.fact(LOOKBACK)))
    columns = (
        col(_("Client"), "wrapped", width=26),
        col(_("Program account"), "link"),
        *(col(short_month(end, language), "money0") for end in ends),
        col(_("Peak period ends"), "date"),
        col(_("Statements")),
    )
    values = [_months(cover, ends, address) for cover in covers_of(rows, only)]
    return Sheet(
        _("Guarantee months"),
        (table("tblMonths", columns, values, empty=_("No program account.")),),
        intro=(
            _("Charges (F of the statement) of the last %(count)s closed billing periods, by the month each ends in; whole dollars shown, cents kept. ◆ and bold: the peak.", count=len(ends)),
        ),
        freeze=2,
    )  # fmt: skip


def _months(cover: AccountCover, ends: Sequence[date], address: Address) -> list[Value]:
    charges = {month.period_end: month.amount for month in cover.months}
    peak_on = cover.estimate.peak_period_end if cover.estimate.peak_amount > 0 else None
    amounts: list[Value] = [
        _("missing") if end not in charges else Marked(charges[end]) if end == peak_on else charges[end] for end in ends
    ]
    known = _("%(known)s of %(all)s", known=sum(end in charges for end in ends), all=len(ends))
    link = Link(cover.number, address("guarantees.client", cover.client_id))
    return [cover.client_name, link, *amounts, peak_on, known]
