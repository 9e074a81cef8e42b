"""Assessments, commands: start, answer, carry out the plan, sign off, settle."""

from tracker.assessments.commands.answering import Given, save_answers, start_assessment
from tracker.assessments.commands.planning import Applied, apply_plan
from tracker.assessments.commands.signing import settle_finding, sign_off

__all__ = ["Applied", "Given", "apply_plan", "save_answers", "settle_finding", "sign_off", "start_assessment"]
