"""Assessments, words: severities, parties, gates, states and problems as a person reads them."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _

from tracker.assessments.enums import AnswerCode
from tracker.platform.money import AmountError, format_money, parse_amount
from tracker.platform.pages import day
from tracker.rulebook.types import Question

Words = Callable[[], str]

PROBLEM_WORDS: Mapping[AnswerCode, Words] = {
    AnswerCode.UNKNOWN_OPTION: lambda: _("Choose one of the answers listed."),
    AnswerCode.ONE_ONLY: lambda: _("Only one answer, please."),
    AnswerCode.NONE_WITH_OTHERS: lambda: _("“None” does not go with other answers. Untick one or the other."),
    AnswerCode.NOT_A_NUMBER: lambda: _("Write a whole number, for example 12."),
    AnswerCode.NOT_AN_AMOUNT: lambda: _("Write an amount like 1,200.00 or 1 200,00."),
    AnswerCode.NEGATIVE: lambda: _("Zero or more, please."),
    AnswerCode.TOO_LARGE: lambda: _("This is larger than anything we can keep. Check the figure."),
    AnswerCode.NOT_A_DATE: lambda: _("Not a date. Write it like 2026-11-23."),
    AnswerCode.TOO_LONG: lambda: _("At most 2,000 characters."),
}
SEVERITY_WORDS: Mapping[str, Words] = {
    "blocker": lambda: _("Blocks imports"),
    "high": lambda: _("High"),
    "medium": lambda: _("Medium"),
    "low": lambda: _("Low"),
}
SEVERITY_TONES: Mapping[str, str] = {"blocker": "blocked", "high": "late", "medium": "waiting", "low": "info"}
PARTY_WORDS: Mapping[str, Words] = {
    "us": lambda: _("We act"),
    "client": lambda: _("The client acts"),
    "broker": lambda: _("The broker acts"),
    "surety": lambda: _("The surety acts"),
    "cbsa": lambda: _("CBSA acts"),
}
GATE_WORDS: Mapping[int, Words] = {
    1: lambda: _("Registered"),
    2: lambda: _("Portal linked"),
    3: lambda: _("Broker delegated"),
    4: lambda: _("Security posted"),
    5: lambda: _("Enrolled in RPP"),
    6: lambda: _("Ready to pay"),
}
YES_NO_WORDS: Mapping[str, Words] = {"yes": lambda: _("Yes"), "no": lambda: _("No")}


def answer_words(question: Question, value: Any, language: str) -> str:
    """A saved answer as a person reads it in `language`; a dash for none."""
    if value in (None, "", []):
        return "–"
    if question.kind == "amount":
        return _amount_words(value, language)
    if question.kind == "date":
        return _day_words(value)
    options = {option.value: option.text.in_(language) for option in question.options}
    options |= {key: word() for key, word in YES_NO_WORDS.items()} if question.kind == "yes_no" else {}
    if isinstance(value, list):
        return ", ".join(options.get(item, str(item)) for item in value)
    return options.get(value, str(value)) if isinstance(value, str) else str(value)


def _day_words(value: Any) -> str:
    try:
        return day(date.fromisoformat(str(value)))
    except ValueError:
        return str(value)


def _amount_words(value: Any, language: str) -> str:
    try:
        return format_money(parse_amount(str(value)), language)
    except AmountError:
        return str(value)
