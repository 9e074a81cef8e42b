"""Imports, views: held-back rows, as a workbook to correct and as cells to put right here."""

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import abort, current_app, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tracker.imports import commands
from tracker.imports.correcting import corrected, corrections_of
from tracker.imports.enums import RunState
from tracker.imports.fixing import correct as put_right
from tracker.imports.fixing import restore, with_typed
from tracker.imports.forms import ApplyForm
from tracker.imports.held_back import remembered, write_held_back
from tracker.imports.intake import Intake
from tracker.imports.models import ImportRun
from tracker.imports.showing import fate_rows, fate_words, with_fixes
from tracker.imports.views.blueprint import bp, day_order, fresh, given, mine, open_run
from tracker.permissions import Permission
from tracker.platform.access import requires
from tracker.platform.actor import actor
from tracker.platform.clock import today
from tracker.platform.edge import attempt
from tracker.platform.errors import Refusal
from tracker.platform.files import SPREADSHEET
from tracker.platform.languages import language
from tracker.platform.pages import page


@bp.get("/imports/<uuid:run_id>/held-back.xlsx")
@requires(Permission.IMPORT_RUN)
def held_back(run_id: UUID) -> ResponseReturnValue:
    """The rows that were held back, with their reasons, to be corrected and dropped in again."""
    run = mine(run_id)
    if run.state is RunState.UNDONE or not run.storage_key:
        abort(404)
    intake = open_run(run)
    problems = remembered(run.options)
    if run.state is RunState.STAGED:
        _plans, sorted_rows = commands.preview(intake, today=today(), day_first=day_order(run))
        problems = sorted_rows.problems
    if not problems:
        abort(404)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "held-back.xlsx"
        write_held_back(intake, problems, path, made_by=actor().name, firm=str(current_app.extensions["firm_name"]()))
        content = path.read_bytes()
    response = Response(content, mimetype=SPREADSHEET)
    name = "lignes-retenues" if language() == "fr" else "held-back-rows"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}-{today().isoformat()}.xlsx"'
    return response


@bp.route("/imports/<uuid:run_id>/row", methods=["GET", "POST"])
@requires(get=Permission.IMPORT_RUN, post=Permission.IMPORT_RUN)
def correct(run_id: UUID) -> ResponseReturnValue:
    """One held-back row: its cells beside the reasons; saved once the row would come in."""
    run = mine(run_id)
    number, form = _number(request.values.get("row")), ApplyForm()
    if run.state is not RunState.STAGED:
        form.show(Refusal(None, _("This import was applied already.")))
        return page("imports/refused.html", form=form, run=run, status=422)
    file = given(run)
    typed = {
        int(k[5:]): v
        for k, v in request.form.items()
        if k[:5] == "cell_" and k[5:].isascii() and k[5:].isdigit() and len(k) < 9
    }
    back: dict[str, Any] = {"fate": request.values.get("fate") or None, "page": request.values.get("page") or None}

    def act() -> str:
        version = form.values()["version"]
        if "restore" in request.form:
            restore(actor(), run=run, version=version, row=number)
            flash(_("Row %(row)s: the file's own values count again.", row=number), "done")
        else:
            told = {"version": version, "row": number, "cells": typed, "today": today(), "day_first": day_order(run)}
            fate = put_right(actor(), run=run, intake=file, **told)
            flash(_("Row %(row)s: %(fate)s.", row=number, fate=fate_words()[fate]), "done")
        return url_for("imports.show", run_id=run_id, **back)

    done = attempt(form, act) if request.method == "POST" else None
    return done or _row_page(run, file, number, typed, form, back)


def _number(text: str | None) -> int:
    if not text or not (text.isascii() and text.isdigit()) or len(text) > 7:
        abort(404)
    return int(text)


def _row_page(
    run: ImportRun, file: Intake, number: int, typed: dict[int, str], form: ApplyForm, back: dict[str, Any]
) -> ResponseReturnValue:
    """The row as it would read with what was typed, or as it stands."""
    order = day_order(run)
    try:
        tried = with_typed(run, file, number, typed, today=today(), day_first=order)
    except Refusal:
        abort(404)
    intake = corrected(file, tried)
    plans, sorted_rows = commands.preview(intake, today=today(), day_first=order)
    mine = [row for row in fate_rows(plans, sorted_rows, intake, language()) if row.number == number]
    rows = with_fixes(mine, sorted_rows, intake, {**tried, number: {**tried[number], **typed}}, language())
    if not rows:
        abort(404)
    row = replace(rows[0], is_corrected=number in corrections_of(run.options))
    shown = form if form.has_errors else fresh(run)
    return page("imports/row.html", run=run, row=row, form=shown, back=back)
