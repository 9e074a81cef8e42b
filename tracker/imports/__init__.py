"""Workbooks coming in: read, map, preview, apply, undo. Not: workbooks going out."""
