"""Coordination, commands: brokers, sureties and other partners."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from tracker.clients.queries import archived
from tracker.coordination.commands.tasks import give_to_only_broker, take_from_partner
from tracker.coordination.enums import PartnerKind, Party, TaskState
from tracker.coordination.models import Delegation, Partner, Task
from tracker.coordination.queries import GONE
from tracker.coordination.rules import partner_key
from tracker.platform.actor import Actor
from tracker.platform.audit import record
from tracker.platform.db import db
from tracker.platform.edge import check_version
from tracker.platform.errors import Refusal
from tracker.platform.tenancy import widened


def find_or_add_partner(actor: Actor, *, kind: PartnerKind, name: str, **details: Any) -> Partner:
    """The partner of this kind and name (case and blanks forgiven), added when there is none."""
    key = partner_key(name)
    found = db.session.scalar(select(Partner).where(Partner.kind == kind, Partner.name_key == key))
    if found is not None:
        return found
    partner = Partner(kind=kind, name=" ".join(name.split()), name_key=key, **details)
    db.session.add(partner)
    record(actor, "partner:added", partner)
    db.session.flush()
    return partner


def edit_partner(actor: Actor, *, partner: Partner, version: int, name: str, **details: Any) -> Partner:
    """Change a partner's card. Refusal on "name" when another of its kind has that name.

    One the firm works with no more is named on no open task any more; one it works with again is named where its clients
    have no other broker.
    """
    check_version(partner, version)
    was_active = partner.is_active
    key = partner_key(name)
    other = db.session.scalar(
        select(Partner.id).where(Partner.kind == partner.kind, Partner.name_key == key, Partner.id != partner.id)
    )
    if other is not None:
        raise Refusal("name", _("There is already a partner of this name."))
    partner.name, partner.name_key = " ".join(name.split()), key
    for field, value in details.items():
        setattr(partner, field, value)
    record(actor, "partner:edited", partner)
    if not partner.is_active:
        with widened(db.session(), "a partner the firm left is named on nobody's open task, seen by the actor or not"):
            take_from_partner(actor, partner.id)
    elif not was_active:
        with widened(db.session(), "a broker the firm works with again is its clients', seen by the actor or not"):
            _give_back(actor, partner)
    return partner


def _give_back(actor: Actor, partner: Partner) -> None:
    db.session.flush()
    having = select(Task.client_id).where(
        Task.waiting_on == Party.BROKER, Task.state == TaskState.OPEN, Task.partner_id.is_(None)
    )
    query = select(Delegation.client_id).where(
        Delegation.partner_id == partner.id, Delegation.state.not_in(GONE), Delegation.client_id.in_(having)
    )
    for client_id in db.session.scalars(query.where(Delegation.client_id.not_in(archived())).distinct()).all():
        give_to_only_broker(actor, client_id)
    db.session.flush()
