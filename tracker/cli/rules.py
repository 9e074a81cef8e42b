"""The tracker command: `tracker rules`, the law's arithmetic on the command line. Needs no database."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import click

from tracker.cli.arguments import DayType, MonthAmountType, MonthType, in_language
from tracker.cli.layout import aligned
from tracker.clients.business_number import Problem, check_business_number
from tracker.guarantees import wording
from tracker.guarantees.enums import SecurityForm
from tracker.guarantees.rules import MonthlyTotal, Requirement, closed_periods, required_amount
from tracker.platform.clock import today
from tracker.platform.money import format_money
from tracker.rulebook.book import rules_at
from tracker.rulebook.calendar import BillingPeriod, accounting_due, billing_period, billing_period_of
from tracker.rulebook.types import Citation, Fact, FactValue, Text

as_json = click.option("--json", "json_", is_flag=True, help="Print one JSON document.")

# What people read where JSON has its keys; no catalogue is open here, since nothing of the program need be running.
TITLES: Mapping[str, Text] = {
    "release_date": Text("Released on", "Dédouanement le"),
    "release_from": Text("Released from", "Dédouanement du"),
    "release_to": Text("to", "au"),
    "soa_date": Text("Statement on", "Relevé de compte le"),
    "due_date": Text("Payment due", "Échéance du paiement"),
    "legal_last_day": Text("Last day by law", "Dernier jour légal"),
    "account_by": Text("Account for by", "Déclarer en détail au plus tard le"),
    "input": Text("Given", "Donné"),
    "number": Text("Business number", "Numéro d'entreprise"),
    "id": Text("Rule", "Règle"),
    "value": Text("Value", "Valeur"),
    "unit": Text("Unit", "Unité"),
    "effective_from": Text("In force since", "En vigueur depuis"),
    "citation": Text("Where it is written", "Source"),
}
PROBLEMS: Mapping[Problem, Text] = {
    "empty": Text("nothing was given", "rien n'est donné"),
    "length": Text("neither nine nor fifteen characters", "ni neuf ni quinze caractères"),
    "format": Text("does not start with nine digits", "ne commence pas par neuf chiffres"),
    "check_digit": Text("the check digit does not fit", "le chiffre de contrôle ne concorde pas"),
    "program": Text("no import-export account (RM)", "pas un compte d'importation-exportation (RM)"),
    "reference": Text("no four digits from 0001 after RM", "pas de quatre chiffres à partir de 0001 après RM"),
}
UNITS: Mapping[str, Text] = {
    "CAD": Text("CAD", "CAD"),
    "percent": Text("percent", "pour cent"),
    "points": Text("percentage points", "points de pourcentage"),
    "days": Text("days", "jours"),
    "weekdays": Text("weekdays", "jours de semaine"),
    "business_days": Text("business days", "jours ouvrables"),
    "months": Text("months", "mois"),
    "years": Text("years", "ans"),
    "day_of_month": Text("day of the month", "jour du mois"),
    "month_day": Text("month and day", "mois et jour"),
    "month_days": Text("months and days", "mois et jours"),
    "instant": Text("moment", "moment"),
    "date": Text("day", "jour"),
    "text": Text("words", "mots"),
    "flag": Text("yes or no", "oui ou non"),
}
YES, NO = Text("yes", "oui"), Text("no", "non")


@click.group()
def rules() -> None:
    """Work out security, billing and accounting dates, and check business numbers."""


@rules.command()
@click.option("--form", type=click.Choice([form.value for form in SecurityForm]), required=True)
@click.option("--month", "months", type=MonthAmountType(), multiple=True, required=True, help="YYYY-MM=AMOUNT, repeat.")
@click.option("--as-of", type=DayType(), default=None, help="Day to work it out for (today).")
@in_language
@as_json
def security(form: str, months: Sequence[MonthlyTotal], as_of: date | None, lang: str, json_: bool) -> None:
    """Estimate the security one program account needs; YYYY-MM is the month its billing period ends in."""
    if len({month.period_end for month in months}) < len(months):
        raise click.UsageError("a month is given twice")
    day = as_of or today()
    try:
        found = required_amount(SecurityForm(form), months, rules_at(day), day)
    except KeyError as error:
        raise click.ClickException(f"nothing to work with: {error.args[0]}") from error
    explanation, cautions = found.explanation, found.cautions
    if outside := _outside(months, day):
        click.echo(outside.in_(lang), err=True)
        found = replace(found, cautions=(outside, *found.cautions))
        if found.peak_period_end is None:  # nothing was looked at, so nothing can be said to be owed or not
            explanation = wording.none_inside(day, closed_periods(day))
    amount = f"{found.required_amount} CAD" if lang == "en" else format_money(found.required_amount, lang)
    lines = [amount, explanation.in_(lang), *(text.in_(lang) for text in cautions)]
    _print(_security_answer(found, explanation), json_, lines)


def _outside(months: Sequence[MonthlyTotal], day: date) -> Text | None:
    """Which of the months given do not count on that day: nothing owed and nothing looked at are not the same."""
    periods = closed_periods(day)
    first, last = periods[0], periods[-1]
    left_out = sorted(month.period_end for month in months if not first <= month.period_end <= last)
    if not left_out:
        return None
    named, since, until = ", ".join(f"{end:%Y-%m}" for end in left_out), f"{first:%Y-%m}", f"{last:%Y-%m}"
    return Text(
        f"Not counted: {named}. On {day} the periods that count end in {since} to {until}.",
        f"Non compté : {named}. Au {day}, les périodes qui comptent prennent fin de {since} à {until}.",
    )


def _security_answer(found: Requirement, explanation: Text) -> dict[str, Any]:
    return {
        "form": found.form.value,
        "as_of": found.as_of.isoformat(),
        "peak_month": found.peak_period_end and found.peak_period_end.strftime("%Y-%m"),
        "peak_amount": str(found.peak_amount),
        "required_amount": str(found.required_amount),
        "facts": list(found.facts),
        "explanation": _both(explanation),
        "cautions": [_both(text) for text in found.cautions],
    }


def _both(text: Text) -> dict[str, str]:
    return {"en": text.en, "fr": text.fr}


@rules.command()
@click.option("--from", "first", type=MonthType(), required=True, help="First month, YYYY-MM.")
@click.option("--to", "last", type=MonthType(), required=True, help="Last month, YYYY-MM.")
@in_language
@as_json
def billing(first: date, last: date, lang: str, json_: bool) -> None:
    """List billing periods by the month they end in."""
    if last < first:
        raise click.UsageError("--to is before --from")
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    periods = [billing_period(number // 12, number % 12 + 1) for number in numbers]
    rows = [_period_answer(period) | {"legal_last_day": period.legal_last_on.isoformat()} for period in periods]
    _print(rows, json_, _lines(rows, lang))


def _period_answer(period: BillingPeriod) -> dict[str, str]:
    return {
        "release_from": period.release_from.isoformat(),
        "release_to": period.release_to.isoformat(),
        "soa_date": period.soa_on.isoformat(),
        "due_date": period.due_on.isoformat(),
    }


@rules.command("accounting-due")
@click.argument("days", type=DayType(), nargs=-1, required=True, metavar="DATE...")
@in_language
@as_json
def accounting_due_(days: Sequence[date], lang: str, json_: bool) -> None:
    """Say until when goods released on each DATE are accounted for."""
    rows = [{"release_date": day.isoformat(), "account_by": accounting_due(day).isoformat()} for day in days]
    _print(rows, json_, _lines(rows, lang))


@rules.command()
@click.argument("days", type=DayType(), nargs=-1, required=True, metavar="DATE...")
@in_language
@as_json
def cycle(days: Sequence[date], lang: str, json_: bool) -> None:
    """Say in which billing period goods released on each DATE are billed."""
    rows = [{"release_date": day.isoformat()} | _period_answer(billing_period_of(day)) for day in days]
    _print(rows, json_, _lines(rows, lang))


@rules.command()
@click.argument("values", nargs=-1, required=True, metavar="VALUE...")
@in_language
@as_json
def bn(values: Sequence[str], lang: str, json_: bool) -> None:
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
    told = [
        {
            "input": result.input,
            "number": result.display or (PROBLEMS[result.problem].in_(lang) if result.problem else ""),
        }
        for result in found
    ]
    _print(rows, json_, _lines(told, lang))


@rules.command()
@click.option("--at", "day", type=DayType(), default=None, help="Day the facts are in force on (today).")
@in_language
@as_json
def facts(day: date | None, lang: str, json_: bool) -> None:
    """List the facts in force."""
    found = sorted(rules_at(day or today()).facts.values(), key=lambda fact: fact.id)
    rows = [_fact_answer(fact) for fact in found]
    _print(rows, json_, _lines([_fact_words(fact, lang) for fact in found], lang))


def _fact_words(fact: Fact, lang: str) -> dict[str, str]:
    return {
        "id": fact.id,
        "value": _value_words(fact.value, fact.unit, lang),
        "unit": UNITS[fact.unit].in_(lang),
        "effective_from": fact.effective_from.isoformat() if fact.effective_from else "",
        "citation": "; ".join(
            ", ".join(filter(None, (cited.label_in(lang), cited.source.url))) for cited in fact.citations
        ),
    }


def _value_words(value: FactValue, unit: str, lang: str) -> str:
    if isinstance(value, bool):
        return (YES if value else NO).in_(lang)
    if not isinstance(value, Decimal):
        return str(_plain(value))
    if unit == "CAD":
        return format_money(value, lang)
    digits = f"{value.normalize():f}"
    return digits.replace(".", ",") if lang == "fr" else digits


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


def _lines(rows: Sequence[Mapping[str, str]], lang: str) -> list[str]:
    """A table: a title a column in words, then a line a row."""
    return aligned([TITLES[key].in_(lang) for key in rows[0]], [list(row.values()) for row in rows]) if rows else []


def _print(answer: object, json_: bool, lines: Sequence[str]) -> None:
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2) if json_ else "\n".join(lines))
