"""Readiness, keeping: the standing of every client whose rows changed is worked out again in the same transaction."""

from flask import Flask


def init_keeping(app: Flask) -> None:
    """Register the keeper."""
