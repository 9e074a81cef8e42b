"""Backup, restore and verify: whole, of one instant, checked before anything is touched. As processes, as a firm runs them."""

import hashlib
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from tests.databases import Database
from tracker.safekeeping.snapshots import snapshot

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


@pytest.fixture(scope="module")
def pair() -> dict[str, str]:
    """A key for sealed backups: the half that seals, and the half that opens."""
    made: dict[str, str] = json.loads(tracker(ROOT / "nowhere", "backup-key", "--json").stdout)
    return made


def test_a_key_is_printed_where_it_can_be_kept_and_nowhere_else() -> None:
    """`tracker backup-key > key.txt` had left an empty file, and with --json the secret stood in the log as well."""
    plain, machine = (tracker(ROOT / "nowhere", "backup-key", *more) for more in ((), ("--json",)))
    assert re.search(r"^age1\w+$", plain.stdout, re.M) and re.search(r"^AGE-SECRET-KEY-\w+$", plain.stdout, re.M)
    assert "AGE-SECRET-KEY" not in plain.stderr + machine.stderr


def test_a_sealed_backup_holds_nothing_in_the_clear_and_comes_back(
    data: Path, packed: Path, pair: dict[str, str], tmp_path: Path
) -> None:
    change(data, "UPDATE client SET notes = 'canary of the importer'")
    stored = next(iter((data / "files").glob("??/*")))
    clear, sealed = tmp_path / "clear.zip", tmp_path / "sealed.age"
    tracker(data, "backup", str(clear))
    done = tracker(data, "backup", str(sealed), TRACKER_BACKUP_KEY=pair["seals"])
    assert "It is sealed" in done.stderr and "It is not encrypted" in tracker(data, "backup", str(clear)).stderr
    assert sealed.stat().st_mode & 0o777 == 0o600 and not list(tmp_path.glob(".*"))
    bn9 = ask(data, "SELECT bn9 FROM client WHERE bn9 IS NOT NULL")[0][0]
    for canary in (stored.read_bytes()[:200], b"manifest.json", b"canary", bn9.encode(), b"SQLite format"):
        assert canary not in sealed.read_bytes()
    assert stored.read_bytes()[:200] in clear.read_bytes()  # the search finds it where it lies open
    elsewhere = tmp_path / "new machine"
    back = document(elsewhere, "restore", str(sealed), TRACKER_BACKUP_KEY=pair["opens"])
    assert back["problems"] == [] and ask(elsewhere, "SELECT DISTINCT notes FROM client") == [
        ("canary of the importer",)
    ]
    assert not list(elsewhere.glob(".restore-*"))


@pytest.mark.parametrize(
    ("half", "said"), [(None, "is sealed"), ("seals", "is sealed"), ("other", "another key"), ("nonsense", "is no key")]
)
def test_without_the_half_that_opens_nothing_is_touched(
    data: Path, pair: dict[str, str], tmp_path: Path, half: str | None, said: str
) -> None:
    sealed = tmp_path / "sealed.age"
    tracker(data, "backup", str(sealed), TRACKER_BACKUP_KEY=pair["opens"])  # it knows its other half
    before = (data / "tracker.db").read_bytes()
    other = json.loads(tracker(data, "backup-key", "--json").stdout)["opens"]
    given = {"seals": pair["seals"], "other": other, "nonsense": "AGE-SECRET-KEY-1NONSENSE"}
    more = {} if half is None else {"TRACKER_BACKUP_KEY": given[half]}
    done = tracker(data, "restore", str(sealed), "--force", status=1, **more)
    assert said in done.stderr and "NONSENSE" not in done.stderr
    assert (data / "tracker.db").read_bytes() == before and not list(data.glob("before-restore-*"))


