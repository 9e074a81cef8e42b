"""Databases for tests: one migrated template with the cast in it, copied for each test. SQLite, or a real PostgreSQL."""

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Protocol

from sqlalchemy import create_engine, text

SHARED_MEMORY = Path("/dev/shm")


class Database(Protocol):
    """Where the suite's rows live."""

    url: str

    def keep_as_template(self) -> None: ...
    def restore(self) -> None: ...
    def stop(self) -> None: ...


class SqliteDatabase:
    """A file, in memory where the machine has such a folder."""

    def __init__(self) -> None:
        root = str(SHARED_MEMORY) if SHARED_MEMORY.is_dir() else None
        self.folder = Path(tempfile.mkdtemp(prefix="tracker-test-", dir=root))
        self.file = self.folder / "tracker.db"
        self.template = self.folder / "template.db"
        self.url = f"sqlite:///{self.file}"

    def keep_as_template(self) -> None:
        shutil.copy(self.file, self.template)

    def restore(self) -> None:
        for suffix in ("-wal", "-shm"):
            Path(f"{self.file}{suffix}").unlink(missing_ok=True)
        shutil.copy(self.template, self.file)

    def stop(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


class PostgresDatabase:
    """A server of our own from Debian's binaries (or TEST_DATABASE_URL's), one database cloned for each test."""

    def __init__(self) -> None:
        self.folder: Path | None = None
        given = os.environ.get("TEST_DATABASE_URL")
        self.server = given.rsplit("/", 1)[0] if given else self._start()
        self.url = f"{self.server}/tracker_test_{os.getpid()}"
        self._admin("CREATE DATABASE", self._name())

    def _name(self, suffix: str = "") -> str:
        return self.url.rsplit("/", 1)[1].split("?")[0] + suffix

    def _start(self) -> str:
        binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
        if not binaries:
            raise RuntimeError("no PostgreSQL server found: install postgresql, or set TEST_DATABASE_URL")
        self.binaries = binaries[-1]
        self.folder = Path(tempfile.mkdtemp(prefix="tracker-pg-"))
        self.folder.chmod(0o777)
        data = self.folder / "data"
        port = 20000 + os.getpid() % 20000
        self._as_postgres(f"{self.binaries}/initdb -D {data} -U postgres -A trust --no-sync -E UTF8 --locale=C.UTF-8")
        options = f"-p {port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=40"
        self._as_postgres(f"{self.binaries}/pg_ctl -D {data} -l {self.folder}/log -w -o '{options}' start")
        return f"postgresql+psycopg://postgres@127.0.0.1:{port}"

    def _as_postgres(self, command: str) -> None:
        whole = ["su", "postgres", "-c", command] if os.geteuid() == 0 else ["sh", "-c", command]
        done = subprocess.run(whole, cwd="/tmp", capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"PostgreSQL: {done.stderr or done.stdout}")

    def _admin(self, verb: str, name: str, rest: str = "") -> None:
        engine = create_engine(f"{self.server}/postgres", isolation_level="AUTOCOMMIT").execution_options(writes=True)
        with engine.connect() as connection:
            connection.execute(text(f'{verb} "{name}" {rest}'))
        engine.dispose()

    def keep_as_template(self) -> None:
        self._admin("CREATE DATABASE", self._name("_template"), f'TEMPLATE "{self._name()}"')

    def restore(self) -> None:
        for _attempt in range(3):
            try:
                self._admin("DROP DATABASE IF EXISTS", self._name(), "WITH (FORCE)")
                break
            except Exception:
                time.sleep(0.2)
        self._admin("CREATE DATABASE", self._name(), f'TEMPLATE "{self._name("_template")}"')

    def stop(self) -> None:
        if self.folder is None:
            self._admin("DROP DATABASE IF EXISTS", self._name(), "WITH (FORCE)")
            self._admin("DROP DATABASE IF EXISTS", self._name("_template"), "WITH (FORCE)")
            return
        self._as_postgres(f"{self.binaries}/pg_ctl -D {self.folder}/data -m immediate stop")
        shutil.rmtree(self.folder, ignore_errors=True)
