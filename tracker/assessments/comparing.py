"""Assessments, queries: the difference between an assessment and the one before it."""

from collections.abc import Mapping
from typing import Any

from tracker.assessments.models import Assessment
from tracker.assessments.rules import Change, compare, counted_answers
from tracker.assessments.sheet import Sheet


def compared(before: Assessment, after: Assessment, sheet: Sheet) -> tuple[Change, ...]:
    """What changed from a signed assessment to this one: frozen content where it is signed, live answers on a draft."""
    was: Mapping[str, Any] = before.frozen or {}
    if after.frozen:
        answers, findings = after.frozen.get("answers", {}), after.frozen.get("findings", ())
    else:
        answers = counted_answers(sheet.rules, sheet.answers, sheet.profile)
        findings = [rule.key for rule in sheet.findings]
    return compare(was.get("answers", {}), answers, was.get("findings", ()), findings)
