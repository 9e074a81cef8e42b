"""Deadlines, views: the calendar, its address for Outlook, and moving a date."""

from tracker.deadlines.views import calendar, feed, moving
from tracker.deadlines.views.blueprint import bp

__all__ = ["bp", "calendar", "feed", "moving"]
