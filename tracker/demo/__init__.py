"""The demo firm, written by the real commands."""
