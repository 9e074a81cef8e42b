"""Assessments, commands: carry out the plan, once, in one transaction."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from tracker.assessments.commands.signing import keep_findings
from tracker.assessments.models import Assessment
from tracker.assessments.planning import Line, lay_out
from tracker.assessments.sheet import sheet_of
from tracker.coordination import commands as coordination
from tracker.coordination.enums import DelegationState
from tracker.coordination.models import Delegation
from tracker.documents import commands as documents
from tracker.platform.actor import Actor
from tracker.platform.audit import record
from tracker.platform.clock import now
from tracker.platform.db import db
from tracker.platform.edge import check_version
from tracker.platform.errors import Refusal


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying a plan did."""

    created: int
    left_alone: int


def apply_plan(
    actor: Actor,
    *,
    assessment_id: UUID,
    version: int,
    items: Collection[str],
    partner_id: UUID | None = None,
    on: date,
) -> Applied:
    """Create the ticked items that do not exist yet, and keep the findings. Doing it again creates nothing.

    Refusal on "partner_id" when the delegation is ticked and no broker is chosen.
    """
    assessment = db.session.get(Assessment, assessment_id, with_for_update=True)
    if assessment is None:
        raise Refusal(None, _("This assessment is no longer there."))
    check_version(assessment, version)
    sheet = sheet_of(assessment)
    lines = [line for line in lay_out(sheet, on).lines if line.item in items]
    created = sum(_carry_out(actor, assessment, line, partner_id, on) for line in lines)
    keep_findings(actor, assessment, sheet.findings, on)
    assessment.plan_applied_at = now()
    record(actor, "assessment:plan-applied", assessment, summary=f"{created} / {len(lines)}")
    db.session.flush()
    return Applied(created, len(lines) - created)


def _carry_out(actor: Actor, assessment: Assessment, line: Line, partner_id: UUID | None, on: date) -> bool:
    """Whether something new came of it."""
    if line.kind == "delegation":
        return _ask(actor, assessment, partner_id, on)
    if not line.is_new:
        return False
    if line.kind == "document":
        documents.ensure_request(
            actor,
            client_id=assessment.client_id,
            kind=line.key,
            engagement_id=assessment.engagement_id,
            finding=line.findings[0],
            due_on=line.due_on,
            requested_on=on,
        )
    else:
        coordination.ensure_task(
            actor,
            client_id=assessment.client_id,
            kind=line.key,
            engagement_id=assessment.engagement_id,
            finding=line.findings[0],
            due_on=line.due_on,
        )
    return True


def _ask(actor: Actor, assessment: Assessment, partner_id: UUID | None, on: date) -> bool:
    if partner_id is None:
        raise Refusal("partner_id", _("Choose the broker, or untick the delegation."))
    query = select(Delegation).where(
        Delegation.client_id == assessment.client_id,
        Delegation.partner_id == partner_id,
        Delegation.program_account_id.is_(None),
    )
    standing = db.session.scalars(query).first()
    if standing is not None and standing.state in (DelegationState.REQUESTED, DelegationState.APPROVED):
        return False
    coordination.ask_delegation(actor, client_id=assessment.client_id, partner_id=partner_id, requested_on=on)
    return True
