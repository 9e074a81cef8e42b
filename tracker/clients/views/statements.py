"""Clients, views: statements."""
