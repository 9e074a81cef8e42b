"""Every vector that is safe as a strict test, asked through `tracker rules`."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tracker.cli.rules import rules
from tracker.rulebook.calendar import courier_dates, csa_billing_period_dates, review_cycle
from tracker.rulebook.holidays import national_holidays

VECTORS = json.loads((Path(__file__).parents[1] / "data" / "vectors.json").read_text(encoding="utf-8"))
AS_OF = "2026-11-23"
MONTHS = ["2025-12", *(f"2026-{month:02}" for month in range(1, 12))]


def strict(group: str) -> list[Any]:
    return [pytest.param(row, id=row["id"]) for row in VECTORS[group] if row.get("hard_assert", True)]


def ask(*args: str) -> Any:
    result = CliRunner().invoke(rules, [*args, "--json"])
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def required(form: str, amounts: list[str]) -> str:
    months = [f"--month={month}={amount}" for month, amount in zip(MONTHS, amounts, strict=False)]
    return str(ask("security", "--form", form, "--as-of", AS_OF, *months)["required_amount"])


@pytest.mark.parametrize("vector", strict("security_amounts"))
def test_security(vector: dict[str, Any]) -> None:
    if "per_rm_monthly_peak_cad" in vector:
        found = {rm: required(vector["form"], [peak]) for rm, peak in vector["per_rm_monthly_peak_cad"].items()}
        assert found == vector["expected_per_rm_cad"]
        assert sum(map(Decimal, found.values())) == Decimal(vector["expected_total_cad"])
    elif "per_rm" in vector:  # each account above the cap
        found_each = [required(vector["form"], ["25000000.00"]) for _ in vector["per_rm"]]
        assert found_each == vector["per_rm"]
        assert sum(map(Decimal, found_each)) == Decimal(vector["expected_security_cad"])
    else:
        amounts = vector.get("monthly_ar_cad", [vector["highest_monthly_ar_cad"]])
        assert required(vector["form"], amounts) == vector["expected_security_cad"]


@pytest.mark.parametrize("vector", [row for row in VECTORS["security_amounts"] if row["kind"] == "published-obsolete"])
def test_the_plan_of_2021_is_never_produced(vector: dict[str, Any]) -> None:
    assert required(vector["form"], ["0.01"]) != vector["expected_security_cad"]


@pytest.mark.parametrize("vector", strict("security_annual_review"))
def test_annual_review(vector: dict[str, Any]) -> None:
    found = [day.isoformat() for day in review_cycle(int(vector["run"][:4]))]
    assert found == [vector["run"], vector["window_start"], vector["window_end"], vector["deadline"]]


@pytest.mark.parametrize("vector", strict("billing_schedule"))
def test_billing(vector: dict[str, Any]) -> None:
    month = vector["release_to"][:7]
    (row,) = ask("billing", "--from", month, "--to", month)
    for key in ("release_from", "release_to", "soa_date", "due_date"):
        assert row[key] == vector[key]
    assert row["legal_last_day"] == vector.get("due_date_alternative", vector["due_date"])
    assert date.fromisoformat(row["due_date"]).strftime("%a") == vector["due_weekday"]


@pytest.mark.parametrize("vector", strict("billing_cycle_by_release_date"))
def test_cycle(vector: dict[str, Any]) -> None:
    (row,) = ask("cycle", vector["release_date"])
    assert (row["release_to"][:7], row["soa_date"], row["due_date"]) == (
        vector["cycle"],
        vector["soa_date"],
        vector["due_date"],
    )


@pytest.mark.parametrize("vector", strict("other_streams"))
def test_other_streams(vector: dict[str, Any]) -> None:
    stream = {"courier_lvs": courier_dates, "csa_option_b": csa_billing_period_dates}[vector["stream"]]
    found = stream(date.fromisoformat(vector["release_date"]))
    assert [day.isoformat() for day in found] == [vector["account_by"], vector["pay_by"]]


@pytest.mark.parametrize("vector", strict("accounting_due_dates"))
def test_accounting_due(vector: dict[str, Any]) -> None:
    assert ask("accounting-due", vector["release_date"]) == [
        {"release_date": vector["release_date"], "account_by": vector["account_by"]}
    ]


STDNUM_PROBLEMS = {
    "InvalidLength": {"length"},
    "InvalidFormat": {"format"},
    "InvalidChecksum": {"check_digit"},
    "InvalidComponent": {"program"},
    None: {"format", "reference"},  # stdnum takes it, we do not: all zeros, reference 0000
}


@pytest.mark.parametrize("vector", strict("business_numbers"))
def test_business_number(vector: dict[str, Any]) -> None:
    (row,) = ask("bn", vector["input"])
    assert (row["input"], row["ok"]) == (vector["input"], vector["app_should_accept"])
    if row["ok"]:
        assert (row["normalized"], row["problem"]) == (vector["normalized"], None)
    else:
        assert row["problem"] in STDNUM_PROBLEMS[vector["stdnum_error"]]


def test_holidays_are_those_the_vectors_were_made_with() -> None:
    used = VECTORS["meta"]["national_legal_holidays_used"]
    found = sorted(day.isoformat() for year in range(2024, 2028) for day in national_holidays(year))
    assert [day for day in found if used[0] <= day <= used[-1]] == used
