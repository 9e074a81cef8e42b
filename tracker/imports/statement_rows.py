"""Imports, rules: the fate of every row of a file of monthly statements of account. Amounts in CAD."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from tracker.clients.business_number import BusinessNumberError, parse_import_account
from tracker.clients.statement_rules import NEVER_NEGATIVE, impossible_days, is_paid_back
from tracker.imports.cells import CellProblem, is_day_first, read_amount, read_date
from tracker.imports.classify import Duplicate
from tracker.imports.columns import Layout, cell_at, fold, shown
from tracker.imports.fields import STATEMENT_FIELDS, FieldKind
from tracker.imports.problems import Problem
from tracker.imports.reading import CellError, Row, Sheet
from tracker.platform.money import ZERO
from tracker.rulebook.calendar import billing_period

AMOUNTS = tuple(f.key for f in STATEMENT_FIELDS if f.kind is FieldKind.AMOUNT)
DAYS = ("period_start", "period_end", "statement_on", "due_on", "paid_on")
OPTIONAL = frozenset({"duties_amount", "excise_amount", "sima_amount", "gst_amount", "paid_amount"})


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One accepted statement of one program account; `amounts` by column key, None where nothing was given.

    `given` are the columns whose cells said something: the others hold what a new statement starts with.
    """

    row: int
    number: str
    period_start: date
    period_end: date
    statement_on: date
    due_on: date
    paid_on: date | None
    amounts: Mapping[str, Decimal | None]
    given: frozenset[str]

    @property
    def values(self) -> dict[str, Any]:
        """Every figure by its column, as a new statement is recorded with it."""
        days = {key: getattr(self, key) for key in DAYS if key != "period_end"}
        return {**days, **self.amounts}

    def changes(self, recorded: Any) -> dict[str, tuple[Any, Any]]:
        """What the row says otherwise than a recorded statement: old and new by column. A blank never overwrites."""
        stands = {key: getattr(recorded, key) for key in self.values}
        return {
            key: (stands[key], value)
            for key, value in self.values.items()
            if key in self.given and stands[key] != value
        }


@dataclass(slots=True)
class ClassifiedStatements:
    """Every data row's fate."""

    rows: int = 0
    accepted: list[StatementRow] = field(default_factory=list)
    duplicates: list[Duplicate] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    ignored_rows: list[int] = field(default_factory=list)

    @property
    def rejected_rows(self) -> list[int]:
        """Numbers of the rows held back, in order."""
        return sorted({problem.row for problem in self.problems})


def classify_statements(
    sheet: Sheet, layout: Layout, accounts: frozenset[str], today: date, day_first: bool | None = None
) -> ClassifiedStatements:
    """Read every row below the header against the program accounts that exist, as of `today`.

    `day_first` None lets each file show its own order of slash dates.
    """
    found = ClassifiedStatements()
    found.ignored_rows += [row.number for row in sheet.rows if row.number < layout.header_row and not row.is_blank]
    seen: dict[tuple[str, date], StatementRow] = {}
    body = [row for row in sheet.rows if row.number > layout.header_row and not row.is_blank]
    index = layout.index_of.get("period_end")
    if day_first is None:
        day_first = is_day_first(cell_at(row, index) for row in body) is not False
    for row in body:
        if not shown(cell_at(row, layout.index_of.get("number"))) and _is_note(row):
            found.ignored_rows.append(row.number)
            continue
        found.rows += 1
        reader = _StatementReader(row, layout, day_first)
        accepted = reader.read(accounts, today)
        if accepted is None:
            found.problems += reader.problems
            continue
        key = (accepted.number, accepted.period_end)
        first = seen.setdefault(key, accepted)
        if first is accepted:
            found.accepted.append(accepted)
        elif accepted.values == first.values:
            found.duplicates.append(Duplicate(row.number, first.row, f"{key[0]} {key[1]}"))
        else:  # which of the two is right is not ours to choose
            found.problems += reader.differences(accepted, first)
    return found


