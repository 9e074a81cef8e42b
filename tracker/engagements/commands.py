"""Engagements, commands: open, move to a stage, change lead and target, close."""

from datetime import date
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from tracker.engagements.enums import EngagementState
from tracker.engagements.models import Engagement
from tracker.engagements.rules import can_stand, target_day
from tracker.platform.actor import Actor
from tracker.platform.audit import record
from tracker.platform.db import db
from tracker.platform.edge import check_version
from tracker.platform.errors import Refusal
from tracker.rulebook.book import rules_at


def open_engagement(
    actor: Actor,
    *,
    client_id: UUID,
    template: str,
    opened_on: date,
    lead_id: UUID | None = None,
    target_on: date | None = None,
) -> Engagement:
    """Open an engagement from a template of the rulebook. Refusal on "template" when one of its kind is open already."""
    chosen = rules_at(opened_on).templates.get(template)
    if chosen is None:
        raise Refusal("template", _("Choose one of the list."))
    if is_open(client_id, template):
        raise Refusal("template", _("This client has an open engagement of this kind already."))
    if target_on is not None and target_on < opened_on:
        raise Refusal("target_on", _("The target lies before the start."))
    engagement = Engagement(
        client_id=client_id,
        template=template,
        template_version=chosen.version,
        stage_since=opened_on,
        opened_on=opened_on,
        lead_id=lead_id,
        target_on=target_on or target_day(chosen, opened_on),
    )
    db.session.add(engagement)
    record(actor, "engagement:opened", engagement)
    db.session.flush()
    return engagement


def is_open(client_id: UUID, template: str) -> bool:
    """Whether the client has an open engagement of this kind."""
    query = select(Engagement.id).where(
        Engagement.client_id == client_id, Engagement.template == template, Engagement.state == EngagementState.OPEN
    )
    return db.session.scalar(query) is not None


def move_stage(actor: Actor, *, engagement: Engagement, version: int, stage: int, on: date) -> Engagement:
    """Move to another stage of the template."""
    check_version(engagement, version)
    _check_open(engagement)
    template = rules_at(on).templates.get(engagement.template)
    if template is None or not can_stand(template, stage):
        raise Refusal("stage", _("Choose one of the list."))
    if stage != engagement.stage:
        engagement.stage, engagement.stage_since = stage, on
        record(actor, "engagement:moved", engagement)
    return engagement


def edit_engagement(
    actor: Actor, *, engagement: Engagement, version: int, lead_id: UUID | None, target_on: date | None
) -> Engagement:
    """Change who leads it and when it should be done."""
    check_version(engagement, version)
    _check_open(engagement)
    if target_on is not None and target_on < engagement.opened_on:
        raise Refusal("target_on", _("The target lies before the start."))
    engagement.lead_id, engagement.target_on = lead_id, target_on
    record(actor, "engagement:edited", engagement)
    return engagement


def close_engagement(actor: Actor, *, engagement: Engagement, version: int, on: date, closing_note: str) -> Engagement:
    """Close it, with a note for whoever reads the file in six years."""
    check_version(engagement, version)
    _check_open(engagement)
    if not (closing_note or "").strip():
        raise Refusal("closing_note", _("Say in a sentence how it ended."))
    engagement.state, engagement.closed_on, engagement.closing_note = EngagementState.CLOSED, on, closing_note.strip()
    record(actor, "engagement:closed", engagement)
    return engagement


def _check_open(engagement: Engagement) -> None:
    if engagement.state is not EngagementState.OPEN:
        raise Refusal(None, _("This engagement is closed."))
