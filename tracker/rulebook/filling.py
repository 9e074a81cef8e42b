"""Rulebook filling: the figures inside sentences come from the facts in force, so that a new row changes what is said. Pure."""

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from babel.dates import format_date

from tracker.rulebook.types import Fact, RulebookError, Surtax, Text

PLACE = re.compile(r"\{([a-z_]+\.[a-z_0-9]+)\}")
LEAP_YEAR = 2024
Figures = Mapping[str, Text]
Item = TypeVar("Item")


def figures_of(facts: Iterable[Fact], surtaxes: Iterable[Surtax]) -> dict[str, Text]:
    """How each fact's value reads inside a sentence, by id; a surtax's rate as "surtax.<key>"."""
    found = {fact.id: _figure(fact) for fact in facts}
    rates = {f"surtax.{one.key}": _number(one.percent, "percent") for one in surtaxes}
    return found | {key: Text(words, words) for key, words in rates.items()}


def filled(item: Item, figures: Figures) -> Item:
    """The row, or rows, with the figures in the sentences. KeyError when one names a fact that is not there."""
    if isinstance(item, Text):
        return _text(item, figures)  # type: ignore[return-value]
    if isinstance(item, tuple):
        return tuple(filled(part, figures) for part in item)  # type: ignore[return-value]
    changed = {name: filled(getattr(item, name), figures) for name in _spoken(type(item))} if _has_place(item) else {}
    return replace(item, **changed) if changed else item  # type: ignore[type-var]


def check_places(where: str, items: Iterable[Any], known: Container[str]) -> None:
    """RulebookError when a sentence names a figure that no fact holds, or in one language only."""
    for item in items:
        for text in sentences_of(item):
            named = {*PLACE.findall(text.en)}
            if named != {*PLACE.findall(text.fr)}:
                raise RulebookError(f"{where}: {item.key}: {text.en!r} names other figures in French")
            if unknown := [place for place in named if place not in known]:
                raise RulebookError(f"{where}: {item.key}: no fact {', '.join(unknown)}")


def _has_place(item: Any) -> bool:
    return any("{" in text.en or "{" in text.fr for text in sentences_of(item))


def sentences_of(item: Any) -> Iterator[Text]:
    """Every sentence of a row or of rows, whatever the nesting."""
    if isinstance(item, Text):
        yield item
    elif isinstance(item, tuple):
        for part in item:
            yield from sentences_of(part)
    else:
        for name in _spoken(type(item)):
            yield from sentences_of(getattr(item, name))


def _spoken(kind: type) -> tuple[str, ...]:
    """The fields of a row that may hold sentences: a citation quotes its source, and is left as it is."""
    if kind not in _SPOKEN:
        names = [one.name for one in fields(kind)] if is_dataclass(kind) else []
        _SPOKEN[kind] = tuple(name for name in names if name != "citations")
    return _SPOKEN[kind]


_SPOKEN: dict[type, tuple[str, ...]] = {}


def _text(text: Text, figures: Figures) -> Text:
    if "{" not in text.en and "{" not in text.fr:
        return text
    return Text(
        en=PLACE.sub(lambda match: figures[match[1]].en, text.en),
        fr=PLACE.sub(lambda match: figures[match[1]].fr, text.fr),
    )


def _both(said: Callable[[str], str]) -> Text:
    return Text(en=said("en"), fr=said("fr"))


def _figure(fact: Fact) -> Text:
    """The value as a sentence needs it: the unit stands in the sentence itself, save for money, percents and days."""
    value, unit = fact.value, fact.unit
    if isinstance(value, Decimal):
        return _both(lambda language: _money(value, language) if unit == "CAD" else _number(value, unit))
    if unit == "day_of_month":
        return Text(en=_ordinal(int(str(value))), fr="1er" if value == 1 else str(value))
    if unit == "month_day":
        month, day = str(value).split("-")
        return _both(lambda language: _day(date(LEAP_YEAR, int(month), int(day)), language, "d MMMM"))
    if unit == "instant":
        return _both(lambda language: _day(datetime.fromisoformat(str(value)).date(), language, "d MMMM y"))
    return _both(lambda _language: str(value))


def _number(value: Decimal, unit: str) -> str:
    return f"{value.normalize():f} %" if unit == "percent" else f"{value.normalize():f}"


def _money(value: Decimal, language: str) -> str:
    """$5,000 and 5 000 $; cents only where there are some."""
    words = f"{value:,.2f}".removesuffix(".00")
    return f"${words}" if language == "en" else words.replace(",", " ").replace(".", ",") + " $"


def _day(day: date, language: str, shape: str) -> str:
    words = format_date(day, shape, locale="fr_CA" if language == "fr" else "en_CA")
    return words.replace("1 ", "1er ", 1) if language == "fr" and day.day == 1 else words


def _ordinal(number: int) -> str:
    last = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if number in (11, 12, 13) else last}"
