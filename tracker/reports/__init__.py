"""Excel going out: rows to sheets to workbooks."""
