"""Clients, enums."""

from enum import StrEnum


class Residency(StrEnum):
    """Whether the importer is resident in Canada."""

    RESIDENT = "resident"
    NON_RESIDENT = "non_resident"
    UNKNOWN = "unknown"


class ClientState(StrEnum):
    """Whether the firm works for the client now."""

    ACTIVE = "active"
    ARCHIVED = "archived"


class AccountProfile(StrEnum):
    """What an RM program account may be used for. An exporter-only account is refused at release (CN 24-37)."""

    IMPORTER = "importer"
    EXPORTER = "exporter"
    BOTH = "both"
    UNKNOWN = "unknown"


class Known(StrEnum):
    """A yes, a no, or not known yet. An unknown never counts as a yes."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class ContactDuty(StrEnum):
    """What a contact does for the importer."""

    BAM = "bam"
    SECOND_BAM = "second_bam"
    FINANCE = "finance"
    SIGNING_OFFICER = "signing_officer"
    CUSTOMS = "customs"
    OTHER = "other"


class Duty(StrEnum):
    """What a member is to a client."""

    LEAD = "lead"
    REVIEWER = "reviewer"
    MANAGER = "manager"
    TEAM = "team"
    CONTACT = "contact"


class StatementSource(StrEnum):
    """How a statement got here."""

    TYPED = "typed"
    IMPORTED = "imported"
