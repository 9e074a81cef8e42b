"""Risks, queries: what the pre-flight card needs to know of one client."""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from tracker.clients.business_number import check_business_number
from tracker.clients.enums import AccountProfile, ContactDuty, Residency
from tracker.clients.models import Client, Contact, ProgramAccount, Statement
from tracker.documents.enums import RequestState
from tracker.documents.models import DocumentRequest
from tracker.platform.db import db
from tracker.risks.preflight import Preflight, PreflightFacts, preflight

MANAGES = {ContactDuty.BAM.value, ContactDuty.SECOND_BAM.value}
IMPORTERS = (AccountProfile.IMPORTER, AccountProfile.BOTH)
NONRESIDENT = {Residency.NON_RESIDENT: True, Residency.RESIDENT: False, Residency.UNKNOWN: None}


def preflight_of(client_id: UUID, today: date) -> Preflight | None:
    """The card of one client as of `today`; None when it is not in scope. Five statements."""
    client = db.session.get(Client, client_id)
    return None if client is None else preflight(_facts(client, today))


def _facts(client: Client, today: date) -> PreflightFacts:
    accounts = db.session.scalars(
        select(ProgramAccount).where(ProgramAccount.client_id == client.id, ProgramAccount.is_closed.is_(False))
    ).all()
    statements = db.session.scalars(
        select(Statement).where(Statement.client_id == client.id, Statement.statement_on <= today)
    ).all()
    managers = _managers(client.id)
    accepted = _accepted(client.id)
    return PreflightFacts(
        legal_name=client.legal_name,
        other_names=_variants(client, [account.operating_name for account in accounts]),
        has_address=all((client.street, client.city, client.postal_code)),
        is_bn9_valid=client.bn9 is not None and check_business_number(client.bn9).ok,
        is_bn9_overridden=client.bn9 is not None and bool(client.bn_override_reason),
        importer_accounts=sum(account.profile in IMPORTERS for account in accounts),
        unknown_accounts=sum(account.profile is AccountProfile.UNKNOWN for account in accounts),
        is_nonresident=NONRESIDENT[client.residency],
        has_bsf900="non_resident_pack" in accepted,
        has_transaction="affinity_data" in accepted,
        payments=tuple(row.paid_amount for row in statements if row.paid_on and row.paid_amount is not None),
        balances=tuple(row.total_amount for row in statements),
        managers=len(managers),
        managers_with_email=sum(bool(manager.email) for manager in managers),
    )


def _managers(client_id: UUID) -> list[Contact]:
    query = select(Contact).where(Contact.client_id == client_id, Contact.is_active.is_(True))
    return [contact for contact in db.session.scalars(query) if MANAGES & set(contact.duties or ())]


def _accepted(client_id: UUID) -> set[str | None]:
    query = select(DocumentRequest.kind).where(
        DocumentRequest.client_id == client_id,
        DocumentRequest.state == RequestState.ACCEPTED,
        DocumentRequest.kind.in_(("affinity_data", "non_resident_pack")),
    )
    return set(db.session.scalars(query))


def _variants(client: Client, operating: list[str | None]) -> tuple[str, ...]:
    """The same name written with other punctuation or case; a trade name of its own is no variant."""
    names = [name for name in (client.trade_name, *operating) if name]
    return tuple(name for name in names if _letters(name) == _letters(client.legal_name))


def _letters(name: str) -> str:
    return "".join(sign for sign in name.casefold() if sign.isalnum())
