"""`tracker security` and `tracker statements check` as people read them, in both languages; their JSON is the contract's."""

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.commands.test_cli import DATA
from tracker.cli.main import main
from tracker.platform.money import format_money

AS_OF = "2026-11-23"


def run(folder: Path, *words: str) -> Result:
    """The command in this process, which spares the start of one for each question."""
    env = {"TRACKER_DATA_DIR": str(folder), "DATABASE_URL": None, "TRACKER_SECRET_KEY": None}
    return CliRunner().invoke(main, list(words), env=env)


def tracker(folder: Path, *words: str) -> str:
    """What it prints on standard output."""
    done = run(folder, *words)
    assert done.exit_code == 0, (words, done.output, done.exception)
    return done.stdout


def refused(folder: Path, *words: str) -> tuple[int, str]:
    """Exit code and the words on standard error."""
    done = run(folder, *words)
    return done.exit_code, done.stderr


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A firm with clients and their statements, some of which do not add up."""
    folder = tmp_path_factory.mktemp("firm")
    tracker(folder, "init")
    tracker(folder, "import", "clients", str(DATA / "client-list-en.xlsx"))
    tracker(folder, "import", "statements", str(DATA / "statements.csv"))
    return folder


def amounts(rows: list[dict[str, Any]], key: str) -> Decimal:
    return sum((Decimal(row[key]) for row in rows), Decimal(0))


@pytest.mark.parametrize(
    ("language", "day", "titles"),
    [
        ("en", "As of 23 Nov 2026", ["Program account", "Required", "Posted", "Short", "Cover"]),
        ("fr", "En date du 23 nov. 2026", ["Compte de programme", "Exigé", "Déposé", "Manque", "Couverture"]),
    ],
)
def test_security_is_a_table_with_its_day_and_its_sums(firm: Path, language: str, day: str, titles: list[str]) -> None:
    rows = json.loads(tracker(firm, "security", "--as-of", AS_OF, "--json", "--lang", language))
    assert rows == json.loads(tracker(firm, "security", "--as-of", AS_OF, "--json")), "JSON has one language"
    lines = tracker(firm, "security", "--as-of", AS_OF, "--lang", language).splitlines()
    assert lines[0] == day and lines[1] == ""
    assert re.split(r"  +", lines[2]) == titles
    body, total = lines[4:-2], lines[-1]
    assert [line.split()[0] for line in body] == [row["program_account"] for row in rows]
    assert total.startswith(f"{len(rows)} accounts" if language == "en" else f"{len(rows)} comptes")
    for key in ("required", "posted", "shortfall"):
        assert format_money(amounts(rows, key), language) in total
    known = next(row for row in rows if Decimal(row["shortfall"]) > 0)
    (line,) = [line for line in body if line.startswith(known["program_account"])]
    assert format_money(Decimal(known["required"]), language) in line
    edges = [match.end() for match in re.finditer("-+", lines[3])]
    assert lines[-2] == lines[3], "the sums stand under a line"
    filled = [line for line in [*body, total] if len(line) >= edges[3]]
    assert filled and all(line[edge - 1 : edge + 1].strip() for line in filled for edge in edges[1:4])
    assert all(len(line) in (edges[3], edges[4]) for line in filled), "amounts end under each other"


def test_what_nothing_is_known_of_is_not_nought(firm: Path, tmp_path: Path) -> None:
    tracker(tmp_path, "init")
    tracker(tmp_path, "import", "clients", str(DATA / "client-list-en.xlsx"))
    assert "not known" in tracker(tmp_path, "security", "--as-of", AS_OF)
    assert "inconnu" in tracker(tmp_path, "security", "--as-of", AS_OF, "--lang", "fr")


def test_of_nothing_there_is_a_sentence(tmp_path: Path) -> None:
    tracker(tmp_path, "init")
    assert "No active client has an open importer account." in tracker(tmp_path, "security")
    assert "Aucun client actif" in tracker(tmp_path, "security", "--lang", "fr")
    assert tracker(tmp_path, "statements", "check") == ""
    assert refused(tmp_path, "statements", "check") == (0, "Every statement adds up and opens with the last total.\n")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_statements_that_do_not_add_up_stand_in_a_table(firm: Path, language: str) -> None:
    found = json.loads(tracker(firm, "statements", "check", "--json"))
    assert found and found == json.loads(tracker(firm, "statements", "check", "--json", "--lang", language))
    lines = tracker(firm, "statements", "check", "--lang", language).splitlines()
    assert re.split(r"  +", lines[0])[-1] == ("Not explained" if language == "en" else "Non expliqué")
    assert len(lines) == len(found) + 2 and len({len(line) for line in lines}) == 1
    assert lines[2].endswith(format_money(Decimal(found[0]["unexplained"]), language))
    told = refused(firm, "statements", "check", "--lang", language)[1]
    wanted = "statements do not add up." if language == "en" else "relevés ne concordent pas."
    assert told.startswith(str(len(found))) and told.strip().endswith(wanted)


@pytest.mark.parametrize("day", ["foo", "2026-02-30", "23/11/2026", "", "2026-11-23T00:00", "1066-10-14"])
def test_a_day_that_is_none_is_wrong_use(firm: Path, day: str) -> None:
    status, errors = refused(firm, "security", "--as-of", day)
    assert status == 2 and "is no date (YYYY-MM-DD" in errors


def test_another_language_is_wrong_use(firm: Path) -> None:
    assert refused(firm, "security", "--lang", "de")[0] == 2
