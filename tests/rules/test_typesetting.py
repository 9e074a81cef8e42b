"""The spaces of French are made hard in one place, and nothing else changes."""

import pytest

from tracker.rulebook.types import Text
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
    ],
)
def test_spaces_that_may_not_break_a_line(plain: str, marked: str) -> None:
    assert french(plain) == marked.replace("~", "\u00a0")
    assert french(french(plain)) == french(plain)
    assert french(plain).replace("\u00a0", " ") == plain


def test_words_in_both_languages_are_set_in_french_only() -> None:
    words = Text("Sum : 5 %", "Somme : 5 %")
    assert (words.in_("fr_CA"), words.in_("en")) == ("Somme\u00a0: 5\u00a0%", "Sum : 5 %")
