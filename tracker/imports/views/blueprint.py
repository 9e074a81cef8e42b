"""Imports, views: the blueprint, and the run and file that every page begins with."""

from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Blueprint
from flask_babel import gettext as _

from tracker.imports import queries
from tracker.imports.correcting import corrected, corrections_of
from tracker.imports.enums import RunKind
from tracker.imports.forms import ApplyForm
from tracker.imports.intake import Intake, open_file
from tracker.imports.models import ImportRun
from tracker.imports.reading import UnreadableFileError
from tracker.platform.actor import actor
from tracker.platform.errors import Refusal
from tracker.platform.files import path_of
from tracker.platform.languages import language
from tracker.platform.pages import found

bp = Blueprint("imports", __name__)


def read_or_refuse(path: Path, name: str, kind: RunKind, options: dict[str, Any]) -> Intake:
    """The file as laid out by the person's choices; Refusal beside the upload when it cannot be read."""
    try:
        return open_file(path, name, kind, sheet=options.get("sheet"), mapping=options.get("mapping"))
    except UnreadableFileError as error:
        raise Refusal("files", error.message.in_(language())) from error


def mine(run_id: UUID) -> ImportRun:
    """The run, or 404: somebody else's does not exist."""
    return found(queries.get_run(actor(), run_id))


def fresh(run: ImportRun) -> ApplyForm:
    """An empty form that carries the run's version."""
    return ApplyForm(formdata=None, version=run.version)


def open_run(run: ImportRun) -> Intake:
    """The file as this run reads it, with what was put right on the screen."""
    return corrected(given(run), corrections_of(run.options))


def given(run: ImportRun) -> Intake:
    """The file as it was handed in, laid out as the run says; Refusal when it is not kept."""
    if not run.storage_key:
        raise Refusal(None, _("The file of this import is not kept here."))
    return read_or_refuse(path_of(run.storage_key), run.file_name, run.kind, run.options)


def day_order(run: ImportRun) -> bool | None:
    """Whether slash dates begin with the day; None to let the file show it."""
    order = run.options.get("day_order")
    return None if order is None else order == "day"
