"""Imports, commands: stage a file, apply it as one decision. Files are read before, never inside, a transaction."""

import hashlib
from collections import Counter
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from tracker.clients.commands import gaps_explained_anew
from tracker.clients.enums import StatementSource
from tracker.clients.models import Statement
from tracker.imports import queries
from tracker.imports.applying import Applier, keep_changes
from tracker.imports.classify import Classified, classify
from tracker.imports.enums import RunKind, RunState
from tracker.imports.held_back import kept
from tracker.imports.intake import Intake, answer, columns_of, told_day_order
from tracker.imports.models import ImportRun
from tracker.imports.planning import RowPlan, plan_rows, plan_words
from tracker.imports.statement_rows import ClassifiedStatements, StatementRow, classify_statements
from tracker.platform.actor import Actor
from tracker.platform.audit import record
from tracker.platform.clock import now
from tracker.platform.db import db
from tracker.platform.edge import check_version
from tracker.platform.errors import Refusal, Stale


def stage(
    actor: Actor, *, intake: Intake, storage_key: str | None = None, options: dict[str, Any] | None = None
) -> ImportRun:
    """Record a file that is on its way in. Nothing of it is applied."""
    run = ImportRun(
        kind=intake.kind,
        file_name=intake.file_name,
        sha256=intake.sha256,
        storage_key=storage_key,
        sheet=intake.sheet.name,
        options={"language": actor.language, **how_read(intake), **(options or {})},
        created_by=actor.user_id,
    )
    db.session.add(run)
    record(actor, "import:staged", run)
    db.session.flush()
    return run


def how_read(intake: Intake) -> dict[str, Any]:
    """What is remembered of how a file was read, so that one with the same columns is read the same way."""
    told = told_day_order(intake)
    return {"columns": columns_of(intake), **({"told_day_order": told} if told else {})}


def preview(intake: Intake, *, today: date, day_first: bool | None = None) -> tuple[list[RowPlan] | list[Any], Any]:
    """What applying would do now: the plans of the accepted rows, and the classification."""
    if intake.kind is RunKind.CLIENTS:
        found = classify(intake.sheet, intake.layout, queries.known(), day_first)
        current = queries.current_clients(row.bn9 for row in found.accepted)
        return plan_rows(found.accepted, current, queries.around()), found
    accounts = queries.account_ids()
    statements = classify_statements(intake.sheet, intake.layout, frozenset(accounts), today, day_first)
    return statement_fates(statements), statements


def mark_of(plans: list[Any], found: Any) -> str:
    """What tells this preview from any other: every row's fate, what it would write, and what stands there now."""
    words = hashlib.sha256()
    for plan in plans:
        told = plan_words(plan) if isinstance(plan, RowPlan) else _statement_words(*plan)
        words.update(repr(told).encode())
    for problem in found.problems:
        words.update(f"{problem.row} {problem.reason}\n".encode())
    for duplicate in found.duplicates:
        words.update(f"{duplicate.row} of {duplicate.of_row}\n".encode())
    return words.hexdigest()


def _statement_words(row: StatementRow, fate: str, existing: Statement | None) -> tuple[Any, ...]:
    return (row.row, fate, *(row.changes(existing).items() if existing else ()))


def statement_fates(found: ClassifiedStatements) -> list[tuple[StatementRow, str, Statement | None]]:
    """Each accepted statement with its fate against what is recorded."""
    accounts = queries.account_ids()
    recorded = queries.recorded_statements(accounts[row.number][0] for row in found.accepted)
    fates = []
    for row in found.accepted:
        existing = recorded.get((accounts[row.number][0], row.period_end))
        fate = "created" if existing is None else "updated" if row.changes(existing) else "unchanged"
        fates.append((row, fate, existing))
    return fates