def _is_note(row: Row) -> bool:
    filled = [shown(cell) for cell in row.cells if shown(cell)]
    return len(filled) <= 1 or fold(filled[0]).startswith("total")


class _StatementReader:
    """Reads one row and gathers what is wrong with it."""

    def __init__(self, row: Row, layout: Layout, day_first: bool) -> None:
        self._row, self._layout, self._day_first = row, layout, day_first
        self._index = layout.index_of
        self.problems: list[Problem] = []

    def _refuse(self, key: str, reason: str, other: str = "") -> None:
        value = shown(cell_at(self._row, self._index.get(key)))
        heading = self._layout.heading_of(key)
        self.problems.append(Problem(self._row.number, heading, value, reason, other, field=key))

    def read(self, accounts: frozenset[str], today: date) -> StatementRow | None:
        """The statement, or None with the problems gathered."""
        number = self._number(accounts)
        days = {key: self._day(key) for key in DAYS}
        amounts = {key: self._amount(key) for key in AMOUNTS}
        end = days["period_end"]
        if end is None:
            if not any(p.column == self._layout.heading_of("period_end") for p in self.problems):
                self._refuse("period_end", "missing")
            return None
        period = billing_period(end.year, end.month)
        if end != period.release_to or days["period_start"] not in (None, period.release_from):
            self._refuse("period_end" if end != period.release_to else "period_start", "period")
        elif end >= today:
            self._refuse("period_end", "future")
        statement_on, due_on = days["statement_on"] or period.soa_on, days["due_on"] or period.due_on
        for key, reason in impossible_days(
            period, today, statement_on=statement_on, due_on=due_on, paid_on=days["paid_on"]
        ):
            self._refuse(key, reason)
        if (amounts["paid_amount"] or ZERO) < 0 and not is_paid_back(amounts):
            self._refuse("paid_amount", "paid_below_zero")
        for key in ("charges_amount", "total_amount"):
            if amounts[key] is None and not any(p.column == self._layout.heading_of(key) for p in self.problems):
                self._refuse(key, "missing")
        if self.problems or number is None:
            return None
        return StatementRow(
            row=self._row.number,
            number=number,
            period_start=days["period_start"] or period.release_from,
            period_end=end,
            statement_on=statement_on,
            due_on=due_on,
            paid_on=days["paid_on"],
            amounts={k: (v if v is not None or k in OPTIONAL else ZERO) for k, v in amounts.items()},
            given=frozenset(key for key, value in {**days, **amounts}.items() if value is not None),
        )

    def differences(self, accepted: StatementRow, first: StatementRow) -> list[Problem]:
        """A problem for each cell in which the row differs from an earlier one of the same account and period."""
        for key, value in accepted.values.items():
            if value != first.values[key]:
                self._refuse(key, "differs", other=str(first.row))
        return self.problems

    def _number(self, accounts: frozenset[str]) -> str | None:
        cell = cell_at(self._row, self._index.get("number"))
        if isinstance(cell, CellError):
            self._refuse("number", "error")
            return None
        try:
            number = parse_import_account(cell).normalized
        except BusinessNumberError as error:
            self._refuse("number", "not_rm" if error.problem == "program" else error.problem)
            return None
        if number not in accounts:
            self._refuse("number", "unknown_account")
            return None
        return number

    def _day(self, key: str) -> date | None:
        try:
            return read_date(cell_at(self._row, self._index.get(key)), day_first=self._day_first)
        except CellProblem as problem:
            self._refuse(key, problem.reason)
            return None

    def _amount(self, key: str) -> Decimal | None:
        try:
            value = read_amount(cell_at(self._row, self._index.get(key)))
        except CellProblem as problem:
            self._refuse(key, problem.reason)
            return None
        if value is not None and value < 0 and key in NEVER_NEGATIVE:
            self._refuse(key, "negative")
        return value
