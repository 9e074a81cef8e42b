"""Backup, restore and verify: whole, of one instant, checked before anything is touched. As processes, as a firm runs them."""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from tests.databases import Database

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demonstration firm of six clients, with files; never changed by a test."""
    folder = tmp_path_factory.mktemp("firm")
    tracker(folder, "demo", "--no-serve", "--clients", "6")
    return folder


@pytest.fixture
def data(firm: Path, tmp_path: Path) -> Path:
    """A copy of the firm to play with."""
    shutil.copytree(firm, tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture(scope="module")
def packed(firm: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of the firm."""
    file = tmp_path_factory.mktemp("packed") / "firm.zip"
    tracker(firm, "backup", str(file))
    return file


def tracker(folder: Path, *words: str, status: int = 0, **more: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a process of its own in a data folder."""
    keep = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "TRACKER_SECRET_KEY"}}
    done = subprocess.run(
        [sys.executable, "-c", "from tracker.cli import main; main()", *words],
        cwd=ROOT, env={**keep, "TRACKER_DATA_DIR": str(folder), **more}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == status, (words, done.returncode, done.stdout[-500:], done.stderr[-2000:])
    return done


def document(folder: Path, *words: str, status: int = 0, **more: str) -> Any:
    return json.loads(tracker(folder, *words, "--json", status=status, **more).stdout)


def ask(folder: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(folder / "tracker.db")) as connection:
        return connection.execute(query).fetchall()


def change(folder: Path, statement: str) -> None:
    with closing(sqlite3.connect(folder / "tracker.db")) as connection:
        connection.execute(statement)
        connection.commit()


def rewritten(source: Path, target: Path, edit: Callable[[dict[str, bytes]], None]) -> Path:
    """A backup with its parts edited, and the zip itself sound."""
    with zipfile.ZipFile(source) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    edit(parts)
    with zipfile.ZipFile(target, "w") as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return target


def test_there_and_back_on_an_empty_machine(firm: Path, packed: Path, tmp_path: Path) -> None:
    """The drill of docs/operations.md: one file, one command, everything fits and the trail's chain holds."""
    assert packed.stat().st_mode & 0o777 == 0o600
    elsewhere = tmp_path / "new machine"
    back = document(elsewhere, "restore", str(packed))
    assert back["problems"] == [] and back["counts"]["client"] == 6
    for query in ("SELECT bn9, legal_name FROM client ORDER BY 1", "SELECT seq, hash FROM audit_event ORDER BY 1"):
        assert ask(elsewhere, query) == ask(firm, query)
    report = document(elsewhere, "verify")
    assert report["ok"] and report["checked"]["files"] == len(list((firm / "files").glob("??/*"))) > 0
    assert (elsewhere / "tracker.db").stat().st_mode & 0o777 == 0o600
    before, after = (document(folder, "security", "--as-of", "2026-11-23") for folder in (firm, elsewhere))
    assert before == after


def test_of_one_instant_while_others_write(data: Path, tmp_path: Path) -> None:
    change(data, "CREATE TABLE pair (a INTEGER, b INTEGER)")
    stop = threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(data / "tracker.db", timeout=10)) as connection:
            number = 0
            while not stop.is_set():
                number += 1
                with connection:
                    connection.execute("INSERT INTO pair VALUES (?, NULL)", (number,))
                    connection.execute("UPDATE pair SET b = a WHERE b IS NULL")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        tracker(data, "backup", str(tmp_path / "busy.zip"))
    finally:
        stop.set()
        writer.join()
    with zipfile.ZipFile(tmp_path / "busy.zip") as file:
        (tmp_path / "copy").mkdir()
        (tmp_path / "copy" / "tracker.db").write_bytes(file.read("database"))
    assert ask(tmp_path / "copy", "PRAGMA integrity_check") == [("ok",)]
    assert ask(tmp_path / "copy", "SELECT count(*) FROM pair WHERE b IS NULL OR a <> b") == [(0,)]


def test_it_does_not_replace_a_firm_unasked_and_keeps_what_was_there(data: Path, packed: Path) -> None:
    change(data, "UPDATE client SET trade_name = 'CHANGED SINCE'")
    refused = tracker(data, "restore", str(packed), status=1)
    assert "--force" in refused.stderr and ask(data, "SELECT DISTINCT trade_name FROM client") == [("CHANGED SINCE",)]
    back = document(data, "restore", str(packed), "--force")
    assert ("CHANGED SINCE",) not in ask(data, "SELECT DISTINCT trade_name FROM client")
    aside = Path(back["before"])
    assert ask(aside, "SELECT DISTINCT trade_name FROM client") == [("CHANGED SINCE",)] and any(
        (aside / "files").iterdir()
    )


