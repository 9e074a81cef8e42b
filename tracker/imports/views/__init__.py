"""Imports, views: upload, preview, rows put right, apply, undo, and what comes next."""

from tracker.imports.views import people, rows, runs
from tracker.imports.views.blueprint import bp

__all__ = ["bp", "people", "rows", "runs"]
