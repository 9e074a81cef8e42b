"""Onboarding, commands: open engagements with their tasks and document requests, for one client or many, doubling nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from tracker.clients.models import Client
from tracker.coordination import commands as coordination
from tracker.coordination.enums import Party
from tracker.documents import commands as documents
from tracker.engagements import commands as engagements
from tracker.engagements.models import Engagement
from tracker.onboarding.queries import Brought, already_there, brought, profile_with_standing
from tracker.onboarding.rules import Hurry, pressed_days, template_days
from tracker.platform.actor import Actor
from tracker.platform.clock import today
from tracker.rulebook.book import rules_at
from tracker.rulebook.types import EngagementTemplate, Rules, TemplateStep


@dataclass(frozen=True, slots=True)
class Opened:
    """What opening put in place for one client."""

    engagement: Engagement
    tasks: int
    documents: int
    in_place: int  # steps left out: the client has come past them


def open_with_template(
    actor: Actor,
    *,
    client_id: UUID,
    template: str,
    opened_on: date,
    lead_id: UUID | None = None,
    target_on: date | None = None,
    partners: Mapping[Party, UUID] | None = None,
    hurry: Hurry | None = None,
) -> Opened:
    """Open an engagement and what its template starts with; what is open or in place already is left alone.

    `partners` names who stands behind a party, the surety for instance, on the tasks that wait on it. `hurry` says what
    presses: the dates, and a target not given, follow it instead of the template's pace alone.
    """
    engagement = engagements.open_engagement(
        actor, client_id=client_id, template=template, opened_on=opened_on, lead_id=lead_id, target_on=target_on
    )
    tasks = requests = 0
    rules = rules_at(opened_on)
    found = _brought(client_id, rules.templates[template], rules)
    days = _days(found.steps, rules, opened_on, hurry)
    if hurry is not None and target_on is None:
        engagement.target_on = max(days, default=engagement.target_on)
    for step, due_on in zip(found.steps, days, strict=True):
        if step.kind == "task":
            made = coordination.ensure_task(
                actor,
                client_id=client_id,
                kind=step.key,
                engagement_id=engagement.id,
                due_on=due_on,
                owner_id=lead_id,
                partner_id=(partners or {}).get(Party(rules.tasks[step.key].waiting_on)),
            )
            tasks += made is not None
        else:
            asked = documents.ensure_request(
                actor,
                client_id=client_id,
                kind=step.key,
                engagement_id=engagement.id,
                due_on=due_on,
                owner_id=lead_id,
                anew=step.anew,
            )
            requests += asked.engagement_id == engagement.id
    return Opened(engagement, tasks, requests, found.in_place)


def _days(steps: Sequence[TemplateStep], rules: Rules, opened_on: date, hurry: Hurry | None) -> list[date]:
    if hurry is None:
        return template_days(steps, opened_on)
    return pressed_days(steps, {key: task.due_days for key, task in rules.tasks.items()}, opened_on, hurry)


def _brought(client_id: UUID, template: EngagementTemplate, rules: Rules) -> Brought:
    if all(step.when is None for step in template.steps):
        return Brought(template.steps)  # nothing of the client has to be looked up
    return brought(template, rules, profile_with_standing(client_id, today()))


def open_for_many(
    actor: Actor, *, clients: Sequence[Client], template: str, opened_on: date, lead_id: UUID | None = None
) -> list[Opened]:
    """Open the same engagement for many clients; those that have one of its kind open are passed over."""
    passed = already_there([client.id for client in clients], template)
    return [
        open_with_template(actor, client_id=client.id, template=template, opened_on=opened_on, lead_id=lead_id)
        for client in clients
        if client.id not in passed
    ]
