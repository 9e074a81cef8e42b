"""Rulebook loader: sources, facts, instruments and terms from TOML into frozen objects, checked as a whole."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from pathlib import Path
from typing import Literal, cast, get_args

from tracker.rulebook.reading import Row, read_rows, refuse_repeats
from tracker.rulebook.types import Fact, FactValue, InstrumentKind, Provenance, RulebookError, Source, Term

COUNTED_UNITS = ("days", "business_days", "weekdays", "months", "years", "day_of_month")
DECIMAL_UNITS = ("CAD", "percent", "points")
FORMS = ("agreement", "cash")
FIRST_DAY = date.min
LAST_DAY = date.max


def load_sources(folder: Path) -> dict[str, Source]:
    """The source index by key. RulebookError when a row lacks its title or day, or a key repeats."""
    rows = read_rows(folder / "sources.toml", "source", "key")
    refuse_repeats("sources.toml", (row.name for row in rows))
    return {row.name: _source(row) for row in rows}


def _source(row: Row) -> Source:
    read_on = row.day("read_on")
    if read_on is None:
        row.fail("read_on is missing")
    url = row.string("url", default="-")
    source = Source(
        key=row.name,
        title=row.string("title"),
        url=None if url == "-" else url,
        read_on=read_on,
        title_fr=row.string("title_fr", default="") or None,
    )
    row.done()
    return source


def load_facts(folder: Path, sources: Mapping[str, Source]) -> tuple[Fact, ...]:
    """Every dated fact, by id and first day. RulebookError on a gap, an overlap, a missing citation or translation."""
    facts = [_fact(row, sources) for row in read_rows(folder / "constants.toml", "fact")]
    facts.sort(key=lambda fact: (fact.id, fact.effective_from or FIRST_DAY))
    check_periods("constants.toml", facts)
    return tuple(facts)


def _fact(row: Row, sources: Mapping[str, Source]) -> Fact:
    unit = row.string("unit")
    fact = Fact(
        id=row.name,
        value=_value(row, unit),
        unit=unit,
        effective_from=row.day("from"),
        effective_until=row.day("until"),
        citations=row.citations(sources),
        text=row.text("text"),
        caution=row.optional_text("caution"),
    )
    if (fact.effective_from or FIRST_DAY) > (fact.effective_until or LAST_DAY):
        row.fail("ends before it begins")
    row.done()
    return fact


def _value(row: Row, unit: str) -> FactValue:
    if unit in DECIMAL_UNITS:
        return _decimal(row)
    if unit in COUNTED_UNITS:
        return row.whole("value")
    if unit == "flag":
        return row.flag("value")
    reader = WORD_UNITS.get(unit)
    if reader is None:
        row.fail(f"unknown unit {unit!r}")
    try:
        return reader(row.string("value"))
    except ValueError as error:
        row.fail(f"value is no {unit}: {error}")


def _decimal(row: Row) -> Decimal:
    """Amounts and rates stand in quotes: a TOML number would pass through a float."""
    try:
        value = Decimal(row.string("value"))
    except InvalidOperation:
        row.fail("value is no decimal number")
    if not value.is_finite() or value < 0:
        row.fail("value has to be zero or more")
    return value


def _month_day(text: str) -> str:
    return datetime.strptime(f"2024-{text}", "%Y-%m-%d").strftime("%m-%d")  # noqa: DTZ007  (a recurring day, no instant)


def _month_days(text: str) -> str:
    first, last = text.split("/")
    return f"{_month_day(first)}/{_month_day(last)}"


def _instant(text: str) -> str:
    if datetime.fromisoformat(text).tzinfo is None:
        raise ValueError("an instant needs its offset from UTC")
    return text


WORD_UNITS: Mapping[str, Callable[[str], FactValue]] = {
    "text": str,
    "month_day": _month_day,
    "month_days": _month_days,
    "instant": _instant,
    "date": date.fromisoformat,
}


def check_periods(file: str, facts: Iterable[Fact]) -> None:
    """RulebookError when two rows of one id overlap, leave a day uncovered between them, or change their unit."""
    by_id: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        by_id[fact.id].append(fact)
    for fact_id, rows in by_id.items():
        for earlier, later in pairwise(rows):
            _check_follows(f"{file}: {fact_id}", earlier, later)


def _check_follows(where: str, earlier: Fact, later: Fact) -> None:
    ends, begins = earlier.effective_until or LAST_DAY, later.effective_from or FIRST_DAY
    if begins <= ends:
        raise RulebookError(f"{where}: two values on {begins}")
    if begins != ends + timedelta(days=1):
        raise RulebookError(f"{where}: no value between {ends} and {begins}")
    if earlier.unit != later.unit:
        raise RulebookError(f"{where}: the unit changes from {earlier.unit} to {later.unit}")


def load_instruments(folder: Path, sources: Mapping[str, Source]) -> dict[str, InstrumentKind]:
    """The kinds of financial security by key. RulebookError when one is incomplete."""
    rows = read_rows(folder / "instruments.toml", "instrument", "key")
    refuse_repeats("instruments.toml", (row.name for row in rows))
    return {row.name: _instrument(row, sources) for row in rows}


def _instrument(row: Row, sources: Mapping[str, Source]) -> InstrumentKind:
    form = row.string("form")
    if form not in FORMS:
        row.fail(f"unknown form {form!r}")
    kind = InstrumentKind(
        key=row.name,
        name=row.text("name"),
        form=cast(Literal["agreement", "cash"], form),
        is_accepted=row.flag("is_accepted"),
        issuers=row.text("issuers"),
        caution=row.optional_text("caution"),
        citations=row.citations(sources),
    )
    if not kind.is_accepted and kind.caution is None:
        row.fail("is not accepted and does not say why (caution)")
    row.done()
    return kind


def load_terms(folder: Path) -> dict[str, Term]:
    """The glossary by key. RulebookError when a word lacks a language."""
    rows = read_rows(folder / "glossary.toml", "term", "key")
    refuse_repeats("glossary.toml", (row.name for row in rows))
    return {row.name: _term(row) for row in rows}


def _term(row: Row) -> Term:
    provenance = row.get("provenance")
    if not isinstance(provenance, list) or not provenance or set(provenance) - set(get_args(Provenance)):
        row.fail(f"provenance has to be some of {', '.join(get_args(Provenance))}, found {provenance!r}")
    term = Term(key=row.name, name=row.text("name"), meaning=row.text("meaning"), provenance=tuple(provenance))
    row.done()
    return term
