"""Imports, showing: every row of a preview with its fate, what it would do and why not."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from tracker.imports.columns import shown
from tracker.imports.correcting import Corrections, FixCell, fix_cells
from tracker.imports.fields import STATEMENT_FIELDS, by_key
from tracker.imports.intake import Intake
from tracker.imports.planning import RowPlan
from tracker.platform.days import spoken
from tracker.platform.money import format_money

STATEMENT = by_key(STATEMENT_FIELDS)
FATES = ("created", "updated", "unchanged", "duplicate", "rejected")


@dataclass(frozen=True, slots=True)
class FateRow:
    """One data row of the file as the preview shows it."""

    number: int
    fate: str
    name: str
    key: str
    does: str
    problems: tuple[tuple[str, str, str], ...] = ()  # column, value, sentence
    fixes: tuple[FixCell, ...] = ()
    is_corrected: bool = False
    changes: tuple[tuple[str, str, str], ...] = ()  # our field, what stands there, what it becomes


def fate_words() -> dict[str, str]:
    """The fates in words."""
    return {
        "created": _("to create"),
        "updated": _("to update"),
        "unchanged": _("unchanged"),
        "duplicate": _("duplicate"),
        "rejected": _("held back"),
    }


def fate_rows(plans: list[Any], found: Any, intake: Intake, language: str) -> list[FateRow]:
    """Every data row, in the sheet's order."""
    names = _names(intake)
    rows = [_planned(plan) if isinstance(plan, RowPlan) else _statement(plan, language) for plan in plans]
    rows += [
        FateRow(d.row, "duplicate", names.get(d.row, ""), d.key, _("repeats row %(row)s", row=d.of_row))
        for d in found.duplicates
    ]
    problems: dict[int, list[tuple[str, str, str]]] = {}
    for problem in found.problems:
        problems.setdefault(problem.row, []).append((problem.column, problem.value, problem.message(language)))
    rows += [FateRow(row, "rejected", names.get(row, ""), "", "", tuple(why)) for row, why in problems.items()]
    return sorted(rows, key=lambda row: row.number)


def with_fixes(
    rows: Iterable[FateRow], found: Any, intake: Intake, corrections: Corrections, language: str
) -> list[FateRow]:
    """These rows with the cells that can be put right, and those that were."""
    return [
        replace(
            row,
            fixes=tuple(
                fix_cells(intake, row.number, (p for p in found.problems if p.row == row.number), corrections, language)
            ),
            is_corrected=bool(corrections.get(row.number)),
        )
        if row.problems or corrections.get(row.number)
        else row
        for row in rows
    ]


def fate_of(number: int, plans: list[Any], found: Any) -> str | None:
    """The fate of one row; None when it is no data."""
    for plan in plans:
        row, fate = (plan.row, plan.fate) if isinstance(plan, RowPlan) else plan[:2]
        if row.row == number:
            return str(fate)
    if any(duplicate.row == number for duplicate in found.duplicates):
        return "duplicate"
    return "rejected" if any(problem.row == number for problem in found.problems) else None


def _names(intake: Intake) -> dict[int, str]:
    index = intake.layout.index_of.get("legal_name", intake.layout.index_of.get("number"))
    if index is None:
        return {}
    return {row.number: shown(row.cells[index]) for row in intake.sheet.rows if index < len(row.cells)}


def _planned(plan: RowPlan) -> FateRow:
    parts = [
        _("new client") if plan.is_new_client else "",
        _("new account") if plan.is_new_account else "",
        ngettext("%(num)s change", "%(num)s changes", len(plan.client_changes))
        if plan.client_changes and not plan.is_new_client
        else "",
        ngettext("%(num)s contact", "%(num)s contacts", len(plan.new_people)) if plan.new_people else "",
        _("new broker") if plan.adds_broker else _("broker") if plan.adds_delegation else "",
        _("security") if plan.adds_instrument else "",
        _("lead") if plan.lead_id else "",
    ]
    return FateRow(plan.row.row, plan.fate, plan.row.legal_name, plan.row.key, " · ".join(filter(None, parts)))


def _statement(plan: Any, language: str) -> FateRow:
    row, fate, existing = plan
    changes = row.changes(existing) if existing is not None else {}
    told = tuple(
        (STATEMENT[key].label.in_(language), _figure(before, language), _figure(after, language))
        for key, (before, after) in changes.items()
    )
    return FateRow(row.row, fate, "", row.number, spoken(row.period_end, language), changes=told)


def _figure(value: date | Decimal | None, language: str) -> str:
    if value is None:
        return _("nothing")
    return spoken(value, language) if isinstance(value, date) else format_money(value, language)
