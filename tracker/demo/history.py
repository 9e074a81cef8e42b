"""The demo firm, history: two years of monthly statements whose chain adds up, except where a story says otherwise. CAD. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from tracker.demo.trades import Trade, surtax_share
from tracker.guarantees.enums import SecurityForm
from tracker.guarantees.rules import MonthlyTotal, required_amount
from tracker.guarantees.rules.review import review_forecast, review_in_view
from tracker.platform.money import ZERO, to_cents
from tracker.rulebook.book import rules_at
from tracker.rulebook.calendar import ONE_DAY, BillingPeriod, billing_period, is_business_day

MONTHS = 24
GST = Decimal("0.05")
CALM = Decimal("0.95")  # the last two months of a calm account stay below what the ten before reached
GAP = Decimal("77.40")  # what the statement that does not add up does not explain
LATE_PAYER_ONE_IN = 30
INTEREST_SINCE = date(2026, 1, 31)  # interest on late payment runs again (dated changes since 2024)
INTEREST_A_DAY = Decimal("0.0003")


@dataclass(frozen=True, slots=True)
class Flow:
    """What comes through one program account: value of a usual month in CAD, growth a year, and what is odd about it."""

    trade: Trade
    value: Decimal
    growth: Decimal = Decimal("0.05")
    quirk: str = ""  # growth, surge, gap, or nothing


@dataclass(frozen=True, slots=True)
class Month:
    """One statement, ready to be recorded. Opening, payments, interest, charges and total are A, C, E, F and H."""

    period: BillingPeriod
    opening: Decimal
    payments: Decimal
    interest: Decimal
    charges: Decimal
    total: Decimal
    duties: Decimal
    gst: Decimal
    paid_on: date | None


def last_working_day(before: date) -> date:
    """The last day on which anybody worked before `before`: the story of a day's demo ends on it."""
    day = before - ONE_DAY
    while not is_business_day(day):
        day -= ONE_DAY
    return day


def periods(today: date) -> list[BillingPeriod]:
    """The last 24 billing periods whose statement was out on the last working day, oldest first."""
    year, month, last = today.year, today.month, last_working_day(today)
    found: list[BillingPeriod] = []
    while len(found) < MONTHS:
        period = billing_period(year, month)
        if period.soa_on <= last:
            found.append(period)
        year, month = (year - 1, 12) if month == 1 else (year, month - 1)
    return found[::-1]


def statements(flow: Flow, today: date, chance: Random) -> list[Month]:
    """The account's statements as they have come in by `today`, each paid where a careful importer would have paid it."""
    parts = _parts(flow, today, chance)
    gap_at = len(parts) - 4 if flow.quirk == "gap" else -1
    months: list[Month] = []
    last, owed_interest = ZERO, ZERO
    for index, (period, duties, gst) in enumerate(parts):
        charges = to_cents(duties + gst)
        total = to_cents(charges + owed_interest + (GAP if index == gap_at else ZERO))
        is_last = index == len(parts) - 1
        if is_last and not _has_come_in(period, today, chance):
            break
        paid_on = _paid_on(period, today, chance)
        months.append(Month(period, last, last, owed_interest, charges, total, duties, gst, paid_on))
        owed_interest = _interest(total, period, paid_on)
        last = total
    return months


def _parts(flow: Flow, today: date, chance: Random) -> list[tuple[BillingPeriod, Decimal, Decimal]]:
    """Period, duties with surtax, GST."""
    found = []
    for index, period in enumerate(periods(today)):
        value = flow.value * flow.trade.season[period.release_to.month - 1] / 100
        value *= (1 + flow.growth) ** (Decimal(index - MONTHS + 1) / 12) * chance.randint(92, 108) / 100
        value *= _quirk(flow.quirk, index)
        duties = to_cents(value * (flow.trade.duty + surtax_share(flow.trade, period.release_from, period.release_to)))
        found.append((period, duties, to_cents((value + duties) * GST)))
    return found if flow.quirk == "growth" else list(_calmed(found))


def _quirk(quirk: str, index: int) -> Decimal:
    if quirk == "growth" and index >= MONTHS - 2:
        return Decimal("2.1")
    return Decimal("2.4") if quirk == "surge" and index == MONTHS - 15 else Decimal(1)


def _calmed(parts: list[tuple[BillingPeriod, Decimal, Decimal]]) -> Iterator[tuple[BillingPeriod, Decimal, Decimal]]:
    """Nothing new happens in the last two months: whatever the day, a calm account has no peak that nobody has seen yet."""
    top = max(duties + gst for _period, duties, gst in parts[-12:-2]) * CALM
    for index, (period, duties, gst) in enumerate(parts):
        whole = duties + gst
        factor = top / whole if index >= MONTHS - 2 and whole > top else Decimal(1)
        yield period, to_cents(duties * factor), to_cents(gst * factor)


def _has_come_in(period: BillingPeriod, today: date, chance: Random) -> bool:
    """A statement is published on the 25th; clients send it over the days that follow."""
    return chance.randint(1, 100) <= 10 + 9 * (today - period.soa_on).days


def _paid_on(period: BillingPeriod, today: date, chance: Random) -> date | None:
    days = chance.choice((0, 0, 0, -1, -1, -2, -3))
    if chance.randint(1, LATE_PAYER_ONE_IN) == 1:
        days = chance.randint(2, 6)
    day = period.due_on + timedelta(days=days)
    return day if day <= last_working_day(today) else None


def _interest(total: Decimal, period: BillingPeriod, paid_on: date | None) -> Decimal:
    if paid_on is None or paid_on <= period.due_on or period.due_on < INTEREST_SINCE:
        return ZERO
    return to_cents(total * INTEREST_A_DAY * (paid_on - period.due_on).days)


def need_on(months: list[Month], form: SecurityForm, day: date) -> Decimal:
    """The security that the statements out by `day` call for."""
    known = [MonthlyTotal(m.period.release_to, m.charges) for m in months if m.period.soa_on <= day]
    return required_amount(form, known, rules_at(day), day).required_amount


def need_with_review(months: list[Month], form: SecurityForm, today: date) -> Decimal:
    """What covers both today's requirement and the review in view."""
    known = [MonthlyTotal(m.period.release_to, m.charges) for m in months]
    review = review_forecast(form, known, rules_at(today), review_in_view(today), today)
    return max(need_on(months, form, today), review.amount)
