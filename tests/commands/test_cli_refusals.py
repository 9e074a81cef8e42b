"""The tracker command says no in words, with exit code 1 or 2, whatever is handed to it; and never wipes a firm."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands.test_cli import DATA, ROOT, document, tracker


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A firm with clients, in which nobody was invited yet."""
    folder = tmp_path_factory.mktemp("firm")
    tracker(folder, "init")
    tracker(folder, "import", "clients", str(DATA / "client-list-en.xlsx"))
    return folder


def refused(folder: Path, *words: str, **more: str) -> tuple[int, str]:
    """Exit code and the words on standard error."""
    keep = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "TRACKER_SECRET_KEY"}}
    done = subprocess.run(
        [sys.executable, "-c", "from tracker.cli import main; main()", *words],
        cwd=ROOT, env={**keep, "TRACKER_DATA_DIR": str(folder), **more}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr[-1500:]
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ("report manager --out /nonexist/d/x.xlsx", 1, "Cannot write"),
        ("report manager --out /proc/x.xlsx", 1, "Cannot write"),
        ("report manager --out {}/x.xlsx --as-of 1900-01-01", 1, "in force on 1900-01-01"),
        ("report manager --out {}/x.xlsx --as-of 9999-12-31", 2, "is no date"),
        ("report manager --out {}/x.xlsx --as-of 0001-01-01", 2, "is no date"),
        ("security --as-of 1900-01-01 --json", 1, "in force on 1900-01-01"),
        ("rules billing --from 0001-01 --to 0001-02 --json", 2, "is no month"),
        ("rules cycle 0001-01-01", 2, "is no date"),
        ("rules accounting-due 9999-12-31", 2, "is no date"),
        ("serve --port 99999999", 2, "range"),
        ("serve --workers -1", 2, "range"),
        ("user add notanemail --role consultant", 1, "not an e-mail address"),
    ],
)
def test_refused_in_words(firm: Path, tmp_path: Path, words: str, code: int, said: str) -> None:
    status, errors = refused(firm, *words.format(tmp_path).split())
    assert status == code and said in errors


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{broken", "cannot be read as JSON"),
        (b"\xff\xfe", "cannot be read as JSON"),
        (b'["Client"]', "must hold"),
        (b"null", "must hold"),
        (b'{"Client": 5}', "must hold"),
        (b'{"Client": ["a"]}', "must hold"),
        (b'{"Client": "nofield"}', "no field of ours"),
        (b'{"Klient": "legal_name"}', "no column"),
    ],
)
def test_map_that_cannot_be_followed_is_refused(firm: Path, tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "map.json").write_bytes(content)
    file = str(DATA / "client-list-en.xlsx")
    status, errors = refused(firm, "import", "clients", file, "--map", str(tmp_path / "map.json"), "--dry-run")
    assert status == 1 and said in errors


def test_map_that_can_be_followed_is(firm: Path, tmp_path: Path) -> None:
    (tmp_path / "map.json").write_text(json.dumps({"Consultant": ""}))
    file = str(DATA / "client-list-en.xlsx")
    answer = document(firm, "import", "clients", file, "--map", str(tmp_path / "map.json"), "--dry-run")
    assert "Consultant" in answer["unmapped"]


def test_demo_spares_a_firm_that_has_invited_nobody_yet(firm: Path) -> None:
    status, errors = refused(firm, "demo", "--clients", "1", "--no-serve")
    assert status == 1 and "real firm" in errors
    assert len(document(firm, "security")) > 50


def test_demo_may_follow_init(tmp_path: Path) -> None:
    tracker(tmp_path, "init")
    tracker(tmp_path, "demo", "--clients", "1", "--no-serve")
    tracker(tmp_path, "demo", "--clients", "1", "--no-serve")


def modes(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mode & 0o777 for path in (folder, *folder.iterdir())}


@pytest.mark.skipif(os.name != "posix", reason="Windows has its own rights")
def test_data_folder_is_its_owners_alone(tmp_path: Path) -> None:
    fresh, old = tmp_path / "fresh", tmp_path / "old"
    old.mkdir(mode=0o755)
    old.chmod(0o755)
    for folder in (fresh, old):
        tracker(folder, "init")
        assert modes(folder) == {folder.name: 0o700, "secret.key": 0o600, "tracker.db": 0o600}
    (old / "tracker.db").chmod(0o644)
    old.chmod(0o755)
    assert any("can reach" in line for line in document(old, "doctor")["unsafe"])
    tracker(old, "init")
    assert set(modes(old).values()) == {0o700, 0o600}
    assert not any("can reach" in line for line in document(old, "doctor")["unsafe"])


@pytest.mark.skipif(os.name != "posix", reason="Windows has its own rights")
def test_folder_of_somebody_elses_things_is_left_as_it_is(tmp_path: Path) -> None:
    shared = tmp_path / "lib"
    (shared / "other").mkdir(parents=True)
    shared.chmod(0o755)
    (shared / "other").chmod(0o755)
    tracker(shared, "init")
    assert modes(shared) == {"lib": 0o755, "other": 0o755, "secret.key": 0o600, "tracker.db": 0o600}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"TRACKER_SECRET_KEY": "short"}, "shorter than 32"),
        ({"FLASK_DEBUG": "1"}, "FLASK_DEBUG"),
        ({"TRACKER_PROXIES": "*"}, "TRACKER_PROXIES"),
        ({"TRACKER_PROXIES": "99"}, "TRACKER_PROXIES"),
    ],
)
def test_server_does_not_start_unsafely(firm: Path, more: dict[str, str], said: str) -> None:
    status, errors = refused(firm, "serve", "--port", "5081", **more)
    assert status == 1 and said in errors
