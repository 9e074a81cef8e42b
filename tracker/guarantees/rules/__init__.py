"""Guarantees, rules: sizing, an instrument's life, the annual review, spreading, suppositions. Values in, values out."""

from tracker.guarantees.rules.life import (
    COVERING,
    Problem,
    allowed_moves,
    can_move,
    check_allocations,
    check_notice,
    check_validity,
    days_of_notice,
    in_force,
    overlap,
)
from tracker.guarantees.rules.sizing import (
    MonthlyTotal,
    Requirement,
    closed_periods,
    coverage,
    peak,
    required_amount,
    shortfall,
    window,
)

__all__ = [
    "COVERING",
    "MonthlyTotal",
    "Problem",
    "Requirement",
    "allowed_moves",
    "can_move",
    "check_allocations",
    "check_notice",
    "check_validity",
    "closed_periods",
    "coverage",
    "days_of_notice",
    "in_force",
    "overlap",
    "peak",
    "required_amount",
    "shortfall",
    "window",
]
