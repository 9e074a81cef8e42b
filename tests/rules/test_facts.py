"""The rulebook's data: complete, dated, cited, bilingual; and refused when it is not."""

import shutil
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tracker.guarantees.enums import InstrumentKind, SecurityForm
from tracker.rulebook.book import book_digest, folder_digest, load_book, rules_at
from tracker.rulebook.holidays import FACTS, load_holidays
from tracker.rulebook.loader import load_facts, load_instruments, load_sources, load_terms
from tracker.rulebook.surtaxes import load_surtaxes
from tracker.rulebook.types import RulebookError

LAUNCH = date(2024, 10, 21)
TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("fact_id", "value", "day"),
    [
        ("rpp.agreement_pct", Decimal(50), LAUNCH),
        ("rpp.cash_pct", Decimal(100), LAUNCH),
        ("rpp.agreement_floor", Decimal(5000), LAUNCH),
        ("rpp.cap_per_rm", Decimal(10_000_000), LAUNCH),
        ("rpp.cash_floor_applies", False, TODAY),
        ("rpp.cash_cap_applies", False, TODAY),
        ("rpp.lookback_months", 12, LAUNCH),
        ("rpp.review_run", "10-20", TODAY),
        ("rpp.review_deadline", "01-15", TODAY),
        ("rpp.transition_end", "2025-05-20T03:00:01-04:00", TODAY),
        ("rpp.provider_notice_days", 30, TODAY),
        ("rpp.provider_pay_days", 60, TODAY),
        ("rpp.paper_processing", 25, TODAY),
        ("bill.soa_day", 25, TODAY),
        ("bill.due", 10, TODAY),
        ("acct.due", 5, TODAY),
        ("lvs.limit", Decimal(3300), date(2024, 10, 7)),
        ("pay.card_limit", Decimal("4999.99"), date(2025, 9, 28)),
        ("pen.late_payment", Decimal(100), date(2019, 3, 31)),
        ("pen.late_payment", Decimal(200), date(2019, 4, 1)),
        ("int.spread", Decimal(6), TODAY),
        ("relief.payment", True, date(2026, 1, 30)),
        ("relief.accounting", True, date(2025, 1, 19)),
        ("records.years", 6, TODAY),
        ("rpp.review_window", "10-20/10-19", TODAY),
        ("rpp.claim_window", 1, TODAY),
        ("bill.period", "18/17", TODAY),
        ("lvs.account_day", 24, TODAY),
        ("pay.collections_after", 30, TODAY),
        ("pen.late_accounting", Decimal(100), TODAY),
        ("corr.duty_days", 90, TODAY),
        ("corr.years", 4, TODAY),
        ("sfc.licence_years", 2, TODAY),
        ("nri.processing", 30, TODAY),
    ],
)
def test_value_in_force(fact_id: str, value: object, day: date) -> None:
    found = rules_at(day).fact(fact_id).value
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("fact_id", "day"),
    [
        ("rpp.agreement_floor", LAUNCH - timedelta(days=1)),
        ("rpp.agreement_pct", LAUNCH - timedelta(days=1)),
        ("pay.card_limit", date(2025, 9, 27)),
        ("lvs.limit", date(2024, 10, 6)),
        ("relief.payment", date(2026, 1, 31)),
        ("relief.accounting", date(2025, 1, 20)),
        ("rpp.unheard_of", TODAY),
    ],
)
def test_no_value_is_a_key_error_with_id_and_day(fact_id: str, day: date) -> None:
    with pytest.raises(KeyError, match=f"{fact_id}.*{day}"):
        rules_at(day).fact(fact_id)


def test_the_dead_floor_of_25_000_is_nowhere() -> None:
    assert all(fact.value != 25_000 for fact in load_book().facts if fact.unit == "CAD")


SEED = """
rpp.agreement_pct rpp.cash_pct rpp.agreement_floor rpp.cap_per_rm rpp.cash_floor_applies rpp.cash_cap_applies
rpp.lookback_months rpp.review_run rpp.review_window rpp.review_deadline rpp.transition_end rpp.provider_notice_days
rpp.claim_window rpp.provider_pay_days rpp.paper_processing bill.period bill.soa_day bill.due acct.due lvs.limit
lvs.account_day pay.card_limit pay.collections_after pen.late_payment pen.late_accounting int.spread relief.payment
relief.accounting corr.duty_days corr.years records.years sfc.licence_years nri.processing
"""


def test_every_fact_of_the_seed_is_there_with_words_and_citation() -> None:
    facts = load_book().facts
    assert set(SEED.split()) <= {fact.id for fact in facts}
    for fact in facts:
        assert fact.citations, fact.id
        assert fact.text.en != fact.text.fr, fact.id


def test_contested_facts_carry_a_caution() -> None:
    rules = rules_at(TODAY)
    for fact_id in ("cash_floor_applies", "cash_cap_applies", "rounding", "penalties_in_base"):
        assert rules.fact(f"rpp.{fact_id}").caution, fact_id
    assert rules.fact("bill.due").caution


