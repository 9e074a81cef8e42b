"""Platform, database: a day so many days after another, worked out by the database itself."""

from datetime import date
from typing import Any

from sqlalchemy import Date, Integer, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class DaysAfter(FunctionElement[date]):
    """The day `days` days after that of a column; NULL where the column holds none."""

    type = Date()
    inherit_cache = True

    def __init__(self, column: Any, days: int) -> None:
        super().__init__(column, literal(days, Integer))


@compiles(DaysAfter, "sqlite")
def _in_sqlite(element: DaysAfter, compiler: Any, **options: Any) -> str:
    day, days = (compiler.process(part, **options) for part in element.clauses)
    return f"date({day}, {days} || ' days')"


@compiles(DaysAfter, "postgresql")
def _in_postgresql(element: DaysAfter, compiler: Any, **options: Any) -> str:
    day, days = (compiler.process(part, **options) for part in element.clauses)
    return f"({day} + CAST({days} AS INTEGER))"
