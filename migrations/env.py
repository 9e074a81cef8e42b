"""Alembic's way into the application's own database and models."""

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from tracker.platform.db import Base
from tracker.platform.row_security import open_to_all
from tracker.platform.schema import of_this_database

database = current_app.extensions["migrate"].db


def _run(connection: Connection) -> None:
    context.configure(
        include_object=of_this_database(connection),
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    raise SystemExit("migrations run against a database, not as a script")

with database.engine.connect().execution_options(writes=True, as_owner=True) as bound, bound.begin():
    open_to_all(bound)
    _run(bound)