def test_instruments_are_those_of_the_enums_and_only_three_are_known_to_be_accepted() -> None:
    instruments = rules_at(TODAY).instruments
    assert set(instruments) == {kind.value for kind in InstrumentKind}
    accepted = {key for key, kind in instruments.items() if kind.is_accepted}
    assert accepted == {"surety_bond", "bank_agreement", "cash_deposit"}
    assert {kind.form for kind in instruments.values()} == {form.value for form in SecurityForm}
    assert instruments["cash_deposit"].form == "cash"


def test_glossary_keeps_the_two_french_traps_apart() -> None:
    terms = rules_at(TODAY).terms
    assert "DPA" in terms["pre_authorized_debit"].name.fr
    assert "PAD" in terms["csa"].name.fr
    assert terms["release"].name.fr == "dédouanement"


def test_the_glossary_is_the_fact_sheets_with_where_each_word_was_seen() -> None:
    terms = rules_at(TODAY).terms
    seen = Counter(key for term in terms.values() for key in term.provenance)
    assert (len(terms), seen) == (90, {"law": 43, "CBSA": 22, "std": 22, "trade": 5})
    assert terms["rpp"].provenance == ("CBSA",) and terms["surety_bond"].provenance == ("CBSA", "trade")


@pytest.mark.parametrize(
    ("key", "percent", "origins", "first", "last"),
    [
        ("china_vehicles", 100, "CN", "2024-10-01", "2026-02-28"),
        ("china_metals", 25, "CN", "2024-10-22", None),
        ("us_2025_1", 25, "US", "2025-03-04", "2025-08-31"),
        ("us_metals", 25, "US", "2025-03-13", None),
        ("us_vehicles", 25, "US", "2025-04-09", None),
        ("steel_quota", 50, "", "2025-06-27", "2027-06-27"),
        ("china_melt", 25, "", "2025-07-31", None),
        ("steel_derivatives", 25, "", "2025-12-26", None),
    ],
)
def test_surtaxes_of_the_fact_sheet(key: str, percent: int, origins: str, first: str, last: str | None) -> None:
    (row,) = (row for row in rules_at(TODAY).surtaxes if row.key == key)
    assert (row.percent, ", ".join(row.origins), row.effective_from.isoformat()) == (percent, origins, first)
    assert (row.effective_until and row.effective_until.isoformat()) == last
    assert row.is_over(TODAY) is (key in ("china_vehicles", "us_2025_1"))
    assert row.caution.en != row.caution.fr and row.citations


