"""Clients, words: what the states and kinds of this feature are called, in the reader's language."""

from collections.abc import Callable, Mapping

from flask_babel import gettext as _

from tracker.clients.business_number import Problem
from tracker.clients.enums import AccountProfile, ContactDuty, Duty, Known, Residency

Words = Mapping[str, Callable[[], str]]

RESIDENCY: Words = {
    Residency.RESIDENT: lambda: _("Resident"),
    Residency.NON_RESIDENT: lambda: _("Non-resident"),
    Residency.UNKNOWN: lambda: _("Residency not known"),
}
KNOWN: Words = {Known.YES: lambda: _("Yes"), Known.NO: lambda: _("No"), Known.UNKNOWN: lambda: _("Not known")}
PROFILES: Words = {
    AccountProfile.IMPORTER: lambda: _("Importer"),
    AccountProfile.EXPORTER: lambda: _("Exporter only"),
    AccountProfile.BOTH: lambda: _("Importer and exporter"),
    AccountProfile.UNKNOWN: lambda: _("Not known"),
}
SECURITY_FORMS: Words = {"agreement": lambda: _("Agreement (bond)"), "cash": lambda: _("Cash deposit")}
PAYMENTS: Words = {
    "pad": lambda: _("Pre-authorized debit"),
    "online_banking": lambda: _("Online banking"),
    "wire": lambda: _("Wire transfer"),
    "card": lambda: _("Credit card"),
    "broker_pays": lambda: _("The broker pays"),
}
DUTIES: Words = {
    ContactDuty.BAM: lambda: _("Business account manager"),
    ContactDuty.SECOND_BAM: lambda: _("Second business account manager"),
    ContactDuty.FINANCE: lambda: _("Finance"),
    ContactDuty.SIGNING_OFFICER: lambda: _("Signing officer"),
    ContactDuty.CUSTOMS: lambda: _("Customs"),
    ContactDuty.OTHER: lambda: _("Other"),
}
TEAM_DUTIES: Words = {
    Duty.LEAD: lambda: _("Lead"),
    Duty.REVIEWER: lambda: _("Reviewer"),
    Duty.MANAGER: lambda: _("Manager"),
    Duty.TEAM: lambda: _("Team"),
}
ACCESS: Words = {
    "never": lambda: _("never invited"),
    "invited": lambda: _("invited"),
    "active": lambda: _("active"),
    "withdrawn": lambda: _("withdrawn"),
}
ACCESS_TONES = {"never": "not_applicable", "invited": "waiting", "active": "done", "withdrawn": "blocked"}
PROBLEMS: Mapping[Problem, Callable[[], str]] = {
    "empty": lambda: _("Fill this in."),
    "length": lambda: _("A business number has nine digits, a program account fifteen characters (123456782 RM 0001)."),
    "format": lambda: _("A business number starts with nine digits."),
    "check_digit": lambda: _("The check digit does not fit. Compare with the original; if it is right, say why below."),
    "program": lambda: _("Only import-export accounts (RM) belong here."),
    "reference": lambda: _("After RM come four digits, from 0001."),
}


def choices(words: Words) -> list[tuple[str, str]]:
    """(value, label) for a choice field, in the reader's language."""
    return [(str(value), label()) for value, label in words.items()]


def residency_words(residency: Residency) -> str:
    """Resident, non-resident or not known."""
    return RESIDENCY[residency]()
