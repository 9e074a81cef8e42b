"""Reports, sheets: each sheet of the workbooks, made from gathered rows. Words in the reader's language. CAD."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from tracker.clients.models import Statement
from tracker.documents.queries import DocumentRow
from tracker.platform.money import ZERO
from tracker.readiness.rules import FORMULA, GATES
from tracker.reports import words
from tracker.reports.gathering import DelegationRow, PortfolioRow, TaskRow
from tracker.reports.workbook import Chart, Column, Figure, Figures, Link, Series, Sheet, Status, Table
from tracker.rulebook.types import Rules

Address = Callable[[str, Any], str]
Value = Any


def _col(title: str, kind: Any = "text", *, total: Any = "", marks: Any = "") -> Column:
    """A column whose key is its place in the table, given by `_table`."""
    return Column("", title, kind, total=total, marks=marks)


def _table(
    name: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Value]],
    *,
    empty: str = "",
    group_by: int | None = None,
    heading: str = "",
) -> Table:
    keyed = tuple(replace(column, key=f"c{n}") for n, column in enumerate(columns))
    return Table(
        name,
        keyed,
        [tuple(row) for row in rows],
        totals=any(column.total for column in keyed),
        empty=empty,
        group="" if group_by is None else f"c{group_by}",
        heading=heading,
    )


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
        Figure(_("Short in all"), _total(cover.shortfall_amount for cover in covers), "money"),
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
            _table(
                "tblGates",
                (_col(_("Gate")), _col(_("Clients through"), "integer"), _col(_("Clients not yet"), "integer")),
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
            ),
        ),
        intro=(_("As of %(day)s, from the rows of that day", day=as_of.isoformat()),),
    )


def _ending(ends: Sequence[date], as_of: date, days: int) -> int:
    return sum(as_of <= end <= as_of + timedelta(days=days) for end in ends)


def _total(amounts: Any) -> Decimal:
    return sum(amounts, ZERO)


def portfolio(rows: Sequence[PortfolioRow], as_of: date, language: str, address: Address) -> Sheet:
    """One row a client."""
    columns = (
        _col(_("Client"), "link"),
        _col(_("Our number")),
        _col(_("Trade name")),
        _col(_("BN9")),
        _col(_("Accounts"), "integer"),
        _col(_("Residency")),
        _col(_("Lead")),
        _col(_("Brokers"), "wrapped"),
        _col(_("May release tomorrow"), "status"),
        _col(_("Because"), "wrapped"),
        _col(_("Readiness %"), "percent", marks="bar"),
        *(_col(gate.in_(language), "status") for gate in GATES),
        _col(_("Required"), "money", total="sum"),
        _col(_("Posted"), "money", total="sum"),
        _col(_("Short"), "money", total="sum"),
        _col(_("Lowest cover %"), "percent", marks="coverage"),
        _col(_("Security ends"), "date"),
        _col(_("Account managers"), "integer"),
        _col(_("Tasks open"), "integer", total="sum"),
        _col(_("Tasks late"), "integer", total="sum"),
        _col(_("Documents open"), "integer", total="sum"),
        _col(_("Documents late"), "integer", total="sum"),
        _col(_("Waiting on")),
        _col(_("Days"), "integer"),
        _col(_("Next date"), "date"),
    )
    table = _table(
        "tblPortfolio",
        columns,
        [_portfolio_values(row, as_of, language, address) for row in rows],
        empty=_("No active client."),
    )
    return Sheet(_("Portfolio"), (table,), freeze=1)


def _portfolio_values(row: PortfolioRow, as_of: date, language: str, address: Address) -> list[Value]:
    ready, covers = row.ready.readiness, row.covers
    blocked = next((release for release in ready.releases if not release.may), None)
    reason = blocked.because if blocked else (ready.gates[0].reasons[0] if ready.gates[0].reasons else None)
    percents = [int(c.coverage_percent) for c in covers if c.coverage_percent is not None]
    return [
        Link(address("desk.client", row.client_id), row.legal_name),
        row.client_number,
        row.trade_name,
        row.bn9,
        len(covers),
        words.residency(row.residency),
        row.lead,
        row.brokers,
        words.release(ready.may_release),
        reason.in_(language) if reason is not None else "",
        ready.percent,
        *(words.gate(gate) for gate in ready.gates),
        _total(c.required_amount for c in covers),
        _total(c.posted_amount for c in covers),
        _total(c.shortfall_amount for c in covers),
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


def guarantee(rows: Sequence[PortfolioRow], address: Address) -> Sheet:
    """One row a program account, the largest shortfall first."""
    covers = sorted(
        (cover for row in rows for cover in row.covers),
        key=lambda c: (-c.shortfall_amount, -c.required_amount, c.number),
    )
    columns = (
        _col(_("Client"), "link"),
        _col(_("Program account")),
        _col(_("Form")),
        _col(_("State"), "status"),
        _col(_("Peak period ends"), "date"),
        _col(_("Peak"), "money"),
        _col(_("Our estimate"), "money"),
        _col(_("Portal figure"), "money"),
        _col(_("Read on"), "date"),
        _col(_("Required"), "money", total="sum"),
        _col(_("Posted"), "money", total="sum"),
        _col(_("Short"), "money", total="sum"),
        _col(_("Cover %"), "percent", marks="coverage"),
        _col(_("Ends"), "date"),
        _col(_("RPP")),
        _col(_("How it came about"), "wrapped"),
    )
    values: list[list[Value]] = [
        [
            Link(address("guarantees.client", c.client_id), c.client_name),
            c.number,
            _("agreement") if c.form.value == "agreement" else _("cash"),
            words.cover_state(c),
            c.estimate.peak_period_end,
            c.estimate.peak_amount if c.is_estimate_from_statements else None,
            c.estimate.required_amount if c.is_estimate_from_statements else None,
            c.portal_amount,
            c.portal_read_on,
            c.required_amount if c.has_history else None,
            c.posted_amount,
            c.shortfall_amount if c.has_history else None,
            int(c.coverage_percent) if c.coverage_percent is not None else None,
            c.ends_on,
            words.known(c.is_rpp_enrolled),
            words.figure_source(c),
        ]
        for c in covers
    ]
    table = _table("tblGuarantee", columns, values, empty=_("No program account."))
    return Sheet(_("Guarantee"), (table,), freeze=2)


def documents(rows: Sequence[DocumentRow]) -> Sheet:
    """One row a document request."""
    columns = (
        _col(_("Client")),
        _col(_("Document"), "wrapped"),
        _col(_("Why needed"), "wrapped"),
        _col(_("State"), "status"),
        _col(_("Requested"), "date"),
        _col(_("Due"), "date"),
        _col(_("Received"), "datetime"),
        _col(_("Days outstanding"), "integer"),
        _col(_("Owner")),
        _col(_("Returned because"), "wrapped"),
        _col(_("Expires"), "date"),
    )
    values: list[list[Value]] = [
        [
            d.client,
            d.document,
            d.why,
            Status("late" if d.is_late else words.REQUEST_TONES[d.state], d.state_word),
            d.requested_on,
            d.due_on,
            d.received_at,
            d.days_outstanding,
            d.owner,
            d.returned_reason,
            d.expires_on,
        ]
        for d in rows
    ]
    return Sheet(_("Documents"), (_table("tblDocuments", columns, values, empty=_("Nothing asked for.")),))


def broker_coordination(rows: Sequence[DelegationRow], as_of: date) -> Sheet:
    """Delegations grouped by partner, a printed page each, so that one can be sent."""
    columns = (
        _col(_("Partner")),
        _col(_("Client")),
        _col(_("BN9")),
        _col(_("Program account")),
        _col(_("Delegation"), "status"),
        _col(_("Level")),
        _col(_("Visibility")),
        _col(_("Requested"), "date"),
        _col(_("Decided"), "date"),
        _col(_("Verified"), "date"),
        _col(_("Tasks open"), "integer", total="sum"),
        _col(_("Oldest, days"), "integer"),
    )
    values: list[list[Value]] = [
        [
            d.partner,
            d.client,
            d.bn9,
            d.account or _("all accounts"),
            words.delegation(d.state),
            words.level(d.level),
            words.visibility(d.visibility),
            d.requested_on,
            d.decided_on,
            d.verified_on,
            d.open_tasks,
            (as_of - d.oldest_since).days if d.oldest_since else None,
        ]
        for d in rows
    ]
    table = _table("tblBrokers", columns, values, empty=_("No broker named yet."), group_by=0)
    return Sheet(_("Broker coordination"), (table,), freeze=2)


def tasks(rows: Sequence[TaskRow], as_of: date, *, with_client: bool = True) -> Sheet:
    """Open tasks, and on whom each waits since when."""
    columns = (
        *((_col(_("Client")),) if with_client else ()),
        _col(_("Task"), "wrapped"),
        _col(_("Waiting on")),
        _col(_("Since"), "date"),
        _col(_("Days"), "integer"),
        _col(_("Due"), "date"),
        _col(_("State"), "status"),
        _col(_("Owner")),
        _col(_("Partner")),
    )
    values: list[list[Value]] = [
        [
            *((t.client,) if with_client else ()),
            t.title,
            words.party(t.waiting_on.value),
            t.waiting_since,
            (as_of - t.waiting_since).days,
            t.due_on,
            Status("late", _("late")) if t.due_on and t.due_on < as_of else Status("open", _("open")),
            t.owner,
            t.partner,
        ]
        for t in rows
    ]
    return Sheet(_("Tasks"), (_table("tblTasks", columns, values, empty=_("Nothing open.")),))


def deadlines(rows: Sequence[Any], as_of: date, language: str) -> Sheet:
    """Dates to come, soonest first, each with its kind."""
    columns = (
        _col(_("Date"), "date"),
        _col(_("Weekday")),
        _col(_("Days left"), "integer"),
        _col(_("Client")),
        _col(_("What"), "wrapped"),
        _col(_("Kind")),
    )
    kinds = {"statutory": _("statutory"), "contractual": _("contractual"), "internal": _("internal")}
    values: list[list[Value]] = [
        [
            d.on,
            _weekday(d.on),
            (d.on - as_of).days,
            d.client_name or _("all clients"),
            d.what.in_(language),
            kinds.get(str(getattr(d.kind, "value", d.kind)), str(d.kind)),
        ]
        for d in rows
    ]
    return Sheet(_("Deadlines"), (_table("tblDeadlines", columns, values, empty=_("Nothing due.")),))


def _weekday(day: date) -> str:
    names = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))
    return names[day.weekday()]


def risks(rows: Sequence[PortfolioRow], as_of: date, language: str) -> Sheet:
    """What could stop a release, and the dollars behind it."""
    columns = (
        _col(_("Client")),
        _col(_("Risk"), "status"),
        _col(_("Cause"), "wrapped"),
        _col(_("Exposure"), "money", total="sum"),
        _col(_("By when"), "date"),
    )
    values = [value for row in rows for value in _risks_of(row, as_of, language)]
    return Sheet(
        _("Overdue and risk"),
        (_table("tblRisks", columns, values, empty=_("Nothing at risk.")),),
    )


def _risks_of(row: PortfolioRow, as_of: date, language: str) -> list[list[Value]]:
    found: list[list[Value]] = []
    for cover in row.covers:
        if cover.has_history and cover.shortfall_amount > 0:
            cause = f"{cover.number}: {words.figure_source(cover)}"
            found.append([row.legal_name, Status("late", _("security short")), cause, cover.shortfall_amount, None])
        elif cover.ends_on and cover.ends_on <= as_of + timedelta(days=90):
            status = Status("waiting", _("security ending"))
            found.append([row.legal_name, status, cover.number, cover.required_amount, cover.ends_on])
    if row.ready.bam_count < 2:
        reasons = row.ready.readiness.gates[1].reasons
        cause = reasons[-1].in_(language) if reasons else ""
        found.append([row.legal_name, Status("waiting", _("key person")), cause, None, None])
    if row.late_documents:
        cause = _("%(count)s documents late", count=row.late_documents)
        found.append([row.legal_name, Status("late", _("documents late")), cause, None, None])
    return found


def statements(rows: Sequence[tuple[str, Statement]], peaks: set[tuple[str, date]]) -> Sheet:
    """A client's monthly statements, the peaks marked."""
    titles = (
        _("A last total"), _("B corrections"), _("C payments"), _("D disbursements"), _("E interest and penalties"),
        _("F charges"), _("G credits"), _("H total"),
    )  # fmt: skip
    columns = (
        _col(_("Program account")),
        _col(_("Period from"), "date"),
        _col(_("Period to"), "date"),
        *(_col(title, "money") for title in titles),
        _col(_("Due"), "date"),
        _col(_("Paid on"), "date"),
        _col(_("Remark")),
    )
    values: list[list[Value]] = [
        [
            number,
            s.period_start,
            s.period_end,
            s.opening_amount,
            s.corrections_amount,
            s.payments_amount,
            s.disbursements_amount,
            s.interest_amount,
            s.charges_amount,
            s.credits_amount,
            s.total_amount,
            s.due_on,
            s.paid_on,
            _("peak") if (number, s.period_end) in peaks else None,
        ]
        for number, s in rows
    ]
    return Sheet(_("Statements"), (_table("tblStatements", columns, values, empty=_("No statement yet.")),))


