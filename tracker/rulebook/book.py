"""Rulebook: the whole book, read once and frozen, and what of it was in force on a day."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from tracker.rulebook.filling import Figures, Item, check_places, figures_of, filled
from tracker.rulebook.holidays import FACTS
from tracker.rulebook.loader import FIRST_DAY, load_facts, load_instruments, load_sources, load_terms
from tracker.rulebook.questionnaire import Catalogue, load_catalogue
from tracker.rulebook.surtaxes import load_surtaxes
from tracker.rulebook.types import Fact, InstrumentKind, Rules, Source, Surtax, Term


@dataclass(frozen=True, slots=True, eq=False)  # one book is not another, and a key of a cache
class Book:
    """Everything the rulebook holds, past and present."""

    sources: Mapping[str, Source]
    facts: Sequence[Fact]
    instruments: Mapping[str, InstrumentKind]
    terms: Mapping[str, Term]
    surtaxes: tuple[Surtax, ...]
    catalogue: Catalogue
    digest: str


def read_book(folder: Path) -> Book:
    """Read and check a rulebook folder. RulebookError names the file and the row that cannot be trusted."""
    sources = load_sources(folder)
    book = Book(
        sources=MappingProxyType(sources),
        facts=load_facts(folder, sources),
        instruments=MappingProxyType(load_instruments(folder, sources)),
        terms=MappingProxyType(load_terms(folder)),
        surtaxes=load_surtaxes(folder, sources),
        catalogue=load_catalogue(folder, sources),
        digest=folder_digest(folder),
    )
    _check_sentences(book)
    return book


def _check_sentences(book: Book) -> None:
    catalogue, known = book.catalogue, figures_of(book.facts, book.surtaxes)
    check_places("questions.toml", [question for part in catalogue.sections for question in part.questions], known)
    check_places("findings.toml", catalogue.findings, known)
    check_places("documents.toml", catalogue.documents.values(), known)
    check_places("tasks.toml", catalogue.tasks.values(), known)
    check_places("templates.toml", catalogue.templates.values(), known)
    check_places("instruments.toml", book.instruments.values(), known)
    check_places("glossary.toml", book.terms.values(), known)
    check_places("surtaxes.toml", book.surtaxes, known)


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
    """What of `book` was in force on `day`, with the figures of that day in its sentences."""
    in_force = [fact for fact in book.facts if fact.in_force_on(day)]
    said = _said(book, _standing(book.facts, day))
    return replace(said, day=day, facts=MappingProxyType({fact.id: fact for fact in in_force}))


@lru_cache(maxsize=64)
def _said(book: Book, standing: tuple[int, ...]) -> Rules:
    """The book's rows with the figures of the facts at these places: the same for all the days between two changes."""
    figures = figures_of((book.facts[at] for at in standing), book.surtaxes)
    catalogue = book.catalogue
    return Rules(
        day=date.min,
        facts={},
        sections=filled(catalogue.sections, figures),
        findings=filled(catalogue.findings, figures),
        documents=_filled(catalogue.documents, figures),
        tasks=_filled(catalogue.tasks, figures),
        instruments=_filled(book.instruments, figures),
        templates=_filled(catalogue.templates, figures),
        terms=_filled(book.terms, figures),
        surtaxes=filled(book.surtaxes, figures),
        digest=book.digest,
    )


def _filled(rows: Mapping[str, Item], figures: Figures) -> Mapping[str, Item]:
    return MappingProxyType({key: filled(row, figures) for key, row in rows.items()})


def _standing(facts: Sequence[Fact], day: date) -> tuple[int, ...]:
    """Where each fact's row stands: the one in force, else the last before `day`, else the first: a sentence needs its figure."""
    found: dict[str, int] = {}
    for at, fact in enumerate(facts):  # by id and first day
        if fact.id not in found or (fact.effective_from or FIRST_DAY) <= day:
            found[fact.id] = at
    return tuple(found.values())
