"""The migrations lead to what the models say, on either database: the next one would have nothing to add."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask

from tracker.platform.db import Base, db
from tracker.platform.schema import of_this_database


def test_nothing_is_left_to_migrate(inside: Flask) -> None:
    with db.engine.connect().execution_options(as_owner=True) as connection:
        context = MigrationContext.configure(
            connection, opts={"include_object": of_this_database(connection), "compare_type": True}
        )
        assert compare_metadata(context, Base.metadata) == []
