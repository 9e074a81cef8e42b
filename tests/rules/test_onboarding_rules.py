"""Onboarding rules: where a day presses, a template's steps fall due before it, in their order, on business days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.engagements.rules import target_day
from tracker.onboarding.rules import Hurry, pressed_days, template_days
from tracker.rulebook.book import rules_at
from tracker.rulebook.calendar import is_business_day

DAY = date(2026, 11, 26)  # a Thursday
RULES = rules_at(DAY)
STEPS = RULES.templates["security_renewal"].steps
WORKING = {key: task.due_days for key, task in RULES.tasks.items()}
DEADLINE = date(2027, 1, 15)


def days(hurry: Hurry, opened_on: date = DAY) -> dict[str, date]:
    found = pressed_days(STEPS, WORKING, opened_on, hurry)
    return {step.key: day for step, day in zip(STEPS, found, strict=True)}


def test_with_time_enough_it_is_the_templates_pace() -> None:
    found = days(Hurry(latest_on=DAY + timedelta(days=90)))
    assert found["read_requirement"] == date(2026, 11, 30)  # 3 days on is a Sunday
    assert found["post_agreement"] == DAY + timedelta(days=35)


@given(st.dates(date(2024, 11, 1), date(2030, 12, 31)), st.sampled_from(sorted(RULES.templates)))
def test_no_step_and_no_target_falls_on_a_day_nobody_works(opened_on: date, key: str) -> None:
    template = RULES.templates[key]
    for step, day in zip(template.steps, template_days(template.steps, opened_on), strict=True):
        exact = opened_on + timedelta(days=step.after_days)
        assert is_business_day(day) and exact <= day <= exact + timedelta(days=5)  # Christmas beside a weekend
    assert is_business_day(target_day(template, opened_on))


def test_a_day_too_near_for_the_templates_pace_is_worked_back_from() -> None:
    ends_on = date(2026, 12, 17)
    found = days(Hurry(latest_on=ends_on))
    assert found["release_old_security"] == ends_on
    assert DAY < found["read_requirement"] < found["apply_for_bond"] < found["post_agreement"] < ends_on


def test_what_is_short_already_takes_each_steps_own_days_and_no_more() -> None:
    found = days(Hurry(is_late=True))
    assert found["apply_for_bond"] == date(2026, 12, 8)
    assert found["post_agreement"] == date(2026, 12, 18)  # the surety's ten days on, not the template's 35th
    assert found["apply_for_bond"] <= found["indemnity_agreement"] < found["post_agreement"]
    assert found["confirm_in_portal"] == date(2026, 12, 23)


def test_what_is_short_already_still_keeps_a_deadline_that_lies_ahead() -> None:
    opened = date(2026, 12, 29)
    assert max(days(Hurry(is_late=True), opened).values()) > DEADLINE
    assert max(days(Hurry(latest_on=DEADLINE, is_late=True), opened).values()) == DEADLINE


@pytest.mark.parametrize("latest_on", [date(2026, 11, 28), date(2026, 11, 29)])
def test_a_weekend_is_all_there_is(latest_on: date) -> None:
    assert set(days(Hurry(latest_on=latest_on), date(2026, 11, 27)).values()) == {latest_on}


@given(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.integers(1, 120), st.booleans())
def test_never_after_the_day_never_before_the_opening_always_in_order(opened: date, room: int, is_late: bool) -> None:
    latest_on = opened + timedelta(days=room)
    found = pressed_days(STEPS, WORKING, opened, Hurry(latest_on, is_late))
    assert opened <= min(found) and max(found) <= latest_on and found == sorted(found)
    assert all(is_business_day(day) for day in found) or set(found) == {latest_on}
