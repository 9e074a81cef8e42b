"""The staff shell: Monday page, portfolio, client page. Composes; owns no tables."""
