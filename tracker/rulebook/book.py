"""Rulebook: the whole book, read once and frozen, and what of it was in force on a day."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from tracker.rulebook.holidays import FACTS
from tracker.rulebook.loader import load_facts, load_instruments, load_sources, load_terms
from tracker.rulebook.questionnaire import Catalogue, load_catalogue
from tracker.rulebook.surtaxes import load_surtaxes
from tracker.rulebook.types import Fact, InstrumentKind, Rules, Source, Surtax, Term


@dataclass(frozen=True, slots=True)
class Book:
    """Everything the rulebook holds, past and present."""

    sources: Mapping[str, Source]
    facts: Sequence[Fact]
    instruments: Mapping[str, InstrumentKind]
    terms: Mapping[str, Term]
    surtaxes: Sequence[Surtax]
    catalogue: Catalogue
    digest: str


def read_book(folder: Path) -> Book:
    """Read and check a rulebook folder. RulebookError names the file and the row that cannot be trusted."""
    sources = load_sources(folder)
    return Book(
        sources=MappingProxyType(sources),
        facts=load_facts(folder, sources),
        instruments=MappingProxyType(load_instruments(folder, sources)),
        terms=MappingProxyType(load_terms(folder)),
        surtaxes=load_surtaxes(folder, sources),
        catalogue=load_catalogue(folder, sources),
        digest=folder_digest(folder),
    )


def folder_digest(folder: Path) -> str:
    """SHA-256 in hex over the names and bytes of all TOML files of the folder."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.toml")):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


@lru_cache(maxsize=1)
def load_book() -> Book:
    """The rulebook that ships with the program, read once. RulebookError stops the start."""
    return read_book(FACTS)


def book_digest() -> str:
    """SHA-256 of the rulebook's data, to store beside an advice."""
    return load_book().digest


@lru_cache(maxsize=512)
def rules_at(day: date) -> Rules:
    """What was in force on `day`. Facts without a value that day are absent, so that `Rules.fact` raises KeyError."""
    return rules_of(load_book(), day)


def rules_of(book: Book, day: date) -> Rules:
    """What of `book` was in force on `day`."""
    in_force = [fact for fact in book.facts if fact.in_force_on(day)]
    catalogue = book.catalogue
    return Rules(
        day=day,
        facts=MappingProxyType({fact.id: fact for fact in in_force}),
        sections=catalogue.sections,
        findings=catalogue.findings,
        documents=catalogue.documents,
        tasks=catalogue.tasks,
        instruments=book.instruments,
        templates=catalogue.templates,
        terms=book.terms,
        surtaxes=book.surtaxes,
        digest=book.digest,
    )
