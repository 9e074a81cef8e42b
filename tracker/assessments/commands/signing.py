"""Assessments, commands: sign off by a second person, and settle a finding."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from tracker.assessments.commands.answering import open_draft
from tracker.assessments.enums import AssessmentState
from tracker.assessments.freezing import SIGNED_EVENT, digest_of, freeze
from tracker.assessments.models import Assessment, Finding
from tracker.assessments.rules import SecondPersonError, check_sign_off
from tracker.assessments.sheet import Sheet, sheet_of
from tracker.platform.actor import Actor
from tracker.platform.audit import record
from tracker.platform.clock import now
from tracker.platform.db import db
from tracker.platform.edge import check_version
from tracker.platform.errors import Refusal
from tracker.platform.pages import day
from tracker.rulebook.types import FindingRule


def sign_off(actor: Actor, *, assessment_id: UUID, version: int, digest: str, on: date) -> Assessment:
    """Freeze the assessment under the actor's name. `digest` is of the content the person read.

    Refusal when questions are open, when the actor started or answered it, or when the answers changed since they
    were read.
    """
    assessment = open_draft(assessment_id)
    check_version(assessment, version)
    sheet = sheet_of(assessment)
    _check_second_person(actor, sheet)
    if not sheet.is_complete:
        raise Refusal(None, _("Some questions are still open. Answer them or say why they do not apply."))
    if digest != content_digest(sheet):
        raise Refusal(None, _("Answers changed since you opened this page. Read them again before you sign."))
    signed_at = now()
    frozen = freeze(sheet, signed_by=actor.name, signed_at=signed_at)
    _settle_earlier(actor, assessment, on)
    keep_findings(actor, assessment, sheet.findings, on)
    assessment.state = AssessmentState.SIGNED
    assessment.signed_by, assessment.signed_by_name, assessment.signed_at = actor.user_id, actor.name, signed_at
    assessment.frozen, assessment.frozen_digest = frozen, digest_of(frozen)
    changes = {
        "state": [AssessmentState.DRAFT, AssessmentState.SIGNED],
        "frozen_digest": [None, assessment.frozen_digest],
    }
    record(actor, SIGNED_EVENT, assessment, changes=changes)
    db.session.flush()
    return assessment


def content_digest(sheet: Sheet) -> str:
    """SHA-256 of what a signer reads, without who and when: it changes with any answer."""
    content = freeze(sheet, signed_by="", signed_at=now())
    return digest_of({key: value for key, value in content.items() if key not in ("signed_by", "signed_at")})


def _check_second_person(actor: Actor, sheet: Sheet) -> None:
    if actor.user_id is None:
        raise Refusal(None, _("Only a person can sign."))
    try:
        check_sign_off(sheet.started_by, {kept.by for kept in sheet.kept.values()}, actor.user_id)
    except SecondPersonError as error:
        raise Refusal(
            None, _("You prepared this assessment. A second person, who neither started nor answered it, has to sign.")
        ) from error


def keep_findings(actor: Actor, assessment: Assessment, found: Iterable[FindingRule], on: date) -> int:
    """Keep a row for each finding, once; what is found no more is settled. Returns how many rows are new."""
    rows = {row.rule: row for row in db.session.scalars(select(Finding).where(Finding.assessment_id == assessment.id))}
    wanted = {rule.key: rule for rule in found}
    new = [rule for key, rule in wanted.items() if key not in rows]
    for rule in new:
        row = Finding(
            client_id=assessment.client_id,
            assessment_id=assessment.id,
            rule=rule.key,
            severity=rule.severity,
            found_on=on,
        )
        db.session.add(row)
        record(actor, "finding:found", row)
    for key, row in rows.items():
        if key not in wanted and row.settled_on is None:
            _settle(actor, row, on, _("No longer found: the answers changed."))
    return len(new)


def _settle_earlier(actor: Actor, assessment: Assessment, on: date) -> None:
    """The new assessment speaks for the client from now on; what earlier ones left open is answered by it."""
    query = select(Finding).where(
        Finding.client_id == assessment.client_id,
        Finding.assessment_id != assessment.id,
        Finding.settled_on.is_(None),
    )
    for row in db.session.scalars(query):
        _settle(actor, row, on, _("Looked at again in the assessment of %(day)s.", day=day(assessment.rules_on)))


def settle_finding(actor: Actor, *, finding_id: UUID, version: int, reason: str | None, on: date) -> Finding:
    """Close a finding with the reason why it no longer matters. Refusal without one, or when it is closed already."""
    row = db.session.get(Finding, finding_id, with_for_update=True)
    if row is None:
        raise Refusal(None, _("This finding is no longer there."))
    check_version(row, version)
    if row.settled_on is not None:
        raise Refusal(None, _("This finding is settled already."))
    if not reason or not reason.strip():
        raise Refusal("reason", _("Say what settles it."))
    _settle(actor, row, on, reason.strip())
    return row


def _settle(actor: Actor, row: Finding, on: date, reason: str) -> None:
    row.settled_on, row.settled_reason = on, reason
    record(actor, "finding:settled", row)
