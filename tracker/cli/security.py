"""The tracker command: `tracker security` and `tracker statements check`."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import click
from flask_babel import gettext as _
from flask_babel import ngettext

from tracker.cli.arguments import DayType, in_language
from tracker.cli.layout import aligned
from tracker.cli.session import answer, application, refuse, say
from tracker.clients.statement_rows import all_unexplained
from tracker.guarantees.account_cover import AccountCover
from tracker.guarantees.carrying import covers_told
from tracker.guarantees.enums import SecurityForm
from tracker.guarantees.rules import required_amount
from tracker.platform.clock import today
from tracker.platform.days import spoken
from tracker.platform.money import ZERO, format_money
from tracker.rulebook.book import rules_at
from tracker.rulebook.types import Rules


@click.command()
@click.option("--as-of", type=DayType(), help="YYYY-MM-DD, default today")
@in_language
@click.option("--json", "as_json", is_flag=True)
def security(as_of: date | None, lang: str, as_json: bool) -> None:
    """What every program account needs, what is posted, and what is missing. CAD.

    On a day to come nothing falls by itself: what is required is today's figure, or a review's that is higher by then.
    """
    day = as_of or today()
    with application(language=lang):
        try:
            rows = rows_of(day)
        except KeyError as error:
            refuse(f"Nothing to work with: {error.args[0]}")
        lines = _lines(rows, day, lang)
    if as_json:
        answer([row for _cover, row in rows])
        return
    click.echo("\n".join(lines))


def rows_of(day: date) -> list[tuple[AccountCover, dict[str, Any]]]:
    """One row an account, and the cover it is of. KeyError when the regulation was not in force on that day."""
    rules = rules_at(day)
    return [(cover, security_row(cover, rules)) for cover in covers_told(rules, day)]


def _lines(rows: Sequence[tuple[AccountCover, dict[str, Any]]], day: date, lang: str) -> list[str]:
    """The same for people: the day, a line an account and what they come to, or that there is none."""
    told = _("As of %(day)s", day=spoken(day, lang))
    if not rows:
        return [told, _("No active client has an open importer account.")]
    titles = [_("Program account"), _("Required"), _("Posted"), _("Short"), _("Cover")]
    sums = [sum((Decimal(row[key]) for _cover, row in rows), ZERO) for key in ("required", "posted", "shortfall")]
    every = ngettext("%(num)s account", "%(num)s accounts", len(rows))
    total = [every, *(format_money(amount, lang) for amount in sums), ""]
    table = aligned(titles, [*(_cells(cover, row, lang) for cover, row in rows), total], right=(1, 2, 3, 4))
    return [told, "", *table[:-1], table[1], table[-1]]


def _cells(cover: AccountCover, row: dict[str, Any], lang: str) -> list[str]:
    """One account in words; where nothing is on file to size it by, that is not known, and not nought."""
    required, posted, short = (format_money(Decimal(row[key]), lang) for key in ("required", "posted", "shortfall"))
    if not cover.has_history:
        return [row["program_account"], _("not known"), posted, _("not known"), ""]
    percent = "" if row["coverage"] is None else f"{int(Decimal(row['coverage']))} %"
    return [row["program_account"], required, posted, short, percent]


def security_row(cover: AccountCover, rules: Rules) -> dict[str, Any]:
    """One account as `tracker security --json` prints it: amounts in CAD as text with two decimals.

    While it is not known what is required, its amounts are 0.00; the table says "not known".
    """
    percent = cover.coverage_percent
    both = {form: required_amount(form, cover.months, rules, cover.as_of).required_amount for form in SecurityForm}
    peak = cover.estimate.peak_period_end
    return {
        "program_account": cover.number,
        "peak_period_end": peak.isoformat() if peak else None,
        "peak_amount": _text(cover.estimate.peak_amount),
        "required": _text(cover.required_amount),
        "posted": _text(cover.posted_amount),
        "coverage": None if percent is None else str(percent),
        "shortfall": _text(cover.shortfall_amount),
        "agreement": _text(both[SecurityForm.AGREEMENT]),
        "cash": _text(both[SecurityForm.CASH]),
    }


def _text(amount: Decimal) -> str:
    return f"{amount:.2f}"


@click.group("statements")
def statements_group() -> None:
    """Monthly statements of account."""


@statements_group.command("check")
@in_language
@click.option("--json", "as_json", is_flag=True)
def check(lang: str, as_json: bool) -> None:
    """Every statement whose lines do not add up, or that does not open with the last total."""
    with application(language=lang):
        found = list(all_unexplained())
        titles = [_("Program account"), _("Period to"), _("Not explained")]
        if found:
            told = ngettext("%(num)s statement does not add up.", "%(num)s statements do not add up.", len(found))
        else:
            told = _("Every statement adds up and opens with the last total.")
    if as_json:
        answer(
            [
                {"program_account": number, "period_end": end.isoformat(), "unexplained": _text(amount)}
                for number, end, amount in found
            ]
        )
        return
    if found:
        rows = [[number, end.isoformat(), format_money(amount, lang)] for number, end, amount in found]
        click.echo("\n".join(aligned(titles, rows, right=(2,))))
    say(told)
