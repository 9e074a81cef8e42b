"""Coordination, commands: delegations of authority, from named to revoked."""

from datetime import date
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import not_, select

from tracker.coordination.commands.tasks import give_to_only_broker, take_from_partner
from tracker.coordination.enums import DelegationLevel, DelegationState, PartnerKind, Visibility
from tracker.coordination.models import Delegation, Partner, Task
from tracker.coordination.queries import GONE, is_trusted
from tracker.coordination.rules import can_move
from tracker.platform.actor import Actor
from tracker.platform.audit import record
from tracker.platform.clock import today
from tracker.platform.db import db
from tracker.platform.edge import check_version
from tracker.platform.errors import Refusal


def _delegation(client_id: UUID, partner_id: UUID, program_account_id: UUID | None) -> Delegation | None:
    account = (
        Delegation.program_account_id.is_(None)
        if program_account_id is None
        else Delegation.program_account_id == program_account_id
    )
    return db.session.scalar(
        select(Delegation).where(Delegation.client_id == client_id, Delegation.partner_id == partner_id, account)
    )


def ask_delegation(
    actor: Actor,
    *,
    client_id: UUID,
    partner_id: UUID,
    program_account_id: UUID | None = None,
    level: DelegationLevel | None = None,
    requested_on: date | None = None,
) -> Delegation:
    """Note that a provider asked for authority; one record a provider and account, made when missing.

    Already asked or approved: nothing changes. `program_account_id` None is business level: the BN9 with all RMs.
    """
    row = _delegation(client_id, partner_id, program_account_id)
    if row is None:
        row = Delegation(client_id=client_id, partner_id=partner_id, program_account_id=program_account_id)
        db.session.add(row)
    elif row.state in (DelegationState.REQUESTED, DelegationState.APPROVED):
        return row
    row.level = level or (DelegationLevel.PROGRAM if program_account_id else DelegationLevel.BUSINESS)
    row.state, row.requested_on = DelegationState.REQUESTED, requested_on or today()
    row.decided_on = row.decided_by = None
    record(actor, "delegation:requested", row)
    db.session.flush()
    give_to_only_broker(actor, client_id)
    return row


def name_broker(
    actor: Actor, *, client_id: UUID, partner_id: UUID, program_account_id: UUID | None = None
) -> Delegation:
    """Put a provider on a client's list before anything was asked."""
    row = _delegation(client_id, partner_id, program_account_id)
    if row is None:
        level = DelegationLevel.PROGRAM if program_account_id else DelegationLevel.BUSINESS
        row = Delegation(client_id=client_id, partner_id=partner_id, program_account_id=program_account_id, level=level)
        db.session.add(row)
        record(actor, "delegation:named", row)
        db.session.flush()
        give_to_only_broker(actor, client_id)
    return row


def decide_delegation(
    actor: Actor,
    *,
    delegation: Delegation,
    version: int,
    state: DelegationState,
    decided_on: date,
    decided_by: str | None = None,
    visibility: Visibility | None = None,
    review_on: date | None = None,
) -> Delegation:
    """Note what the importer decided in the portal: who, when, how much is visible. Refusal on "state" for a move that is none."""
    check_version(delegation, version)
    if not can_move(delegation.state, state):
        raise Refusal("state", _("It cannot go there from where it stands."))
    if delegation.requested_on and decided_on < delegation.requested_on:
        raise Refusal("decided_on", _("This is before it was asked for."))
    if decided_on > today():
        raise Refusal("decided_on", _("This day has not come yet."))
    delegation.state = state
    if state is DelegationState.REQUESTED:
        delegation.requested_on, delegation.decided_on = decided_on, None
    else:
        delegation.decided_on, delegation.decided_by = decided_on, decided_by
        delegation.verified_on = decided_on if state is DelegationState.APPROVED else delegation.verified_on
    if visibility is not None:
        delegation.visibility = visibility
    delegation.review_on = review_on
    record(actor, f"delegation:{state.value}", delegation)
    if state in GONE and db.session.get_one(Partner, delegation.partner_id).kind is PartnerKind.BROKER:
        # What another delegation still reaches stays the broker's.
        take_from_partner(actor, delegation.partner_id, Task.client_id == delegation.client_id, not_(is_trusted()))
    elif state is DelegationState.REQUESTED:
        db.session.flush()
        give_to_only_broker(actor, delegation.client_id)
    return delegation
