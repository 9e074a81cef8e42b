"""Figures inside sentences are those of the facts in force: a changed row changes what is said."""

import re
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from tracker.rulebook.book import load_book, read_book, rules_of
from tracker.rulebook.filling import figures_of, sentences_of
from tracker.rulebook.holidays import FACTS
from tracker.rulebook.types import RulebookError

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("fact_id", "en", "fr"),
    [
        ("rpp.agreement_pct", "50 %", "50 %"),
        ("rpp.agreement_floor", "$5,000", "5 000 $"),
        ("rpp.cap_per_rm", "$10,000,000", "10 000 000 $"),
        ("pay.card_limit", "$4,999.99", "4 999,99 $"),
        ("rpp.paper_processing", "25", "25"),
        ("bill.soa_day", "25th", "25"),
        ("rpp.review_deadline", "15 January", "15 janvier"),
        ("rpp.transition_end", "20 May 2025", "20 mai 2025"),
        ("int.spread", "6", "6"),
        ("surtax.china_melt", "25 %", "25 %"),
    ],
)
def test_how_a_value_reads_in_a_sentence(fact_id: str, en: str, fr: str) -> None:
    book = load_book()
    figures = figures_of([fact for fact in book.facts if fact.in_force_on(TODAY)], book.surtaxes)
    assert (figures[fact_id].en, figures[fact_id].fr) == (en, fr)


def edited(folder: Path, file: str, before: str, after: str) -> Path:
    copy = shutil.copytree(FACTS, folder / "facts")
    content = (copy / file).read_text(encoding="utf-8")
    assert before in content
    (copy / file).write_text(content.replace(before, after, 1), encoding="utf-8")
    return copy


def test_a_new_row_changes_the_sentence_from_its_own_day(tmp_path: Path) -> None:
    row = 'id = "pen.late_payment"\nvalue = "200.00"\nunit = "CAD"\nfrom = 2019-04-01\n'
    later = '\n[[fact]]\nid = "pen.late_payment"\nvalue = "1250.50"\nunit = "CAD"\nfrom = 2027-01-01\n' + (
        'text = { en = "More.", fr = "Plus." }\ncitations = [{ source = "A336" }]\n'
    )
    folder = edited(tmp_path, "constants.toml", row, f"{row}until = 2026-12-31\n")
    with (folder / "constants.toml").open("a", encoding="utf-8") as constants:
        constants.write(later)
    book = read_book(folder)
    said = [
        next(rule.advice for rule in rules_of(book, day).findings if rule.key == "no_payment_method")
        for day in (date(2019, 3, 1), date(2026, 12, 31), date(2027, 1, 1))
    ]
    assert ["$100" in said[0].en, "$200" in said[1].en, "$1,250.50" in said[2].en] == [True, True, True]
    assert "1 250,50 $" in said[2].fr and "200" not in said[2].fr


def test_no_place_is_left_open_on_any_day() -> None:
    for day in (date(2018, 1, 1), TODAY, TODAY + timedelta(days=4000)):
        rules = rules_of(load_book(), day)
        told = f"{rules.findings}{rules.tasks}{rules.documents}{rules.sections}{rules.templates}{rules.terms}{rules.surtaxes}"
        assert not re.findall(r"\{[a-z]+\.", told)


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ("{pen.late_payment}", "{pen.unheard_of}", "names other figures in French|no fact pen.unheard_of"),
        ("{pen.late_payment}", "$200", "names other figures in French"),
    ],
)
def test_a_place_without_a_fact_is_refused(tmp_path: Path, before: str, after: str, why: str) -> None:
    with pytest.raises(RulebookError, match=why):
        read_book(edited(tmp_path, "findings.toml", before, after))


# What a sentence may say in figures of its own: times of day, the firm's own measures, days on which a law began.
FREE = re.compile(
    r"23:59(:59)?|16:00|23 h 59( min 59 s)?|16 h|BSF\d+|D120|RM0001|NE9|NE15|BN9|BN15|RM 0001|SOR/[\d-]+|DORS/[\d-]+"
)
RULED = re.compile(r"\$ ?\d|\d ?\$|\d ?%|\d+ (?:business |calendar )?days|\d+ jours|\d+ years|\d+ ans\b")
OWN = {
    "one_manager",  # how long the helpdesk takes (facts 2)
    "relief_regimes",  # C215 (facts 4.4)
    "security_renewal",  # the firm's own 90 days
    "penalty",  # Customs Act s. 109.5 (facts 4.4)
}


def test_no_figure_of_a_rule_is_written_into_a_sentence_by_hand() -> None:
    book = load_book()
    catalogue = book.catalogue
    rows = [
        *catalogue.findings, *catalogue.tasks.values(), *catalogue.documents.values(), *catalogue.templates.values(),
        *book.terms.values(), *(question for part in catalogue.sections for question in part.questions),
    ]  # fmt: skip
    by_hand = {
        row.key
        for row in rows
        for text in sentences_of(row)
        if any(RULED.search(FREE.sub("", words)) for words in (text.en, text.fr))
    }
    assert by_hand == OWN


def test_a_facts_own_sentence_says_its_value() -> None:
    """The row and its words change together: whoever edits one and not the other is told."""
    unsaid = {"rpp.claim_window"}  # French writes "un an"
    for fact in load_book().facts:
        if fact.unit in ("flag", "text", "instant", "date", "month_days") or fact.id in unsaid:
            continue
        said = figures_of([fact], [])[fact.id]
        assert said.en in fact.text.en and said.fr in fact.text.fr, fact.id
