"""Imports, rules: the fate of every row of a client list: created, updated, unchanged, duplicate, held back, or no data."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from tracker.clients.business_number import BusinessNumber, BusinessNumberError, parse_import_account
from tracker.imports.cells import (
    CellProblem,
    Person,
    hs_chapters,
    is_day_first,
    read_amount,
    read_count,
    read_date,
    read_people,
    read_security,
    read_text,
    read_yes_no,
)
from tracker.imports.columns import Layout, cell_at, fold, shown
from tracker.imports.problems import Problem
from tracker.imports.reading import Cell, CellError, Row, Sheet

Fate = Literal["created", "updated", "unchanged", "duplicate", "rejected"]
REFERENCE = re.compile(r"(?:RM)?(\d{1,4})")
TOTALS = ("total", "totaux", "grand total", "subtotal", "sous total", "somme", "sum")
NUMBER_REASONS = {"program": "not_rm"}


@dataclass(frozen=True, slots=True)
class ClientRow:
    """One accepted row: a client and one of its program accounts (rm None: the list gives nine digits only). CAD."""

    row: int
    legal_name: str
    bn9: str
    rm: str | None  # all 15 characters
    trade_name: str | None = None
    client_number: str | None = None
    is_resident: bool | None = None
    street: str | None = None
    city: str | None = None
    province: str | None = None
    postal_code: str | None = None
    country: str | None = None
    people: tuple[Person, ...] = ()
    phone: str | None = None
    is_portal_linked: bool | None = None
    stated_bam_count: int | None = None
    broker: str | None = None
    is_delegated: bool | None = None
    security_kind: str | None = None
    security_amount: Decimal | None = None
    security_until: date | None = None
    stated_peak_amount: Decimal | None = None
    products: str | None = None
    hs_chapters: tuple[str, ...] = ()
    shipments_per_month: str | None = None
    yearly_value_amount: Decimal | None = None
    consultant: str | None = None
    notes: str | None = None

    @property
    def key(self) -> str:
        """The account's number, or the nine digits where there is no account yet."""
        return self.rm or self.bn9


@dataclass(frozen=True, slots=True)
class Known:
    """What is recorded already: names by BN9 and by account number."""

    name_by_bn9: Mapping[str, str] = field(default_factory=dict)
    accounts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A row that says again what an earlier row said."""

    row: int
    of_row: int
    key: str


@dataclass(slots=True)
class Classified:
    """Every data row's fate. The counts of rows, duplicates and rejected rows add up to `rows`."""

    rows: int = 0
    accepted: list[ClientRow] = field(default_factory=list)
    duplicates: list[Duplicate] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    ignored_rows: list[int] = field(default_factory=list)
    is_day_first: bool = True
    is_day_order_shown: bool = False

    @property
    def rejected_rows(self) -> list[int]:
        """Numbers of the rows held back, in order."""
        return sorted({problem.row for problem in self.problems})


def company_key(name: str) -> str:
    """Names that differ by more than blanks and case are different companies."""
    return " ".join(name.split()).casefold()


def classify(sheet: Sheet, layout: Layout, known: Known | None = None, day_first: bool | None = None) -> Classified:
    """Read every row below the header. `day_first` None lets each file show its own order of slash dates."""
    found = Classified()
    index = layout.index_of
    found.ignored_rows += [row.number for row in sheet.rows if row.number < layout.header_row and not row.is_blank]
    body = [row for row in sheet.rows if row.number > layout.header_row and not row.is_blank]
    told = is_day_first(cell_at(row, index.get("security_until")) for row in body)
    found.is_day_order_shown = told is not None
    found.is_day_first = told if day_first is None and told is not None else day_first is not False
    seen = _Seen(known or Known())
    for row in body:
        if _is_no_data(row, layout):
            found.ignored_rows.append(row.number)
            continue
        found.rows += 1
        _place(row, layout, found, seen)
    return found


class _Seen:
    """Which company owns which number, by this file and by what is recorded, and which row said it first."""

    def __init__(self, known: Known) -> None:
        self.owner = dict(known.name_by_bn9)
        self.first_row: dict[str, int] = {}


def _is_no_data(row: Row, layout: Layout) -> bool:
    """Totals and notes: nothing under the number, and either a single cell or a total's word with sums beside it."""
    if shown(cell_at(row, layout.index_of.get("number"))):
        return False
    filled = [cell for cell in row.cells if shown(cell)]
    if len(filled) <= 1:
        return True
    first = fold(shown(filled[0]))
    return first.startswith(TOTALS) and all(_is_sum(cell) for cell in filled[1:])


def _is_sum(cell: Cell | CellError) -> bool:
    """Whether a cell could stand in a row of totals: an amount, a count, or an error for want of one."""
    try:
        return isinstance(cell, CellError) or read_amount(cell) is not None
    except CellProblem:
        return False


