"""The tracker command: every verb a thin call to a command or query."""

from tracker.cli.main import main

__all__ = ["main"]
