"""Engagements, rules: stages move one step at a time, within what the template has. Pure."""

from datetime import date, timedelta

from tracker.rulebook.calendar import first_business_day
from tracker.rulebook.types import EngagementTemplate


def target_day(template: EngagementTemplate, opened_on: date) -> date:
    """The day the template expects to be done: days after the opening, on a business day."""
    return first_business_day(opened_on + timedelta(days=template.duration_days))


def can_stand(template: EngagementTemplate, stage: int) -> bool:
    """Whether the template has such a stage (1-based)."""
    return 1 <= stage <= len(template.stages)
