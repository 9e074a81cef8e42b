"""Risks, words: kinds and severities as people read them."""

from flask_babel import gettext as _

from tracker.platform.pages import cited
from tracker.risks.enums import RiskKind, Severity
from tracker.rulebook.book import load_book
from tracker.rulebook.types import Citation, Rules


def kind_words() -> dict[str, str]:
    """What sort of risk it is."""
    return {
        RiskKind.SECURITY.value: _("security"),
        RiskKind.SILENCE.value: _("silence"),
        RiskKind.KEY_PERSON.value: _("key person"),
        RiskKind.CONTRADICTION.value: _("contradiction"),
    }


def severity_words() -> dict[str, str]:
    """How bad it is, by the firm's own measure."""
    return {Severity.HIGH.value: _("high"), Severity.MEDIUM.value: _("medium"), Severity.LOW.value: _("low")}


def source_links(key: str, rules: Rules) -> list[dict[str, str | None]]:
    """Where a statement can be read: a fact's citations, a source of the index with its section ("L2 s. 8(4)"), or the
    record of ours it was read from."""
    if key in rules.facts:
        return cited(rules.facts[key].citations)
    name, _space, section = key.partition(" ")
    source = load_book().sources.get(name)
    if source is not None:
        return cited([Citation(source, section)])
    return [{"label": _("our own record: %(what)s", what=_records()[key]), "url": None}]


def _records() -> dict[str, str]:
    return {
        "answer": _("answer of a signed assessment"),
        "client": _("client"),
        "contact": _("contact"),
        "delegation": _("delegation"),
        "instrument": _("instrument"),
        "instrument_reading": _("document of an instrument"),
        "portal_figure": _("figure read in the portal"),
        "program_account": _("program account"),
    }


SEVERITY_TONES = {Severity.HIGH.value: "blocked", Severity.MEDIUM.value: "late", Severity.LOW.value: "info"}
CHECK_TONES = {"ok": "done", "warn": "late", "missing": "blocked"}


def check_words() -> dict[str, str]:
    """How one item of the card stands."""
    return {"ok": _("ready"), "warn": _("check"), "missing": _("missing")}


def item_words() -> dict[str, str]:
    """The items of the card."""
    return {
        "name": _("Legal name"),
        "address": _("Address"),
        "bn9": _("Business number"),
        "profile": _("RM profile"),
        "affinity": _("Two of three linking answers"),
        "records": _("Records outside Canada (BSF900)"),
        "managers": _("Two account managers"),
    }