def gates(row: PortfolioRow, language: str) -> Sheet:
    """One client's six gates, and the release answer for each account."""
    releases = _table(
        "tblRelease",
        (
            _col(_("Program account")),
            _col(_("May release tomorrow"), "status"),
            _col(_("Because"), "wrapped"),
        ),
        [[r.account, words.release(r.may), r.because.in_(language)] for r in row.ready.readiness.releases],
        empty=_("No program account."),
    )
    lines = _table(
        "tblGates",
        (_col(_("Gate")), _col(_("State"), "status"), _col(_("What is missing"), "wrapped")),
        [
            [f"{g.number} {g.label.in_(language)}", words.gate(g), " ".join(r.in_(language) for r in g.reasons)]
            for g in row.ready.readiness.gates
        ],
        heading=_("Six gates"),
    )
    return Sheet(_("Overview"), (releases, lines), intro=(row.legal_name,))


def read_me(rules: Rules, as_of: date, language: str) -> Sheet:
    """What every number means, so that nobody argues about it."""
    lines = (
        (_("As of"), as_of.isoformat()),
        (_("Days and times"), _("Dates are those of Toronto.")),
        (_("Readiness %"), FORMULA.in_(language)),
        (_("May release tomorrow"), _("An account may release when its profile is importer, the business is linked in the portal, a broker is approved for it, security posted tomorrow is at least what is required, and it is enrolled in RPP.")),
        (_("Required"), _("The figure CBSA's portal showed last, where someone noted it; otherwise our estimate.")),
        (_("Our estimate"), rules.fact("rpp.agreement_pct").text.in_(language)),
        (_("Posted"), _("Instruments that are posted, seen in the portal or ending, valid on the day, and of a kind CBSA is known to accept or the firm vouches for with a reason.")),
        (_("Lowest cover %"), _("Posted ÷ required of the worst covered account, cut down. Red under 100 %, amber under 120 %: the amber band is the firm's own.")),
        (_("Totals"), _("Totals under a table follow its filter.")),
        (_("Rulebook"), rules.digest[:16]),
    )  # fmt: skip
    cautions = tuple((f.id, f.caution.in_(language)) for f in rules.facts.values() if f.caution)
    definitions = _table("tblDefinitions", (_col(_("Word")), _col(_("What it means"), "wrapped")), lines)
    contested = _table(
        "tblContested", (_col(_("Fact")), _col(_("Caution"), "wrapped")), cautions, heading=_("What is contested")
    )
    return Sheet(_("Read me"), (definitions, contested), landscape=False)
