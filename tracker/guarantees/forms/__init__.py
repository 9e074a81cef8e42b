"""Guarantees, forms: what is recorded, and what is only supposed."""
