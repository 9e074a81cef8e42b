"""The tracker command: back up, restore, and check that everything still fits."""

import sqlite3
from pathlib import Path
from typing import Any

import click
from flask import Flask
from sqlalchemy.exc import DBAPIError

from tracker.cli.session import answer, application, refuse, say
from tracker.platform.audit import key_mark
from tracker.platform.clock import now, today
from tracker.platform.db import db, transaction
from tracker.platform.errors import Refusal
from tracker.platform.schema import is_current, upgrade
from tracker.readiness.keeping import refresh_all
from tracker.safekeeping import checking, commands
from tracker.safekeeping.sealing import BackupKey

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("file", type=FILE)
@click.option("--json", "as_json", is_flag=True)
def backup(file: Path, as_json: bool) -> None:
    """Copy database, files and the kept key into FILE, all of one instant, while the server runs.

    FILE is readable by its owner only. With TRACKER_BACKUP_KEY set it is sealed; without, keep it as safe as the data.
    """
    with application(needs_schema=False) as app:  # before an upgrade is when it is wanted most
        try:
            key = _key(app)
            made = commands.back_up(db.engine, _data_dir(app), file.absolute(), now(), key)
        except (Refusal, OSError, sqlite3.Error) as problem:
            refuse(str(problem))
        except DBAPIError as problem:
            refuse(f"The database cannot be read: {problem.orig}")
    if as_json:
        unsound = {kind: [{"key": row.key, "name": row.name} for row in rows]
                   for kind, rows in (("missing", made.missing), ("changed", made.changed))}  # fmt: skip
        answer({"file": str(file), "bytes": made.size, "files": len(made.held.files) - len(made.missing), **unsound,
                "counts": made.held.counts})  # fmt: skip
    say(f"{file}: {made.size:,} bytes, {len(made.held.files) - len(made.missing)} files. "
        f"{'It is sealed.' if key else 'It is not encrypted.'}")  # fmt: skip
    if made.missing or made.changed:
        refuse(f"Written, but of the files the database names {len(made.missing)} are missing and {len(made.changed)} "
               "are not what was handed in: tracker verify names them.")  # fmt: skip


@click.command("backup-key")
@click.option("--json", "as_json", is_flag=True)
def backup_key(as_json: bool) -> None:
    """Make a key for sealed backups. Nothing of it is kept here: the half that opens is needed again at a restore."""
    key = BackupKey.made()
    if as_json:
        answer({"seals": str(key.seals), "opens": str(key.opens)})
        return  # a secret is printed once: standard error ends in logs
    click.echo(f"Seals backups; set it on this machine as TRACKER_BACKUP_KEY:\n{key.seals}")
    click.echo(
        f"Opens them; keep it away from this machine, with your passwords, and set it for a restore:\n{key.opens}"
    )


@click.command()
@click.argument("file", type=FILE)
@click.option("--force", is_flag=True, help="Replace a database that has people or clients in it.")
@click.option("--json", "as_json", is_flag=True)
def restore(file: Path, force: bool, as_json: bool) -> None:
    """Put the backup in FILE in place of what is there, once all of it was checked. Stop the server first."""
    with application(needs_schema=False) as app:
        try:
            restored = commands.restore(
                db.engine, _data_dir(app), file.absolute(), now(), force=force, backup_key=_key(app)
            )
        except (Refusal, OSError, sqlite3.Error) as problem:
            refuse(str(problem))
        except DBAPIError as problem:
            refuse(f"The database cannot be read: {problem.orig}")
    report = _made_current(restored.manifest)  # a fresh start: the key that came back is in force from here on
    if as_json:
        answer({"made_at": restored.manifest["made_at"], "counts": restored.manifest["counts"],
                "before": str(restored.before) if restored.before else None, "problems": report.problems})  # fmt: skip
    say(f"Restored as of {restored.manifest['made_at']}.")
    if restored.before:
        say(f"What was there before lies in {restored.before}.")
    _tell(report)


@click.command()
@click.option("--json", "as_json", is_flag=True)
def verify(as_json: bool) -> None:
    """Check the database, every file, the trail, and the rules between rows."""
    with application(needs_schema=False):
        report = _checked()
    if as_json:
        answer(
            {"ok": not report.problems, "problems": report.problems, "notes": report.notes, "checked": report.checked}
        )
    _tell(report)


def _made_current(manifest: dict[str, Any]) -> checking.Report:
    """Bring an older backup's schema up to date, put up the wall, and check it all."""
    with application(needs_schema=False):
        was_current = is_current()
        upgrade()
        if not was_current:
            with transaction():
                refresh_all(today())
        report = checking.verify()
        if manifest.get("audit", {}).get("key", key_mark()) != key_mark():
            report.notes.append("TRACKER_SECRET_KEY is not the one this backup was made with: set that one, or the trail "
                                "cannot be checked and links sent by mail do not open.")  # fmt: skip
        return report


def _checked() -> checking.Report:
    """The check, or why there can be none: the answer of `verify` is always one document."""
    try:
        if not is_current():
            return checking.Report(problems=["schema: not set up or not up to date. Run: tracker init"])
        return checking.verify()
    except DBAPIError as problem:
        return checking.Report(problems=[f"database: {problem.orig}"])


def _tell(report: checking.Report) -> None:
    for line in (*report.notes, *report.problems):
        say(line)
    if report.problems:
        raise SystemExit(1)
    say(f"{report.checked.get('files', 0)} files and {report.checked.get('events', 0)} events, all as they should be.")


def _key(app: Flask) -> BackupKey | None:
    text = str(app.config["TRACKER_BACKUP_KEY"])
    return BackupKey.of(text) if text else None


def _data_dir(app: Flask) -> Path:
    return Path(app.config["TRACKER_DATA_DIR"])
