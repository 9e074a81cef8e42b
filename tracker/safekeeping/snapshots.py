"""Safekeeping: a copy of the database at one instant while others write, and the way back. SQLite's own copying, PostgreSQL's own tools."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from tracker.platform.errors import Refusal
from tracker.platform.files import sync_folder
from tracker.platform.row_security import open_to_all
from tracker.safekeeping.contents import Ask, contents
from tracker.safekeeping.swapping import bring

PAGES_AT_A_TIME = 512  # of the copy, between which writers get their turn
BINARIES = Path("/usr/lib/postgresql")
TOOLS = ("pg_dump", "pg_restore", "psql")


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
    with closing(_reader(_file_of(engine))) as source, closing(sqlite3.connect(target)) as copy:
        # A read held to the end keeps every page of one instant. Without it SQLite starts the copy over at each write of
        # another connection: a firm that writes 30 times a second would never get a backup of 250 MB.
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        source.backup(copy, pages=PAGES_AT_A_TIME)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
    with closing(_reader(target)) as reader:
        yield lambda query: reader.execute(query).fetchall()


def _reader(path: Path) -> sqlite3.Connection:
    """A connection that neither creates nor writes, and says BEGIN only when told to."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, timeout=5)


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
        for stale in database_files(engine)[1:]:
            stale.unlink()  # a journal left by the old file would be played into the new one
        source.chmod(0o600)
        bring(source, _file_of(engine))
        sync_folder(_file_of(engine).parent)
        return
    script = source.with_suffix(".sql")
    first = source.with_suffix(".first.sql")
    first.write_text("DROP SCHEMA public CASCADE; CREATE SCHEMA public;\n")
    _run(engine, "pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(source))
    _run(engine, "psql", "--quiet", "--no-psqlrc", "--single-transaction", "--set=ON_ERROR_STOP=1",
         f"--file={first}", f"--file={script}")  # fmt: skip


def check_copy(engine: Engine, source: Path, manifest: Mapping[str, Any]) -> None:
    """Refusal when an unpacked SQLite database is damaged or not what the manifest says. PostgreSQL's tools check their own."""
    if engine.dialect.name != "sqlite":
        return
    try:
        with closing(_reader(source)) as reader:
            held = contents(lambda query: reader.execute(query).fetchall(), _names(reader))
            sound = reader.execute("PRAGMA quick_check").fetchone()[0]
    except (sqlite3.DatabaseError, LookupError) as error:
        raise Refusal(None, f"The database in the backup cannot be read: {error}") from error
    if sound != "ok":
        raise Refusal(None, f"The database in the backup is damaged: {sound}")
    if held.revision != manifest["revision"]:
        raise Refusal(None, f"The database in the backup is of schema {held.revision}, not {manifest['revision']}.")
    for name, count in manifest["counts"].items():
        if held.counts.get(name) != count:
            raise Refusal(None, f"The database in the backup has {held.counts.get(name, 'no')} {name}, not {count}.")


def _names(reader: sqlite3.Connection) -> list[str]:
    query = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
    return [row[0] for row in reader.execute(query)]


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
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # all of it in the one file that will be kept aside
        except sqlite3.DatabaseError as error:
            # Nobody can work in a damaged one, and it is the likeliest of all to be replaced.
            return "locked" in str(error)
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
    """Run one of PostgreSQL's tools on the database. The password goes by the environment, where no list of processes shows it."""
    query = dict(engine.url.query)
    # Row security would hide every row from a user who is bound by it: this one copies them all.
    options = f"{query.pop('options', '')} -c tracker.reach=firm".strip()
    address = engine.url.set(drivername="postgresql", password=None, query=query).render_as_string(hide_password=False)
    password = {"PGPASSWORD": engine.url.password} if engine.url.password else {}
    done = subprocess.run(  # noqa: S603  (the tool's own path, words of ours)
        [tool_path(tool), *words, *([] if tool == "pg_restore" else [f"--dbname={address}"])],
        env={**os.environ, "PGOPTIONS": options, **password}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise Refusal(None, f"{tool}: {done.stderr.strip()[-500:]}")


def tool_path(name: str) -> str:
    """Where one of PostgreSQL's client programs lies. Refusal when it is not installed."""
    found = find_tool(name)
    if found is None:
        raise Refusal(None, f"{name} is not installed: it comes with PostgreSQL's client programs.")
    return found


def find_tool(name: str) -> str | None:
    """Where one of PostgreSQL's client programs lies, the newest of those installed; None when it is not."""
    return shutil.which(name) or next(
        (str(path) for path in sorted(BINARIES.glob(f"*/bin/{name}"), reverse=True)), None
    )
