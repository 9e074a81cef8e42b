"""Coordination, rules: when an open task is late."""

from datetime import date

import pytest

from tracker.coordination.rules import is_late

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("due_on", "late"), [(None, False), (date(2026, 11, 22), True), (TODAY, False), (date(2026, 11, 24), False)]
)
def test_a_task_is_late_the_day_after_its_day(due_on: date | None, late: bool) -> None:
    assert is_late(due_on, TODAY) is late
