"""Imports, cells: what people type, read the way they meant it, or a reason why it cannot be. Amounts in CAD."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import zip_longest

from tracker.imports.columns import fold
from tracker.imports.reading import Cell, CellError
from tracker.platform.money import AmountError, parse_amount

YES = {"y", "yes", "oui", "o", "x", "1", "true", "vrai", "ok", "done"}
NO = {"n", "no", "non", "0", "false", "faux", "none", "aucun"}

MONTHS = {
    "jan": 1, "janv": 1, "january": 1, "janvier": 1, "feb": 2, "fev": 2, "fevr": 2, "february": 2, "fevrier": 2, "mar": 3, "mars": 3, "march": 3,
    "apr": 4, "avr": 4, "april": 4, "avril": 4, "may": 5, "mai": 5, "jun": 6, "june": 6, "juin": 6, "jul": 7, "july": 7, "juil": 7, "juillet": 7,
    "aug": 8, "aout": 8, "august": 8, "sep": 9, "sept": 9, "september": 9, "septembre": 9, "oct": 10, "october": 10, "octobre": 10,
    "nov": 11, "november": 11, "novembre": 11, "dec": 12, "december": 12, "decembre": 12,
}  # fmt: skip

SECURITY_KINDS = {
    "bond": "surety_bond", "surety": "surety_bond", "surety bond": "surety_bond", "cautionnement": "surety_bond", "caution": "surety_bond",
    "rpp bond": "surety_bond", "cash": "cash_deposit", "cash deposit": "cash_deposit", "deposit": "cash_deposit", "depot": "cash_deposit",
    "depot en especes": "cash_deposit", "consignation": "cash_deposit", "letter of credit": "letter_of_credit", "lc": "letter_of_credit",
    "lettre de credit": "letter_of_credit", "insurance": "insurance_policy", "assurance": "insurance_policy",
    "bank agreement": "bank_agreement", "entente bancaire": "bank_agreement",
}  # fmt: skip

UNKNOWN = {"", "pending", "en cours", "a venir", "tbd", "tba", "na", "n a", "nd", "n d", "unknown", "inconnu"}

SLASHED = re.compile(r"(\d{1,4})[/.-](\d{1,2})[/.-](\d{2,4})")
ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?")
NAMED = re.compile(r"[a-z]+|\d+")
ADDRESS = re.compile(r"[^\s,;/<>()]+@[^\s,;/<>()]+")
CODES_ONLY = re.compile(r"\d{2}(?:[\d.]*)(?:\s*[,;/]?\s*\d{2}[\d.]*)*")
LARGEST = Decimal(10) ** 15  # beyond any amount of money here
OLDEST_YEAR, NEWEST_YEAR = 1900, 2199


class CellProblem(ValueError):  # noqa: N818
    """A cell that cannot be what its column says. `reason` is a code: amount, date, count, error."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Person:
    """A contact named in a cell, with the address beside it."""

    name: str
    email: str | None


def read_text(cell: Cell | CellError) -> str | None:
    """Text without blanks around it; None when empty. CellProblem for a spreadsheet error."""
    if isinstance(cell, CellError):
        raise CellProblem("error")
    if cell is None:
        return None
    return " ".join(str(cell).split()) or None


def read_yes_no(cell: Cell | CellError) -> bool | None:
    """Yes, no, or None for anything not known yet: pending, en cours, nothing. Never refuses."""
    if isinstance(cell, bool):
        return cell
    words = "" if cell is None or isinstance(cell, CellError) else fold(cell)
    return True if words in YES else False if words in NO else None


def read_count(cell: Cell | CellError) -> int | None:
    """A small whole number; None when empty or not known yet: pending, en cours, a dash."""
    text = read_text(cell)
    if text is None or fold(text) in UNKNOWN:
        return None
    digits = re.fullmatch(r"(\d{1,4})(?:\.0+)?", text)
    if not digits:
        raise CellProblem("count")
    return int(digits[1])


