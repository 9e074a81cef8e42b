"""Rulebook: regulation and policy as dated, cited, bilingual data, and its calendars. No tables, no clock."""
