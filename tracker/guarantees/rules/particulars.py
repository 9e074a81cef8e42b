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

    @property
    def is_continuous(self) -> bool:
        """Whether it begins and never ends, as far as it says."""
        return self.valid_from is not None and self.valid_until is None


def differing(register: Particulars, document: Particulars) -> tuple[str, ...]:
    """Names of the items a document says otherwise than the register, in their order.

    What the document was not read for differs from nothing. Numbers are the same however they are typed. A continuous
    agreement has no end: one the register lacks differs from one the document gives, and one the register has from a
    document read for its first day that gives none.
    """
    apart = [
        field.name
        for field in fields(Particulars)
        if not _agree(field.name, getattr(register, field.name), getattr(document, field.name))
    ]
    if document.is_continuous and register.valid_until is not None:
        apart.append("valid_until")
    return tuple(apart)


def _agree(name: str, ours: object, said: object) -> bool:
    if said is None or (ours is None and name in ("number", "business_number")):
        return True
    if isinstance(ours, str) and isinstance(said, str):
        return squeeze(ours) == squeeze(said)
    return ours == said
