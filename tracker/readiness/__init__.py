"""The six gates: may this importer release goods tomorrow, and if not, why not."""
