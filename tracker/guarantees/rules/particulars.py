"""Guarantees, rules: what an agreement says of itself, and where its document differs from our register. CAD, no clock."""

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

from tracker.clients.rules import squeeze


@dataclass(frozen=True, slots=True)
class Particulars:
    """Those of an agreement's seven items (SOR/2024-42 s. 5(2)) that can be held against each other; None: not said. CAD."""

    amount: Decimal
    number: str | None = None
    business_number: str | None = None  # nine digits
    valid_from: date | None = None
    valid_until: date | None = None


def differing(register: Particulars, document: Particulars) -> tuple[str, ...]:
    """Names of the items a document says otherwise than the register, in their order.

    What the document was not read for differs from nothing. Numbers are the same however they are typed. An end the
    register does not know differs from one the document gives: a continuous agreement has none.
    """
    return tuple(
        field.name
        for field in fields(Particulars)
        if not _agree(field.name, getattr(register, field.name), getattr(document, field.name))
    )


def _agree(name: str, ours: object, said: object) -> bool:
    if said is None or (ours is None and name in ("number", "business_number")):
        return True
    if isinstance(ours, str) and isinstance(said, str):
        return squeeze(ours) == squeeze(said)
    return ours == said
