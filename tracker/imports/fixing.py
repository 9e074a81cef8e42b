"""Imports, commands: a held-back row put right on the screen, kept only once it would come in."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _

from tracker.imports import commands
from tracker.imports.correcting import Corrections, corrected, corrections_of, fix_cells, to_keep, typed_text
from tracker.imports.enums import RunState
from tracker.imports.intake import Intake
from tracker.imports.models import ImportRun
from tracker.imports.showing import fate_of
from tracker.platform.actor import Actor
from tracker.platform.audit import record
from tracker.platform.edge import check_version
from tracker.platform.errors import Refusal


def correct(
    actor: Actor,
    *,
    run: ImportRun,
    intake: Intake,
    version: int,
    row: int,
    cells: Mapping[int, str],
    today: date,
    day_first: bool | None = None,
) -> str:
    """Keep what was typed for the held-back cells of a row, and say the row's fate with it.

    Refusal with the reasons when the row would still be held back: nothing is kept then.
    """
    check_version(run, version)
    _refuse_settled(run)
    tried = with_typed(run, intake, row, cells, today=today, day_first=day_first)
    again = corrected(intake, tried)
    plans, found = commands.preview(again, today=today, day_first=day_first)
    reasons = [problem for problem in found.problems if problem.row == row]
    if reasons:
        said = " ".join(f"{problem.column}{_(':')} {problem.message(actor.language)}" for problem in reasons)
        raise Refusal(None, said)
    fate = fate_of(row, plans, found)
    if fate is None:
        raise Refusal(None, _("Nothing would be left of this row."))
    run.options = {**run.options, "corrections": to_keep(tried)}
    record(actor, "import:row-corrected", run)
    return fate


def with_typed(
    run: ImportRun, intake: Intake, row: int, cells: Mapping[int, str], *, today: date, day_first: bool | None
) -> Corrections:
    """The run's corrections with what was typed for this row; only cells that may be put right are taken.

    A cell typed as the file has it needs no correction. Refusal when nothing of the row is held back.
    """
    kept = corrections_of(run.options)
    now = corrected(intake, kept)
    _plans, found = commands.preview(now, today=today, day_first=day_first)
    problems = [problem for problem in found.problems if problem.row == row]
    allowed = {cell.index: cell.given for cell in fix_cells(now, row, problems, kept, "en")}
    if not allowed:
        raise Refusal(None, _("Nothing of this row can be put right here."))
    typed = {index: typed_text(text) for index, text in cells.items() if index in allowed}
    changed = {index: text for index, text in typed.items() if text != allowed[index]}
    untouched = {index: text for index, text in kept.get(row, {}).items() if index not in typed}
    return {**kept, row: untouched | changed}


def restore(actor: Actor, *, run: ImportRun, version: int, row: int) -> None:
    """Forget what was typed for a row: the file's own values count again."""
    check_version(run, version)
    _refuse_settled(run)
    kept: dict[str, Any] = {**run.options.get("corrections", {})}
    kept.pop(str(row), None)
    run.options = {**run.options, "corrections": kept}
    record(actor, "import:row-restored", run)


def _refuse_settled(run: ImportRun) -> None:
    if run.state is not RunState.STAGED:
        raise Refusal(None, _("This import was applied already."))
