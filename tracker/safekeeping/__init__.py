"""Safekeeping: a consistent copy of database and files, the way back, and whether everything still fits together."""
