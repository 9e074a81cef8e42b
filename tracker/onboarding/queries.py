"""Onboarding, queries: the clients chosen, those that need nothing, and which steps of a template are a client's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from tracker.clients.enums import ClientState, Known
from tracker.clients.models import Client
from tracker.clients.queries import get, profile_of
from tracker.coordination.enums import TaskState
from tracker.coordination.models import Task
from tracker.engagements.queries import open_for
from tracker.platform.db import db
from tracker.readiness.queries import readiness_of
from tracker.rulebook.conditions import holds
from tracker.rulebook.types import EngagementTemplate, Rules, TemplateStep

MOST = 500
# Of a client of whom nothing is known yet.
NOTHING: Mapping[str, Any] = {"gates_done": [], "steps_done": [], "is_portal_linked": None, "bam_count": 0}


def chosen_clients(ids: Sequence[UUID]) -> Sequence[Client]:
    """The active clients in scope among these, by name; at most 500."""
    query = select(Client).where(Client.id.in_(list(ids)[:MOST]), Client.state == ClientState.ACTIVE)
    return db.session.scalars(query.order_by(Client.legal_name, Client.id)).all()


def already_there(client_ids: Sequence[UUID], template: str) -> set[UUID]:
    """Those that have an open engagement of this kind."""
    return open_for(client_ids, template)


@dataclass(frozen=True, slots=True)
class Brought:
    """What a template asks of one client, and how many of its steps are left out because they are in place."""

    steps: Sequence[TemplateStep]
    in_place: int = 0


def profile_with_standing(client_id: UUID, today: date) -> dict[str, Any]:
    """What a template's conditions may read of a client: its profile, and how far it has come."""
    client, ready = get(client_id), readiness_of(client_id, today)
    if client is None or ready is None:
        return dict(NOTHING)
    return {
        **profile_of(client_id),
        "gates_done": [gate.number for gate in ready.readiness.gates if gate.state == "done"],
        "steps_done": _steps_done(client_id),
        "is_portal_linked": None if client.is_portal_linked is Known.UNKNOWN else client.is_portal_linked.value,
    }


def _steps_done(client_id: UUID) -> list[str]:
    query = select(Task.kind).where(Task.client_id == client_id, Task.state == TaskState.DONE, Task.kind.is_not(None))
    return [str(kind) for kind in db.session.scalars(query.distinct().order_by(Task.kind))]


def brought(template: EngagementTemplate, rules: Rules, profile: Mapping[str, Any]) -> Brought:
    """The steps of a template for one client: a non-resident has some of its own, and what is in place is not asked again."""
    anew = {**profile, **NOTHING}
    steps = [step for step in template.steps if _is_for(step, rules, profile)]
    return Brought(steps, sum(_is_for(step, rules, anew) for step in template.steps) - len(steps))


def _is_for(step: TemplateStep, rules: Rules, profile: Mapping[str, Any]) -> bool:
    return step.when is None or holds(step.when, {}, profile, rules.facts)
