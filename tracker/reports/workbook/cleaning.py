"""The workbook room, cleaning: text that a spreadsheet could take for a formula is marked, and the mark can be taken off again."""

import re
import unicodedata

MARK = "'"
MAX_LENGTH = 32_767
# What Excel, LibreOffice and others may start a formula with, and their full-width look-alikes.
STARTERS = tuple("=+-@\t\r\n|\x00＝＋－＠｜")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
SHEET_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")


def neutralise(text: str) -> str:
    """Text that cannot be taken for a formula: one apostrophe in front where it begins like one, or with an apostrophe already."""
    marked = MARK + text if text.startswith((*STARTERS, MARK)) else text
    return CONTROL.sub("", marked)[:MAX_LENGTH]


def restore(text: str) -> str:
    """Exactly what `neutralise` was given, as far as a cell can hold it."""
    return text[1:] if text.startswith(MARK) and text[1:].startswith((*STARTERS, MARK)) else text


def sheet_name(name: str, taken: set[str]) -> str:
    """A sheet name Excel allows, of at most 31 characters, not used yet in this workbook."""
    base = SHEET_FORBIDDEN.sub(" ", unicodedata.normalize("NFC", name)).strip(" '")[:31] or "1"
    chosen, count = base, 1
    while chosen.casefold() in taken:
        count += 1
        suffix = f" {count}"
        chosen = base[: 31 - len(suffix)] + suffix
    taken.add(chosen.casefold())
    return chosen
