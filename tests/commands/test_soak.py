"""The long trials, short: they run, and what they look at holds for a moment, too."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from soak.person import hidden_fields
from tests.databases import Database

ROOT = Path(__file__).parents[2]


def test_hidden_fields_are_those_of_the_page_itself() -> None:
    html = '<form><input type="hidden" name="version" value="9"></form><main><input name="version" value="3" type="hidden">'
    assert hidden_fields(html + '<input type="text" name="title" value="x">') == {"version": "3"}


def test_a_killed_server_a_race_and_a_moment_of_load(database: Database) -> None:
    if database.url.startswith("postgresql"):
        pytest.skip("the trials lay an embedded firm of their own")
    brief = ["--clients", "6", "--kills", "1", "--races", "2", "--minutes", "0.05", "--json"]
    done = subprocess.run([sys.executable, "-m", "soak", *brief], cwd=ROOT, capture_output=True, text=True, check=False)
    rows = {row["name"]: row for row in json.loads(done.stdout)}
    assert done.returncode == 0 and all(row["ok"] for row in rows.values()), done.stdout + done.stderr
    assert (
        rows["kills_acknowledged"]["value"] > 0 and rows["races"]["value"] == 2 and rows["load_requests"]["value"] > 0
    )
