"""Days: a date as people write it, in one place for pages, workbooks, mails and rules. Pure."""

from datetime import date

from babel.dates import format_date


def spoken(day: date, language: str) -> str:
    """A date in "en" or "fr": 23 Nov 2026, 23 nov. 2026."""
    return format_date(day, "d MMM y", locale=_locale(language))


def day_and_month(day: date, language: str) -> str:
    """A day of every year: 20 Oct, 20 oct."""
    return format_date(day, "d MMM", locale=_locale(language))


def in_week(day: date, language: str) -> str:
    """A day of the coming days: Mon 23 Nov, lun. 23 nov."""
    return format_date(day, "EEE d MMM", locale=_locale(language))


def weekday(day: date, language: str) -> str:
    """The day of the week, short: Mon, lun."""
    return format_date(day, "EEE", locale=_locale(language))


def month(day: date, language: str) -> str:
    """The month with its year: November 2026, novembre 2026."""
    return format_date(day, "LLLL y", locale=_locale(language))


def _locale(language: str) -> str:
    return "fr_CA" if language.startswith("fr") else "en_US"
