"""Assessments, rules of answers: what was typed becomes a value that can be kept as JSON, or a reason why not. Pure."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from tracker.assessments.enums import AnswerCode
from tracker.platform.money import AmountError, parse_amount
from tracker.rulebook.types import Question

AnswerValue = str | int | list[str] | None

YES_NO = ("yes", "no")
NONE = "none"
TEXT_LIMIT = 2000
NUMBER_LIMIT = 10_000_000


class AnswerProblem(ValueError):  # noqa: N818  (a problem with what was typed, shown beside its field)
    """The answer cannot be taken; `code` says why."""

    def __init__(self, code: AnswerCode) -> None:
        super().__init__(code.value)
        self.code = code


def check_answer(question: Question, raw: str | Sequence[str], language: str) -> AnswerValue:
    """What is kept for `raw`: a word, a whole number, an amount as words with two decimals (CAD), an ISO date, a list of
    options in the question's order; None for nothing. AnswerProblem with its code otherwise."""
    words = [raw.strip()] if isinstance(raw, str) else [item.strip() for item in raw]
    words = [word for word in words if word]
    if not words:
        return None
    if question.kind == "multi":
        return _several(question, words)
    if len(words) > 1:
        raise AnswerProblem(AnswerCode.ONE_ONLY)
    return READERS[question.kind](question, words[0], language)


def offered_answer(question: Question, profile: Mapping[str, Any]) -> AnswerValue:
    """What the client's profile already says, as an answer to confirm; None when it says nothing that fits."""
    value = profile.get(question.profile) if question.profile else None
    if value is None or value == []:
        return None
    if question.kind == "multi":
        known = [option.value for option in question.options if option.value in value]
        return known or None
    listed = ", ".join(str(item) for item in value) if isinstance(value, list | tuple) else str(value)
    try:
        return check_answer(question, listed, "en")
    except AnswerProblem:
        return None


def _several(question: Question, words: Sequence[str]) -> list[str]:
    known = [option.value for option in question.options]
    if set(words) - set(known):
        raise AnswerProblem(AnswerCode.UNKNOWN_OPTION)
    if NONE in words and set(words) != {NONE}:
        raise AnswerProblem(AnswerCode.NONE_WITH_OTHERS)
    return [value for value in known if value in words]


def _yes_no(_question: Question, word: str, _language: str) -> str:
    if word not in YES_NO:
        raise AnswerProblem(AnswerCode.UNKNOWN_OPTION)
    return word


def _choice(question: Question, word: str, _language: str) -> str:
    if word not in {option.value for option in question.options}:
        raise AnswerProblem(AnswerCode.UNKNOWN_OPTION)
    return word


def _number(_question: Question, word: str, _language: str) -> int:
    digits = "".join(word.split())
    if digits.startswith("-") and digits[1:].isdecimal():
        raise AnswerProblem(AnswerCode.NEGATIVE)
    if not (digits.isascii() and digits.isdecimal()):
        raise AnswerProblem(AnswerCode.NOT_A_NUMBER)
    if len(digits) > len(str(NUMBER_LIMIT)) or int(digits) > NUMBER_LIMIT:
        raise AnswerProblem(AnswerCode.TOO_LARGE)
    return int(digits)


def _amount(_question: Question, word: str, language: str) -> str:
    try:
        amount = parse_amount(word, language)
    except AmountError as error:
        raise AnswerProblem(
            AnswerCode.TOO_LARGE if error.reason == "too_large" else AnswerCode.NOT_AN_AMOUNT
        ) from error
    if amount < 0:
        raise AnswerProblem(AnswerCode.NEGATIVE)
    return f"{amount:.2f}"


def _date(_question: Question, word: str, _language: str) -> str:
    try:
        return date.fromisoformat(word).isoformat()
    except ValueError as error:
        raise AnswerProblem(AnswerCode.NOT_A_DATE) from error


def _text(_question: Question, word: str, _language: str) -> str:
    if len(word) > TEXT_LIMIT:
        raise AnswerProblem(AnswerCode.TOO_LONG)
    return word


READERS: Mapping[str, Callable[[Question, str, str], AnswerValue]] = {
    "yes_no": _yes_no,
    "choice": _choice,
    "number": _number,
    "amount": _amount,
    "date": _date,
    "text": _text,
}
