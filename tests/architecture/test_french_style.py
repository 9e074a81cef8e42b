"""French as Québec's customs trade writes it: what a machine can hold of typography and of the glossary's traps."""

import ast
import re
import tomllib
from collections.abc import Iterator

import pytest
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import gettext

from tracker.config import PACKAGE, ROOT
from tracker.platform.languages import catalogue_files
from tracker.rulebook.holidays import FACTS

BOTH_LANGUAGES = ("Text", "cad")  # called with English, then French

# The program sets hard spaces by itself; what it cannot mend is held here.
TYPOGRAPHY = {
    "a space before ; ! or ?": r"\s[;!?]",
    "a colon without its space": r"[^\s:]:(?![\d/:])(?=\s|$)",
    "a percent sign without its space": r"[\d)s]%%|\d%(?![(\w])",
    "a dollar sign without its space": r"\$\d|\d\$",
    "a guillemet without its space": r"«\S|\S»",
    "English or straight quotation marks": r"[“”\"]",
    "a curved apostrophe among straight ones": "’",
    "a hard space typed by hand": "[\u00a0\u202f]",
    "a time of day in English": r"\b\d{1,2}:\d{2}\b",
    "a decimal point": r"\d\.\d{2}\b",
}
TERMS = {
    "PAD is the Customs Self-Assessment program; pre-authorized debit is DPA": r"débit préautorisé \(PAD\)",
    "release is dédouanement; mainlevée lives in the name of the program": r"mainlevée(?! avant (le )?paiement)",
    "CARM is GCRA": r"\bCARM\b",
    "CBSA is ASFC": r"\bCBSA\b",
    "CRA is ARC": r"\bCRA\b",
    "RPP is MAP": r"\bRPP\b",
    "BAM is gestionnaire de compte d'entreprise": r"\bBAM\b|gestionnaires? du compte de l'entreprise",
    "SOA is relevé de compte": r"\bSOA\b|\bétats? de compte",
    "SIMA is LMSI": r"\bSIMA\b",
    "GST is TPS": r"\bGST\b",
    "a business number is numéro d'entreprise": r"numéros? d'affaires",
    "legal name is dénomination sociale": r"raison sociale",
    "a cash deposit is dépôt en espèces": r"argent comptant|dépôt comptant",
    "online banking is services bancaires en ligne": r"banque en ligne",
    "a statement's line D is débours": r"décaissement",
    "a contact is a contact": r"personnes?-ressources?",
    "e-mail is courriel": r"\be-?mails?\b|adresse de courriel",
    "fill in is remplir": r"\bcompléte[rz]\b.{0,20}formulaire",
    "people are addressed as vous": r"\b(tu|toi|ton|tes|te)\b",
}


def _catalogues() -> Iterator[tuple[str, str]]:
    for path in catalogue_files():
        with path.open("rb") as source:
            for message in (message for message in read_po(source, locale="fr") if message.id):
                for form in [message.string] if isinstance(message.string, str) else message.string:
                    yield f"{path.parent.name}/fr.po", form


def _facts(value: object, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        if isinstance(value.get("fr"), str):
            yield name, value["fr"]
        for each in value.values():
            yield from _facts(each, name)
    elif isinstance(value, list):
        for each in value:
            yield from _facts(each, name)


def _literal(node: ast.expr) -> str | None:
    """A string as written; what an f-string fills in reads as one letter."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values)
    return None


def _in_code() -> Iterator[tuple[str, str]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in BOTH_LANGUAGES:
                french = [*node.args[1:2], *(word.value for word in node.keywords if word.arg == "fr")]
                for words in filter(None, map(_literal, french)):
                    yield str(path.relative_to(ROOT)), words


def _every_word() -> list[tuple[str, str]]:
    facts = [
        pair
        for path in sorted(FACTS.glob("*.toml"))
        for pair in _facts(tomllib.loads(path.read_text(encoding="utf-8")), path.name)
    ]
    found = [*_catalogues(), *facts, *_in_code()]
    assert len(facts) > 500 and len(found) > 2000
    return found


def _against(pattern: str) -> list[str]:
    rule = re.compile(pattern, re.IGNORECASE if pattern.islower() else 0)
    return [
        f"{where}: {words}"
        for where, words in _every_word()
        if rule.search(words.replace("1,200.00", "").replace("UTF-8", ""))
    ]


@pytest.mark.parametrize("wrong", TYPOGRAPHY)
def test_typography(wrong: str) -> None:
    assert not _against(TYPOGRAPHY[wrong])


@pytest.mark.parametrize("rule", TERMS)
def test_terms_of_the_glossary(rule: str) -> None:
    assert not _against(TERMS[rule])


def test_a_page_gets_hard_spaces(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "fr"}):
        assert gettext("Photos or files") == "Photos ou fichiers"
        assert gettext(":") == "\u00a0:"
        assert gettext("“%(name)s” is empty.", name="a : b").startswith("«\u00a0a : b\u00a0»")
