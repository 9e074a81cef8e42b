"""Risks, enums."""

from enum import StrEnum


class RiskKind(StrEnum):
    """What sort of risk it is."""

    SECURITY = "security"
    SILENCE = "silence"
    KEY_PERSON = "key_person"
    CONTRADICTION = "contradiction"


class Severity(StrEnum):
    """The firm's own measure, not CBSA's. In order, the worst first."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Check(StrEnum):
    """How one item of the pre-flight card stands."""

    OK = "ok"
    WARN = "warn"
    MISSING = "missing"
