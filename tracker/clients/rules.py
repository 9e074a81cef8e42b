"""Clients, rules: folding for search, what a typed number of shipments says, when a statement of account is plausible. Pure."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date

from tracker.rulebook.calendar import BillingPeriod, billing_period

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "’": "'"})
_BLANKS = re.compile(r"\s+")
_NUMBER = re.compile(r"\d{1,3}(?:[ \u00a0\u202f,]\d{3})+|\d+")
_LIST = re.compile(r"[,;\n]+")


def fold(text: str) -> str:
    """`text` for search: lower case, without accents, each run of blanks one space."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LIGATURES))
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return _BLANKS.sub(" ", bare).strip()


def squeeze(text: str) -> str:
    """`text` folded, with no blank and no hyphen left: as numbers are compared."""
    return fold(text).replace(" ", "").replace("-", "")


def search_key(parts: Iterable[str | None]) -> str:
    """Everything a client is found by, each part folded and once more squeezed, a line each."""
    lines: dict[str, None] = {}
    for part in parts:
        if part:
            lines[fold(part)] = None
            lines[squeeze(part)] = None
    return "\n".join(lines)


def shipments_lower_bound(typed: str | None) -> int | None:
    """The least number of shipments a month the typed words admit ("15-20" says 15); None when they hold no number."""
    match = _NUMBER.search(typed or "")
    return int(re.sub(r"\D", "", match.group())) if match else None


def split_list(text: str | None) -> list[str]:
    """The entries of a list typed with commas, semicolons or line ends, tidied, each once, in order."""
    tidy = (_BLANKS.sub(" ", part).strip() for part in _LIST.split(text or ""))
    return list(dict.fromkeys(part for part in tidy if part))


def period_ending(period_end: date) -> BillingPeriod:
    """The billing period that ends in the month of `period_end`, with its proposed due date (SOR/86-1062 s. 10.1)."""
    return billing_period(period_end.year, period_end.month)


def is_billing_period(period_start: date, period_end: date) -> bool:
    """Whether the days run from the 18th of one month to the 17th of the next (SOR/86-1062 s. 2)."""
    period = period_ending(period_end)
    return (period.release_from, period.release_to) == (period_start, period_end)
