"""Renewals: a security that ends or falls short opens its own file, with tasks, documents and parties. No life of its own beyond that: an engagement carries it."""
