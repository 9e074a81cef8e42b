"""Safekeeping: a copy of the database at one instant while others write, and the way back. SQLite's own copying, PostgreSQL's own tools."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from tracker.platform.errors import Refusal
from tracker.platform.row_security import open_to_all
from tracker.safekeeping.contents import Ask

PAGES_AT_A_TIME = 512  # of the copy, between which writers get their turn
BINARIES = Path("/usr/lib/postgresql")


@contextmanager
def snapshot(engine: Engine, target: Path) -> Iterator[Ask]:
    """Write the database to `target` and hand out a way to ask that very state. Refusal when a tool is missing or fails."""
    if engine.dialect.name == "sqlite":
        with _copied(engine, target) as ask:
            yield ask
    else:
        with _dumped(engine, target) as ask:
            yield ask


@contextmanager
def _copied(engine: Engine, target: Path) -> Iterator[Ask]:
    with closing(sqlite3.connect(_file_of(engine))) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy, pages=PAGES_AT_A_TIME)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
    with closing(sqlite3.connect(f"file:{target}?mode=ro", uri=True)) as reader:
        yield lambda query: reader.execute(query).fetchall()


@contextmanager
def _dumped(engine: Engine, target: Path) -> Iterator[Ask]:
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection, connection.begin():
        open_to_all(connection)
        name = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
        _run(engine, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--enable-row-security",
             f"--snapshot={name}", f"--file={target}")  # fmt: skip

        def ask(query: str) -> Sequence[Sequence[Any]]:
            return connection.exec_driver_sql(query).fetchall()

        yield ask


def put_back(engine: Engine, source: Path) -> None:
    """Make the database what `source` holds: whole, or not at all. SQLite's old file has to be out of the way."""
    engine.dispose()
    if engine.dialect.name == "sqlite":
        source.chmod(0o600)
        source.replace(_file_of(engine))
        return
    script = source.with_suffix(".sql")
    first = source.with_suffix(".first.sql")
    first.write_text("DROP SCHEMA public CASCADE; CREATE SCHEMA public;\n")
    _run(engine, "pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(source))
    _run(engine, "psql", "--quiet", "--no-psqlrc", "--single-transaction", "--set=ON_ERROR_STOP=1",
         f"--file={first}", f"--file={script}")  # fmt: skip


def is_in_use(engine: Engine) -> bool:
    """Whether another process holds the SQLite database open. PostgreSQL settles such things by itself."""
    if engine.dialect.name != "sqlite" or not _file_of(engine).exists():
        return False
    engine.dispose()
    with closing(sqlite3.connect(_file_of(engine), timeout=0.2, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("ROLLBACK")
        except sqlite3.OperationalError:
            return True
    return False


def database_files(engine: Engine) -> list[Path]:
    """The files of a SQLite database that are there; none for PostgreSQL."""
    if engine.dialect.name != "sqlite":
        return []
    base = _file_of(engine)
    return [path for path in (base, Path(f"{base}-wal"), Path(f"{base}-shm")) if path.exists()]


def _file_of(engine: Engine) -> Path:
    return Path(str(engine.url.database))


def _run(engine: Engine, tool: str, *words: str) -> None:
    url = engine.url
    given = {"PGHOST": url.host, "PGPORT": url.port, "PGUSER": url.username, "PGPASSWORD": url.password,
             "PGDATABASE": url.database}  # fmt: skip
    # Row security would hide every row from a user who is bound by it: this one copies them all.
    settings = {"PGOPTIONS": "-c tracker.reach=firm", **{key: str(value) for key, value in given.items() if value}}
    path = _tool(tool)
    done = subprocess.run(  # noqa: S603  (the tool's own path, words of ours)
        [path, *words], env={**os.environ, **settings}, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise Refusal(None, f"{tool}: {done.stderr.strip()[-500:]}")


def _tool(name: str) -> str:
    found = shutil.which(name) or next(
        (str(path) for path in sorted(BINARIES.glob(f"*/bin/{name}"), reverse=True)), None
    )
    if found is None:
        raise Refusal(None, f"{name} is not installed: it comes with PostgreSQL's client programs.")
    return found
