"""Clients, rules: can a monthly statement of account be, does it add up, and does it open where the last one closed. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from tracker.platform.money import ZERO, to_cents
from tracker.rulebook.calendar import BillingPeriod
from tracker.rulebook.types import Text

# A month's charges and credits are sums of what was charged and credited; everything else may turn negative: CBSA pays
# an importer back, and prints that as a payment below zero.
NEVER_NEGATIVE = frozenset({"charges_amount", "credits_amount"})

# By the calendar a payment is due 4 to 8 days after its statement. A printed due date wins over the calendar, and relief
# or a statement sent again may move it by weeks: 60 days refuse none of those, and no slip in the year gets through.
MOST_DAYS_TO_PAY = timedelta(days=60)

IMPOSSIBLE = {
    "not_after_period": Text(
        "This day must come after the period has ended.", "Ce jour doit suivre la fin de la période."
    ),
    "statement_to_come": Text(
        "This statement date is still to come. Ahead of its day only the 25th is known, when statements come out.",
        "Cette date de relevé est à venir. D'avance, on ne connaît que le 25, jour où les relevés paraissent.",
    ),
    "due_far": Text(
        f"A payment is due at most {MOST_DAYS_TO_PAY.days} days after the statement date.",
        f"Un paiement est exigible au plus tard {MOST_DAYS_TO_PAY.days} jours après la date du relevé.",
    ),
    "paid_to_come": Text(
        "This day of payment is still to come. One arranged ahead is dated its due date at the latest.",
        "Ce jour de paiement est à venir. Un paiement prévu d'avance est daté au plus tard de son échéance.",
    ),
    "paid_below_zero": Text(
        "An amount paid is below zero only where money goes back: A, C or H below zero, or a disbursement (D).",
        "Un montant payé n'est négatif que si de l'argent est rendu : A, C ou H négatif, ou un débours (D).",
    ),
}


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


def impossible_days(
    period: BillingPeriod, today: date, *, statement_on: date, due_on: date, paid_on: date | None
) -> Iterator[tuple[str, str]]:
    """Field and reason (of `IMPOSSIBLE`) of each day of a period's statement that cannot be, seen from `today`.

    A list taken from an accounting program carries the newest statement's 25th and due date before they are there, and the
    payment arranged for that due date: what the calendar itself has for the period is let through, anything later is not.
    """
    if statement_on <= period.release_to:
        yield "statement_on", "not_after_period"
    elif statement_on > max(today, period.soa_on):
        yield "statement_on", "statement_to_come"
    is_far = due_on > statement_on + MOST_DAYS_TO_PAY
    if due_on <= period.release_to:
        yield "due_on", "not_after_period"
    elif is_far:
        yield "due_on", "due_far"
    if paid_on is not None and paid_on > max(today, period.due_on if is_far else due_on):
        yield "paid_on", "paid_to_come"


def is_paid_back(amounts: Mapping[str, Decimal | None]) -> bool:
    """Whether a statement's lines (by column, None for nothing said) show money going back to the importer."""
    below = any((amounts.get(name) or ZERO) < 0 for name in ("opening_amount", "payments_amount", "total_amount"))
    return below or (amounts.get("disbursements_amount") or ZERO) > 0


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
