"""The schema: brought up to date by migrations, and asked whether it is."""

import logging
from collections.abc import Callable
from typing import Any

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from flask_migrate import upgrade as run_migrations
from sqlalchemy import Connection

from tracker.platform import row_security
from tracker.platform.db import Base, db


def upgrade() -> None:
    """Create or upgrade the database, and put up the wall around whatever tables it has now. Safe to repeat."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    run_migrations()
    row_security.put_up(db.engine, Base.registry)


def of_this_database(connection: Connection) -> Callable[..., bool]:
    """For comparing models with a database: an index that only one kind of database has (`info` says which) is none of the
    other's business."""
    here = connection.dialect.name

    def is_wanted(thing: Any, _name: str | None, kind: str, *_rest: Any) -> bool:
        return kind != "index" or thing.info.get("only_on", here) == here

    return is_wanted


def refresh_statistics() -> None:
    """Tell the database's planner how its rows lie now, so that it goes by client where that is quicker than by date.

    PostgreSQL does it by itself now and then; SQLite only when asked. It samples: a second at most.
    """
    with db.engine.connect().execution_options(writes=True, as_owner=True) as connection, connection.begin():
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA analysis_limit=1000")
        connection.exec_driver_sql("ANALYZE")


def wall_gaps() -> list[str]:
    """What keeps the second wall from standing, in words. Empty when it is in force."""
    return row_security.gaps(db.engine, Base.registry)


def knows_revision(revision: str) -> bool:
    """Whether this program has a migration of this name: a newer program's database has one it has not."""
    return any(script.revision == revision for script in _scripts().walk_revisions())


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(current_app.extensions["migrate"].migrate.get_config())


def is_current() -> bool:
    """Whether the database has the schema this program was written for."""
    wanted = _scripts().get_current_head()
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == wanted
