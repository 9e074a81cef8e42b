"""Assessments, models: one assessment, its answers and what it found."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.assessments.enums import AssessmentState
from tracker.platform.clock import now
from tracker.platform.db import Base
from tracker.platform.tenancy import ClientOwned, refers_to


class Assessment(ClientOwned, Base):
    """One look at a client's situation, by the rules of one day. Signed off, it never changes again."""

    __tablename__ = "assessment"
    __parents__ = {"engagement_id": "engagement", "previous_id": "assessment"}

    engagement_id: Mapped[UUID | None] = mapped_column(default=None)
    previous_id: Mapped[UUID | None] = mapped_column(default=None)
    state: Mapped[AssessmentState] = mapped_column(default=AssessmentState.DRAFT)
    rules_on: Mapped[date]  # the day whose rules apply
    started_on: Mapped[date]
    started_by: Mapped[UUID | None] = mapped_column(refers_to("user_account.id"), default=None)
    plan_applied_at: Mapped[datetime | None] = mapped_column(default=None)
    signed_by: Mapped[UUID | None] = mapped_column(refers_to("user_account.id"), default=None)
    signed_by_name: Mapped[str | None] = mapped_column(default=None)
    signed_at: Mapped[datetime | None] = mapped_column(default=None)
    frozen: Mapped[dict[str, Any] | None] = mapped_column(JSON, default=None)  # answers, findings, facts at sign-off
    frozen_digest: Mapped[str | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class Answer(ClientOwned, Base):
    """The answer to one question, or why it does not apply."""

    __tablename__ = "answer"
    __parents__ = {"assessment_id": "assessment"}
    __constraints__ = (UniqueConstraint("assessment_id", "question"),)

    assessment_id: Mapped[UUID]
    question: Mapped[str]  # key in the rulebook
    value: Mapped[Any | None] = mapped_column(JSON, default=None)
    not_applicable_reason: Mapped[str | None] = mapped_column(default=None)
    answered_by: Mapped[UUID | None] = mapped_column(refers_to("user_account.id"), default=None)
    answered_at: Mapped[datetime] = mapped_column(default=now)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class Finding(ClientOwned, Base):
    """What an assessment found, kept when its plan is applied, and whether it is settled."""

    __tablename__ = "finding"
    __parents__ = {"assessment_id": "assessment"}
    __constraints__ = (UniqueConstraint("assessment_id", "rule"),)

    assessment_id: Mapped[UUID]
    rule: Mapped[str]  # key in the rulebook
    severity: Mapped[str]
    found_on: Mapped[date]
    settled_on: Mapped[date | None] = mapped_column(default=None)
    settled_reason: Mapped[str | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}
