"""Clients, views: companies."""