def test_a_server_that_still_runs_stops_it(data: Path, packed: Path) -> None:
    with closing(sqlite3.connect(data / "tracker.db")) as connection:
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM client").fetchall()
        refused = tracker(data, "restore", str(packed), "--force", status=1)
    assert "Stop the server" in refused.stderr
    assert not list(data.glob("before-restore-*")) and not list(data.glob(".restore-*"))


def drop(parts: dict[str, bytes]) -> None:
    del parts[next(name for name in parts if name.startswith("files/"))]


def flip(parts: dict[str, bytes]) -> None:
    name = next(name for name in parts if name.startswith("files/"))
    parts[name] = bytes([parts[name][0] ^ 1]) + parts[name][1:]


def flip_database(parts: dict[str, bytes]) -> None:
    parts["database"] = parts["database"][:5000] + bytes([parts["database"][5000] ^ 1]) + parts["database"][5001:]


def climb(parts: dict[str, bytes]) -> None:
    parts["files/../../climbed"] = b"x"


def smuggle(parts: dict[str, bytes]) -> None:
    parts["files/" + "0" * 40] = b"x"


def manifest(**over: Any) -> Callable[[dict[str, bytes]], None]:
    def edit(parts: dict[str, bytes]) -> None:
        parts["manifest.json"] = json.dumps({**json.loads(parts["manifest.json"]), **over}).encode()

    return edit


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (drop, "lacks a part: files/"), (flip, "changed or damaged: files/"), (flip_database, "changed or damaged: database"),
        (climb, "does not belong in it: files/../../climbed"), (smuggle, "does not name: files/0000"),
        (manifest(format=99), "format 99"), (manifest(revision="9999"), "newer version"),
        (manifest(database="postgresql"), "is of postgresql"), (manifest(parts=3), "damaged"),
    ],
)  # fmt: skip
def test_a_damaged_or_foreign_backup_touches_nothing(
    data: Path, packed: Path, tmp_path: Path, edit: Callable[[dict[str, bytes]], None], said: str
) -> None:
    bad = rewritten(packed, tmp_path / "bad.zip", edit)
    before = sorted((path.relative_to(data), path.stat().st_mtime_ns) for path in data.rglob("*") if path.is_file())
    refused = tracker(data, "restore", str(bad), "--force", status=1)
    assert said in refused.stderr, refused.stderr
    after = sorted((path.relative_to(data), path.stat().st_mtime_ns) for path in data.rglob("*") if path.is_file())
    assert before == after and not (tmp_path / "climbed").exists() and not (data.parent / "climbed").exists()


@pytest.mark.parametrize("content", [b"", b"no zip at all", b"PK\x03\x04 half a zip"])
def test_what_is_no_backup_is_said(data: Path, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.zip").write_bytes(content)
    assert "not a backup" in tracker(data, "restore", str(tmp_path / "x.zip"), "--force", status=1).stderr
    assert "no file" in tracker(data, "restore", str(tmp_path / "absent.zip"), "--force", status=1).stderr
    assert "no folder" in tracker(data, "backup", str(tmp_path / "absent" / "x.zip"), status=1).stderr


def a_file(data: Path) -> Path:
    key = ask(data, "SELECT storage_key FROM document_version ORDER BY 1")[0][0]
    return data / "files" / key[:2] / key


def lose(data: Path) -> None:
    a_file(data).unlink()


def change_a_byte(data: Path) -> None:
    content = bytearray(a_file(data).read_bytes())
    content[-1] ^= 1
    a_file(data).write_bytes(content)


def shorten(data: Path) -> None:
    a_file(data).write_bytes(a_file(data).read_bytes()[:-1])


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (lose, ") is missing"), (change_a_byte, ") was changed"), (shorten, " bytes instead of "),
        ("UPDATE document_version SET number = 7 WHERE id = (SELECT id FROM document_version LIMIT 1)", "are numbered ["),
        ("UPDATE allocation SET amount = 99900000000", " covers 999,000,000.00 with "),
        ("UPDATE document_request SET state = 'received' WHERE id = (SELECT id FROM document_request WHERE id NOT IN "
         "(SELECT request_id FROM document_version) LIMIT 1)", "counts as handed in and has no file"),
        ("DELETE FROM client WHERE id = (SELECT client_id FROM task LIMIT 1)", "points nowhere"),
        ("UPDATE audit_event SET summary = 'never happened' WHERE seq = 5", "event 5 does not fit the chain"),
        ("DELETE FROM audit_event WHERE seq = (SELECT max(seq) FROM audit_event)", "does not fit the chain"),
    ],
)  # fmt: skip
def test_verify_names_what_does_not_fit(data: Path, break_it: Callable[[Path], None] | str, said: str) -> None:
    assert document(data, "verify")["ok"]
    if isinstance(break_it, str):
        change(data, break_it)
    else:
        break_it(data)
    report = document(data, "verify", status=1)
    assert not report["ok"] and any(said in problem for problem in report["problems"]), report


