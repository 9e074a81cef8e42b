"""Imports, models: a run, and what it changed, so that it can be shown and undone."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index
from sqlalchemy.orm import Mapped, mapped_column

from tracker.imports.enums import RunKind, RunState
from tracker.platform.clock import now
from tracker.platform.db import Base
from tracker.platform.tenancy import new_id, refers_to


class ImportRun(Base):
    """One file on its way in. Staged, it is only a preview; applied, it can be undone whole."""

    __tablename__ = "import_run"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[RunKind]
    state: Mapped[RunState] = mapped_column(default=RunState.STAGED)
    file_name: Mapped[str]
    sha256: Mapped[str]
    storage_key: Mapped[str | None] = mapped_column(default=None)
    sheet: Mapped[str] = mapped_column(default="")
    options: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # sheet, header row, mapping, day first
    answer: Mapped[dict[str, Any]] = mapped_column(
        JSON, default=dict
    )  # what contract.md promises, as of the last preview
    created_by: Mapped[UUID | None] = mapped_column(refers_to("user_account.id"), default=None)
    created_at: Mapped[datetime] = mapped_column(default=now)
    applied_at: Mapped[datetime | None] = mapped_column(default=None)
    undone_at: Mapped[datetime | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class ImportChange(Base):
    """One record a run created or changed, with what stood there before (None = it was created)."""

    __tablename__ = "import_change"
    __table_args__ = (Index("ix_import_change_run_id_position", "run_id", "position"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    run_id: Mapped[UUID] = mapped_column(refers_to("import_run.id", ondelete="CASCADE"))
    position: Mapped[int]
    row_number: Mapped[int]
    subject_type: Mapped[str]
    subject_id: Mapped[UUID]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON, default=None)
    version_after: Mapped[int | None] = mapped_column(default=None)
