"""Workbook, text: what may stand in a cell. Pure; the import strips with `restore` what `neutralise` added."""

import re

MAX_CELL = 32_767
MARK = "'"

# What a spreadsheet may take for a formula or a command (OWASP ASVS 1.2.10): the sign itself or its full-width form at
# the start, also behind blanks, quotes or separators that a careless CSV reader drops; or a leading control character.
_SIGNS = "=+@|＝＋－＠｜﹢﹣﹦﹫\\-"
_DANGEROUS = re.compile(rf"{MARK}*(?:[\t\r\n\0]|[\s\"';,]*[{_SIGNS}])")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_NEW_LINES = re.compile(r"\r\n?")


def is_dangerous(value: str) -> bool:
    """Whether a spreadsheet could take `value` for a formula, or our mark for its own."""
    return _DANGEROUS.match(value) is not None


def neutralise(value: str) -> str:
    """`value`, with an apostrophe before it if it could be taken for a formula. `restore` gives back exactly `value`."""
    return MARK + value if is_dangerous(value) else value


def restore(value: str) -> str:
    """What `neutralise` was given: takes away one apostrophe, and only if `neutralise` had put it there."""
    return value[1:] if value.startswith(MARK) and is_dangerous(value[1:]) else value


def clean(value: str) -> str:
    """`value` without what XML cannot hold, line breaks as LF."""
    return _NOT_XML.sub("", _NEW_LINES.sub("\n", value))


def cell_text(value: object) -> str:
    """Any value as the harmless text of one cell, at most 32,767 characters as Excel counts them (UTF-16 units)."""
    return neutralise(_fitted(clean(str(value)), MAX_CELL - 1))


def _fitted(value: str, limit: int) -> str:
    """Cut to `limit` UTF-16 units, an ellipsis at the end showing that something is missing."""
    if len(value) * 2 <= limit or utf16_length(value) <= limit:
        return value
    return value.encode("utf-16-le")[: (limit - 1) * 2].decode("utf-16-le", "ignore") + "…"


def utf16_length(value: str) -> int:
    """The length of `value` as Excel counts it."""
    return len(value.encode("utf-16-le", "surrogatepass")) // 2


def shortened(value: str, limit: int) -> str:
    """`value` on one line, cleaned, at most `limit` UTF-16 units."""
    return _fitted(" ".join(clean(value).split()), limit)
