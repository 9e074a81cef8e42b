"""Every word a person can read exists in French."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from tracker.audit.words import EVENTS
from tracker.config import PACKAGE, ROOT
from tracker.platform.languages import catalogue_files

KEYWORDS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2), "lazy_ngettext": (1, 2),
            "pgettext": ((1, "c"), 2), "lazy_pgettext": ((1, "c"), 2)}  # fmt: skip


def extracted() -> Iterator[tuple[str, str]]:
    folders = (
        (PACKAGE, [("**.py", "python")]),
        (ROOT / "templates", [("**.html", "jinja2")]),
    )
    options = {"**.html": {"trimmed": "true", "silent": "false"}}
    for folder, methods in folders:
        for name, _line, message, _comments, _context in extract_from_dir(folder, methods, options, keywords=KEYWORDS):
            for msgid in message if isinstance(message, tuple) else (message,):
                yield name, msgid


def catalogue() -> dict[str, str]:
    words: dict[str, str] = {}
    for path in catalogue_files():
        with path.open("rb") as source:
            for message in read_po(source, locale="fr"):
                ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
                strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
                for msgid in ids:
                    words[msgid] = strings[-1] if all(strings) else ""
    return words


def test_every_message_has_its_french() -> None:
    words = catalogue()
    missing = sorted({f"{name}: {msgid}" for name, msgid in extracted() if msgid and not words.get(msgid)})
    assert not missing, f"{len(missing)} without French:\n" + "\n".join(missing[:40])


@pytest.mark.parametrize("path", catalogue_files(), ids=lambda p: p.parent.name)
def test_placeholders_survive_translation(path: Path) -> None:
    with path.open("rb") as source:
        catalogue = read_po(source, locale="fr")
    wrong = [m.id for m in catalogue if m.id and list(m.check())]
    assert not wrong


def test_a_message_means_one_thing() -> None:
    """The packages' catalogues are read as one: of two translations one would be lost, and it is chance which."""
    found: dict[tuple[str | None, object], set[str]] = {}
    for path in catalogue_files():
        with path.open("rb") as source:
            for message in (message for message in read_po(source, locale="fr") if message.id):
                words = message.string if isinstance(message.string, str) else "|".join(message.string)
                found.setdefault((message.context, message.id), set()).add(words)
    assert not {key: words for key, words in found.items() if len(words) > 1}


def test_nothing_is_left_over() -> None:
    used = {msgid for _name, msgid in extracted()}
    assert not sorted(set(catalogue()) - used - {""})


def test_every_event_of_the_trail_is_said_in_words() -> None:
    names = {
        name
        for path in PACKAGE.rglob("*.py")
        for name in re.findall(r'record\([^"]*"([a-z_-]+:[a-z_-]+)"', path.read_text())
    }
    assert len(names) > 60 and not names - set(EVENTS)
