"""The tracker command, as other programs drive it: documents on stdout, words on stderr, exit codes."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tracker.clients.rules import squeeze

DATA = Path(__file__).resolve().parents[1] / "data"
ROOT = Path(__file__).resolve().parents[2]


def tracker(folder: Path, *words: str, status: int = 0) -> str:
    """Run the command as a process of its own in a data folder; returns stdout."""
    keep = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "TRACKER_SECRET_KEY"}}
    done = subprocess.run(
        [sys.executable, "-c", "from tracker.cli import main; main()", *words],
        cwd=ROOT, env={**keep, "TRACKER_DATA_DIR": str(folder)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == status, (words, done.returncode, done.stderr[-2000:])
    return done.stdout


def document(folder: Path, *words: str) -> Any:
    return json.loads(tracker(folder, *words, "--json"))


def test_a_firm_starts_for_real(tmp_path: Path) -> None:
    tracker(tmp_path, "report", "manager", "--out", str(tmp_path / "x.xlsx"), status=1)  # no database yet
    tracker(tmp_path, "init")
    tracker(tmp_path, "init")
    link = document(tmp_path, "user", "add", "boss@firm.example", "--role", "admin", "--name", "The Boss")["link"]
    assert "/welcome/" in link
    tracker(tmp_path, "user", "add", "boss@firm.example", "--role", "admin", status=1)
    tracker(tmp_path, "user", "add", "x@firm.example", "--role", "wizard", status=2)
    english = document(tmp_path, "import", "clients", str(DATA / "client-list-en.xlsx"))
    assert (english["rows"], english["created"], len(english["duplicates"])) == (71, 62, 1)
    assert set(english) == {
        "run", "dry_run", "sheet", "header_row", "mapping", "unmapped", "rows", "created", "updated", "unchanged",
        "duplicates", "rejected", "ignored_rows",
    }  # fmt: skip
    french = document(tmp_path, "import", "clients", str(DATA / "liste-clients-fr.xlsx"), "--lang", "fr")
    assert french["rows"] == 56 and "chiffre de contrôle" in json.dumps(french["rejected"], ensure_ascii=False)
    assert document(tmp_path, "import", "statements", str(DATA / "statements.csv"))["created"] == 560
    expected = json.loads((DATA / "statements.expected.json").read_text())["accounts"]
    rows = {row["program_account"]: row for row in document(tmp_path, "security", "--as-of", "2026-11-23")}
    for number, account in expected.items():
        row = rows[number]
        assert (row["peak_period_end"], row["peak_amount"]) == (account["peak_period_end"], account["peak_amount"])
        for form in ("agreement", "cash"):
            assert float(row[form]) == float(account[form]), number
    unexplained = {
        (r["program_account"], r["period_end"], r["unexplained"]) for r in document(tmp_path, "statements", "check")
    }
    assert unexplained == {(n, *a["unexplained"]) for n, a in expected.items() if a["unexplained"]}
    sheets = document(tmp_path, "report", "manager", "--out", str(tmp_path / "m.xlsx"), "--lang", "fr")["sheets"]
    assert sheets[0]["name"] == "Sommaire" and (tmp_path / "m.xlsx").stat().st_size > 10_000
    assert document(tmp_path, "audit", "verify")["ok"] and document(tmp_path, "verify")["ok"]
    tracker(tmp_path, "remind")
    with closing(sqlite3.connect(tmp_path / "tracker.db")) as connection:
        clients, recorded = connection.execute(
            "SELECT (SELECT count(*) FROM client), (SELECT count(*) FROM snapshot)"
        ).fetchone()
    assert recorded == clients > 0  # the day is kept, so that a month-end workbook can compare with it
    tracker(tmp_path, "demo", "--no-serve", "--clients", "2", status=1)  # never over a real firm


def test_demo_says_how_to_sign_in(tmp_path: Path) -> None:
    made = document(tmp_path, "demo", "--clients", "15", "--no-serve")
    assert set(made) == {"url", "database", "sign_ins"}
    roles = [row["role"] for row in made["sign_ins"]]
    assert {"admin", "manager", "consultant", "contact", "broker"} <= set(roles)
    companies = {tuple(row["clients"]) for row in made["sign_ins"] if row["role"] == "contact"}
    assert len(companies) >= 2
    again = document(tmp_path, "demo", "--clients", "2", "--no-serve")
    assert again["sign_ins"][0]["password"] != made["sign_ins"][0]["password"]


@pytest.mark.parametrize("words", [("routes",), ("policy",), ("doctor",), ("report", "--list"), ("rules", "facts")])
def test_lists_are_json(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert document(tmp_path, *words)


def test_an_older_database_is_brought_up_to_date_with_its_standings(tmp_path: Path) -> None:
    """The schema of the first release, with clients in it: `tracker init` upgrades it, and the ladder has its accounts."""
    tracker(tmp_path, "init")
    tracker(tmp_path, "import", "clients", str(DATA / "client-list-en.xlsx"))
    back = "from tracker.cli.session import application\nfrom flask_migrate import downgrade\n"
    back += "with application():\n    downgrade(revision='0001')"
    keep = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "TRACKER_SECRET_KEY"}}
    subprocess.run([sys.executable, "-c", back], cwd=ROOT, env={**keep, "TRACKER_DATA_DIR": str(tmp_path)}, check=True)
    tracker(tmp_path, "security", status=1)  # refused until it is up to date
    tracker(tmp_path, "init")
    with sqlite3.connect(next(tmp_path.glob("*.db"))) as database:
        kept, accounts = (
            database.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in ("kept_cover", "program_account")
        )
        names = database.execute("SELECT name, name_key FROM contact").fetchall()
    assert kept > 0
    assert kept <= accounts
    assert len(names) > 20 and all(key == squeeze(name) for name, key in names)
