"""JSON for other programs: what a person may read, read with a token of theirs. Not: a way to change anything."""
