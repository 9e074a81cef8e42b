"""The schema: brought up to date by migrations, and asked whether it is."""

import logging

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from flask_migrate import upgrade as run_migrations

from tracker.platform.db import db


def upgrade() -> None:
    """Create or upgrade the database. Safe to repeat."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    run_migrations()


def is_current() -> bool:
    """Whether the database has the schema this program was written for."""
    config = current_app.extensions["migrate"].migrate.get_config()
    wanted = ScriptDirectory.from_config(config).get_current_head()
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == wanted
