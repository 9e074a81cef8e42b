"""Guarantees, views: the ladder, the annual review, one account, instruments, reduction requests, suppositions."""

from tracker.guarantees.views import accounts, instruments, reconciling, reductions, simulating, supposing
from tracker.guarantees.views.blueprint import bp

__all__ = ["accounts", "bp", "instruments", "reconciling", "reductions", "simulating", "supposing"]
