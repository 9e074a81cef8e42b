"""Deadlines, rules: what kinds of dates there are, and the calendar's own dates for any horizon. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from tracker.rulebook.calendar import billing_period, review_cycle
from tracker.rulebook.types import Text


class DeadlineKind(StrEnum):
    """Where a date comes from: the law or CBSA, a contract, or the firm itself."""

    STATUTORY = "statutory"
    CONTRACTUAL = "contractual"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Deadline:
    """One date, what it is, and the rule or record it comes from. client_id None concerns every client."""

    on: date
    what: Text
    kind: DeadlineKind
    source: str  # fact id, or the table of the record
    client_id: UUID | None = None
    client_name: str | None = None
    record_id: UUID | None = None
    note: Text | None = None


def cycle_deadlines(first: date, last: date) -> Iterator[Deadline]:
    """The billing cycle's and the annual review's dates between two days, both included (SOR/86-1062 s. 10.1)."""
    year, month = first.year, first.month
    for offset in range(-1, (last.year - year) * 12 + last.month - month + 1):
        index = year * 12 + month - 1 + offset
        yield from _of_period(index // 12, index % 12 + 1, first, last)
    for review_year in range(first.year - 1, last.year + 1):
        yield from _of_review(review_year, first, last)


def _of_period(year: int, month: int, first: date, last: date) -> Iterator[Deadline]:
    period = billing_period(year, month)
    if first <= period.soa_on <= last:
        yield Deadline(
            period.soa_on,
            Text("Statements of account are published", "Les relevés de compte sont publiés"),
            DeadlineKind.STATUTORY,
            "bill.soa_day",
        )
    if first <= period.due_on <= last:
        yield Deadline(
            period.due_on,
            Text(
                f"Payment due for releases of {period.release_from} to {period.release_to}",
                f"Paiement dû pour les dédouanements du {period.release_from} au {period.release_to}",
            ),
            DeadlineKind.STATUTORY,
            "bill.due",
            note=_legal_last(period.due_on, period.legal_last_on),
        )


def _legal_last(due_on: date, legal_last_on: date) -> Text | None:
    if legal_last_on == due_on:
        return None
    return Text(
        f"The day is a holiday; by law {legal_last_on} may still do. Pay by the earlier day.",
        f"Ce jour est férié; selon la loi, le {legal_last_on} peut encore convenir. Payez au plus tôt.",
    )


def _of_review(year: int, first: date, last: date) -> Iterator[Deadline]:
    cycle = review_cycle(year)
    if first <= cycle.run_on <= last:
        yield Deadline(
            cycle.run_on,
            Text("CBSA runs the annual review of security", "L'ASFC procède à l'examen annuel des garanties"),
            DeadlineKind.STATUTORY,
            "rpp.review_run",
        )
    if first <= cycle.deadline_on <= last:
        yield Deadline(
            cycle.deadline_on,
            Text("New security amounts have to be posted", "Les nouveaux montants de garantie doivent être déposés"),
            DeadlineKind.STATUTORY,
            "rpp.review_deadline",
        )


def in_order(deadlines: list[Deadline]) -> list[Deadline]:
    """Soonest first, the firm-wide ones of a day before the clients'."""
    return sorted(deadlines, key=lambda d: (d.on, d.client_name is not None, d.client_name or "", d.what.en))
