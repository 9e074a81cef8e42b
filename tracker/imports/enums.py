"""Imports, enums."""

from enum import StrEnum


class RunKind(StrEnum):
    """What a run brings in."""

    CLIENTS = "clients"
    STATEMENTS = "statements"


class RunState(StrEnum):
    """Where a run stands."""

    STAGED = "staged"
    APPLIED = "applied"
    UNDONE = "undone"