def test_a_sealed_backup_that_was_changed_or_cut_short_is_refused(
    data: Path, pair: dict[str, str], tmp_path: Path
) -> None:
    sealed = tmp_path / "sealed.age"
    tracker(data, "backup", str(sealed), TRACKER_BACKUP_KEY=pair["seals"])
    whole = sealed.read_bytes()
    changed = bytearray(whole)
    changed[len(whole) // 2] ^= 1
    for content in (bytes(changed), whole[:-100], whole[: len(whole) // 2]):
        sealed.write_bytes(content)
        done = tracker(tmp_path / "new", "restore", str(sealed), status=1, TRACKER_BACKUP_KEY=pair["opens"])
        assert "damaged" in done.stderr or "another key" in done.stderr
        assert not (tmp_path / "new" / "files").exists()


def test_doctor_says_how_backups_lie_and_never_the_half_that_opens(data: Path, pair: dict[str, str]) -> None:
    for given, said in (("seals", "sealed to age1"), ("opens", "the half that opens them is set here too")):
        done = tracker(data, "doctor", "--json", TRACKER_BACKUP_KEY=pair[given])
        assert said in json.loads(done.stdout)["backups"]
        assert pair["opens"] not in done.stdout
    assert "is no key" in document(data, "doctor", TRACKER_BACKUP_KEY="age1nonsense")["backups"]


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


@pytest.mark.parametrize("begin", ["BEGIN", "SELECT 1"])
def test_a_server_that_still_runs_stops_it(data: Path, packed: Path, begin: str) -> None:
    """Also one whose connections are idle at the moment."""
    with closing(sqlite3.connect(data / "tracker.db", isolation_level=None)) as connection:
        connection.execute(begin)
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
        (manifest(database="postgresql"), "is of postgresql"), (manifest(parts=3), "damaged"), (manifest(counts=[1]), "counts cannot be read"), (manifest(audit=7), "audit cannot be read"),
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
        ("UPDATE task SET done_on = '2026-01-01' WHERE state = 'open'", "tasks: "),
        ("UPDATE engagement SET closed_on = '2026-01-01' WHERE state = 'open'", "engagements: "),
        ("UPDATE assessment SET frozen_digest = 'other'", "is not what was signed"),
        ("UPDATE document_version SET storage_key = '../../../etc/passwd' WHERE id = (SELECT id FROM document_version LIMIT 1)",
         "(../../../etc/passwd) is missing"),
        ("UPDATE alembic_version SET version_num = '0002'", "schema: "),
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


def test_before_an_upgrade_a_backup_can_be_made_and_comes_back_upgraded(data: Path, tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "db", "downgrade", "0002"],
        cwd=ROOT, env={**os.environ, "TRACKER_DATA_DIR": str(data)}, check=True, capture_output=True,
    )  # fmt: skip
    tracker(data, "backup", str(tmp_path / "old.zip"))
    with zipfile.ZipFile(tmp_path / "old.zip") as file:
        assert json.loads(file.read("manifest.json"))["revision"] == "0002"
    assert document(tmp_path / "new", "restore", str(tmp_path / "old.zip"))["problems"] == []
    assert ask(tmp_path / "new", "SELECT version_num FROM alembic_version") == ask_newest()


def ask_newest() -> list[tuple[str]]:
    return [(max(path.name[:4] for path in (ROOT / "migrations" / "versions").glob("0*.py")),)]


def test_writers_without_a_pause_never_starve_the_copy(tmp_path: Path) -> None:
    """SQLite starts a copy over when another connection writes between two steps of it: with many steps it would never end."""
    path = tmp_path / "big.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("PRAGMA journal_mode=WAL; CREATE TABLE alembic_version AS SELECT 1 AS version_num")
        connection.execute("CREATE TABLE t AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 16000) "
                           "SELECT i, zeroblob(3900) AS filling FROM n")  # fmt: skip
        connection.commit()
    stop, writes = threading.Event(), [0]

    def write() -> None:
        with closing(sqlite3.connect(path, timeout=10)) as connection:
            connection.execute("PRAGMA synchronous=OFF")
            until = time.monotonic() + 20
            while not stop.is_set() and time.monotonic() < until:
                with connection:
                    connection.execute("UPDATE t SET i = -i WHERE rowid = ?", (1 + writes[0] % 16000,))
                writes[0] += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while writes[0] < 100:
            time.sleep(0.01)
        before = writes[0]
        with snapshot(create_engine(f"sqlite:///{path}"), tmp_path / "copy.db") as query:
            assert query("SELECT count(*) FROM t") == [(16000,)]
        assert writer.is_alive() and writes[0] > before
    finally:
        stop.set()
        writer.join()


def test_a_damaged_database_is_said_and_can_be_replaced(data: Path, packed: Path, tmp_path: Path) -> None:
    (data / "tracker.db").write_bytes(b"no database at all " * 500)
    assert document(data, "verify", status=1)["problems"] == ["database: file is not a database"]
    for words in (("backup", str(tmp_path / "x.zip")), ("restore", str(packed))):
        refused = tracker(data, *words, status=1)
        assert "cannot be read" in refused.stderr and "Traceback" not in refused.stderr
    assert not (tmp_path / "x.zip").exists()
    assert document(data, "restore", str(packed), "--force")["problems"] == []


def test_a_database_that_is_not_what_the_manifest_says_touches_nothing(
    data: Path, packed: Path, tmp_path: Path
) -> None:
    def other(parts: dict[str, bytes]) -> None:
        words = json.loads(parts["manifest.json"])
        parts["manifest.json"] = json.dumps({**words, "counts": {**words["counts"], "client": 7}}).encode()

    def damaged(parts: dict[str, bytes]) -> None:
        parts["database"] = parts["database"][:4096] + b"\0" * (len(parts["database"]) - 4096)
        words = json.loads(parts["manifest.json"])
        words["parts"]["database"]["sha256"] = hashlib.sha256(parts["database"]).hexdigest()
        parts["manifest.json"] = json.dumps(words).encode()

    before = state(data)
    for edit, said in ((other, "has 6 client, not 7"), (damaged, "The database in the backup")):
        bad = rewritten(packed, tmp_path / "bad.zip", edit)
        refused = tracker(data, "restore", str(bad), "--force", status=1)
        assert said in refused.stderr and "Traceback" not in refused.stderr
        assert state(data) == before


def state(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith("-shm")
    }


RENAMING = """
import errno, os, sys
how, left = sys.argv.pop(1), int(sys.argv.pop(1))
rename = os.replace
def counted(*words, **more):
    global left
    left -= 1
    if left == 0 and how == "kill":
        os._exit(9)
    if left == 0:
        raise OSError(errno.ENOSPC, "No space left on device")
    return rename(*words, **more)
os.replace = counted
from tracker.cli import main
main()
"""


def broken_off(folder: Path, how: str, rename: int, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command and kill it, or let the disk be full, at its nth rename."""
    keep = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "TRACKER_SECRET_KEY"}}
    return subprocess.run(
        [sys.executable, "-c", RENAMING, how, str(rename), *words],
        cwd=ROOT, env={**keep, "TRACKER_DATA_DIR": str(folder)}, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("from_the_end", [None, 2, 1])
@pytest.mark.parametrize("how", ["kill", "full"])
def test_a_restore_that_is_broken_off_leaves_one_of_the_two_whole(
    data: Path, packed: Path, firm: Path, how: str, from_the_end: int | None
) -> None:
    """At the first file, at the key, and at the database itself: the last of its renames."""
    change(data, "UPDATE client SET trade_name = 'CHANGED SINCE'")
    renames = len(list((firm / "files").glob("??/*"))) + 2
    before = state(data)
    done = broken_off(data, how, renames + 1 - from_the_end if from_the_end else 1, "restore", str(packed), "--force")
    assert done.returncode == (9 if how == "kill" else 1), done.stderr
    if how == "full":
        assert "No space left" in done.stderr and state(data) == before
    report = document(data, "verify")
    assert report["ok"] and ask(data, "SELECT DISTINCT trade_name FROM client") == [("CHANGED SINCE",)]
    assert document(data, "restore", str(packed), "--force")["problems"] == []
    assert {k: v for k, v in state(data).items() if k.startswith("files/")} == {
        k: v for k, v in state(firm).items() if k.startswith("files/")
    }
    assert not list(data.glob(".restore-*"))


def test_a_backup_says_which_file_is_not_what_was_handed_in(data: Path, tmp_path: Path) -> None:
    change_a_byte(data)
    done = document(data, "backup", str(tmp_path / "x.zip"), status=1)
    assert [row["key"] for row in done["changed"]] == [a_file(data).name] and done["missing"] == []


def test_another_key_than_the_backup_was_made_with_is_said(firm: Path, packed: Path, tmp_path: Path) -> None:
    back = tracker(tmp_path / "new", "restore", str(packed), status=1, TRACKER_SECRET_KEY="x" * 40)
    assert "TRACKER_SECRET_KEY is not the one" in back.stderr and "event 1 does not fit" in back.stderr
    assert document(tmp_path / "new", "verify")["ok"]  # with the key that came along
    with zipfile.ZipFile(packed) as file:
        assert (firm / "secret.key").read_text().strip() not in file.read("manifest.json").decode()


def test_the_drill_of_the_operations_page_word_for_word(data: Path, tmp_path: Path) -> None:
    """Both blocks of the page: the backup where the firm works, then the drill on an empty machine, until it answers."""
    page = (ROOT / "docs" / "operations.md").read_text().partition("## Backup, and the way back")[2]
    nightly, drill = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)[:2]
    (tmp_path / "bin").mkdir()
    shim = tmp_path / "bin" / "tracker"
    shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "from tracker.cli import main; main()" "$@"\n')
    shim.chmod(0o755)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (tmp_path / "elsewhere").mkdir()
    keep = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "TRACKER_SECRET_KEY"}}
    keep |= {"PATH": f"{shim.parent}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}

    def script(block: str, folder: Path) -> subprocess.Popen[bytes]:
        here = block.replace("/mnt/elsewhere", str(tmp_path / "elsewhere")).replace("--port 5000", f"--port {port}")
        return subprocess.Popen(["sh", "-e", "-c", here.replace("/var/lib/tracker", str(folder))], cwd=ROOT, env=keep,
                                start_new_session=True)  # fmt: skip

    assert script(nightly, data).wait(60) == 0
    server = script(drill, tmp_path / "new")
    try:
        assert answers(f"http://127.0.0.1:{port}/readyz", server)
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)
    assert ask(tmp_path / "new", "SELECT count(*) FROM client") == [(6,)]


def answers(url: str, server: subprocess.Popen[bytes]) -> bool:
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5) as response:
                return response.status == 200
        except OSError:
            time.sleep(0.3)
    return False


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


def test_of_one_instant_on_postgresql_and_a_backup_of_what_came_back(
    two_databases: tuple[str, str], tmp_path: Path
) -> None:
    """While another writes; from an address with options of its own; and the restored firm can be backed up in turn."""
    first, second = ({"DATABASE_URL": f"{url}?sslmode=prefer"} for url in two_databases)
    tracker(tmp_path / "one", "demo", "--no-serve", "--clients", "2", **first)
    engines = [create_engine(url, isolation_level="AUTOCOMMIT").execution_options(writes=True) for url in two_databases]
    stop, written = threading.Event(), [0]

    def write() -> None:
        with engines[0].connect() as connection:
            while not stop.is_set():
                connection.exec_driver_sql("INSERT INTO pair SELECT max(a) + 1, max(a) + 1 FROM pair")
                written[0] += 1

    with engines[0].connect() as connection:
        connection.exec_driver_sql("CREATE TABLE pair AS SELECT 1 AS a, 1 AS b")
    writer = threading.Thread(target=write)
    writer.start()
    try:
        made = document(tmp_path / "one", "backup", str(tmp_path / "pg.zip"), **first)
    finally:
        stop.set()
        writer.join()
    assert 1 < made["counts"]["pair"] < written[0] + 1
    assert document(tmp_path / "two", "restore", str(tmp_path / "pg.zip"), **second)["problems"] == []
    with engines[1].connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM pair").scalar_one() == made["counts"]["pair"]
    for engine in engines:
        engine.dispose()
    again = document(tmp_path / "two", "backup", str(tmp_path / "second.zip"), **second)
    assert {**again["counts"], "pair": 0} == {**made["counts"], "pair": 0}
    assert document(tmp_path / "one", "restore", str(tmp_path / "second.zip"), "--force", **first)["problems"] == []


def test_postgresql_tools_that_are_missing_are_named(two_databases: tuple[str, str], tmp_path: Path) -> None:
    tracker(tmp_path, "init", DATABASE_URL=two_databases[0])
    words = "from pathlib import Path; import tracker.safekeeping.snapshots as s; s.BINARIES = Path('/nowhere'); "
    done = subprocess.run(
        [sys.executable, "-c", words + "from tracker.cli import main; main()", "backup", str(tmp_path / "x.zip")],
        cwd=ROOT, capture_output=True, text=True, check=False,
        env={"TRACKER_DATA_DIR": str(tmp_path), "DATABASE_URL": two_databases[0], "PATH": "/nowhere"},
    )  # fmt: skip
    doctor = document(tmp_path, "doctor", DATABASE_URL=two_databases[0])
    assert "not encrypted" in doctor["backups"] and not [line for line in doctor["unsafe"] if "pg_dump" in line]
    assert done.returncode == 1 and "pg_dump is not installed" in done.stderr, done.stderr
    assert not (tmp_path / "x.zip").exists() and not list(tmp_path.glob(".*"))


def test_a_demo_is_laid_anew_by_a_user_above_row_security(two_databases: tuple[str, str], tmp_path: Path) -> None:
    """Emptying tables is their owner's work: the program steps up for it, and down again for everything else."""
    above = make_url(two_databases[0]).set(username="postgres").render_as_string(hide_password=False)
    for clients in ("2", "3"):
        tracker(tmp_path / "demo", "demo", "--no-serve", "--clients", clients, DATABASE_URL=above)
    assert document(tmp_path / "demo", "security", DATABASE_URL=above)
    kept = document(tmp_path / "demo", "backup", str(tmp_path / "demo.zip"), DATABASE_URL=above)
    assert kept["counts"]["client"] == 3  # the second firm's, and not the first's beside them
    tracker(tmp_path / "demo", "remind", DATABASE_URL=above)
    assert document(tmp_path / "demo", "doctor", DATABASE_URL=above)["second_wall"] == "in force"
