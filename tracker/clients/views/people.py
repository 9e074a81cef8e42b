"""Clients, views: people."""
