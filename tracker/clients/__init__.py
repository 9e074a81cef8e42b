"""Importers: BN9, RM program accounts, contacts, profile, team, monthly statements. Not: what is done for them."""
