"""Statements of account: days and amounts that cannot be, and those that are rare but real."""

from datetime import date
from decimal import Decimal

import pytest

from tracker.clients.statement_rules import IMPOSSIBLE, impossible_days, is_paid_back
from tracker.rulebook.calendar import billing_period

TODAY = date(2026, 11, 23)
OCTOBER, NOVEMBER = billing_period(2026, 10), billing_period(2026, 11)
PROPOSED = {"statement_on": OCTOBER.soa_on, "due_on": OCTOBER.due_on, "paid_on": None}


@pytest.mark.parametrize(
    ("field", "day", "reason"),
    [
        ("statement_on", date(2026, 10, 17), "not_after_period"),
        ("statement_on", date(2026, 10, 18), None),
        ("statement_on", date(2026, 11, 23), None),
        ("statement_on", date(2026, 11, 24), "statement_to_come"),
        ("statement_on", date(2030, 1, 1), "statement_to_come"),
        ("due_on", date(2026, 10, 17), "not_after_period"),
        ("due_on", date(2026, 10, 18), None),
        ("due_on", date(2026, 12, 24), None),
        ("due_on", date(2026, 12, 25), "due_far"),
        ("due_on", date(2031, 10, 30), "due_far"),
        ("paid_on", date(2026, 9, 1), None),
        ("paid_on", date(2026, 11, 23), None),
        ("paid_on", date(2026, 11, 24), "paid_to_come"),
        ("paid_on", date(2030, 1, 1), "paid_to_come"),
    ],
)
def test_days_of_a_statement(field: str, day: date, reason: str | None) -> None:
    found = list(impossible_days(OCTOBER, TODAY, **{**PROPOSED, field: day}))
    assert found == ([(field, reason)] if reason else [])
    assert reason is None or IMPOSSIBLE[reason].en != IMPOSSIBLE[reason].fr


def test_the_newest_statement_carries_days_the_calendar_knows_ahead() -> None:
    ahead = {"statement_on": NOVEMBER.soa_on, "due_on": NOVEMBER.due_on, "paid_on": NOVEMBER.due_on}
    assert min(day for day in ahead.values()) > TODAY
    assert list(impossible_days(NOVEMBER, TODAY, **ahead)) == []


def test_a_due_date_that_cannot_be_lets_no_payment_in() -> None:
    days = {**PROPOSED, "due_on": date(2031, 10, 30), "paid_on": date(2031, 10, 1)}
    assert list(impossible_days(OCTOBER, TODAY, **days)) == [("due_on", "due_far"), ("paid_on", "paid_to_come")]


@pytest.mark.parametrize(
    ("line", "amount", "is_real"),
    [
        ("opening_amount", "-223.00", True),
        ("payments_amount", "-223.00", True),
        ("total_amount", "-223.00", True),
        ("disbursements_amount", "223.00", True),
        ("opening_amount", "223.00", False),
        ("charges_amount", "223.00", False),
    ],
)
def test_an_amount_paid_below_zero_is_money_going_back(line: str, amount: str, is_real: bool) -> None:
    assert is_paid_back({"opening_amount": None, line: Decimal(amount)}) is is_real
