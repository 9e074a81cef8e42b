"""Imports, views: upload, columns beside sample values, every row's fate, apply and undo."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.imports import commands, queries, undoing
from tracker.imports.classify import Classified
from tracker.imports.correcting import corrections_of
from tracker.imports.enums import RunKind, RunState
from tracker.imports.forms import ApplyForm, LayoutForm, UploadForm
from tracker.imports.held_back import held_back_rows, remembered
from tracker.imports.intake import FIELDS, Intake
from tracker.imports.inviting import invitees
from tracker.imports.models import ImportRun
from tracker.imports.reading import MAX_BYTES
from tracker.imports.showing import FATES, fate_rows, fate_words, with_fixes
from tracker.imports.views.blueprint import bp, day_order, fresh, mine, open_run, read_or_refuse
from tracker.onboarding.queries import MOST
from tracker.permissions import Permission
from tracker.platform.access import requires
from tracker.platform.actor import actor
from tracker.platform.clock import today
from tracker.platform.edge import attempt
from tracker.platform.errors import Refusal
from tracker.platform.files import path_of, store
from tracker.platform.languages import language
from tracker.platform.pages import PAGE_SIZE, Page, page, page_number
from tracker.platform.security import csrf

UPLOAD_LIMIT = MAX_BYTES + 64 * 1024


@bp.route("/imports", methods=["GET", "POST"])
@requires(get=Permission.IMPORT_RUN, post=Permission.IMPORT_RUN)
def index() -> ResponseReturnValue:
    """The runs so far, and the place to drop a file. The body limit is raised here only, and the token checked after that."""
    request.max_content_length = UPLOAD_LIMIT
    if request.method == "POST":
        csrf.protect()
    form = UploadForm()

    def act() -> str:
        upload = form.files.data
        if not (upload.filename or "").lower().endswith((".xlsx", ".csv")):
            raise Refusal(
                "files",
                _(
                    "“%(name)s” is not a list we can read: an Excel workbook (.xlsx) or a CSV file, please.",
                    name=upload.filename,
                ),
            )
        stored = store(upload.stream, upload.filename or "", limit=MAX_BYTES)
        kind, name = RunKind(form.kind.data), upload.filename or ""
        intake = read_or_refuse(path_of(stored.key), name, kind, {})
        before = queries.read_before(actor(), intake)
        if before.get("mapping"):
            intake = read_or_refuse(path_of(stored.key), name, kind, before)
        run = commands.stage(actor(), intake=intake, storage_key=stored.key, options=before)
        return url_for("imports.show", run_id=run.id)

    done = attempt(form, act)
    return done or page("imports/index.html", form=form, runs=queries.runs(actor(), page_number()))


csrf.exempt(index)  # `index` checks the token itself, once the request may be as large as a file


@bp.get("/imports/<uuid:run_id>")
@requires(Permission.IMPORT_RUN)
def show(run_id: UUID) -> ResponseReturnValue:
    """One run: its columns, every row's fate with its reason, and what comes next."""
    return _show(mine(run_id))


def _show(run: ImportRun, **forms: Any) -> ResponseReturnValue:
    if run.state is not RunState.STAGED:
        return _done(run)
    try:
        intake = open_run(run)
    except Refusal as refusal:
        return page("imports/broken.html", run=run, message=refusal.message, status=422)
    plans, sorted_rows = commands.preview(intake, today=today(), day_first=day_order(run))
    answer = commands.answer_of("", intake, plans, sorted_rows, dry_run=True, language=language())
    wanted = request.args.get("fate") if request.args.get("fate") in FATES else None
    rows = fate_rows(plans, sorted_rows, intake, language())
    shown = [row for row in rows if wanted is None or row.fate == wanted]
    number = min(page_number(), max(1, -(-len(shown) // PAGE_SIZE)))
    apply_form = forms.get("apply_form") or fresh(run)
    apply_form.version.data, apply_form.seen.data = str(run.version), commands.mark_of(plans, sorted_rows)
    screenful = shown[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    corrections = corrections_of(run.options)
    return page(
        "imports/preview.html",
        run=run,
        intake=intake,
        answer=answer,
        wanted=wanted,
        counts={fate: sum(row.fate == fate for row in rows) for fate in FATES},
        words=fate_words(),
        rows=Page(with_fixes(screenful, sorted_rows, intake, corrections, language()), number, len(shown)),
        fields=FIELDS[run.kind],
        layout_form=forms.get("layout_form") or _layout_form(run, intake, sorted_rows),
        apply_form=apply_form,
        **{key: value for key, value in forms.items() if key == "status"},
    )


def _done(run: ImportRun) -> ResponseReturnValue:
    """An applied run: what came in, what was held back, and the next steps for its clients and their people."""
    is_applied = run.state is RunState.APPLIED
    people = invitees(run.id) if is_applied else []
    problems = remembered(run.options)
    return page(
        "imports/done.html",
        run=run,
        undo=fresh(run),
        clients=queries.clients_of_run(run.id) if is_applied else [],
        most=MOST,
        to_invite=sum(person.standing == "to_write" for person in people),
        invited=sum(person.standing in ("invited", "active") for person in people),
        problems=[(p.row, p.column, p.value, p.message(language())) for p in problems],
        held_back=len(held_back_rows(problems)) if run.storage_key and is_applied else 0,
    )


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
    run = mine(run_id)
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
        intake = read_or_refuse(path_of(run.storage_key or ""), run.file_name, run.kind, chosen)
        read = {**chosen, **commands.how_read(intake)}
        commands.lay_out(actor(), run=run, version=values["version"], options=read)
        return url_for("imports.show", run_id=run_id)

    return _done_or_show(run_id, form, act, "", status=422)


@bp.post("/imports/<uuid:run_id>/apply")
@requires(Permission.IMPORT_RUN)
def apply(run_id: UUID) -> ResponseReturnValue:
    """Write every accepted row, or none."""
    run = mine(run_id)
    day_first = day_order(run)
    form = ApplyForm()

    def act() -> str:
        told: dict[str, Any] = {"version": form.version.data, "seen": form.seen.data or ""}
        commands.apply(actor(), run=run, intake=intake, today=today(), day_first=day_first, **told)
        return url_for("imports.show", run_id=run_id)

    try:
        intake = open_run(run)
    except Refusal as refusal:
        return page("imports/broken.html", run=run, message=refusal.message, status=422)
    done = attempt(form, act, _("Imported."))
    if done is not None:
        return done
    run = mine(run_id)
    if form.is_stale and run.state is RunState.STAGED:
        return _show(run, apply_form=form, status=409)
    return page("imports/refused.html", form=form, run=run, status=422)


@bp.post("/imports/<uuid:run_id>/undo")
@requires(Permission.IMPORT_RUN)
def undo(run_id: UUID) -> ResponseReturnValue:
    """Take the whole run back."""
    run = mine(run_id)
    form = ApplyForm()

    def act() -> str:
        undoing.undo(actor(), run=run, version=form.values()["version"])
        return url_for("imports.show", run_id=run_id)

    return _done_or_show(run_id, form, act, _("Undone in full."))


def _done_or_show(
    run_id: UUID, form: ApplyForm | LayoutForm, act: Callable[[], str], notice: str, status: int = 422
) -> ResponseReturnValue:
    done = attempt(form, act, notice)
    if done is not None:
        return done
    # The page is built anew; the form with its errors goes on top of it.
    run = mine(run_id)
    return page("imports/refused.html", form=form, run=run, status=status)
