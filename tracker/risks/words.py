"""Risks, words: kinds and severities as people read them."""

from flask_babel import gettext as _

from tracker.risks.enums import RiskKind, Severity


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
