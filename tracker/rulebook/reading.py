"""Rulebook reading: one TOML table at a time, typed, and refused with file and id when it cannot be trusted."""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Literal, NoReturn, cast

from tracker.rulebook.types import Citation, RulebookError, Source, Text

Confidence = Literal["H", "M", "L"]
CONFIDENCES = ("H", "M", "L")


class Row:
    """One table of a rulebook file. A getter raises RulebookError naming file and row when the type is wrong."""

    def __init__(self, file: str, table: object, id_key: str = "id") -> None:
        self.file = file
        self.name = "?"
        if not isinstance(table, dict):
            self.fail("is not a table")
        self._table: dict[str, Any] = table
        self._read: set[str] = set()
        self.name = self.string(id_key)

    def fail(self, why: str) -> NoReturn:
        """Refuse the row, saying why."""
        raise RulebookError(f"{self.file}: {self.name}: {why}")

    def get(self, key: str) -> Any:
        """The raw value, or None when the key is absent."""
        self._read.add(key)
        return self._table.get(key)

    def string(self, key: str, default: str | None = None) -> str:
        """Words that are not blank; `default` when the key is absent and a default is given."""
        value = self.get(key)
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or not value.strip():
            self.fail(f"{key} has to be words, found {value!r}")
        return value

    def whole(self, key: str, default: int | None = None) -> int:
        """A whole number; `default` when the key is absent and a default is given."""
        value = self.get(key)
        if value is None and default is not None:
            return default
        if isinstance(value, bool) or not isinstance(value, int):
            self.fail(f"{key} has to be a whole number, found {value!r}")
        return value

    def flag(self, key: str, default: bool | None = None) -> bool:
        """true or false; `default` when the key is absent and a default is given."""
        value = self.get(key)
        if value is None and default is not None:
            return default
        if not isinstance(value, bool):
            self.fail(f"{key} has to be true or false, found {value!r}")
        return value

    def day(self, key: str) -> date | None:
        """A date without a time, or None when the key is absent."""
        value = self.get(key)
        if value is None:
            return None
        if type(value) is not date:
            self.fail(f"{key} has to be a date, found {value!r}")
        return value

    def text(self, key: str) -> Text:
        """The words in both languages, written as `key = { en = "…", fr = "…" }`."""
        found = self.optional_text(key)
        if found is None:
            self.fail(f"{key} is missing")
        return found

    def optional_text(self, key: str) -> Text | None:
        """The words in both languages, or None when the key is absent. One language alone is refused."""
        value = self.get(key)
        if value is None:
            return None
        if not isinstance(value, dict) or set(value) - {"en", "fr"}:
            self.fail(f"{key} has to be {{ en, fr }}, found {value!r}")
        for language in ("en", "fr"):
            words = value.get(language)
            if not isinstance(words, str) or not words.strip():
                self.fail(f"{key} has no {language} words")
        return Text(en=value["en"], fr=value["fr"])

    def citations(self, sources: Mapping[str, Source], key: str = "citations") -> tuple[Citation, ...]:
        """At least one citation, each `{ source, section, confidence }` with a source of the index."""
        value = self.get(key)
        if not isinstance(value, list) or not value:
            self.fail("has no citation")
        return tuple(self._citation(item, sources) for item in value)

    def _citation(self, item: object, sources: Mapping[str, Source]) -> Citation:
        if not isinstance(item, dict) or set(item) - {"source", "section", "confidence"}:
            self.fail(f"citation {item!r} has to be {{ source, section, confidence }}")
        source = sources.get(item.get("source", ""))
        if source is None:
            self.fail(f"cites {item.get('source')!r}, which is not in the source index")
        section, section_fr = self._place(item)
        confidence = item.get("confidence", "H")
        if confidence not in CONFIDENCES:
            self.fail(f"citation {item!r} has a wrong confidence")
        return Citation(source, section, cast(Confidence, confidence), section_fr)

    def _place(self, item: dict[str, object]) -> tuple[str, str | None]:
        """The section: a number that reads in both languages, or words in each of them."""
        section = item.get("section", "")
        if isinstance(section, dict) and set(section) == {"en", "fr"} and all(section.values()):
            return str(section["en"]), str(section["fr"])
        if not isinstance(section, str):
            self.fail(f"citation {item!r} has a wrong section")
        return section, None

    def done(self) -> None:
        """Refuse keys nobody asked for: a misspelt key would otherwise be a rule that is silently not there."""
        if unknown := sorted(set(self._table) - self._read):
            self.fail(f"unknown key {', '.join(unknown)}")


def read_rows(path: Path, table: str, id_key: str = "id") -> tuple[Row, ...]:
    """The `[[table]]` rows of one file, at least one. RulebookError when it is missing, broken or has others."""
    data = read_toml(path)
    rows = data.pop(table, None)
    if data or not isinstance(rows, list) or not rows:
        raise RulebookError(f"{path.name}: holds {sorted(data) or 'nothing'} where [[{table}]] was awaited")
    return tuple(Row(path.name, row, id_key) for row in rows)


def read_toml(path: Path) -> dict[str, Any]:
    """One TOML file. RulebookError with the file's name when it is missing or broken (a key given twice included)."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RulebookError(f"{path.name}: {error}") from error


def refuse_repeats(file: str, names: Iterable[str]) -> None:
    """RulebookError when a name stands twice in the file."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise RulebookError(f"{file}: {name}: stands there twice")
        seen.add(name)
