"""Languages: the person's own, else the browser's; catalogues are the fr.po files of the packages, read as they are."""

import io
from functools import lru_cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, g, has_request_context, request, session
from flask_babel import Babel, Domain, get_locale

from tracker.config import PACKAGE
from tracker.platform.actor import actor
from tracker.rulebook.typesetting import french

LANGUAGES = ("en", "fr")
babel = Babel()


class PackageCatalogues(Domain):
    """All tracker/*/fr.po as one catalogue: no compiled file to forget."""

    def get_translations(self) -> NullTranslations:
        return _catalogue(language())


def catalogue_files() -> list[Path]:
    """Every package's French catalogue, in order of name."""
    return sorted(PACKAGE.glob("*/fr.po"))


@lru_cache(maxsize=4)
def _catalogue(code: str) -> NullTranslations:
    if code != "fr":
        return NullTranslations()
    merged: Translations | None = None
    for path in catalogue_files():
        with path.open("rb") as source:
            catalogue = read_po(source, locale="fr")
        for message in catalogue:
            told = message.string
            message.string = french(told) if isinstance(told, str) else tuple(french(form) for form in told or ())
        compiled = io.BytesIO()
        write_mo(compiled, catalogue)
        compiled.seek(0)
        part = Translations(compiled, domain="messages")
        merged = part if merged is None else merged.merge(part)
    return merged or NullTranslations()


def chosen_locale() -> str:
    """Babel's locale for this request: the signed-in person's language, the one chosen before sign-in, the browser's."""
    return locale_of(_chosen())


def locale_of(code: str | None) -> str:
    """Babel's locale for "fr"; English for anything else."""
    return "fr_CA" if code == "fr" else "en_CA"


def _chosen() -> str:
    if not has_request_context():
        return str(g.get("language", "en")) if g else "en"
    who = actor()
    if who.role is not None:
        return who.language
    if session.get("language") in LANGUAGES:
        return str(session["language"])
    return request.accept_languages.best_match(LANGUAGES) or "en"


def language() -> str:
    """The two-letter code of the language spoken now, "en" or "fr"."""
    locale = get_locale()
    return "fr" if locale is not None and locale.language == "fr" else "en"


def init_languages(app: Flask) -> None:
    """Register Babel with the packages' catalogues."""
    babel.init_app(app, locale_selector=chosen_locale)
    app.extensions["babel"].instance.domain_instance = PackageCatalogues()
