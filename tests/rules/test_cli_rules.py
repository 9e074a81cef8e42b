"""`tracker rules`: the JSON of the contract, the words without it, and the exit codes."""

import json
from typing import Any, get_args

import pytest
from click.testing import CliRunner, Result

from tracker.cli.rules import PROBLEMS, UNITS, rules
from tracker.clients.business_number import Problem
from tracker.rulebook.loader import COUNTED_UNITS, DECIMAL_UNITS, WORD_UNITS


def run(*args: str) -> Result:
    return CliRunner().invoke(rules, args)


def ask(*args: str) -> Any:
    result = run(*args, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    return json.loads(result.stdout)


def test_security_answers_the_contract() -> None:
    answer = ask(
        "security",
        "--form",
        "agreement",
        "--month",
        "2026-07=84200",
        "--month",
        "2026-08=$1,200.50",
        "--as-of",
        "2026-11-23",
    )
    assert list(answer) == [
        *("form", "as_of", "peak_month", "peak_amount"),
        *("required_amount", "facts", "explanation", "cautions"),
    ]
    assert (answer["form"], answer["as_of"], answer["peak_month"]) == ("agreement", "2026-11-23", "2026-07")
    assert (answer["peak_amount"], answer["required_amount"]) == ("84200.00", "42100.00")
    assert answer["explanation"]["en"] == "July 2026, $84,200.00 × 50 % = $42,100.00"
    assert set(answer["explanation"]) == {"en", "fr"}
    assert "rpp.agreement_pct" in answer["facts"]
    assert all(set(caution) == {"en", "fr"} for caution in answer["cautions"])


def test_security_says_which_months_lie_outside_the_window() -> None:
    asked = ("security", "--form", "cash", "--as-of", "2026-11-23", "--month")
    result = run(*asked, "2026-12=84200", "--json")
    answer = json.loads(result.stdout)
    assert result.exit_code == 0
    assert (answer["peak_month"], answer["peak_amount"], answer["required_amount"]) == (None, "0.00", "0.00")
    said = "Not counted: 2026-12. On 2026-11-23 the periods that count end in 2025-12 to 2026-11."
    assert answer["cautions"][0]["en"] == said and said in result.stderr
    assert "2026-12" in answer["cautions"][0]["fr"] != said
    result = run(*asked, "2025-11=99000", "--month", "2026-12=1", "--month", "2026-07=84200")
    assert "2025-11, 2026-12" in result.stderr and result.stdout.startswith("84200.00 CAD")


def test_of_months_outside_the_window_alone_nobody_says_that_nothing_was_owed() -> None:
    asked = ("security", "--form", "agreement", "--as-of", "2026-11-23", "--month", "2023-01=50000")
    answer = json.loads(run(*asked, "--json").stdout)
    assert answer["required_amount"] == "0.00"
    assert answer["explanation"] == {
        "en": "No month given lies in the window of the 12 closed billing periods that count on 2026-11-23, 2025-12 to "
        "2026-11: what was owed in it is not known.",
        "fr": "Aucun mois donné n'est dans la fenêtre des 12 périodes de facturation closes qui comptent au 2026-11-23, "
        "2025-12 à 2026-11 : ce qui y était dû n'est pas connu.",
    }
    said = run(*asked).stdout
    assert "No month given lies in the window" in said and "Nothing was owed" not in said
    assert "Nothing was owed" in run(*asked[:-1], "2026-07=0").stdout, "a month that was looked at"
    assert "Nothing was owed" in run(*asked, "--month", "2026-07=0").stdout


FRENCH = [
    (("security", "--form", "agreement", "--month", "2026-07=84200.49", "--as-of", "2026-11-23"),
     ("42 100,24 $", "juillet 2026", "une estimation selon la politique de l'ASFC")),
    (("security", "--form", "cash", "--month", "2023-01=1", "--as-of", "2026-11-23"), ("0,00 $", "Aucun mois donné")),
    (("billing", "--from", "2026-06", "--to", "2026-06"), ("Dédouanement du", "Dernier jour légal", "2026-07-02")),
    (("accounting-due", "2026-11-18"), ("Déclarer en détail au plus tard le", "2026-11-25")),
    (("cycle", "2026-11-18"), ("Échéance du paiement", "2026-12-17")),
    (("bn", "123456782", "1"), ("Numéro d'entreprise", "ni neuf ni quinze caractères")),
    (("facts", "--at", "2026-11-23"), ("Règle", "5 000,00 $", "Loi sur les douanes, art. 32.2", "non ", "jours ouvrables")),
]  # fmt: skip


@pytest.mark.parametrize(("args", "said"), FRENCH, ids=lambda one: one[0])
def test_words_follow_the_language_and_json_does_not(args: tuple[str, ...], said: tuple[str, ...]) -> None:
    result = run(*args, "--lang", "fr")
    assert result.exit_code == 0
    shown = result.stdout.replace("\u00a0", " ")
    assert not [words for words in said if words not in shown], shown
    english = run(*args).stdout
    assert not [key for key in ("release_", "_date", "display", "effective_") if key in shown + english]
    assert run(*args, "--json", "--lang", "fr").stdout == run(*args, "--json").stdout


def test_every_problem_and_unit_has_its_words() -> None:
    assert set(PROBLEMS) == set(get_args(Problem))
    assert set(UNITS) >= {*DECIMAL_UNITS, *COUNTED_UNITS, *WORD_UNITS, "flag"}


@pytest.mark.parametrize("month", ["2025-12", "2026-11"])
def test_security_has_nothing_to_say_of_months_inside_the_window(month: str) -> None:
    answer = ask("security", "--form", "cash", "--month", f"{month}=84200", "--as-of", "2026-11-23")
    assert answer["required_amount"] == "84200.00"
    assert not any("Not counted" in caution["en"] for caution in answer["cautions"])


def test_security_refuses_charges_below_zero() -> None:
    result = run("security", "--form", "cash", "--month", "2026-07=-5.00", "--as-of", "2026-11-23", "--json")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "below zero" in result.stderr


def test_billing_answers_by_the_month_of_the_period_s_end() -> None:
    answer = ask("billing", "--from", "2025-12", "--to", "2026-06")
    assert [row["release_to"][:7] for row in answer] == [
        *("2025-12", "2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06"),
    ]
    assert answer[-1] == {
        "release_from": "2026-05-18",
        "release_to": "2026-06-17",
        "soa_date": "2026-06-25",
        "due_date": "2026-07-01",
        "legal_last_day": "2026-07-02",
    }


def test_accounting_due_and_cycle_answer_each_date_in_order() -> None:
    assert ask("accounting-due", "2026-11-18", "2026-11-10") == [
        {"release_date": "2026-11-18", "account_by": "2026-11-25"},
        {"release_date": "2026-11-10", "account_by": "2026-11-18"},
    ]
    assert ask("cycle", "2026-12-18") == [
        {
            "release_date": "2026-12-18",
            "release_from": "2026-12-18",
            "release_to": "2027-01-17",
            "soa_date": "2027-01-25",
            "due_date": "2027-01-29",
        }
    ]


def test_bn_answers_good_and_bad_alike() -> None:
    assert ask("bn", "123456782rm0001", "123456789", "") == [
        {
            "input": "123456782rm0001",
            "ok": True,
            "normalized": "123456782RM0001",
            "display": "123456782 RM 0001",
            "problem": None,
        },
        {"input": "123456789", "ok": False, "normalized": None, "display": None, "problem": "check_digit"},
        {"input": "", "ok": False, "normalized": None, "display": None, "problem": "empty"},
    ]


def test_facts_in_force_on_a_day() -> None:
    now = {row["id"]: row for row in ask("facts", "--at", "2026-11-23")}
    assert now["rpp.agreement_floor"] | {"citation": ""} == {
        "id": "rpp.agreement_floor",
        "value": "5000.00",
        "unit": "CAD",
        "effective_from": "2024-10-21",
        "effective_until": None,
        "citation": "",
    }
    assert "https://www.suretycanada.com/" in now["rpp.agreement_floor"]["citation"]
    before = {row["id"]: row for row in ask("facts", "--at", "2019-03-31")}
    assert "rpp.agreement_floor" not in before
    assert before["pen.late_payment"]["value"] == "100.00"
    assert before["pen.late_payment"]["effective_until"] == "2019-03-31"


@pytest.mark.parametrize(
    "args",
    [
        ("security", "--form", "agreement", "--month", "2026-07=1000"),
        ("billing", "--from", "2026-01", "--to", "2026-02"),
        ("accounting-due", "2026-11-18"),
        ("cycle", "2026-11-18"),
        ("bn", "123456782", "1"),
        ("facts",),
    ],
)
def test_without_json_there_are_words(args: tuple[str, ...]) -> None:
    result = run(*args)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.strip()
    assert result.stdout[0] not in "[{"


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("security", "--form", "agreement", "--month", "2024-05=1000", "--as-of", "2024-06-01"), 1),
        (("security", "--form", "agreement"), 2),
        (("security", "--form", "gold", "--month", "2026-07=1"), 2),
        (("security", "--form", "cash", "--month", "2026-07"), 2),
        (("security", "--form", "cash", "--month", "2026-13=1"), 2),
        (("security", "--form", "cash", "--month", "2026-07=abt 20k"), 2),
        (("security", "--form", "cash", "--month", "2026-07=1.001"), 2),
        (("security", "--form", "cash", "--month", "2026-07=1", "--month", "2026-07=2"), 2),
        (("security", "--form", "cash", "--month", "2026-07=1", "--as-of", "20261123"), 2),
        (("billing", "--from", "2026-02", "--to", "2026-01"), 2),
        (("billing", "--from", "2026-2", "--to", "2026-03"), 2),
        (("accounting-due",), 2),
        (("accounting-due", "2026-02-30"), 2),
        (("cycle", "yesterday"), 2),
        (("bn",), 2),
        (("facts", "--at", "soon"), 2),
        (("nothing",), 2),
    ],
)
def test_refusals_and_usage_errors_speak_on_stderr(args: tuple[str, ...], code: int) -> None:
    result = run(*args, "--json")
    assert (result.exit_code, result.stdout) == (code, "")
    assert "Error" in result.stderr
