"""Accounts, enums."""

from enum import StrEnum


class AccountState(StrEnum):
    """Where a person stands with the program."""

    INVITED = "invited"
    ACTIVE = "active"
    DEACTIVATED = "deactivated"


class TokenPurpose(StrEnum):
    """What a one-time link is for."""

    INVITATION = "invitation"
    NEW_PASSWORD = "new_password"  # noqa: S105
