"""Accounts, rules: passwords that would be guessed within a few tries, told by what they are made of. No rule of composition."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

LEAST_UNLIKE = 4  # different characters
MOST_WORDS = 2  # common ones: three in a row are many
MOST_RUNS = 4
SHORTEST_NAME = 3

WALKS = (
    "abcdefghijklmnopqrstuvwxyz", "01234567890123456789", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./", "qwertzuiop",
    "azertyuiop", "qsdfghjklm", "wxcvbn", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/", "zaq12wsxcde34rfvbgt56yhnmju78ik,.lo90p;/",
    "1q2w3e4r5t6y7u8i9o0p", "q1w2e3r4t5y6u7i8o9p0", "1a2b3c4d5e6f7g8h9i0j", "a1b2c3d4e5f6g7h8i9j0", "!@#$%^&*()_+", "!\"/$%?&*()_+",
)  # fmt: skip
LEET = str.maketrans("0134567892@$!|+€", "oleasgtbgzasilte")
LEET_TOO = str.maketrans("16!|", "ibli")  # the same signs are read otherwise as well


def is_easy_to_guess(password: str, *, own_words: Iterable[str] = ()) -> bool:
    """Whether a password is a common one, a common word or the person's own with signs around it, a repetition or a run.

    `own_words` are texts whose words say nothing new: the person's name and address, the firm's name.
    """
    plain = _fold(password)
    if len(set(plain)) < LEAST_UNLIKE or plain in common_words() or _repeated(plain) or _is_run(plain):
        return True
    own = frozenset(word for text in own_words for word in _names(text))
    return any(_repeated(core) or _is_made_of(core, own) for core in _cores(plain))


@lru_cache(maxsize=1)
def common_words() -> frozenset[str]:
    """The common passwords and words, folded."""
    lines = Path(__file__).with_name("common_passwords.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def _fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c)).strip()


def _names(text: str) -> Iterator[str]:
    """The words of a name or an address, and all of them in a row."""
    words = re.split(r"[^a-z]+", _fold(text))
    yield from (word for word in (*words, "".join(words)) if len(word) >= SHORTEST_NAME)


def _cores(plain: str) -> set[str]:
    """What is left of it as letters, without the digits and signs at its ends, and with signs read as letters."""
    bodies = {plain, plain.rstrip("".join(set(plain) - _LETTERS)), plain.lstrip("".join(set(plain) - _LETTERS))}
    bodies |= {body.strip("".join(set(plain) - _LETTERS)) for body in bodies}
    read = {body.translate(table) for body in bodies for table in ({}, LEET, LEET_TOO | LEET, LEET | LEET_TOO)}
    return {re.sub(r"[^a-z]", "", text) for text in read} - {""}


_LETTERS = set("abcdefghijklmnopqrstuvwxyz")


def _is_made_of(core: str, own: frozenset[str]) -> bool:
    """Whether a text is nothing but the person's own words and at most two common ones."""
    common = common_words()
    cost = [0, *[MOST_WORDS + 1] * len(core)]  # the fewest common words that make the first n letters
    for end in range(1, len(core) + 1):
        for start in range(max(0, end - 30), end):
            word = core[start:end]
            if word in own:
                cost[end] = min(cost[end], cost[start])
            elif word in common:
                cost[end] = min(cost[end], cost[start] + 1)
    return cost[-1] <= MOST_WORDS


def _repeated(text: str) -> bool:
    """Whether it says the same again and again: abcd1234abcd1234."""
    return text in (text + text)[1:-1]


def _is_run(text: str) -> bool:
    """Whether it is at most four pieces of rows of a keyboard or of an alphabet, in either direction."""
    left, pieces = text, 0
    while left and pieces <= MOST_RUNS:
        longest = next((n for n in range(len(left), 1, -1) if any(left[:n] in walk for walk in _BOTH_WAYS)), 0)
        if not longest:
            return False
        left, pieces = left[longest:], pieces + 1
    return pieces <= MOST_RUNS


_BOTH_WAYS = tuple(walk[::step] for walk in WALKS for step in (1, -1))
