"""Safekeeping, queries: what a database holds, asked in SQL that both databases and a copy of one understand."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

SCHEMA = "alembic_version"

Ask = Callable[[str], Sequence[Sequence[Any]]]
"""Rows for one SELECT, from a live database inside a transaction or from a copy."""


@dataclass(frozen=True, slots=True)
class StoredRow:
    """A file that a row points at: its key, what is known of it, and how a person would name it."""

    key: str
    sha256: str
    size: int | None  # bytes; the file of an import keeps none
    name: str


@dataclass(frozen=True, slots=True)
class Contents:
    """What a database held at one instant."""

    revision: str
    counts: dict[str, int]  # rows by table
    files: tuple[StoredRow, ...]
    audit_seq: int
    audit_hash: str


def contents(ask: Ask, tables: Iterable[str]) -> Contents:
    """Read it all, `tables` being those the database has; call inside one snapshot, so that files and counts are of one instant."""
    head = ask("SELECT seq, hash FROM audit_head")
    return Contents(
        revision=str(ask("SELECT version_num FROM alembic_version")[0][0]),
        counts={
            name: int(ask(f'SELECT count(*) FROM "{name}"')[0][0])  # noqa: S608  (names the database itself gave)
            for name in sorted(set(tables) - {SCHEMA})
        },
        files=tuple(stored_rows(ask)),
        audit_seq=int(head[0][0]) if head else 0,
        audit_hash=str(head[0][1]) if head else "",
    )


def stored_rows(ask: Ask) -> list[StoredRow]:
    """Every file that documents and imports point at."""
    documents = ask("SELECT storage_key, sha256, size, file_name FROM document_version ORDER BY storage_key")
    imports = ask("SELECT storage_key, sha256, file_name FROM import_run WHERE storage_key IS NOT NULL ORDER BY 1")
    rows = [StoredRow(key, sha256, size, name) for key, sha256, size, name in documents]
    return rows + [StoredRow(key, sha256, None, name) for key, sha256, name in imports]
