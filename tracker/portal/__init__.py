"""The client contact's shell. Imports no models: only frozen rows written for it."""
