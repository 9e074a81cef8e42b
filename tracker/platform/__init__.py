"""What every feature stands on: database, tenancy, access, audit, pages. Knows no feature."""