def answer_of(
    run_id: str, intake: Intake, plans: list[Any], found: Any, *, dry_run: bool, language: str
) -> dict[str, Any]:
    """The answer of contract.md for a preview or an applied run."""
    fates = Counter(plan.fate if isinstance(plan, RowPlan) else plan[1] for plan in plans)
    return answer(
        intake,
        run_id=run_id,
        dry_run=dry_run,
        language=language,
        rows=found.rows,
        fates=fates,
        duplicates=found.duplicates,
        problems=found.problems,
        ignored_rows=found.ignored_rows,
    )


def apply(
    actor: Actor,
    *,
    run: ImportRun,
    intake: Intake,
    version: int,
    today: date,
    day_first: bool | None = None,
    seen: str | None = None,
) -> dict[str, Any]:
    """Apply a staged run: every accepted row or none. Refusal when the file is another one, or the run is not staged.

    `seen` is the mark of the preview somebody looked at, None where nobody did: Stale when applying would do anything else.
    """
    check_version(run, version)
    if run.state is not RunState.STAGED:
        raise Refusal(None, _("This import was applied already."))
    if run.sha256 != intake.sha256:
        raise Refusal(None, _("The file changed since the preview. Upload it again."))
    plans, found = preview(intake, today=today, day_first=day_first)
    if seen is not None and seen != mark_of(plans, found):
        raise Stale(run, _("What is recorded changed since you looked. Look again: this is what would happen now."))
    if isinstance(found, Classified):
        Applier(actor, run, today).apply(plans)
    else:
        _apply_statements(actor, run, plans)
    run.answer = answer_of(
        str(run.id), intake, plans, found, dry_run=False, language=run.options.get("language", actor.language)
    )
    run.options = {**run.options, "held_back": kept(found.problems)}
    run.state, run.applied_at = RunState.APPLIED, now()
    record(actor, "import:applied", run, summary=run.file_name)
    return run.answer


def _apply_statements(actor: Actor, run: ImportRun, fates: list[Any]) -> None:
    accounts = queries.account_ids()
    with gaps_explained_anew(actor, {accounts[row.number][0] for row, _fate, _existing in fates}):
        changes, touched = _write_statements(accounts, fates)
    keep_changes(run, changes)
    for client_id, count in touched.items():
        record(
            actor,
            "statements:imported",
            run,
            client_id=client_id,
            summary=run.file_name,
            changes={"statements": [0, count]},
        )


def _write_statements(
    accounts: dict[str, tuple[UUID, UUID]], fates: list[Any]
) -> tuple[list[tuple[int, Any, dict[str, Any] | None]], Counter[UUID]]:
    """What was written, with what stood there before, and how many statements of each client."""
    touched: Counter[UUID] = Counter()
    changes: list[tuple[int, Any, dict[str, Any] | None]] = []
    for row, fate, existing in fates:
        account_id, client_id = accounts[row.number]
        if fate == "unchanged":
            continue
        if existing is None:
            statement = Statement(
                client_id=client_id,
                program_account_id=account_id,
                period_end=row.period_end,
                source=StatementSource.IMPORTED,
                **row.values,
            )
            db.session.add(statement)
            changes.append((row.row, statement, None))
        else:
            told = row.changes(existing)
            changes.append((row.row, existing, {key: _kept(before) for key, (before, _after) in told.items()}))
            for key, (_before, value) in told.items():
                setattr(existing, key, value)
        touched[client_id] += 1
    return changes, touched


def _kept(value: Any) -> Any:
    return None if value is None else str(value)


def lay_out(actor: Actor, *, run: ImportRun, version: int, options: dict[str, Any]) -> ImportRun:
    """Remember how a staged file is to be read: sheet, columns, order of dates."""
    check_version(run, version)
    if run.state is not RunState.STAGED:
        raise Refusal(None, _("This import was applied already."))
    if options.get("sheet", run.sheet) != run.sheet:
        run.options = {
            key: value for key, value in run.options.items() if key != "corrections"
        }  # they were of that sheet
    run.options = {**run.options, **options}
    run.sheet = options.get("sheet", run.sheet)
    record(actor, "import:laid-out", run)
    return run
