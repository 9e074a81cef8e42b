"""Safekeeping, commands: back up, and restore."""

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine, inspect

from tracker.config import KEY_FILE
from tracker.platform.errors import Refusal
from tracker.platform.files import path_of, storage_root
from tracker.platform.row_security import open_to_all
from tracker.platform.schema import knows_revision
from tracker.safekeeping.archive import DATABASE, FILES, SECRET, unpacked, writing
from tracker.safekeeping.contents import Contents, StoredRow, contents
from tracker.safekeeping.snapshots import database_files, is_in_use, put_back, snapshot


@dataclass(frozen=True, slots=True)
class Backup:
    """What went into a backup. `missing` are files the database names and the store does not hold."""

    path: Path
    size: int  # bytes
    held: Contents
    missing: tuple[StoredRow, ...]


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back, and where what was there before lies now (None when there was nothing)."""

    manifest: dict[str, Any]
    before: Path | None


def back_up(engine: Engine, data_dir: Path, target: Path, made_at: datetime) -> Backup:
    """Copy database, files and the kept key into one file, all of one instant, while others write.

    The database comes first: files never change once stored, so those it names are still the same a minute later.
    Refusal when the target cannot be written or a tool is missing.
    """
    if not target.parent.is_dir():
        raise Refusal(None, f"There is no folder {target.parent}.")
    with TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder, writing(target) as archive:
        copy = Path(folder) / DATABASE
        with snapshot(engine, copy) as ask:
            held = contents(ask)
        archive.add(DATABASE, copy, compress=True)
        missing = tuple(row for row in held.files if not path_of(row.key).is_file())
        for row in sorted(set(held.files) - set(missing), key=lambda row: row.key):
            archive.add(FILES + row.key, path_of(row.key))
        if (secret := data_dir / KEY_FILE).is_file():
            archive.add(SECRET, secret)
        archive.finish(_words(engine, held, missing, made_at))
    return Backup(target, target.stat().st_size, held, missing)


def restore(engine: Engine, data_dir: Path, source: Path, made_at: datetime, *, force: bool) -> Restored:
    """Put a backup in place of what is there. Everything is checked before anything is touched.

    What was there is moved aside, and comes back if the restore fails. Refusal when there is something and `force` is not
    given, when a server still uses it, or when the backup is damaged, of another database, or of a newer program.
    """
    if not source.is_file():
        raise Refusal(None, f"There is no file {source}.")
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    with TemporaryDirectory(dir=data_dir, prefix=".restore-") as folder:
        manifest = unpacked(source, Path(folder))
        _check_fits(engine, manifest)
        if not force and _holds_anything(engine):
            raise Refusal(None, "There is a database with people or clients in it. To replace it: --force")
        if is_in_use(engine):
            raise Refusal(None, "The database is in use. Stop the server first.")
        aside = data_dir / f"before-restore-{made_at:%Y%m%d-%H%M%S}"
        engine.dispose()
        with _moved_aside(_there(engine, data_dir, manifest), aside):
            put_back(engine, Path(folder) / DATABASE)
            _put_files(Path(folder))
            if SECRET in manifest["parts"]:
                (Path(folder) / SECRET).replace(data_dir / KEY_FILE)
                (data_dir / KEY_FILE).chmod(0o600)
    return Restored(manifest, aside if aside.exists() else None)


def _words(engine: Engine, held: Contents, missing: Iterable[StoredRow], made_at: datetime) -> dict[str, Any]:
    return {
        "made_at": made_at.isoformat(),
        "database": engine.dialect.name,
        "revision": held.revision,
        "counts": held.counts,
        "audit": {"seq": held.audit_seq, "hash": held.audit_hash},
        "missing": [{"key": row.key, "name": row.name} for row in missing],
    }


def _check_fits(engine: Engine, manifest: dict[str, Any]) -> None:
    if manifest["database"] != engine.dialect.name:
        raise Refusal(None, f"The backup is of {manifest['database']}, DATABASE_URL names {engine.dialect.name}.")
    if not knows_revision(manifest["revision"]):
        raise Refusal(None, "The backup was made by a newer version of this program. Upgrade the program first.")


def _holds_anything(engine: Engine) -> bool:
    if engine.dialect.name == "sqlite" and not database_files(engine):
        return False
    with engine.connect() as connection, connection.begin():
        open_to_all(connection)
        there = {"client", "user_account"} & set(inspect(connection).get_table_names())
        return any(connection.exec_driver_sql(f'SELECT 1 FROM "{name}" LIMIT 1').first() for name in there)  # noqa: S608


def _there(engine: Engine, data_dir: Path, manifest: dict[str, Any]) -> list[Path]:
    """What has to make room: the database's files, the store, and the key where the backup brings its own."""
    secret = [data_dir / KEY_FILE] if SECRET in manifest["parts"] and (data_dir / KEY_FILE).exists() else []
    store = [storage_root()] if any(storage_root().iterdir()) else []
    return [*database_files(engine), *store, *secret]


@contextmanager
def _moved_aside(paths: list[Path], aside: Path) -> Iterator[None]:
    if paths:
        aside.mkdir(mode=0o700)
    moved: list[tuple[Path, Path]] = []
    try:
        for path in paths:
            moved.append((path, path.replace(aside / path.name)))  # noqa: PERF401  (one at a time: the way back)
        yield
    except BaseException:
        for path, kept in moved:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
            kept.replace(path)
        if paths:
            aside.rmdir()
        raise


def _put_files(folder: Path) -> None:
    for source in (folder / FILES).glob("*"):
        target = path_of(source.name)
        target.parent.mkdir(exist_ok=True, mode=0o700)
        source.replace(target)
