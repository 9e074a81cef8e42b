"""Passwords anyone would guess: common words with signs around them, repetitions, runs, one's own name. Nothing else is refused."""

import random
import string

import pytest

from tracker.accounts.guessing import common_words, is_easy_to_guess

OWN = ["Colin Dubois", "colin.dubois@northgate.example", "Northgate Customs inc."]


@pytest.mark.parametrize(
    "password",
    [
        "letmein12345", "iloveyou12345", "p@ssw0rd1234", "football1234", "trustno12345", "123456789012", "qwertyuiop12",
        "passwordpassword", "password1password1", "hunter2hunter2", "abcd1234abcd1234", "MotDePasse!2026", "Été2026!!!!!",
        "P455w0rd!!!!", "L3tm31n!!!!!", "1l0v3y0u2026", "1password1234", "I love you 2026", "1qaz2wsx3edc", "abc123def456",
        "112233445566", "aaaabbbbcccc", "Montréal2026!", "customs-2026!!", "ababababababab", "            ", "azertyuiop12",
    ],
)  # fmt: skip
def test_what_everybody_chooses_is_easy(password: str) -> None:
    assert is_easy_to_guess(password)


@pytest.mark.parametrize(
    "password", ["ColinDubois12", "dubois1987colin", "Northgate2026!", "c0l1n.dub01s!", "northgatecustoms"]
)
def test_own_name_and_the_firms_are_easy_for_this_person_only(password: str) -> None:
    assert is_easy_to_guess(password, own_words=OWN) and not is_easy_to_guess(password)


@pytest.mark.parametrize(
    "password",
    [
        "quatre mots bien longs", "correct horse battery staple", "83#51$92-7a46", "k7#mQ2$vL9pZ", "un chat vert dort ici",
        "vélo lampe gâteau", "aubergine-cravate", "847362519403", "purple monkey dishwasher", "éééàààôôôùùùçç", "🐈🐕🦎🐢🐦🐟🐝🦋🐌🐞🦀🐙",
        "summer dragon coffee", "colin mange des aubergines",
    ],
)  # fmt: skip
def test_what_is_hard_is_taken_whatever_it_is_composed_of(password: str) -> None:
    assert not is_easy_to_guess(password, own_words=OWN)


def test_initials_and_digits_of_an_address_are_ones_own_too() -> None:
    own = ["inv737aa", "Zed Q"]
    assert is_easy_to_guess("inv737aa123456", own_words=own) and is_easy_to_guess("Zed Q Zed Q Zed", own_words=own)


def test_what_chance_makes_is_hard() -> None:
    chance = random.Random(7)
    made = ("".join(chance.choices(string.ascii_letters + string.digits, k=12)) for _ in range(1000))
    assert not any(is_easy_to_guess(password, own_words=OWN) for password in made)


def test_the_list_is_long_and_folded() -> None:
    assert len(common_words()) > 500
    assert all(word.isascii() and word.islower() for word in common_words() if not word.isdigit())
