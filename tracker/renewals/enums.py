"""Renewals, enums."""

from enum import StrEnum


class Cause(StrEnum):
    """Why a file opened itself."""

    SHORTFALL = "shortfall"
    ENDING = "ending"
    REVIEW = "review"
