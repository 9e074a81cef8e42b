"""Clients, rules: does a monthly statement of account add up, and does it open where the last one closed. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tracker.platform.money import ZERO, to_cents
from tracker.rulebook.types import Text

# A month's charges and credits are sums of what was charged and credited; everything else may turn negative: CBSA pays
# an importer back, and prints that as a payment below zero.
NEVER_NEGATIVE = frozenset({"charges_amount", "credits_amount"})


@dataclass(frozen=True, slots=True)
class StatementTotals:
    """The totals A to H of one statement of account, in CAD."""

    period_end: date
    opening: Decimal  # A: total of the last statement
    corrections: Decimal  # B
    payments: Decimal  # C: money received, lowers the total
    disbursements: Decimal  # D: money CBSA paid out
    interest_penalties: Decimal  # E
    charges: Decimal  # F: what the period's goods owe
    credits: Decimal  # G: lowers the total
    total: Decimal  # H: total payable


def expected_total(statement: StatementTotals) -> Decimal:
    """What the statement's own lines add up to: A + B − C + D + E + F − G, in CAD."""
    added = statement.opening + statement.corrections + statement.disbursements
    added += statement.interest_penalties + statement.charges
    return to_cents(added - statement.payments - statement.credits)


def unexplained(statement: StatementTotals, last_total: Decimal | None = None) -> Decimal:
    """CAD nobody accounts for: the total against its lines, plus the opening against the last statement's total.

    `last_total` is H of the statement before (None when there is none). 0.00 when both hold. Where the two gaps cancel
    each other out, the gap in the statement's own lines is returned: a broken chain never reads as sound.
    """
    own_gap = to_cents(statement.total - expected_total(statement))
    opening_gap = ZERO if last_total is None else to_cents(statement.opening - last_total)
    return to_cents(own_gap + opening_gap) or own_gap


def unexplained_in_chain(statements: Iterable[StatementTotals]) -> Iterator[tuple[date, Decimal]]:
    """Period end and unexplained CAD of each statement of ONE program account that does not add up, in date order.

    A missing month breaks the chain: the statement after it is checked by its own lines only.
    """
    last: StatementTotals | None = None
    for statement in sorted(statements, key=lambda row: row.period_end):
        last_total = last.total if last and is_next_month(last.period_end, statement.period_end) else None
        gap = unexplained(statement, last_total)
        if gap:
            yield statement.period_end, gap
        last = statement


def is_next_month(earlier: date, later: date) -> bool:
    """Whether the later period follows the earlier one: a missing month breaks the chain."""
    return (later.year - earlier.year) * 12 + later.month - earlier.month == 1


@dataclass(frozen=True, slots=True)
class Gap:
    """What nobody accounts for on one statement, and where it may come from. CAD."""

    period_end: date
    amount: Decimal
    own_gap: Decimal  # the total against the statement's own lines
    opening_gap: Decimal  # the opening against the last total
    causes: tuple[Text, ...]


def gap_of(statement: StatementTotals, last_total: Decimal | None) -> Gap | None:
    """The statement's gap and its likely causes; None when it adds up and opens with `last_total` (None: nothing before it)."""
    amount = unexplained(statement, last_total)
    if not amount:
        return None
    own = to_cents(statement.total - expected_total(statement))
    opening = ZERO if last_total is None else to_cents(statement.opening - last_total)
    return Gap(statement.period_end, amount, own, opening, tuple(likely_causes(statement, last_total)))


def likely_causes(statement: StatementTotals, last_total: Decimal | None) -> Iterator[Text]:
    """Where a gap may come from, the telling ones first. Suggestions for a person, never a finding."""
    own = to_cents(statement.total - expected_total(statement))
    opening = ZERO if last_total is None else to_cents(statement.opening - last_total)
    if opening:
        yield Text(
            "It does not open with the last total: a posting correction between the two statements, or a statement missing.",
            "Il ne s'ouvre pas sur le dernier total : une correction de report entre les deux relevés, ou un relevé manquant.",
        )
    if last_total and opening == -last_total:
        yield Text(
            "The opening is zero: the last total may have been paid before this statement and left out of C.",
            "L'ouverture est nulle : le dernier total a pu être payé avant ce relevé et omis de C.",
        )
    for amount, words in (
        (statement.payments, Text("the payments (C)", "les paiements (C)")),
        (statement.credits, Text("the credits (G)", "les crédits (G)")),
    ):
        if amount and own in (2 * amount, amount):
            yield Text(
                f"The gap is {_times(own, amount).en} {words.en}: they may have been added instead of taken off, or left out.",
                f"L'écart vaut {_times(own, amount).fr} {words.fr} : ils ont pu être ajoutés au lieu d'être déduits, ou omis.",
            )
    if own and statement.interest_penalties and own == -statement.interest_penalties:
        yield Text(
            "The gap equals interest and penalties (E): they may have been waived or charged elsewhere.",
            "L'écart correspond aux intérêts et pénalités (E) : ils ont pu être annulés ou imputés ailleurs.",
        )
    if own and int(own * 100) % 9 == 0:
        yield Text(
            "The gap can be divided by nine: two digits of one line may be swapped.",
            "L'écart est divisible par neuf : deux chiffres d'une ligne ont pu être inversés.",
        )
    if own:
        yield Text(
            "A line was misread, or an adjustment reached the total without a line of its own.",
            "Une ligne a été mal lue, ou un rajustement a touché le total sans ligne propre.",
        )


def breakdown_gap(charges: Decimal, *parts: Decimal | None) -> Decimal:
    """F less its parts (duties, excise, SIMA, GST) in CAD; 0.00 where any part is not known, since nothing can be said."""
    if any(part is None for part in parts):
        return ZERO
    return to_cents(charges - sum((part for part in parts if part is not None), ZERO))


def _times(own: Decimal, amount: Decimal) -> Text:
    return Text("twice", "deux fois") if own == 2 * amount else Text("just", "exactement")
