"""Deadlines, rules: what kinds of dates there are, the calendar's own dates for any horizon, and how a date moves. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from tracker.platform.days import spoken
from tracker.rulebook.calendar import (
    ONE_DAY,
    accounting_due,
    billing_period,
    is_business_day,
    last_safe_paper_day,
    review_cycle,
)
from tracker.rulebook.types import Text


class DeadlineKind(StrEnum):
    """Where a date comes from: the law or CBSA, a contract, or the firm itself."""

    STATUTORY = "statutory"
    CONTRACTUAL = "contractual"
    INTERNAL = "internal"


# What each source of dates is. A source is a fact of the rulebook, or the record that holds the date.
KINDS: Mapping[str, DeadlineKind] = {
    "bill.soa_day": DeadlineKind.STATUTORY,
    "bill.due": DeadlineKind.STATUTORY,
    "acct.due": DeadlineKind.STATUTORY,
    "rpp.review_run": DeadlineKind.STATUTORY,
    "rpp.review_deadline": DeadlineKind.STATUTORY,
    "rpp.paper_processing": DeadlineKind.INTERNAL,  # a service level of CBSA's: a day the firm had better keep, no rule
    "instrument": DeadlineKind.CONTRACTUAL,
    "paper": DeadlineKind.INTERNAL,  # the same service level, of what was sent
    "expiry": DeadlineKind.CONTRACTUAL,
    "delegation": DeadlineKind.INTERNAL,
    "portal_figure": DeadlineKind.INTERNAL,  # the firm's own measure
    "roll_off": DeadlineKind.INTERNAL,  # follows from CBSA's look-back, and asks nothing of anybody
    "renewal_end": DeadlineKind.CONTRACTUAL,  # the agreement's own last day
    "renewal_review": DeadlineKind.STATUTORY,
    "document_request": DeadlineKind.INTERNAL,
    "engagement": DeadlineKind.INTERNAL,
    "task": DeadlineKind.INTERNAL,
}


ASKS_NOTHING = frozenset({"roll_off"})  # good to know in advance; nothing is due on the day


def sources_of(kind: DeadlineKind) -> frozenset[str]:
    """The sources whose dates are of this kind."""
    return frozenset(source for source, its in KINDS.items() if its is kind)


@dataclass(frozen=True, slots=True)
class Deadline:
    """One date, what it is, where it comes from and by what rule. client_id None concerns every client."""

    on: date
    what: Text
    kind: DeadlineKind
    source: str  # a key of KINDS
    client_id: UUID | None = None
    client_name: str | None = None
    record_id: UUID | None = None
    note: Text | None = None
    owner: str | None = None
    rule: Text | None = None  # where it comes from and by what rule, in a short sentence; None only while it is moved
    facts: tuple[str, ...] = ()  # of the rulebook, that make it this day; none for what a contract or the firm has set
    of_id: UUID | None = None  # the record it hangs on: an engagement, a provider


def cycle_deadlines(first: date, last: date) -> Iterator[Deadline]:
    """The billing cycle's, accounting's and the annual review's dates between two days, both included.

    SOR/86-1062 s. 10 and 10.1 for accounting and payment; CBSA's own dates for statement and review.
    """
    index = first.year * 12 + first.month - 1
    months = range(index - 1, last.year * 12 + last.month)
    reviews = range(first.year - 1, last.year + 1)
    found = [row for at in months for row in _of_period(at // 12, at % 12 + 1)]
    found += [row for year in reviews for row in _of_review(year)]
    yield from (row for row in found if first <= row.on <= last)


def _of_period(year: int, month: int) -> Iterator[Deadline]:
    period = billing_period(year, month)
    begins, ends = period.release_from, period.release_to
    yield _cycle_date("bill.soa_day", period.soa_on, "Statements of account are published",
                      "Les relevés de compte sont publiés")  # fmt: skip
    yield _cycle_date(
        "acct.due",
        accounting_due(ends),
        f"Account for what was released on {spoken(ends, 'en')}, the last day of the billing period",
        f"Déclarer en détail ce qui a été dédouané le {spoken(ends, 'fr')}, dernier jour de la période de facturation",
    )
    yield _cycle_date(
        "bill.due",
        period.due_on,
        f"Payment due for releases of {spoken(begins, 'en')} to {spoken(ends, 'en')}",
        f"Paiement dû pour les dédouanements du {spoken(begins, 'fr')} au {spoken(ends, 'fr')}",
        _legal_last(period.due_on, period.legal_last_on),
    )


def _of_review(year: int) -> Iterator[Deadline]:
    cycle = review_cycle(year)
    yield _cycle_date("rpp.review_run", cycle.run_on, "CBSA runs the annual review of security",
                      "L'ASFC procède à l'examen annuel des garanties")  # fmt: skip
    yield _cycle_date("rpp.review_deadline", cycle.deadline_on, "New security amounts have to be posted",
                      "Les nouveaux montants de garantie doivent être déposés")  # fmt: skip
    yield _cycle_date(
        "rpp.paper_processing",
        last_safe_paper_day(cycle.deadline_on),
        f"Last safe day to send a change of security on paper for {spoken(cycle.deadline_on, 'en')}",
        f"Dernier jour sûr pour envoyer sur papier un changement de garantie en vue du {spoken(cycle.deadline_on, 'fr')}",
    )


def _cycle_date(fact: str, on: date, en: str, fr: str, note: Text | None = None) -> Deadline:
    return Deadline(on, Text(en, fr), KINDS[fact], fact, note=note, facts=(fact,))


def _legal_last(due_on: date, legal_last_on: date) -> Text | None:
    if legal_last_on == due_on:
        return None
    return Text(
        f"The day is a holiday; by law {spoken(legal_last_on, 'en')} may still do. Pay by the earlier day.",
        f"Ce jour est férié; selon la loi, le {spoken(legal_last_on, 'fr')} peut encore convenir. Payez à la plus proche des deux dates.",
    )


def statement_note(printed_on: date, period_end: date) -> Text | None:
    """What to say beside a statement's own due date: that it is not the calendar's, or that it falls on a holiday."""
    period = billing_period(period_end.year, period_end.month)
    return printed_against_computed(printed_on, period_end) or _legal_last(period.due_on, period.legal_last_on)


def printed_against_computed(printed_on: date, period_end: date) -> Text | None:
    """What to say where a statement's printed due date is not the calendar's; None where they agree. The printed one holds."""
    computed_on = billing_period(period_end.year, period_end.month).due_on
    if printed_on == computed_on:
        return None
    return Text(
        f"Printed on the statement: {spoken(printed_on, 'en')}. The calendar comes to {spoken(computed_on, 'en')}. "
        "The printed date holds.",
        f"Imprimé sur le relevé : {spoken(printed_on, 'fr')}. Selon le calendrier : {spoken(computed_on, 'fr')}. "
        "La date imprimée prévaut.",
    )


def moved_along(on: date, by: timedelta) -> date:
    """Where a date goes that follows another: as many days on, and to the business day before where that is none."""
    day = on + by
    while not is_business_day(day):
        day -= ONE_DAY
    return day


def in_order(deadlines: list[Deadline]) -> list[Deadline]:
    """Soonest first, the firm-wide ones of a day before the clients'."""
    return sorted(deadlines, key=lambda d: (d.on, d.client_name is not None, d.client_name or "", d.what.en))
