"""Engagements: opened from a template, staged, led, closed. Not: the tasks and documents in them."""
