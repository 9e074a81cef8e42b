"""The tracker command: `tracker security` and `tracker statements check`."""

from datetime import date
from decimal import Decimal
from typing import Any

import click

from tracker.cli.rules import DayType
from tracker.cli.session import answer, application, refuse, say
from tracker.clients.statement_rows import all_unexplained
from tracker.guarantees.account_cover import AccountCover
from tracker.guarantees.cover import covers
from tracker.guarantees.enums import SecurityForm
from tracker.guarantees.outlook import Outlook, outlook
from tracker.guarantees.rules import coverage, required_amount, shortfall
from tracker.platform.clock import today
from tracker.rulebook.book import rules_at
from tracker.rulebook.types import Rules


@click.command()
@click.option("--as-of", type=DayType(), help="YYYY-MM-DD, default today")
@click.option("--json", "as_json", is_flag=True)
def security(as_of: date | None, as_json: bool) -> None:
    """What every program account needs, what is posted, and what is missing. CAD.

    On a day to come nothing falls by itself: what is required is today's figure, or a review's that is higher by then.
    """
    day = as_of or today()
    with application():
        try:
            rows = _rows(day)
        except KeyError as error:
            refuse(f"Nothing to work with: {error.args[0]}")
    if as_json:
        answer(rows)
        return
    for row in rows:
        click.echo(f"{row['program_account']}  {row['required']:>16} {row['posted']:>16} {row['shortfall']:>16}")


def _rows(day: date) -> list[dict[str, Any]]:
    """One row an account. KeyError when the regulation was not in force on that day."""
    rules = rules_at(day)
    found = covers(rules, as_of=day)
    ahead = {cover.account_id: outlook(cover, rules_at(today())) for cover in _known_today(day)}
    return [security_row(cover, rules, ahead.get(cover.account_id)) for cover in found]


def _known_today(day: date) -> list[AccountCover]:
    return covers(rules_at(today()), as_of=today()) if day > today() else []


def security_row(cover: AccountCover, rules: Rules, ahead: Outlook | None) -> dict[str, Any]:
    """One account as `tracker security --json` prints it: amounts in CAD as text with two decimals. `ahead` for a day to come."""
    required = cover.required_amount if ahead is None else ahead.required_on(cover.as_of)
    percent = coverage(required, cover.posted_amount)
    both = {form: required_amount(form, cover.months, rules, cover.as_of).required_amount for form in SecurityForm}
    peak = cover.estimate.peak_period_end
    return {
        "program_account": cover.number,
        "peak_period_end": peak.isoformat() if peak else None,
        "peak_amount": _text(cover.estimate.peak_amount),
        "required": _text(required),
        "posted": _text(cover.posted_amount),
        "coverage": None if percent is None else str(percent),
        "shortfall": _text(shortfall(required, cover.posted_amount)),
        "agreement": _text(both[SecurityForm.AGREEMENT]),
        "cash": _text(both[SecurityForm.CASH]),
    }


def _text(amount: Decimal) -> str:
    return f"{amount:.2f}"


@click.group("statements")
def statements_group() -> None:
    """Monthly statements of account."""


@statements_group.command("check")
@click.option("--json", "as_json", is_flag=True)
def check(as_json: bool) -> None:
    """Every statement whose lines do not add up, or that does not open with the last total."""
    with application():
        rows = [
            {"program_account": number, "period_end": end.isoformat(), "unexplained": _text(amount)}
            for number, end, amount in all_unexplained()
        ]
    if as_json:
        answer(rows)
        return
    for row in rows:
        click.echo(f"{row['program_account']}  {row['period_end']}  {row['unexplained']}")
    say(f"{len(rows)} statements do not add up.")
