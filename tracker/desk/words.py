"""Desk, words: a fact of the rulebook with its unit, as people read it."""

from datetime import date, datetime

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from tracker.platform.days import day_and_month
from tracker.platform.languages import language
from tracker.platform.pages import daytime, money
from tracker.rulebook.types import Fact

LEAP_YEAR = 2024  # any year that has all 366 days: only day and month are shown


def fact_value(fact: Fact) -> str:
    """The value with its unit in the reader's language: amounts in CAD, spans in days, months or years."""
    value, unit = fact.value, fact.unit
    if unit == "CAD":
        return money(value)  # type: ignore[arg-type]
    if unit == "flag":
        return _("Yes") if value else _("No")
    if unit in ("month_day", "month_days"):
        return " – ".join(_month_day(part) for part in str(value).split("/"))
    if unit == "instant":
        return daytime(datetime.fromisoformat(str(value)))
    if isinstance(value, str) or unit == "text":
        return str(value)
    return _counted(int(value), unit) if isinstance(value, int) else _measured(format_decimal(value), unit)


def _month_day(text: str) -> str:
    month, day = text.split("-")
    return day_and_month(date(LEAP_YEAR, int(month), int(day)), language())


def _measured(number: str, unit: str) -> str:
    if unit == "percent":
        return _("%(number)s%%", number=number)
    return _("%(number)s points", number=number)


def _counted(num: int, unit: str) -> str:
    words = {
        "days": ngettext("%(num)s day", "%(num)s days", num),
        "business_days": ngettext("%(num)s business day", "%(num)s business days", num),
        "weekdays": ngettext("%(num)s weekday", "%(num)s weekdays", num),
        "months": ngettext("%(num)s month", "%(num)s months", num),
        "years": ngettext("%(num)s year", "%(num)s years", num),
        "day_of_month": _("day %(num)s of the month", num=num),
    }
    return words[unit]


def provenance_words() -> dict[str, str]:
    """Where a word's French was seen."""
    return {
        "law": _("in the law"),
        "CBSA": _("on a page of CBSA"),
        "trade": _("on a page of the trade"),
        "std": _("usual federal term, to be checked once"),
    }
