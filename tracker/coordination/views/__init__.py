"""Coordination, views: tasks, partners, delegations."""

from tracker.coordination.views import delegations, partners, tasks
from tracker.coordination.views.blueprint import bp

__all__ = ["bp", "delegations", "partners", "tasks"]
