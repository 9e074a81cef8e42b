"""Rulebook, typesetting: the spaces of French that may not break a line, set in one place. Writers type plain spaces."""

import re
from functools import lru_cache

NBSP = "\u00a0"

_MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre"),
    *("décembre", r"janv\.", r"févr\.", r"avr\.", r"juill\.", r"sept\.", r"oct\.", r"nov\.", r"déc\."),
)
_ANY_MONTH = "|".join(_MONTHS)
_AFTER_A_MONTH = "|".join(rf"(?<=\b{month})" for month in _MONTHS)

# Before : » % and $, after «, between groups of digits, around the h of an hour, inside a date. A % that opens a
# placeholder is none.
_HARD_SPACES = re.compile(
    r" (?=[:»])"
    r"|(?<=«) "
    r"| (?=%(?!\())"
    r"|(?<=\d) (?=\$|h\b)"
    r"|(?<=\d h) (?=\d)"
    r"|(?<=\d) (?=\d{3}(?!\d))"
    rf"|(?:(?<=\b\d)|(?<=\b\d\d)|(?<=\b1er)) (?=(?:{_ANY_MONTH})(?!\w))"
    rf"|(?:{_AFTER_A_MONTH}) (?=20\d\d(?!\d))"
)


_ARTICLE = {"s.": "art.", "and": "et", "to": "à", "SOR": "DORS"}
_ARTICLE_WORDS = re.compile(r"\bs\.(?= )|\b(?:and|to|SOR)\b")


@lru_cache(maxsize=8192)
def french(text: str) -> str:
    """`text` with the spaces made hard that Québec's French never ends a line with. Nothing but spaces changes."""
    return _HARD_SPACES.sub(NBSP, text)


def french_article(section: str) -> str:
    """A place in a law as French cites it: "s. 5(2) and 7" reads "art. 5(2) et 7"."""
    return _ARTICLE_WORDS.sub(lambda found: _ARTICLE[found.group()], section)