def test_digest_changes_with_a_byte_and_a_name(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("x = 1", encoding="utf-8")
    first = folder_digest(tmp_path)
    (tmp_path / "a.toml").write_text("x = 2", encoding="utf-8")
    second = folder_digest(tmp_path)
    (tmp_path / "a.toml").rename(tmp_path / "b.toml")
    assert len({first, second, folder_digest(tmp_path)}) == 3
    assert rules_at(TODAY).digest == book_digest() == folder_digest(FACTS)


GOOD = {
    "id": '"rpp.x"',
    "value": '"1.00"',
    "unit": '"CAD"',
    "text": '{ en = "a", fr = "b" }',
    "citations": '[{ source = "L1", confidence = "H" }]',
}


def fact_toml(**over: str | None) -> str:
    rows = {key: value for key, value in (GOOD | over).items() if value is not None}
    return "[[fact]]\n" + "".join(f"{key.removesuffix('_')} = {value}\n" for key, value in rows.items())


def load(tmp_path: Path, content: str, file: str = "constants.toml") -> None:
    shutil.copy(FACTS / "sources.toml", tmp_path)
    (tmp_path / file).write_text(content, encoding="utf-8")
    load_facts(tmp_path, load_sources(tmp_path))


def test_a_good_fact_loads(tmp_path: Path) -> None:
    load(tmp_path, fact_toml(from_="2024-01-01") + fact_toml(id='"rpp.y"', value='"2.00"'))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (fact_toml(citations=None), "rpp.x: has no citation"),
        (fact_toml(citations="[]"), "rpp.x: has no citation"),
        (fact_toml(citations='[{ source = "Z9" }]'), "rpp.x: cites 'Z9'"),
        (fact_toml(citations='[{ source = "L1", confidence = "X" }]'), "confidence"),
        (fact_toml(citations='[{ source = "L1", page = "1" }]'), "rpp.x: citation"),
        (fact_toml(text=None), "rpp.x: text is missing"),
        (fact_toml(text='{ en = "a" }'), "rpp.x: text has no fr words"),
        (fact_toml(text='{ en = "a", fr = " " }'), "rpp.x: text has no fr words"),
        (fact_toml(caution='{ fr = "a" }'), "rpp.x: caution has no en words"),
        (fact_toml(value="1.00"), "rpp.x: value has to be words"),
        (fact_toml(value='"abc"'), "rpp.x: value is no decimal"),
        (fact_toml(value='"-1"'), "rpp.x: value has to be zero or more"),
        (fact_toml(value='"NaN"'), "rpp.x: value has to be zero or more"),
        (fact_toml(unit='"days"'), "rpp.x: value has to be a whole number"),
        (fact_toml(unit='"days"', value="true"), "rpp.x: value has to be a whole number"),
        (fact_toml(unit='"flag"', value="1"), "rpp.x: value has to be true or false"),
        (fact_toml(unit='"month_day"', value='"02-31"'), "rpp.x: value is no month_day"),
        (fact_toml(unit='"instant"', value='"2025-05-20T03:00:00"'), "rpp.x: value is no instant"),
        (fact_toml(unit='"leagues"'), "rpp.x: unknown unit 'leagues'"),
        (fact_toml(from_='"2024-01-01"'), "rpp.x: from has to be a date"),
        (fact_toml(from_="2024-01-01T00:00:00"), "rpp.x: from has to be a date"),
        (fact_toml(from_="2024-01-02", until="2024-01-01"), "rpp.x: ends before it begins"),
        (fact_toml(form="1"), "rpp.x: unknown key form"),
        (fact_toml(id="7"), "id has to be words"),
        (fact_toml() + fact_toml(), "rpp.x: two values"),
        (fact_toml(until="2024-01-01") + fact_toml(from_="2024-01-01"), "rpp.x: two values on 2024-01-01"),
        (fact_toml(until="2024-01-01") + fact_toml(from_="2024-01-03"), "rpp.x: no value between"),
        (fact_toml(until="2024-01-01") + fact_toml(from_="2024-01-02", unit='"percent"'), "rpp.x: the unit changes"),
        (fact_toml() + 'unit = "CAD"\n', "constants.toml"),
        ("", "constants.toml: holds nothing"),
        ("[[thing]]\nid = 1", "thing"),
        ("fact = 3", "constants.toml"),
        ("fact = [3]", "is not a table"),
    ],
)
def test_a_bad_fact_is_refused_with_file_and_id(tmp_path: Path, content: str, why: str) -> None:
    with pytest.raises(RulebookError) as refused:
        load(tmp_path, content)
    assert "constants.toml" in str(refused.value)
    assert why in str(refused.value)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RulebookError, match=r"sources\.toml"):
        load_sources(tmp_path)


@pytest.mark.parametrize(
    ("file", "before", "after", "why"),
    [
        ("sources.toml", 'key = "L2"', 'key = "L1"', "L1: stands there twice"),
        ("sources.toml", "read_on = 2026-11-23", "", "read_on is missing"),
        ("instruments.toml", 'form = "agreement"', 'form = "gold"', "surety_bond: unknown form 'gold'"),
        ("instruments.toml", "is_accepted = true", "is_accepted = false", "does not say why"),
        ("instruments.toml", 'key = "bank_agreement"', 'key = "surety_bond"', "surety_bond: stands there twice"),
        ("glossary.toml", "meaning =", "sense =", "carm: meaning is missing"),
        ("glossary.toml", 'provenance = ["CBSA"]', 'provenance = ["hearsay"]', "carm: provenance has to be some of"),
        ("surtaxes.toml", 'percent = "100"', 'percent = "0"', "china_vehicles: percent has to be above zero"),
        ("surtaxes.toml", 'percent = "100"', "percent = 100", "china_vehicles: percent has to be words"),
        ("surtaxes.toml", 'chapters = ["87"]', "chapters = [87]", "china_vehicles: chapters has to be a list of codes"),
        (
            "surtaxes.toml",
            'origins = ["CN"]',
            'origins = ["China"]',
            "china_vehicles: origins has to be a list of codes",
        ),
        ("surtaxes.toml", "until = 2026-02-28", "until = 2024-02-28", "china_vehicles: ends before it begins"),
        ("surtaxes.toml", "from = 2024-10-01\n", "", "china_vehicles: from is missing"),
        ("holidays.toml", 'rule = "fixed"', 'rule = "moon"', "new_year: unknown rule 'moon'"),
        ("holidays.toml", "month = 1", "month = 13", "new_year: month must be in 1..12"),
    ],
)
def test_a_changed_file_is_refused(tmp_path: Path, file: str, before: str, after: str, why: str) -> None:
    folder = shutil.copytree(FACTS, tmp_path / "facts")
    content = (folder / file).read_text(encoding="utf-8")
    assert before in content
    (folder / file).write_text(content.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(RulebookError) as refused:
        sources = load_sources(folder)
        load_instruments(folder, sources)
        load_terms(folder)
        load_surtaxes(folder, sources)
        load_holidays(folder, sources)
    assert file in str(refused.value)
    assert why in str(refused.value)
