"""Guarantees, enums."""

from enum import StrEnum


class SecurityForm(StrEnum):
    """The two forms the Regulations know: a written agreement, or a deposit."""

    AGREEMENT = "agreement"
    CASH = "cash"


class InstrumentKind(StrEnum):
    """What the trade calls it; the rulebook says whether CBSA is known to accept it."""

    SURETY_BOND = "surety_bond"
    BANK_AGREEMENT = "bank_agreement"
    LETTER_OF_CREDIT = "letter_of_credit"
    INSURANCE_POLICY = "insurance_policy"
    CASH_DEPOSIT = "cash_deposit"


class InstrumentState(StrEnum):
    """An instrument's life, from quote to ended."""

    QUOTE = "quote"
    APPLICATION = "application"
    UNDERWRITING = "underwriting"
    ISSUED = "issued"
    POSTED = "posted"
    SEEN_IN_PORTAL = "seen_in_portal"
    ENDING = "ending"
    ENDED = "ended"


class Basis(StrEnum):
    """What an account's requirement rests on."""

    PORTAL = "portal"  # CBSA's own figure, as somebody read it
    REVIEW = "review"  # the annual review in force, on all the statements of its window
    ESTIMATE = "estimate"  # our sum over the last 12 closed periods
    UNKNOWN = "unknown"  # no figure, and no statement of the window


class ReductionState(StrEnum):
    """A reduction request's life."""

    DRAFT = "draft"
    FILED = "filed"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


UNDECIDED = (ReductionState.DRAFT, ReductionState.FILED)  # of these an account has one at most


class ToldState(StrEnum):
    """What became of a figure a client told us: until somebody of the firm took it over, nothing rests on it."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"
