"""Reports, sheets: financial security and the statements it is sized by. CAD."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from flask_babel import gettext as _

from tracker.accounts.queries import warning_percent
from tracker.clients.models import Statement
from tracker.guarantees.account_cover import AccountCover, Share
from tracker.guarantees.outlook import Outlook, outlook
from tracker.guarantees.rules.review import roll_offs
from tracker.guarantees.words import STATE_WORDS
from tracker.platform.languages import language
from tracker.reports import words
from tracker.reports.gathering import PortfolioRow
from tracker.reports.sheets.making import Address, Value, col, cover_col, table
from tracker.rulebook.calendar import last_safe_paper_day
from tracker.rulebook.types import Rules
from tracker.workbook import Link, Sheet


def guarantee(
    rows: Sequence[PortfolioRow], address: Address, providers: Mapping[UUID, str], only: UUID | None = None
) -> Sheet:
    """One row a program account, the largest shortfall first; of one surety, the accounts it stands or will stand for."""
    columns = (
        col(_("Client"), "wrapped", width=26),
        col(_("Program account"), "link"),
        col(_("Form"), width=11),
        col(_("State"), "status", width=18),
        col(_("Surety and instrument"), "wrapped", width=22),
        col(_("Peak period ends"), "date"),
        col(_("Peak"), "money"),
        col(_("Our estimate"), "money"),
        col(_("Portal figure"), "money"),
        col(_("Read on"), "date"),
        col(_("Required"), "money", total="sum"),
        col(_("Posted"), "money", total="sum"),
        col(_("Short"), "money", total="sum"),
        cover_col(_("Cover %"), warning_percent()),
        col(_("Ends"), "date"),
        col(_("RPP")),
        col(_("How it came about"), "wrapped", width=34),
    )
    values: list[list[Value]] = [
        [
            c.client_name,
            Link(c.number, address("guarantees.client", c.client_id)),
            _("agreement") if c.form.value == "agreement" else _("cash"),
            words.cover_state(c),
            _held(c, providers, only),
            c.estimate.peak_period_end,
            c.estimate.peak_amount if c.known_months else None,
            c.estimate.required_amount if c.known_months else None,
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
        for c in covers_of(rows, only)
    ]
    sheet_table = table("tblGuarantee", columns, values, empty=_("No program account."))
    return Sheet(_("Guarantee"), (sheet_table,), freeze=2)


def covers_of(rows: Sequence[PortfolioRow], only: UUID | None = None) -> list[AccountCover]:
    """The accounts of these clients, the largest shortfall first; of one surety, those it stands or will stand for."""
    found = (cover for row in rows for cover in row.covers if only is None or _is_with(cover, only))
    return sorted(found, key=lambda c: (-c.shortfall_amount, -c.required_amount, c.number))


def _is_with(cover: AccountCover, provider_id: UUID) -> bool:
    return any(share.provider_id == provider_id for share in cover.shares)


def _held(cover: AccountCover, providers: Mapping[UUID, str], only: UUID | None) -> str:
    """Who secures the account, with the instrument's number and how far it is; one surety is shown its own alone."""
    shares = [share for share in cover.shares if only is None or share.provider_id == only]
    return "\n".join(line for share in shares for line in _lines(share, providers))


def _lines(share: Share, providers: Mapping[UUID, str]) -> list[str]:
    name = providers.get(share.provider_id, "") if share.provider_id else ""
    number = " · ".join(part for part in (share.number or "", str(STATE_WORDS[share.state])) if part)
    return [line for line in (name, number) if line]


def review(rows: Sequence[PortfolioRow], rules: Rules, address: Address) -> Sheet:
    """One row a program account of which anything is known: what the annual review in view sets, what is short then,
    until when a change has to be under way, and where the first roll-off leads. The largest shortfall first. CAD."""
    seen = [outlook(cover, rules) for row in rows for cover in row.covers if cover.has_history]
    seen.sort(key=lambda o: (-o.missing_on(o.in_view.cycle.deadline_on), -o.increase_amount, o.cover.number))
    columns = (
        col(_("Client"), "wrapped", width=26),
        col(_("Program account"), "link"),
        col(_("Review of"), "date"),
        col(_("Required"), "money", total="sum"),
        col(_("Review sets"), "money", total="sum"),
        col(_("Rise"), "money", total="sum"),
        col(_("Comply by"), "date"),
        col(_("Posted then"), "money", total="sum"),
        col(_("Short then"), "money", total="sum", marks="shortfall"),
        col(_("On paper by"), "date"),
        col(_("Statements")),
        col(_("How it came about"), "wrapped", width=34),
        col(_("Peak leaves"), "date"),
        col(_("Falls to"), "money"),
    )
    values = [_review_values(one, rules, address) for one in seen]
    sheet_table = table("tblReview", columns, values, empty=_("No program account."))
    return Sheet(_("Annual review"), (sheet_table,), freeze=2)


def _review_values(seen: Outlook, rules: Rules, address: Address) -> list[Value]:
    cover, ahead = seen.cover, seen.in_view
    falls = roll_offs(cover.form, cover.months, rules, cover.as_of)
    return [
        cover.client_name,
        Link(cover.number, address("guarantees.client", cover.client_id)),
        ahead.cycle.run_on,
        cover.required_amount,
        ahead.amount,
        seen.increase_amount,
        ahead.cycle.deadline_on,
        cover.posted_on(ahead.cycle.deadline_on),
        seen.missing_on(ahead.cycle.deadline_on),
        last_safe_paper_day(ahead.cycle.deadline_on),
        _("%(known)s of %(all)s", known=ahead.known_months, all=ahead.window_months),
        ahead.requirement.explanation.in_(language()),
        falls[0].on if falls else None,
        falls[0].after.required_amount if falls else None,
    ]


def statements(rows: Sequence[tuple[str, Statement]], peaks: set[tuple[str, date]]) -> Sheet:
    """A client's monthly statements, the peaks marked."""
    titles = (
        _("A last total"), _("B corrections"), _("C payments"), _("D disbursements"), _("E interest and penalties"),
        _("F charges"), _("G credits"), _("H total"),
    )  # fmt: skip
    columns = (
        col(_("Program account")),
        col(_("Period from"), "date"),
        col(_("Period to"), "date"),
        *(col(title, "money") for title in titles),
        col(_("Due"), "date"),
        col(_("Paid on"), "date"),
        col(_("Remark")),
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
    return Sheet(_("Statements"), (table("tblStatements", columns, values, empty=_("No statement yet.")),))
