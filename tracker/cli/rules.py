"""The tracker command: `tracker rules`, the law's arithmetic on the command line. Needs no database."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import click

from tracker.clients.business_number import check_business_number
from tracker.guarantees.enums import SecurityForm
from tracker.guarantees.rules import MonthlyTotal, Requirement, required_amount, window
from tracker.platform.clock import today
from tracker.platform.forms import FIRST_YEAR, LAST_YEAR
from tracker.platform.money import AmountError, parse_amount
from tracker.rulebook.book import rules_at
from tracker.rulebook.calendar import (
    BillingPeriod,
    accounting_due,
    billing_period,
    billing_period_of,
    period_end,
)
from tracker.rulebook.types import Citation, Fact, FactValue, Text

MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class DayType(click.ParamType[date]):
    """A date as YYYY-MM-DD."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The date; a usage error otherwise."""
        if isinstance(value, date):
            return value
        try:
            return _day(value)
        except ValueError:
            self.fail(f"{value!r} is no date (YYYY-MM-DD, {FIRST_YEAR} to {LAST_YEAR})", param, ctx)


class MonthType(click.ParamType[date]):
    """A month as YYYY-MM, read as the 17th that ends its billing period."""

    name = "month"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The period's end; a usage error otherwise."""
        if isinstance(value, date):
            return value
        try:
            return _period_end(value)
        except ValueError:
            self.fail(f"{value!r} is no month (YYYY-MM, {FIRST_YEAR} to {LAST_YEAR})", param, ctx)


class MonthAmountType(click.ParamType[MonthlyTotal]):
    """A month and its charges, as YYYY-MM=AMOUNT."""

    name = "month=amount"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> MonthlyTotal:
        """The month's total; a usage error otherwise."""
        if isinstance(value, MonthlyTotal):
            return value
        month, _, amount = str(value).partition("=")
        try:
            total = MonthlyTotal(_period_end(month), parse_amount(amount))
        except AmountError as error:
            self.fail(f"{amount!r} is no amount ({error.reason})", param, ctx)
        except ValueError:
            self.fail(f"{value!r} is no YYYY-MM=AMOUNT", param, ctx)
        if total.amount < 0:  # F of a statement: a sum of what was charged
            self.fail(f"{value!r} is below zero, and a month's charges never are", param, ctx)
        return total


def _day(text: str) -> date:
    if not DAY.fullmatch(text):
        raise ValueError(text)
    return _within(date.fromisoformat(text))


def _period_end(text: str) -> date:
    if not MONTH.fullmatch(text):
        raise ValueError(text)
    year, month = text.split("-")
    return _within(period_end(int(year), int(month)))


