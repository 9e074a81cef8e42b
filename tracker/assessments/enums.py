"""Assessments, enums."""

from enum import StrEnum


class AssessmentState(StrEnum):
    """Whether answers may still change."""

    DRAFT = "draft"
    SIGNED = "signed"


class AnswerCode(StrEnum):
    """Why an answer cannot be taken as it was given."""

    UNKNOWN_OPTION = "unknown_option"
    ONE_ONLY = "one_only"
    NONE_WITH_OTHERS = "none_with_others"
    NOT_A_NUMBER = "not_a_number"
    NOT_AN_AMOUNT = "not_an_amount"
    NEGATIVE = "negative"
    TOO_LARGE = "too_large"
    NOT_A_DATE = "not_a_date"
    TOO_LONG = "too_long"


class ChangeKind(StrEnum):
    """What differs between one assessment and the next."""

    ANSWERED = "answered"
    ALTERED = "altered"
    CLEARED = "cleared"
    FINDING_NEW = "finding_new"
    FINDING_GONE = "finding_gone"
