"""Guarantees, rules: how much security a program account needs. CAD, Decimal, no clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from functools import lru_cache

from tracker.guarantees import wording
from tracker.guarantees.enums import SecurityForm
from tracker.platform.money import ZERO, to_cents
from tracker.rulebook.calendar import last_period_end, period_end
from tracker.rulebook.counts import SHIPPED
from tracker.rulebook.types import Fact, Rules, Text

HUNDRED = Decimal(100)
TENTH = Decimal("0.1")
PCT = {SecurityForm.AGREEMENT: "rpp.agreement_pct", SecurityForm.CASH: "rpp.cash_pct"}
FLOOR, CAP, LOOKBACK = "rpp.agreement_floor", "rpp.cap_per_rm", "rpp.lookback_months"
CASH_FLOOR, CASH_CAP = "rpp.cash_floor_applies", "rpp.cash_cap_applies"
ROUNDING, PENALTIES = "rpp.rounding", "rpp.penalties_in_base"


@dataclass(frozen=True, slots=True)
class MonthlyTotal:
    """What one billing period's goods owe CBSA (charges, F of the statement), GST included, in CAD."""

    period_end: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Requirement:
    """An estimate of the security one program account needs, and how it came about. CAD."""

    form: SecurityForm
    as_of: date
    peak_period_end: date | None
    peak_amount: Decimal
    percent: Decimal
    share_amount: Decimal  # percent of the peak, before floor and cap
    required_amount: Decimal
    facts: tuple[str, ...]
    cautions: tuple[Text, ...]

    @property
    def explanation(self) -> Text:
        """The sum in words; made when asked for, since a portfolio's sums are seldom all read."""
        owed = max(self.peak_amount, ZERO)
        return wording.explain(
            self.peak_period_end if owed else None, owed, self.percent, self.share_amount, self.required_amount
        )


@lru_cache(maxsize=4096)  # one day is asked for with every account
def window(as_of: date, months: int | None = None) -> tuple[date, date]:
    """First and last period end of the last `months` periods closed on `as_of`; one closes when its 17th is over.

    As many as the rulebook looks back over on that day, unless told.
    """
    last = last_period_end(as_of)
    count = SHIPPED.whole(LOOKBACK, as_of) if months is None else months
    year, month = divmod(last.year * 12 + last.month - count, 12)
    return period_end(year, month + 1), last


@lru_cache(maxsize=64)
def closed_periods(as_of: date, months: int | None = None) -> tuple[date, ...]:
    """The ends of the last `months` periods closed on `as_of`, oldest first; as many as the rulebook looks back over."""
    first, last = window(as_of, months)
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return tuple(period_end(number // 12, number % 12 + 1) for number in numbers)


def peak(months: Iterable[MonthlyTotal], as_of: date, lookback: int | None = None) -> MonthlyTotal | None:
    """The highest month of the window; the earliest of equals; None when the window holds none."""
    first, last = window(as_of, lookback)
    inside = (month for month in months if first <= month.period_end <= last)
    return min(inside, key=lambda month: (-month.amount, month.period_end), default=None)


def required_amount(form: SecurityForm, months: Iterable[MonthlyTotal], rules: Rules, as_of: date) -> Requirement:
    """The security ONE program account needs on `as_of` under D17-5-2 as its readers report it (CAD).

    50 % (agreement) or 100 % (cash) of the highest month of the last 12 closed periods, within floor and cap; 0.00 when
    nothing was owed. `months` are of this account alone, never of a whole business. KeyError when the rulebook holds no
    value on that day (before 2024-10-21).
    """
    form = SecurityForm(form)
    highest = peak(months, as_of, count_of(rules.fact(LOOKBACK)))
    owed = max(to_cents(highest.amount), ZERO) if highest else ZERO
    percent = _decimal(rules.fact(PCT[form]))
    share = to_cents(owed * percent / HUNDRED)
    bounds = bounds_of(form, rules)
    amount = within(share, bounds) if owed else ZERO
    return Requirement(
        form=form,
        as_of=as_of,
        peak_period_end=highest.period_end if highest else None,
        peak_amount=to_cents(highest.amount) if highest else ZERO,
        percent=percent,
        share_amount=share,
        required_amount=amount,
        facts=_facts_used(form),
        cautions=_cautions(form, rules, owed),
    )


def bounds_of(form: SecurityForm, rules: Rules) -> tuple[Decimal | None, Decimal | None]:
    """Floor and cap in CAD; None where the form has none (contested for cash: facts B-1)."""
    floor, cap = _decimal(rules.fact(FLOOR)), _decimal(rules.fact(CAP))
    if form is SecurityForm.AGREEMENT:
        return floor, cap
    return (
        floor if rules.fact(CASH_FLOOR).value is True else None,
        cap if rules.fact(CASH_CAP).value is True else None,
    )


def cap_of(form: SecurityForm, rules: Rules) -> Decimal | None:
    """The most that is required of one account in CAD; None where the form has no cap."""
    return bounds_of(form, rules)[1]


def within(share: Decimal, bounds: tuple[Decimal | None, Decimal | None]) -> Decimal:
    """The share raised to the floor or limited to the cap, to the cent."""
    floor, cap = bounds
    raised = share if floor is None else max(share, floor)
    return to_cents(raised if cap is None else min(raised, cap))


def _facts_used(form: SecurityForm) -> tuple[str, ...]:
    cash_only = (CASH_FLOOR, CASH_CAP) if form is SecurityForm.CASH else ()
    return (PCT[form], LOOKBACK, FLOOR, CAP, *cash_only, ROUNDING, PENALTIES)


def _cautions(form: SecurityForm, rules: Rules, owed: Decimal) -> tuple[Text, ...]:
    """The estimate's standing caution, and the contested points that could change this very figure."""
    ids = [PCT[form]]
    if form is SecurityForm.CASH:
        ids += [CASH_FLOOR] if ZERO < owed < _decimal(rules.fact(FLOOR)) else []
        ids += [CASH_CAP] if owed > _decimal(rules.fact(CAP)) else []
    elif owed:
        ids.append(ROUNDING)
    ids.append(PENALTIES)
    return tuple(caution for fact_id in ids if (caution := rules.fact(fact_id).caution))


def _decimal(fact: Fact) -> Decimal:
    if not isinstance(fact.value, Decimal):
        raise TypeError(f"{fact.id} is no decimal")
    return fact.value


def count_of(fact: Fact) -> int:
    """A fact's whole number (months, days). TypeError when it holds none."""
    if isinstance(fact.value, bool) or not isinstance(fact.value, int):
        raise TypeError(f"{fact.id} is no whole number")
    return fact.value


def coverage(required: Decimal, posted: Decimal) -> Decimal | None:
    """Posted ÷ required in percent, cut to one decimal so that 100.0 means covered; None when nothing is required."""
    if required <= 0:
        return None
    return (posted * HUNDRED / required).quantize(TENTH, rounding=ROUND_FLOOR)


def shortfall(required: Decimal, posted: Decimal) -> Decimal:
    """CAD still missing, never below 0.00."""
    return to_cents(max(required - posted, ZERO))