def read_amount(cell: Cell | CellError) -> Decimal | None:
    """An amount in CAD however it was typed; None when empty."""
    if isinstance(cell, CellError):
        raise CellProblem("error")
    if isinstance(cell, bool):
        raise CellProblem("amount")
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    if isinstance(cell, date):
        raise CellProblem("amount")
    if isinstance(cell, Decimal):
        if not cell.is_finite() or abs(cell) >= LARGEST:
            raise CellProblem("amount")
        # A spreadsheet's own arithmetic leaves dust far below a cent; what a person typed does not.
        dusted = cell.quantize(Decimal("0.000001")).normalize()
        cell = Decimal(f"{dusted:f}")
    try:
        return parse_amount(cell)
    except AmountError as error:
        raise CellProblem("amount") from error


def is_day_first(cells: Iterable[Cell | CellError]) -> bool | None:
    """Whether a column's slash dates begin with the day: a value above 12 shows it. None when nothing tells."""
    for cell in cells:
        match = SLASHED.fullmatch(cell.strip()) if isinstance(cell, str) else None
        if match and len(match[1]) <= 2:
            if int(match[1]) > 12:
                return True
            if int(match[2]) > 12:
                return False
    return None


def read_date(cell: Cell | CellError, *, day_first: bool = True) -> date | None:
    """A date in any of the forms people use; None when empty. CellProblem("date") for one that cannot be."""
    if isinstance(cell, CellError):
        raise CellProblem("error")
    if isinstance(cell, date):
        return cell
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    if not isinstance(cell, str):
        raise CellProblem("date")
    try:
        found = _parsed_date(cell.strip(), day_first)
    except (ValueError, OverflowError) as error:
        raise CellProblem("date") from error
    if not OLDEST_YEAR <= found.year <= NEWEST_YEAR:
        raise CellProblem("date")
    return found


def _parsed_date(text: str, day_first: bool) -> date:
    if match := ISO.fullmatch(text):
        return date(int(match[1]), int(match[2]), int(match[3]))
    if match := SLASHED.fullmatch(text):
        first, second, third = (int(part) for part in match.groups())
        if len(match[1]) == 4:
            return date(first, second, third)
        year = _full_year(third)
        return date(year, second, first) if day_first else date(year, first, second)
    words = NAMED.findall(fold(text))
    months = [MONTHS[word] for word in words if word in MONTHS]
    numbers = [int(word) for word in words if word.isdigit()]
    if len(months) != 1 or len(numbers) != 2:
        raise ValueError(text)
    day, year = sorted(numbers) if max(numbers) > 31 else numbers  # 6-Apr-28: the year stands last
    return date(_full_year(year), months[0], day)


def _full_year(year: int) -> int:
    return year + 2000 if year < 100 else year


def read_people(names: Cell | CellError, emails: Cell | CellError) -> tuple[Person, ...]:
    """The contacts of two cells: names are split at `/` and `;` and paired in order with the addresses.

    CellProblem("error") when a cell holds a spreadsheet's error.
    """
    if isinstance(names, CellError) or isinstance(emails, CellError):
        raise CellProblem("error")
    split_names = _split(names)
    addresses = [text.lower() for text in ADDRESS.findall(str(emails or ""))]
    people = [Person(name, address) for name, address in zip_longest(split_names, addresses[: len(split_names)])]
    people += [Person(address.split("@")[0], address) for address in addresses[len(split_names) :]]
    return tuple(people)


def _split(cell: Cell) -> list[str]:
    return [part.strip() for part in re.split(r"[/;\n]", "" if cell is None else str(cell)) if part.strip()]


def read_security(cell: Cell | CellError) -> str | None:
    """The kind of instrument a word means; None when empty or not known."""
    return None if cell is None or isinstance(cell, CellError) else SECURITY_KINDS.get(fold(cell))


def hs_chapters(products: str | None) -> list[str]:
    """The chapters (first two digits) of the HS codes in a products cell, in order, once each."""
    text = products or ""
    if not (re.search(r"\b(?:HS|SH)\b", text, re.IGNORECASE) or CODES_ONLY.fullmatch(text.strip())):
        return []
    return list(dict.fromkeys(re.findall(r"\b(\d{2})(?:\d{2})?(?:[.\d]*)\b", text)))
