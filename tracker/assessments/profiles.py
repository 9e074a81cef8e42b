"""Assessments, queries: what the file already knows about clients, as the rulebook's profile fields, for many at once."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from tracker.clients.enums import ContactDuty, Residency
from tracker.clients.models import Client, Contact, ProgramAccount
from tracker.clients.rules import shipments_lower_bound
from tracker.coordination.enums import DelegationState, PartnerKind
from tracker.coordination.models import Delegation, Partner
from tracker.platform.db import db

MANAGES = (ContactDuty.BAM, ContactDuty.SECOND_BAM)
Profile = dict[str, Any]


def profiles_for(client_ids: Collection[UUID]) -> dict[UUID, Profile]:
    """The profile of each client in scope, in four statements; fields nobody filled in are None or empty.

    Values are plain JSON: an amount is words with two decimals (CAD), so that it can be frozen at sign-off.
    """
    if not client_ids:
        return {}
    accounts, brokers, managers = _accounts(client_ids), _brokers(client_ids), _managers(client_ids)
    found = {}
    for client in db.session.scalars(select(Client).where(Client.id.in_(client_ids))):
        named = max(managers.get(client.id, 0), client.stated_bam_count or 0)
        found[client.id] = {
            "residency": None if client.residency is Residency.UNKNOWN else client.residency.value,
            "country": client.country,
            "shipments_per_month": shipments_lower_bound(client.shipments_per_month),
            "yearly_value_amount": None if client.yearly_value_amount is None else f"{client.yearly_value_amount:.2f}",
            "products": client.products,
            "hs_chapters": list(client.hs_chapters or ()),
            "origins": list(client.origins or ()),
            "regulated_goods": list(client.regulated_goods or ()),
            "special_regimes": list(client.special_regimes or ()),
            "program_account_count": accounts.get(client.id),
            "broker_count": brokers.get(client.id),
            "bam_count": named or None,
        }
    return found


def profile_of(client_id: UUID) -> Profile:
    """The profile of one client; empty when it is not in scope."""
    return profiles_for([client_id]).get(client_id, {})


def _accounts(client_ids: Collection[UUID]) -> dict[UUID, int]:
    query = (
        select(ProgramAccount.client_id, func.count(ProgramAccount.id))
        .where(ProgramAccount.client_id.in_(client_ids), ProgramAccount.is_closed.is_(False))
        .group_by(ProgramAccount.client_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def _brokers(client_ids: Collection[UUID]) -> dict[UUID, int]:
    ended = (DelegationState.REJECTED, DelegationState.REVOKED)
    query = (
        select(Delegation.client_id, func.count(Delegation.partner_id.distinct()))
        .join(Partner, Partner.id == Delegation.partner_id)
        .where(
            Delegation.client_id.in_(client_ids),
            Partner.kind.in_((PartnerKind.BROKER, PartnerKind.CARRIER)),
            Delegation.state.not_in(ended),
        )
        .group_by(Delegation.client_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def _managers(client_ids: Collection[UUID]) -> dict[UUID, int]:
    query = select(Contact).where(Contact.client_id.in_(client_ids), Contact.is_active.is_(True))
    found: dict[UUID, int] = {}
    for contact in db.session.scalars(query):
        if any(contact.has_duty(duty) for duty in MANAGES):
            found[contact.client_id] = found.get(contact.client_id, 0) + 1
    return found
