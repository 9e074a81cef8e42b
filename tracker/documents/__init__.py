"""Document requests, the files handed in for them, and their review. Not: deciding which are needed."""
