"""Safekeeping, commands: back up, and restore."""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine, inspect
from sqlalchemy.exc import DatabaseError

from tracker.config import KEY_FILE
from tracker.platform.audit import key_mark
from tracker.platform.errors import Refusal
from tracker.platform.files import is_stored, path_of, sync_folder
from tracker.platform.row_security import open_to_all
from tracker.platform.schema import knows_revision
from tracker.safekeeping.archive import DATABASE, FILES, SECRET, Writer, unpacked, writing
from tracker.safekeeping.contents import SCHEMA, Contents, StoredRow, contents
from tracker.safekeeping.sealing import BackupKey
from tracker.safekeeping.snapshots import check_copy, database_files, is_in_use, put_back, snapshot
from tracker.safekeeping.swapping import add_files, bring, drop_files_except, kept_aside


@dataclass(frozen=True, slots=True)
class Backup:
    """What went into a backup. The store does not hold files that are `missing`, and holds others for those `changed`."""

    path: Path
    size: int  # bytes
    held: Contents
    missing: tuple[StoredRow, ...]
    changed: tuple[StoredRow, ...]


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back, and where what was there before lies now (None when there was nothing)."""

    manifest: dict[str, Any]
    before: Path | None


def back_up(
    engine: Engine, data_dir: Path, target: Path, made_at: datetime, backup_key: BackupKey | None = None
) -> Backup:
    """Copy database, files and the kept key into one file, all of one instant, while others write; sealed with a key.

    The database comes first: files never change once stored, so those it names are still the same a minute later.
    Refusal when the target cannot be written or a tool is missing.
    """
    if not target.parent.is_dir():
        raise Refusal(None, f"There is no folder {target.parent}.")
    with TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder, writing(target, backup_key) as archive:
        copy = Path(folder) / DATABASE
        tables = inspect(engine).get_table_names()
        if SCHEMA not in tables:
            raise Refusal(None, "The database is not set up. Run: tracker init")
        with snapshot(engine, copy) as ask:
            held = contents(ask, tables)
        archive.add(DATABASE, copy, compress=True)
        missing = tuple(row for row in held.files if not is_stored(row.key))
        changed = tuple(
            row for row in sorted(set(held.files) - set(missing), key=_key) if _add_file(archive, row) != row.sha256
        )
        if (secret := data_dir / KEY_FILE).is_file():
            archive.add(SECRET, secret)
        archive.finish(_words(engine, held, (*missing, *changed), made_at))
    return Backup(target, target.stat().st_size, held, missing, changed)


def restore(
    engine: Engine, data_dir: Path, source: Path, made_at: datetime, *, force: bool, backup_key: BackupKey | None = None
) -> Restored:
    """Put a backup in place of what is there. Everything is checked before anything is touched.

    What was there is kept aside, and stays in place if the restore fails or is killed before its last step. Refusal when
    there is something and `force` is not given, when a server still uses it, or when the backup is damaged, sealed with
    another key, of another database, or of a newer program.
    """
    if not source.is_file():
        raise Refusal(None, f"There is no file {source}.")
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left in data_dir.glob(".restore-*"):
        shutil.rmtree(left)  # of a restore that was killed
    with TemporaryDirectory(dir=data_dir, prefix=".restore-") as folder:
        manifest = unpacked(source, Path(folder), backup_key)
        _check_fits(engine, manifest)
        check_copy(engine, Path(folder) / DATABASE, manifest)
        if not force and _holds_anything(engine):
            raise Refusal(None, "There is a database with people or clients in it. To replace it: --force")
        if is_in_use(engine):
            raise Refusal(None, "The database is in use. Stop the server first.")
        aside = data_dir / f"before-restore-{made_at:%Y%m%d-%H%M%S}"
        engine.dispose()
        key = Path(folder) / SECRET
        with kept_aside(_in_place(engine, data_dir, key), aside):
            # Files first: they lie beside the old ones under names of their own. The database comes last, in one step.
            brought = add_files(Path(folder) / FILES)
            if key.exists():
                key.chmod(0o600)
                bring(key, data_dir / KEY_FILE)
            sync_folder(data_dir)
            put_back(engine, Path(folder) / DATABASE)
        drop_files_except(brought)
    return Restored(manifest, aside if aside.exists() else None)


def _key(row: StoredRow) -> str:
    return row.key


def _add_file(archive: Writer, row: StoredRow) -> str:
    """Copy a stored file in; returns the hash of what went in."""
    return archive.add(FILES + row.key, path_of(row.key)).sha256


def _words(engine: Engine, held: Contents, unsound: Iterable[StoredRow], made_at: datetime) -> dict[str, Any]:
    return {
        "made_at": made_at.isoformat(),
        "database": engine.dialect.name,
        "revision": held.revision,
        "counts": held.counts,
        "audit": {"seq": held.audit_seq, "hash": held.audit_hash, "key": key_mark()},
        "unsound": [{"key": row.key, "name": row.name} for row in unsound],  # missing or changed when it was made
    }


def _check_fits(engine: Engine, manifest: dict[str, Any]) -> None:
    if manifest["database"] != engine.dialect.name:
        raise Refusal(None, f"The backup is of {manifest['database']}, DATABASE_URL names {engine.dialect.name}.")
    if not knows_revision(manifest["revision"]):
        raise Refusal(None, "The backup was made by a newer version of this program. Upgrade the program first.")


def _holds_anything(engine: Engine) -> bool:
    if engine.dialect.name == "sqlite" and not database_files(engine):
        return False
    try:
        return _has_rows(engine)
    except DatabaseError as error:
        if engine.dialect.name != "sqlite":
            raise
        raise Refusal(
            None, f"The database that is there cannot be read. To replace it: --force ({error.orig})"
        ) from error


def _has_rows(engine: Engine) -> bool:
    with engine.connect() as connection, connection.begin():
        open_to_all(connection)
        there = {"client", "user_account"} & set(inspect(connection).get_table_names())
        return any(connection.exec_driver_sql(f'SELECT 1 FROM "{name}" LIMIT 1').first() for name in there)  # noqa: S608


def _in_place(engine: Engine, data_dir: Path, key: Path) -> list[Path]:
    """What is kept aside beside the store: the database's files, and the key where the backup brings another.

    The key of an empty SQLite folder was made by this very command; it signed nothing.
    """
    database, old = database_files(engine), data_dir / KEY_FILE
    is_new = key.exists() and old.exists() and key.read_bytes() != old.read_bytes()
    return [*database, *([old] if is_new and (database or engine.dialect.name != "sqlite") else [])]
