"""The tracker command: what its arguments are read as, the same in every verb: days, months, amounts, the language."""

import re
from datetime import date
from typing import Any

import click

from tracker.guarantees.rules import MonthlyTotal
from tracker.platform.forms import FIRST_YEAR, LAST_YEAR
from tracker.platform.languages import LANGUAGES
from tracker.platform.money import AmountError, parse_amount
from tracker.rulebook.calendar import period_end

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


in_language = click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    default="en",
    show_default=True,
    help="Language of the words.",
)
