"""Workbook, words: the engine's own few, in both languages.

They stand here and not in a catalogue because a workbook is written in the language of its reader, a client or a
broker, whatever the language of the person who asked for it, and also where no request is running.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """The words the engine adds to a workbook by itself."""

    sheet: str
    column: str
    lists: str
    total: str
    nothing: str
    figure: str
    now: str
    before: str
    difference: str
    up: str
    down: str
    better: str
    worse: str
    same: str
    points: str
    day: str
    page: str
    of: str
    as_of: str
    made: str
    not_listed_title: str
    not_listed: str


ENGLISH = Words(
    sheet="Sheet",
    column="Column",
    lists="Lists",
    total="Total",
    nothing="Nothing to show",
    figure="Figure",
    now="Now",
    before="Last month",
    difference="Difference",
    up="up",
    down="down",
    better="better",
    worse="worse",
    same="no change",
    points="pts",
    day="d",
    page="Page",
    of="of",
    as_of="As of {date}",
    made="Made by {who} on {when}",
    not_listed_title="Not in the list",
    not_listed="Choose one of the values in the list.",
)
FRENCH = Words(
    sheet="Feuille",
    column="Colonne",
    lists="Listes",
    total="Total",
    nothing="Rien à afficher",
    figure="Chiffre",
    now="Maintenant",
    before="Mois dernier",
    difference="Écart",
    up="en hausse",
    down="en baisse",
    better="mieux",
    worse="moins bien",
    same="inchangé",
    points="pts",
    day="j",
    page="Page",
    of="sur",
    as_of="En date du {date}",
    made="Produit par {who} le {when}",
    not_listed_title="Hors de la liste",
    not_listed="Choisissez l’une des valeurs de la liste.",
)


def words_for(language: str) -> Words:
    """The words of `language`: French for "fr" and its kin, English otherwise."""
    return FRENCH if language.startswith("fr") else ENGLISH
