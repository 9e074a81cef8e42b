"""Engagements, enums."""

from enum import StrEnum


class EngagementState(StrEnum):
    """Whether the work goes on."""

    OPEN = "open"
    CLOSED = "closed"
