"""The tracker command: `tracker import clients` and `tracker import statements`."""

import json
from pathlib import Path
from typing import Any

import click

from tracker.cli.arguments import in_language
from tracker.cli.session import answer, application, refuse, say
from tracker.imports import commands
from tracker.imports.enums import RunKind
from tracker.imports.fields import CLIENT_FIELDS
from tracker.imports.intake import Intake, open_file
from tracker.imports.reading import UnreadableFileError
from tracker.platform.actor import SYSTEM
from tracker.platform.clock import today
from tracker.platform.db import transaction
from tracker.platform.errors import Refusal


@click.group("import")
def import_group() -> None:
    """Bring in client lists and monthly statements."""


FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
DRY_RUN = click.option("--dry-run", is_flag=True, help="say what would happen, change nothing")
JSON = click.option("--json", "as_json", is_flag=True)


@import_group.command("clients")
@FILE
@click.option("--sheet", help="name of the sheet (default: the first)")
@click.option(
    "--map",
    "map_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help='JSON: {"their column": "our field"}',
)
@DRY_RUN
@in_language
@JSON
def clients(file: Path, sheet: str | None, map_file: Path | None, dry_run: bool, lang: str, as_json: bool) -> None:
    """Import a client list from Excel or CSV."""
    mapping = _mapping(map_file) if map_file else None
    _run(file, RunKind.CLIENTS, sheet=sheet, mapping=mapping, dry_run=dry_run, language=lang, as_json=as_json)


def _mapping(file: Path) -> dict[str, str]:
    """Their headings and our fields ("" for none); a refusal in words for anything else."""
    try:
        given = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        refuse(f"{file.name} cannot be read as JSON: {error}")
    keys = {field.key for field in CLIENT_FIELDS}
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        refuse(f'{file.name} must hold {{"their column": "our field"}}.')
    if strange := sorted(set(given.values()) - keys - {""}):
        refuse(f"{file.name} names no field of ours: {strange[0]}. There are: {', '.join(sorted(keys))}.")
    return given


def _check_headings(intake: Intake, mapping: dict[str, str] | None) -> None:
    headings = {column.heading for column in intake.layout.columns}
    if missing := [heading for heading in mapping or () if heading not in headings]:
        raise Refusal(None, f"The file has no column “{missing[0]}”.")


@import_group.command("statements")
@FILE
@DRY_RUN
@in_language
@JSON
def statements(file: Path, dry_run: bool, lang: str, as_json: bool) -> None:
    """Import monthly statements of account from CSV or Excel."""
    _run(file, RunKind.STATEMENTS, dry_run=dry_run, language=lang, as_json=as_json)


def _run(
    file: Path,
    kind: RunKind,
    *,
    sheet: str | None = None,
    mapping: dict[str, str] | None = None,
    dry_run: bool,
    language: str,
    as_json: bool,
) -> None:
    with application(language=language):
        try:
            intake = open_file(file, file.name, kind, sheet=sheet, mapping=mapping)
            _check_headings(intake, mapping)
            document = _preview(intake, language) if dry_run else _apply(intake, language)
        except UnreadableFileError as error:
            refuse(error.message.in_(language))
        except Refusal as refusal:
            refuse(refusal.message)
    if as_json:
        answer(document)
    _tell(document)


def _preview(intake: Intake, language: str) -> dict[str, Any]:
    plans, found = commands.preview(intake, today=today())
    return commands.answer_of("", intake, plans, found, dry_run=True, language=language)


def _apply(intake: Intake, language: str) -> dict[str, Any]:
    with transaction():
        run = commands.stage(SYSTEM, intake=intake, options={"language": language})
        return commands.apply(SYSTEM, run=run, intake=intake, version=run.version, today=today())


def _tell(document: dict[str, Any]) -> None:
    held = sorted({p["row"] for p in document["rejected"]})
    say(
        f"{document['rows']} rows: {document['created']} created, {document['updated']} updated, "
        f"{document['unchanged']} unchanged, {len(document['duplicates'])} duplicate, {len(held)} held back."
    )
    for problem in document["rejected"]:
        say(f"  row {problem['row']}, {problem['column']}, {problem['value']!r}: {problem['message']}")
