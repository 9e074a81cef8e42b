"""Assessments, enums."""

from enum import StrEnum


class AssessmentState(StrEnum):
    """Whether answers may still change."""

    DRAFT = "draft"
    SIGNED = "signed"
