"""Coordination, enums."""

from enum import StrEnum


class PartnerKind(StrEnum):
    """What a partner is."""

    BROKER = "broker"
    SURETY = "surety"
    BANK = "bank"
    CARRIER = "carrier"
    CONSULTANT = "consultant"
    OTHER = "other"


class DelegationState(StrEnum):
    """Where a delegation of authority stands (facts 2.4: the provider asks, the importer approves)."""

    NOT_REQUESTED = "not_requested"
    REQUESTED = "requested"
    APPROVED = "approved"
    REJECTED = "rejected"
    REVOKED = "revoked"


class DelegationLevel(StrEnum):
    """Business management covers the BN9 and all RMs; program management covers one RM."""

    BUSINESS = "business"
    PROGRAM = "program"


class Visibility(StrEnum):
    """What the importer lets the provider see: its own transactions only, or all of the account."""

    OWN_TRANSACTIONS = "own_transactions"
    ALL = "all"
    UNKNOWN = "unknown"


class Party(StrEnum):
    """Who something waits on."""

    US = "us"
    CLIENT = "client"
    BROKER = "broker"
    SURETY = "surety"
    CBSA = "cbsa"


class TaskState(StrEnum):
    """Whether a task still has to be done."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"
