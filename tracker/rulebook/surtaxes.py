"""Rulebook surtaxes: the dated rows of surtaxes.toml, checked. Data a person reviews, never a rule of ours."""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path

from tracker.rulebook.reading import Row, read_rows, refuse_repeats
from tracker.rulebook.types import Source, Surtax

ORIGIN, CHAPTER = re.compile(r"[A-Z]{2}"), re.compile(r"\d{2}")


def load_surtaxes(folder: Path, sources: Mapping[str, Source]) -> tuple[Surtax, ...]:
    """The surtaxes by first day. RulebookError when a row lacks its rate, first day, caution or citation."""
    rows = read_rows(folder / "surtaxes.toml", "surtax", "key")
    refuse_repeats("surtaxes.toml", (row.name for row in rows))
    return tuple(sorted((_surtax(row, sources) for row in rows), key=lambda one: (one.effective_from, one.key)))


def _surtax(row: Row, sources: Mapping[str, Source]) -> Surtax:
    begins, ends = row.day("from"), row.day("until")
    if begins is None:
        row.fail("from is missing")
    if ends is not None and ends < begins:
        row.fail("ends before it begins")
    surtax = Surtax(
        key=row.name,
        name=row.text("name"),
        goods=row.text("goods"),
        percent=_percent(row),
        origins=_codes(row, "origins", ORIGIN),
        chapters=_codes(row, "chapters", CHAPTER),
        effective_from=begins,
        effective_until=ends,
        caution=row.text("caution"),
        citations=row.citations(sources),
    )
    row.done()
    return surtax


def _percent(row: Row) -> Decimal:
    """The rate stands in quotes, as every rate does."""
    try:
        value = Decimal(row.string("percent"))
    except InvalidOperation:
        row.fail("percent is no decimal number")
    if not value.is_finite() or value <= 0:
        row.fail("percent has to be above zero")
    return value


def _codes(row: Row, key: str, shape: re.Pattern[str]) -> tuple[str, ...]:
    codes = row.get(key)
    if not isinstance(codes, list) or not all(isinstance(code, str) and shape.fullmatch(code) for code in codes):
        row.fail(f"{key} has to be a list of codes, found {codes!r}")
    return tuple(codes)