def _within(day: date) -> date:
    """The day. ValueError for a year no page takes either: a slip of the finger, or one with no period before or after."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(day)
    return day


as_json = click.option("--json", "json_", is_flag=True, help="Print one JSON document.")


@click.group()
def rules() -> None:
    """Work out security, billing and accounting dates, and check business numbers."""


@rules.command()
@click.option("--form", type=click.Choice([form.value for form in SecurityForm]), required=True)
@click.option("--month", "months", type=MonthAmountType(), multiple=True, required=True, help="YYYY-MM=AMOUNT, repeat.")
@click.option("--as-of", type=DayType(), default=None, help="Day to work it out for (today).")
@as_json
def security(form: str, months: Sequence[MonthlyTotal], as_of: date | None, json_: bool) -> None:
    """Estimate the security one program account needs; YYYY-MM is the month its billing period ends in."""
    if len({month.period_end for month in months}) < len(months):
        raise click.UsageError("a month is given twice")
    day = as_of or today()
    try:
        found = required_amount(SecurityForm(form), months, rules_at(day), day)
    except KeyError as error:
        raise click.ClickException(f"nothing to work with: {error.args[0]}") from error
    lines = [f"{found.required_amount} CAD", found.explanation.en, *(text.en for text in found.cautions)]
    if outside := _outside(months, day):
        click.echo(outside.en, err=True)
        found = replace(found, cautions=(outside, *found.cautions))
    _print(_security_answer(found), json_, lines)


def _outside(months: Sequence[MonthlyTotal], day: date) -> Text | None:
    """Which of the months given do not count on that day: nothing owed and nothing looked at are not the same."""
    first, last = window(day)
    left_out = sorted(month.period_end for month in months if not first <= month.period_end <= last)
    if not left_out:
        return None
    named, since, until = ", ".join(f"{end:%Y-%m}" for end in left_out), f"{first:%Y-%m}", f"{last:%Y-%m}"
    return Text(
        f"Not counted: {named}. On {day} the periods that count end in {since} to {until}.",
        f"Non compté : {named}. Au {day}, les périodes qui comptent prennent fin de {since} à {until}.",
    )


def _security_answer(found: Requirement) -> dict[str, Any]:
    return {
        "form": found.form.value,
        "as_of": found.as_of.isoformat(),
        "peak_month": found.peak_period_end and found.peak_period_end.strftime("%Y-%m"),
        "peak_amount": str(found.peak_amount),
        "required_amount": str(found.required_amount),
        "facts": list(found.facts),
        "explanation": _both(found.explanation),
        "cautions": [_both(text) for text in found.cautions],
    }


def _both(text: Text) -> dict[str, str]:
    return {"en": text.en, "fr": text.fr}


@rules.command()
@click.option("--from", "first", type=MonthType(), required=True, help="First month, YYYY-MM.")
@click.option("--to", "last", type=MonthType(), required=True, help="Last month, YYYY-MM.")
@as_json
def billing(first: date, last: date, json_: bool) -> None:
    """List billing periods by the month they end in."""
    if last < first:
        raise click.UsageError("--to is before --from")
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    periods = [billing_period(number // 12, number % 12 + 1) for number in numbers]
    rows = [_period_answer(period) | {"legal_last_day": period.legal_last_on.isoformat()} for period in periods]
    _print(rows, json_, _lines(rows))


def _period_answer(period: BillingPeriod) -> dict[str, str]:
    return {
        "release_from": period.release_from.isoformat(),
        "release_to": period.release_to.isoformat(),
        "soa_date": period.soa_on.isoformat(),
        "due_date": period.due_on.isoformat(),
    }


@rules.command("accounting-due")
@click.argument("days", type=DayType(), nargs=-1, required=True, metavar="DATE...")
@as_json
def accounting_due_(days: Sequence[date], json_: bool) -> None:
    """Say until when goods released on each DATE are accounted for."""
    rows = [{"release_date": day.isoformat(), "account_by": accounting_due(day).isoformat()} for day in days]
    _print(rows, json_, _lines(rows))


@rules.command()
@click.argument("days", type=DayType(), nargs=-1, required=True, metavar="DATE...")
@as_json
def cycle(days: Sequence[date], json_: bool) -> None:
    """Say in which billing period goods released on each DATE are billed."""
    rows = [{"release_date": day.isoformat()} | _period_answer(billing_period_of(day)) for day in days]
    _print(rows, json_, _lines(rows))


@rules.command()
@click.argument("values", nargs=-1, required=True, metavar="VALUE...")
@as_json
def bn(values: Sequence[str], json_: bool) -> None:
    """Check business numbers: nine digits, or fifteen characters such as 123456782RM0001."""
    found = [check_business_number(value) for value in values]
    rows = [
        {
            "input": result.input,
            "ok": result.ok,
            "normalized": result.normalized,
            "display": result.display,
            "problem": result.problem,
        }
        for result in found
    ]
    _print(rows, json_, [f"{result.input}\t{result.display or result.problem}" for result in found])


@rules.command()
@click.option("--at", "day", type=DayType(), default=None, help="Day the facts are in force on (today).")
@as_json
def facts(day: date | None, json_: bool) -> None:
    """List the facts in force."""
    found = sorted(rules_at(day or today()).facts.values(), key=lambda fact: fact.id)
    rows = [_fact_answer(fact) for fact in found]
    _print(rows, json_, [f"{row['id']}\t{row['value']} {row['unit']}\t{row['citation']}" for row in rows])


def _fact_answer(fact: Fact) -> dict[str, Any]:
    return {
        "id": fact.id,
        "value": _plain(fact.value),
        "unit": fact.unit,
        "effective_from": fact.effective_from and fact.effective_from.isoformat(),
        "effective_until": fact.effective_until and fact.effective_until.isoformat(),
        "citation": "; ".join(_cited(citation) for citation in fact.citations),
    }


def _plain(value: FactValue) -> str | int | bool:
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


def _cited(citation: Citation) -> str:
    source = citation.source
    return ", ".join(part for part in (source.title, citation.section, source.url) if part)


def _lines(rows: Sequence[Mapping[str, str]]) -> list[str]:
    """A table: the columns' names, then a line a row."""
    return ["\t".join(rows[0]), *("\t".join(row.values()) for row in rows)] if rows else []


def _print(answer: object, json_: bool, lines: Sequence[str]) -> None:
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2) if json_ else "\n".join(lines))
