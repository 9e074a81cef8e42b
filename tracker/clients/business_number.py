"""Clients, rules: reading business numbers, BN9 and BN15 (Luhn on nine digits, RM for imports). Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from stdnum import luhn
from stdnum.ca import bn

Problem = Literal["length", "format", "check_digit", "program", "reference", "empty"]

BN9_LENGTH = 9
BN15_LENGTH = 15
KNOWN_PROGRAMS = ("RC", "RM", "RP", "RT")
IMPORT_PROGRAM = "RM"
NOBODY = "0" * BN9_LENGTH
NO_REFERENCE = "0000"
_ANY_BLANK = re.compile(r"[\s\u00a0\u202f\u200b\ufeff]+")


class BusinessNumberError(ValueError):
    """The value is no business number. `problem` says why; `normalized` is what was left after tidying up."""

    def __init__(self, problem: Problem, normalized: str) -> None:
        super().__init__(f"{normalized!r} is no business number: {problem}")
        self.problem: Problem = problem
        self.normalized = normalized


@dataclass(frozen=True, slots=True)
class BusinessNumber:
    """A BN9 (`program` and `reference` empty) or a BN15."""

    bn9: str
    program: str
    reference: str

    @property
    def normalized(self) -> str:
        """Nine digits, or fifteen characters such as 123026635RM0001."""
        return f"{self.bn9}{self.program}{self.reference}"

    @property
    def display(self) -> str:
        """For people: 123026635 RM 0001."""
        return " ".join(part for part in (self.bn9, self.program, self.reference) if part)


@dataclass(frozen=True, slots=True)
class Result:
    """What a check of one value found. `normalized` and `display` are None unless `ok`."""

    input: str
    ok: bool
    normalized: str | None
    display: str | None
    problem: Problem | None


def parse_business_number(text: object, allow_bn9: bool = True) -> BusinessNumber:
    """The BN9 or BN15 in `text`, a whole number from a workbook included. BusinessNumberError says what is wrong.

    A number whose check digit fails may still be real (facts 11): callers offer an override with a reason.
    """
    number = _tidy(text)
    _check_shape(number, allow_bn9)
    _check_bn9(number)
    _check_program(number)
    return BusinessNumber(number[:9], number[9:11], number[11:])


def parse_import_account(text: object, allow_bn9: bool = False) -> BusinessNumber:
    """The RM account in `text`; with `allow_bn9` also a bare BN9. BusinessNumberError "program" for RC, RP, RT."""
    number = parse_business_number(text, allow_bn9)
    if number.program not in (IMPORT_PROGRAM, ""):
        raise BusinessNumberError("program", number.normalized)
    return number


def check_business_number(value: object) -> Result:
    """Whether `value` is a BN9 or BN15 of a known program (RC, RM, RP, RT). Never raises."""
    return _result(value, parse_business_number, True)


def check_import_account(value: object, allow_bn9: bool = False) -> Result:
    """Whether `value` is an import-export account (RM); with `allow_bn9` also a bare BN9. Never raises."""
    return _result(value, parse_import_account, allow_bn9)


def _result(value: object, parse: Callable[[object, bool], BusinessNumber], allow_bn9: bool) -> Result:
    typed = "" if value is None else str(value)
    try:
        number = parse(value, allow_bn9)
    except BusinessNumberError as error:
        return Result(typed, ok=False, normalized=None, display=None, problem=error.problem)
    return Result(typed, ok=True, normalized=number.normalized, display=number.display, problem=None)


def _tidy(value: object) -> str:
    """Upper case without blanks and hyphens; a whole number from a workbook as its digits."""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = _ANY_BLANK.sub("", "" if value is None else str(value))
    return bn.compact(text).upper()


def _check_shape(number: str, allow_bn9: bool) -> None:
    if not number:
        raise BusinessNumberError("empty", number)
    lengths = (BN9_LENGTH, BN15_LENGTH) if allow_bn9 else (BN15_LENGTH,)
    if len(number) not in lengths:
        raise BusinessNumberError("length", number)
    digits = number[:BN9_LENGTH]
    if not (digits.isascii() and digits.isdigit()) or digits == NOBODY:
        raise BusinessNumberError("format", number)


def _check_bn9(number: str) -> None:
    if not luhn.is_valid(number[:BN9_LENGTH]):
        raise BusinessNumberError("check_digit", number)


def _check_program(number: str) -> None:
    if len(number) == BN9_LENGTH:
        return
    program, reference = number[9:11], number[11:]
    if program not in KNOWN_PROGRAMS:
        raise BusinessNumberError("program", number)
    if not (reference.isascii() and reference.isdigit()) or reference == NO_REFERENCE:
        raise BusinessNumberError("reference", number)
