"""The spaces of French are made hard in one place, and nothing else changes."""

from datetime import date

import pytest

from tracker.platform.days import day_and_month, in_week, spoken
from tracker.rulebook.types import Citation, Source, Text
from tracker.rulebook.typesetting import french


@pytest.mark.parametrize(
    ("plain", "marked"),
    [
        ("Relevé au 17 : 90,00 $", "Relevé au 17~: 90,00~$"),
        ("« Oui » ou non; sinon?", "«~Oui~» ou non; sinon?"),
        ("50 % de 1 234 567,89 $", "50~% de 1~234~567,89~$"),
        ("Sous 100 %%, ou %(percent)s %% : voir", "Sous 100~%%, ou %(percent)s~%%~: voir"),
        ("avant 23 h 59 le 17", "avant 23~h~59 le 17"),
        ("%(posted)s de %(required)s", "%(posted)s de %(required)s"),
        ("123456782 RM 0001, 17 000", "123456782 RM 0001, 17~000"),
        ("le 1 2026", "le 1 2026"),
        ("juin 2026, du 18 sept. 2026 au 1er mars", "juin~2026, du 18~sept.~2026 au 1er~mars"),
        ("la règle de 2026, 25 jours, 12 moisson", "la règle de 2026, 25 jours, 12 moisson"),
    ],
)
def test_spaces_that_may_not_break_a_line(plain: str, marked: str) -> None:
    assert french(plain) == marked.replace("~", "\u00a0")
    assert french(french(plain)) == french(plain)
    assert french(plain).replace("\u00a0", " ") == plain


def test_french_counts_the_first_of_a_month_as_an_ordinal() -> None:
    first, eleventh = date(2027, 3, 1), date(2027, 3, 11)
    written = (spoken(first, "fr"), in_week(first, "fr"), day_and_month(first, "fr"))
    assert written == ("1er mars 2027", "lun. 1er mars", "1er mars")
    assert (spoken(eleventh, "fr"), spoken(first, "en")) == ("11 mars 2027", "1 Mar 2027")


def test_words_in_both_languages_are_set_in_french_only() -> None:
    words = Text("Sum : 5 %", "Somme : 5 %")
    assert (words.in_("fr_CA"), words.in_("en")) == ("Somme\u00a0: 5\u00a0%", "Sum : 5 %")


@pytest.mark.parametrize(
    ("section", "cited"),
    [
        ("s. 10.1", "art. 10.1"),
        ("s. 5(2) and 7", "art. 5(2) et 7"),
        ("s. 4(2)(c) to (f)", "art. 4(2)(c) à (f)"),
        ("", ""),
    ],
)
def test_a_place_in_a_law_is_cited_as_french_does(section: str, cited: str) -> None:
    law = Source("L3", "Customs Act", None, date(2026, 7, 23), title_fr="Loi sur les douanes")
    citation = Citation(law, section)
    assert (citation.source.title_in("fr"), citation.section_in("fr")) == ("Loi sur les douanes", cited)
    assert (citation.source.title_in("en"), citation.section_in("en")) == ("Customs Act", section)


def test_words_of_a_place_stand_in_both_languages_and_an_unknown_title_as_it_was_read() -> None:
    page = Citation(Source("B1", "CSCB, Bulletin", None, date(2026, 7, 23)), "card limit", "M", "limite de carte")
    assert page.section_in("fr_CA") == "limite de carte" and page.source.title_in("fr_CA") == "CSCB, Bulletin"
