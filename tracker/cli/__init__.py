"""The tracker command: every verb a thin call."""
