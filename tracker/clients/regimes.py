"""Clients, rules: the dates of a client under CSA or with couriers, which are not those of release prior to payment. Pure."""

from collections.abc import Callable, Collection
from datetime import date, timedelta

from tracker.platform.days import spoken
from tracker.rulebook.calendar import (
    StreamDates,
    billing_period_of,
    courier_dates,
    csa_billing_period_dates,
    csa_calendar_month_dates,
)
from tracker.rulebook.types import Text

CSA, COURIER = "csa", "courier"
Stream = Callable[[date], StreamDates]


def other_dates(regimes: Collection[str], today: date) -> list[Text]:
    """What to say of each regime of the profile that has other dates, with those that come next. Empty where none has."""
    kept = {regime.strip().casefold() for regime in regimes}
    return [*(_csa(today) if CSA in kept else ()), *(_courier(today) if COURIER in kept else ())]


def _csa(today: date) -> tuple[Text, ...]:
    first, last = _month_next_paid(today, csa_calendar_month_dates)
    begins, ends = _period_next_paid(today)
    a, b = csa_calendar_month_dates(last).pay_by, csa_billing_period_dates(ends).pay_by
    return (
        Text(
            en="Customs Self-Assessment: other dates apply. Accounted for and paid together, option (a): releases of "
            f"{_span(first, last, 'en')} by {spoken(a, 'en')}; option (b): releases of {_span(begins, ends, 'en')} by "
            f"{spoken(b, 'en')} (SOR/86-1062 s. 10.3).",
            fr="Programme d'autocotisation des douanes : d'autres dates s'appliquent. Déclaration en détail et paiement "
            f"ensemble, option a) : dédouanements du {_span(first, last, 'fr')}, au plus tard le {spoken(a, 'fr')}; option b) : "
            f"dédouanements du {_span(begins, ends, 'fr')}, au plus tard le {spoken(b, 'fr')} (DORS/86-1062, art. 10.3).",
        ),
    )


def _courier(today: date) -> tuple[Text, ...]:
    first, last = _month_next_paid(today, courier_dates)
    account_by, pay_by = courier_dates(last)
    return (
        Text(
            en="Courier low-value shipments: other dates apply. Releases of "
            f"{_span(first, last, 'en')} are accounted for by {spoken(account_by, 'en')} and paid by {spoken(pay_by, 'en')} "
            "(SOR/86-1062 s. 7.4, 7.5).",
            fr="Expéditions de faible valeur par messager : d'autres dates s'appliquent. Les dédouanements du "
            f"{_span(first, last, 'fr')} sont déclarés en détail au plus tard le {spoken(account_by, 'fr')} et payés au plus "
            f"tard le {spoken(pay_by, 'fr')} (DORS/86-1062, art. 7.4 et 7.5).",
        ),
    )


def _month_next_paid(today: date, stream: Stream) -> tuple[date, date]:
    """The calendar month whose payment comes next: last month's until it is due, then this month's."""
    last_month = today.replace(day=1) - timedelta(days=1)
    if stream(last_month).pay_by >= today:
        return last_month.replace(day=1), last_month
    next_month = (today.replace(day=28) + timedelta(days=4)).replace(day=1)
    return today.replace(day=1), next_month - timedelta(days=1)


def _period_next_paid(today: date) -> tuple[date, date]:
    now = billing_period_of(today)
    before = billing_period_of(now.release_from - timedelta(days=1))
    chosen = before if before.due_on >= today else now
    return chosen.release_from, chosen.release_to


def _span(first: date, last: date, language: str) -> str:
    return f"{spoken(first, language)} {'au' if language == 'fr' else 'to'} {spoken(last, language)}"
