"""Guarantees: financial security for release prior to payment: what is required, what covers it, and until when."""
