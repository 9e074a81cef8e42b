"""API: what an address may ask for: how a parameter is read, and how it is described. What cannot be read is refused."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from tracker.platform.pages import FIRST_YEAR, LAST_YEAR, as_day

Value = TypeVar("Value")
LONGEST_TEXT = 200
LAST_PAGE = 999_999


class BadParameterError(Exception):
    """An address asks for something in a way that cannot be read; `message` says what would do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class Parameter(Generic[Value]):
    """One parameter of an address. `read` answers None for what it cannot read."""

    name: str
    words: str
    schema: Mapping[str, Any]
    default: Value
    read: Callable[[str], Value | None]

    def value(self, args: Mapping[str, str]) -> Value:
        """What the address asks for, the default where it says nothing. BadParameterError for what is none."""
        text = args.get(self.name, "")
        if text == "":
            return self.default
        found = self.read(text)
        if found is None:
            raise BadParameterError(f"{self.name}: {self.words}")
        return found


def _page(text: str) -> int | None:
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(LAST_PAGE))
    return int(text) if is_number and int(text) > 0 else None


def one_of(name: str, words: str, values: Iterable[str], default: str) -> Parameter[str]:
    """A parameter that is one word of a list."""
    known = list(values)
    schema = {"type": "string", "enum": known, "default": default}
    return Parameter(name, words, schema, default, lambda text: text if text in known else None)


def day(name: str, words: str) -> Parameter[date | None]:
    """A parameter that is a day."""
    span = f"{words} A day as YYYY-MM-DD, from {FIRST_YEAR} to {LAST_YEAR}."
    return Parameter(name, span, {"type": "string", "format": "date"}, None, as_day)


PAGE = Parameter(
    "page",
    f"The page, counted from 1, up to {LAST_PAGE}. One past the last has no rows.",
    {"type": "integer", "minimum": 1, "maximum": LAST_PAGE, "default": 1},
    1,
    _page,
)
TEXT = Parameter(
    "q",
    f"Words or a number that names and numbers have to hold, at most {LONGEST_TEXT} characters.",
    {"type": "string", "maxLength": LONGEST_TEXT},
    "",
    lambda text: text if len(text) <= LONGEST_TEXT else None,
)
