"""Days: a date as people write it, in one place for pages, workbooks, mails and rules. Pure."""

from datetime import date, datetime

from babel.dates import format_date

from tracker.platform.money import NBSP


def spoken(day: date, language: str) -> str:
    """A date in "en" or "fr": 23 Nov 2026, 23 nov. 2026."""
    return _written(day, "d MMM y", language)


def unbroken(day: date, language: str) -> str:
    """The same in one piece: no line ends inside it."""
    return spoken(day, language).replace(" ", NBSP)


def at_time(moment: datetime, language: str) -> str:
    """A day with its hour, as the clock shows it there: 23 Nov 2026, 08:42; 23 nov. 2026, 8 h 42."""
    hour = f"{moment.hour} h {moment:%M}" if language.startswith("fr") else f"{moment:%H:%M}"
    return f"{spoken(moment.date(), language)}, {hour}"


def day_and_month(day: date, language: str) -> str:
    """A day of every year: 20 Oct, 20 oct."""
    return _written(day, "d MMM", language)


def in_week(day: date, language: str) -> str:
    """A day of the coming days: Mon 23 Nov, lun. 23 nov."""
    return _written(day, "EEE d MMM", language)


def weekday(day: date, language: str) -> str:
    """The day of the week, short: Mon, lun."""
    return format_date(day, "EEE", locale=_locale(language))


def month(day: date, language: str) -> str:
    """The month with its year: November 2026, novembre 2026."""
    return format_date(day, "LLLL y", locale=_locale(language))


def _written(day: date, shape: str, language: str) -> str:
    """French counts the first of a month as an ordinal: 1er mars."""
    words = format_date(day, shape, locale=_locale(language))
    return words.replace("1 ", "1er ", 1) if day.day == 1 and language.startswith("fr") else words


def _locale(language: str) -> str:
    return "fr_CA" if language.startswith("fr") else "en_US"
