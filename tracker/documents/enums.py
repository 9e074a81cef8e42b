"""Documents, enums."""

from enum import StrEnum


class RequestState(StrEnum):
    """Where a document request stands (facts section 5)."""

    NOT_REQUIRED = "not_required"
    REQUESTED = "requested"
    RECEIVED = "received"
    UNDER_REVIEW = "under_review"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    EXPIRED = "expired"
