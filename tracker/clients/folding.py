"""Clients, queries: a column compared as `squeeze` compares: case, accents, blanks and hyphens forgiven, in the database.

SQLite runs `squeeze` itself, registered on each connection. PostgreSQL translates the letters of the languages people
write in here (Latin-1, and French's own) without an extension that somebody would have to install.
"""

import sqlite3
from typing import Any

from sqlalchemy import ColumnElement, Engine, String, event, false
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from tracker.clients.rules import fold, squeeze

_LETTERS = [chr(code) for code in (*range(0x00C0, 0x0100), 0x0152, 0x0153, 0x0178, 0x2019)]
_PAIRS = [(letter, fold(letter)) for letter in _LETTERS if fold(letter) != letter]
_SINGLE = [(letter, plain) for letter, plain in _PAIRS if len(plain) == 1]
_LIGATURES = [(letter, plain) for letter, plain in _PAIRS if len(plain) > 1]
_DROPPED = " \N{NO-BREAK SPACE}-"


class squeezed(GenericFunction[str]):  # noqa: N801  (the name is the function's, in the database)
    """A column's text as `squeeze` would give it."""

    type = String()
    name = "squeezed"
    inherit_cache = True


@compiles(squeezed, "postgresql")
def _translated(element: Any, compiler: Any, **options: Any) -> str:
    letters = "".join(letter for letter, _plain in _SINGLE) + _DROPPED  # what has no counterpart is dropped
    text = f"translate({compiler.process(element.clauses, **options)}, {_quoted(letters)}, {_quoted(_plain_letters())})"
    for letter, plain in _LIGATURES:
        text = f"replace({text}, {_quoted(letter)}, {_quoted(plain)})"
    return f"lower({text})"


def _plain_letters() -> str:
    return "".join(plain for _letter, plain in _SINGLE)


def _quoted(text: str) -> str:
    doubled = text.replace("'", "''")
    return f"'{doubled}'"


@event.listens_for(Engine, "connect")
def _teach(dbapi_connection: Any, _record: Any) -> None:
    if isinstance(dbapi_connection, sqlite3.Connection):
        dbapi_connection.create_function("squeezed", 1, _squeezed, deterministic=True)


def _squeezed(text: str | None) -> str | None:
    if text is None or not text.isascii():
        return text and squeeze(text)
    return "".join(text.lower().split()).replace("-", "")  # the same, several times quicker: most names need no more


def holds(column: Any, text: str) -> ColumnElement[bool]:
    """Whether the column holds `text`, however it is spaced or accented. Blanks alone are held by nothing."""
    sought = squeeze(text)
    return squeezed(column).contains(sought, autoescape=True) if sought else false()