def _place(row: Row, layout: Layout, found: Classified, seen: _Seen) -> None:
    reader = _Reader(row, layout, found.is_day_first)
    number, name = reader.number(), reader.text("legal_name")
    if number is not None and name is not None:
        owner = seen.owner.get(number.bn9)
        key = number.normalized
        if owner is not None and company_key(owner) != company_key(name):
            reader.refuse("number", "number_of_another_company", other=owner)
        elif key in seen.first_row:
            found.duplicates.append(Duplicate(row.number, seen.first_row[key], key))
            return
    if name is None and not isinstance(cell_at(row, layout.index_of.get("legal_name")), CellError):
        reader.refuse("legal_name", "no_name")
    accepted = reader.row(number, name)
    if reader.problems or accepted is None:
        found.problems += reader.problems
        return
    seen.owner.setdefault(accepted.bn9, accepted.legal_name)
    seen.first_row[accepted.key] = row.number
    found.accepted.append(accepted)


class _Reader:
    """Reads one row's cells and gathers what is wrong with them."""

    def __init__(self, row: Row, layout: Layout, day_first: bool) -> None:
        self._row, self._layout, self._day_first = row, layout, day_first
        self._index = layout.index_of
        self.problems: list[Problem] = []

    def _cell(self, key: str) -> Cell | CellError:
        return cell_at(self._row, self._index.get(key))

    def refuse(self, key: str, reason: str, other: str = "") -> None:
        heading = self._layout.heading_of(key)
        self.problems.append(Problem(self._row.number, heading, shown(self._cell(key)), reason, other, key))

    def number(self) -> BusinessNumber | None:
        """The account of the row: of one column, or of a BN9 and the account beside it."""
        number = self._parsed("number", self._cell("number"))
        beside = self._cell("account_reference")
        if number is None or number.program or not shown(beside):
            return number
        tidy = "" if isinstance(beside, CellError) else "".join(str(beside).split()).upper()
        match = REFERENCE.fullmatch(tidy)
        account = self._parsed("account_reference", f"{number.bn9}RM{match[1].zfill(4)}" if match else beside)
        if account is not None and account.bn9 != number.bn9:
            self.refuse("account_reference", "account_mismatch")
            return None
        return account

    def _parsed(self, key: str, cell: Cell | CellError) -> BusinessNumber | None:
        if isinstance(cell, CellError):
            self.refuse(key, "error")
            return None
        try:
            return parse_import_account(cell, allow_bn9=True)
        except BusinessNumberError as error:
            self.refuse(key, NUMBER_REASONS.get(error.problem, error.problem))
            return None

    def text(self, key: str) -> str | None:
        try:
            return read_text(self._cell(key))
        except CellProblem as problem:
            self.refuse(key, problem.reason)
            return None

    def amount(self, key: str) -> Decimal | None:
        try:
            value = read_amount(self._cell(key))
        except CellProblem as problem:
            self.refuse(key, problem.reason)
            return None
        if value is not None and value < 0:
            self.refuse(key, "negative")
        return value

    def day(self, key: str) -> date | None:
        try:
            return read_date(self._cell(key), day_first=self._day_first)
        except CellProblem as problem:
            self.refuse(key, problem.reason)
            return None

    def people(self) -> tuple[Person, ...]:
        names, emails = self._cell("people"), self._cell("emails")
        try:
            return read_people(names, emails)
        except CellProblem as problem:
            self.refuse("people" if isinstance(names, CellError) else "emails", problem.reason)
            return ()

    def count(self, key: str) -> int | None:
        try:
            return read_count(self._cell(key))
        except CellProblem as problem:
            self.refuse(key, problem.reason)
            return None

    def row(self, number: BusinessNumber | None, name: str | None) -> ClientRow | None:
        """The row as a whole; None when its number or its name cannot be read."""
        products = self.text("products")
        values = {
            "trade_name": self.text("trade_name"),
            "client_number": self.text("client_number"),
            "is_resident": read_yes_no(self._cell("residency")),
            "street": self.text("street"),
            "city": self.text("city"),
            "province": self.text("province"),
            "postal_code": self.text("postal_code"),
            "country": self.text("country"),
            "people": self.people(),
            "phone": self.text("phone"),
            "is_portal_linked": read_yes_no(self._cell("is_portal_linked")),
            "stated_bam_count": self.count("stated_bam_count"),
            "broker": self.text("broker"),
            "is_delegated": read_yes_no(self._cell("is_delegated")),
            "security_kind": read_security(self._cell("security_kind")),
            "security_amount": self.amount("security_amount"),
            "security_until": self.day("security_until"),
            "stated_peak_amount": self.amount("stated_peak_amount"),
            "products": products,
            "hs_chapters": tuple(hs_chapters(products)),
            "shipments_per_month": self.text("shipments_per_month"),
            "yearly_value_amount": self.amount("yearly_value_amount"),
            "consultant": self.text("consultant"),
            "notes": self.text("notes"),
        }
        if number is None or name is None:
            return None
        rm = number.normalized if len(number.normalized) == 15 else None
        return ClientRow(self._row.number, name, number.bn9, rm, **values)  # type: ignore[arg-type]