def test_a_backup_without_all_its_files_says_so(data: Path, tmp_path: Path) -> None:
    a_file(data).unlink()
    done = document(data, "backup", str(tmp_path / "part.zip"), status=1)
    assert len(done["missing"]) == 1 and (tmp_path / "part.zip").exists()
    assert "is missing" in tracker(tmp_path / "new", "restore", str(tmp_path / "part.zip"), status=1).stderr


def test_a_stray_file_is_a_note_and_no_problem(data: Path) -> None:
    stray = data / "files" / "ab" / ("ab" + "0" * 38)
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"x")
    os.utime(stray, (1_700_000_000, 1_700_000_000))
    report = document(data, "verify")
    assert report["ok"] and report["notes"] == [f"files: 1 that no document or import names, {stray.name} for one"]


def test_an_older_backup_is_brought_up_to_date(data: Path, tmp_path: Path) -> None:
    """Made by the version before: its schema comes up to today's on the way back."""
    subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "db", "downgrade", "0002"],
        cwd=ROOT, env={**os.environ, "TRACKER_DATA_DIR": str(data)}, check=True, capture_output=True,
    )  # fmt: skip
    old = tmp_path / "old.zip"
    with zipfile.ZipFile(old, "w") as file:
        body = (data / "tracker.db").read_bytes()
        file.writestr("database", body)
        words = {"format": 1, "made_at": "2026-11-01", "database": "sqlite", "revision": "0002", "counts": {}}
        part = {"size": len(body), "sha256": hashlib.sha256(body).hexdigest()}
        file.writestr("manifest.json", json.dumps({**words, "parts": {"database": part}}))
    back = tracker(tmp_path / "new", "restore", str(old), status=1)  # its files did not come with it: they are named
    assert "is missing" in back.stderr and ask(tmp_path / "new", "SELECT version_num FROM alembic_version") == [
        ("0003",)
    ]


@pytest.fixture
def two_databases(database: Database) -> Iterator[tuple[str, str]]:
    """Two empty PostgreSQL databases, owned by an ordinary user whom row security binds, as a firm runs them."""
    if not database.url.startswith("postgresql"):
        pytest.skip("PostgreSQL's own tools")
    server = make_url(database.url)
    admin = create_engine(server.set(database="postgres"), isolation_level="AUTOCOMMIT").execution_options(writes=True)
    names = [f"keep_{os.getpid()}_{number}" for number in (1, 2)]
    with admin.connect() as connection:
        connection.exec_driver_sql(f'CREATE ROLE "{names[0]}" LOGIN')
        for name in names:
            connection.exec_driver_sql(f'CREATE DATABASE "{name}" OWNER "{names[0]}"')
    yield tuple(server.set(username=names[0], database=name).render_as_string(hide_password=False) for name in names)  # type: ignore[misc]
    with admin.connect() as connection:
        for name in names:
            connection.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')
        connection.exec_driver_sql(f'DROP ROLE "{names[0]}"')
    admin.dispose()


def test_there_and_back_on_postgresql(two_databases: tuple[str, str], tmp_path: Path) -> None:
    first, second = ({"DATABASE_URL": url} for url in two_databases)
    tracker(tmp_path / "one", "demo", "--no-serve", "--clients", "4", **first)
    made = document(tmp_path / "one", "backup", str(tmp_path / "pg.zip"), **first)
    assert made["counts"]["client"] == 4 and made["missing"] == []
    back = document(tmp_path / "two", "restore", str(tmp_path / "pg.zip"), **second)
    assert back["problems"] == []
    accounts = [document(tmp_path / name, "security", **url) for name, url in (("one", first), ("two", second))]
    assert accounts[0] == accounts[1] and accounts[0]
    assert document(tmp_path / "two", "doctor", **second)["second_wall"] == "in force"
    assert "--force" in tracker(tmp_path / "two", "restore", str(tmp_path / "pg.zip"), status=1, **second).stderr
    again = document(tmp_path / "two", "restore", str(tmp_path / "pg.zip"), "--force", **second)
    assert again["problems"] == [] and Path(again["before"]).is_dir()
