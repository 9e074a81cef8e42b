"""Rulebook, typesetting: the spaces of French that may not break a line, set in one place. Writers type plain spaces."""

import re
from functools import lru_cache

NBSP = "\u00a0"

# Before : » % and $, after «, between groups of digits, around the h of an hour. A % that opens a placeholder is none.
_HARD_SPACES = re.compile(
    r" (?=[:»])"
    r"|(?<=«) "
    r"| (?=%(?!\())"
    r"|(?<=\d) (?=\$|h\b)"
    r"|(?<=\d h) (?=\d)"
    r"|(?<=\d) (?=\d{3}(?!\d))"
)


@lru_cache(maxsize=8192)
def french(text: str) -> str:
    """`text` with the spaces made hard that Québec's French never ends a line with. Nothing but spaces changes."""
    return _HARD_SPACES.sub(NBSP, text)
