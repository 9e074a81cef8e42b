"""The demo firm, answering: what a client says of itself in the assessment, on its first days and a year later. Pure."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from tracker.demo.cast import ONBOARDING
from tracker.demo.file import File

CONTINUOUS = ("The agreement runs on until one of the parties ends it.", "Le contrat court jusqu'à sa résiliation.")
DOES_NOT_APPLY = ("Does not apply to this client.", "Sans objet pour ce client.")

# What a well-kept importer answers. Questions that other answers hide are left out when they are saved.
IN_ORDER: Mapping[str, Any] = {
    "importer_of_record": "us", "imported_before": "yes", "has_bn": "yes", "has_rm": "yes", "rm_profile": "importer",
    "names_match": "yes", "portal_linked": "yes", "registered_by_other": "no", "bam_count": "2", "shared_credentials": "no",
    "leavers_removed": "yes", "notifications_on": "yes", "affinity_ready": "yes", "uses_broker": "yes", "broker_count": "1",
    "broker_delegation": "all", "broker_agreement_signed": "yes", "broker_uses_own_bn": "no", "broker_change": "no",
    "consultant_delegation": "yes", "delegation_reviewed": "yes", "rpp_wanted": "yes", "rpp_enrolled": "all",
    "security_posted": "all", "security_form": ["surety_bond"], "requirement_seen": "yes", "coverage": "enough",
    "provider_notice": "no", "paper_agreement": "no", "review_notice": "no", "requirement_too_high": "no", "payer": "us",
    "due_dates_known": "yes", "backup_payer": "yes", "reconciles": "yes", "overdue": "no", "growth": "same",
    "classification_checked": "reviewed", "valuation_points": ["none"], "origin_proof": "all", "melt_proof": "yes",
    "china_origin": "no", "remission_used": "no", "sima_known": "no", "permits_ready": "yes", "courier_number": "no",
    "regimes": ["none"], "penalties": "no", "verification_open": "no", "known_errors": "no", "priority_topics": ["none"],
    "records_place": "canada", "retention": "yes", "letter_signed": "yes", "contacts_named": "yes", "tested_release": "yes",
}  # fmt: skip
# What is not in order yet when a client comes: with security to be posted, or with everything to be done.
BEFORE_SECURITY: Mapping[str, Any] = {"rpp_enrolled": "none", "security_posted": "none", "due_dates_known": "no"}
BEFORE_ALL: Mapping[str, Any] = {
    **BEFORE_SECURITY, "portal_linked": "no", "broker_delegation": "none", "consultant_delegation": "no",
    "contacts_named": "no", "letter_signed": "yes", "payer": "unclear", "backup_payer": "no", "retention": "no",
}  # fmt: skip
# One thing more that this or that client had to put right, so that no two assessments read alike.
SLIPS: tuple[Mapping[str, Any], ...] = (
    {"backup_payer": "no"}, {"reconciles": "no"}, {"classification_checked": "broker"}, {"delegation_reviewed": "no"},
    {"sima_known": "unknown"}, {"known_errors": "unknown"}, {"notifications_on": "no"}, {"growth": "up"},
    {"valuation_points": ["related"]}, {"broker_agreement_signed": "no"}, {"penalties": "yes"}, {"retention": "no"},
)  # fmt: skip
BY_METHOD = {"pad": "pad", "online_banking": "online", "wire": "online"}


def answers_of(file: File, *, is_first: bool) -> dict[str, Any]:
    """The answers of one client, by question: those of its first days, or those given a year later."""
    said = {**IN_ORDER, **_of_profile(file)}
    if is_first:
        said |= BEFORE_ALL if file.story.template == ONBOARDING else BEFORE_SECURITY
        said |= SLIPS[file.number % len(SLIPS)]
    if file.story.key == "nothing_owed":
        said |= {"security_posted": "none", "rpp_enrolled": "all"}
    return said | dict(file.story.answers)


def _of_profile(file: File) -> dict[str, Any]:
    trade, peak = file.trade, max((m.charges for m in file.accounts[0].months), default=None)
    season = max(trade.season) > 2 * 88
    return {
        "residency": "non_resident" if file.is_abroad else "resident",
        "country": file.company.place.country,
        "first_import_on": (file.today + timedelta(days=75)).isoformat(),
        "account_count": str(len(file.accounts)),
        "payment_method": BY_METHOD[file.payment_method],
        "highest_month": None if peak is None else f"{peak:.2f}",
        "shipments": str(file.shipments),
        "yearly_value": f"{file.yearly_value:.2f}",
        "seasonal": "yes" if season else "no",
        "goods_description": file.says(trade.en, trade.fr),
        "hs_chapters": trade.chapter,
        "dutiable": "yes" if trade.duty or trade.surtax_goods != "none" else "no",
        "origins": ", ".join(trade.origins),
        "claims_preference": "yes" if trade.preference else "no",
        "surtax_goods": [trade.surtax_goods],
        "regulated_kinds": [trade.regulated],
        "food_licence_ends_on": (file.today + timedelta(days=240 + file.number)).isoformat(),
        "channels": list(trade.channels),
        "records_place": "abroad" if file.is_abroad else "canada",
        "bsf900_approved": "yes",
    }
