"""Every word a person can read exists in French."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from tracker.config import PACKAGE, ROOT
from tracker.platform.languages import catalogue_files

KEYWORDS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2), "lazy_ngettext": (1, 2),
            "pgettext": ((1, "c"), 2)}  # fmt: skip


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
