"""Clients, views: profile, accounts, contacts, team and statements."""

from tracker.clients.views import companies, people, statements
from tracker.clients.views.blueprint import bp

__all__ = ["bp", "companies", "people", "statements"]
