"""Imports, views: upload, columns beside sample values, every row's fate, apply, undo."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.imports import commands, queries
from tracker.imports.classify import Classified
from tracker.imports.enums import RunKind, RunState
from tracker.imports.forms import ApplyForm, LayoutForm, UploadForm
from tracker.imports.intake import FIELDS, Intake, open_file
from tracker.imports.models import ImportRun
from tracker.imports.reading import MAX_BYTES, UnreadableFileError
from tracker.imports.showing import FATES, fate_rows, fate_words
from tracker.permissions import Permission
from tracker.platform.access import requires
from tracker.platform.actor import actor
from tracker.platform.clock import today
from tracker.platform.edge import attempt
from tracker.platform.errors import Refusal
from tracker.platform.files import path_of, store
from tracker.platform.languages import language
from tracker.platform.pages import Page, found, page, page_number

bp = Blueprint("imports", __name__)
UPLOAD_LIMIT = MAX_BYTES + 64 * 1024


@bp.route("/imports", methods=["GET", "POST"])
@requires(get=Permission.IMPORT_RUN, post=Permission.IMPORT_RUN)
def index() -> ResponseReturnValue:
    """The runs so far, and the place to drop a file."""
    request.max_content_length = UPLOAD_LIMIT
    form = UploadForm()

    def act() -> str:
        upload = form.files.data
        stored = store(upload.stream, upload.filename or "", limit=MAX_BYTES)
        intake = _read(path_of(stored.key), upload.filename or "", RunKind(form.kind.data), {})
        run = commands.stage(actor(), intake=intake, storage_key=stored.key)
        return url_for("imports.show", run_id=run.id)

    done = attempt(form, act)
    return done or page("imports/index.html", form=form, runs=queries.runs(page_number()))


def _read(path: Path, name: str, kind: RunKind, options: dict[str, Any]) -> Intake:
    """The file as laid out by the person's choices; Refusal beside the upload when it cannot be read."""
    try:
        return open_file(path, name, kind, sheet=options.get("sheet"), mapping=options.get("mapping"))
    except UnreadableFileError as error:
        raise Refusal("files", error.message.in_(language())) from error


@bp.get("/imports/<uuid:run_id>")
@requires(Permission.IMPORT_RUN)
def show(run_id: UUID) -> ResponseReturnValue:
    """One run: its columns, every row's fate with its reason, and what comes next."""
    return _show(found(queries.get_run(run_id)))


def _show(run: ImportRun, **forms: Any) -> ResponseReturnValue:
    if run.state is not RunState.STAGED:
        return page("imports/done.html", run=run, fates=fate_words(), undo=forms.get("undo") or _fresh(run), **forms)
    try:
        intake = _open(run)
    except Refusal as refusal:
        return page("imports/broken.html", run=run, message=refusal.message, status=422)
    plans, sorted_rows = commands.preview(intake, today=today(), day_first=_day_first(run))
    answer = commands.answer_of("", intake, plans, sorted_rows, dry_run=True, language=language())
    wanted = request.args.get("fate") if request.args.get("fate") in FATES else None
    rows = fate_rows(plans, sorted_rows, intake, language())
    shown = [row for row in rows if wanted is None or row.fate == wanted]
    number = page_number()
    return page(
        "imports/preview.html",
        run=run,
        intake=intake,
        answer=answer,
        wanted=wanted,
        counts={fate: sum(row.fate == fate for row in rows) for fate in FATES},
        words=fate_words(),
        rows=Page(shown[(number - 1) * 50 : number * 50], number, len(shown)),
        fields=FIELDS[run.kind],
        layout_form=forms.get("layout_form") or _layout_form(run, intake, sorted_rows),
        apply_form=forms.get("apply_form") or _fresh(run),
        **{key: value for key, value in forms.items() if key == "status"},
    )


def _fresh(run: ImportRun) -> ApplyForm:
    return ApplyForm(formdata=None, version=run.version)


def _open(run: ImportRun) -> Intake:
    return _read(path_of(run.storage_key or ""), run.file_name, run.kind, run.options)


def _day_first(run: ImportRun) -> bool | None:
    order = run.options.get("day_order")
    return None if order is None else order == "day"


def _layout_form(run: ImportRun, intake: Intake, rows: Any) -> LayoutForm:
    is_day_first = rows.is_day_first if isinstance(rows, Classified) else True
    form = LayoutForm(
        formdata=None, sheet=intake.sheet.name, day_order="day" if is_day_first else "month", version=run.version
    )
    form.sheet.choices = [(name, name) for name in intake.sheet.names]
    return form


@bp.post("/imports/<uuid:run_id>/layout")
@requires(Permission.IMPORT_RUN)
def lay_out(run_id: UUID) -> ResponseReturnValue:
    """Read the same file another way: another sheet, other columns, the other order of dates."""
    run = found(queries.get_run(run_id))
    form = LayoutForm()
    form.sheet.validate_choice = False
    mapping = {
        request.form[f"heading_{key.removeprefix('field_')}"]: value
        for key, value in request.form.items()
        if key.startswith("field_") and f"heading_{key.removeprefix('field_')}" in request.form
    }

    def act() -> str:
        values = form.values()
        options = {"sheet": values["sheet"], "day_order": values["day_order"], "mapping": mapping}
        chosen = {key: value for key, value in options.items() if value}
        _read(path_of(run.storage_key or ""), run.file_name, run.kind, chosen)
        commands.lay_out(actor(), run=run, version=values["version"], options=chosen)
        return url_for("imports.show", run_id=run_id)

    return _done_or_show(run_id, form, act, "", status=422)


@bp.post("/imports/<uuid:run_id>/apply")
@requires(Permission.IMPORT_RUN)
def apply(run_id: UUID) -> ResponseReturnValue:
    """Write every accepted row, or none."""
    run = found(queries.get_run(run_id))
    intake = _open(run)
    day_first = _day_first(run)
    form = ApplyForm()

    def act() -> str:
        version = form.values()["version"]
        commands.apply(actor(), run=run, intake=intake, version=version, today=today(), day_first=day_first)
        return url_for("imports.show", run_id=run_id)

    return _done_or_show(run_id, form, act, _("Imported."))


@bp.post("/imports/<uuid:run_id>/undo")
@requires(Permission.IMPORT_RUN)
def undo(run_id: UUID) -> ResponseReturnValue:
    """Take the whole run back."""
    run = found(queries.get_run(run_id))
    form = ApplyForm()

    def act() -> str:
        commands.undo(actor(), run=run, version=form.values()["version"])
        return url_for("imports.show", run_id=run_id)

    return _done_or_show(run_id, form, act, _("Taken back, whole."))


def _done_or_show(
    run_id: UUID, form: ApplyForm | LayoutForm, act: Callable[[], str], notice: str, status: int = 422
) -> ResponseReturnValue:
    done = attempt(form, act, notice)
    if done is not None:
        return done
    # The page is built anew; the form with its errors goes on top of it.
    run = found(queries.get_run(run_id))
    return page("imports/refused.html", form=form, run=run, status=status)
