"""The tracker command: `tracker demo`, a fresh firm to try everything on."""

import shutil
from pathlib import Path

import click
from flask import Flask
from sqlalchemy import inspect, text

from tracker.accounts.queries import setting
from tracker.cli.serving import LOOPBACK, run
from tracker.cli.session import answer, application, refuse, say
from tracker.demo.building import build
from tracker.platform.clock import today
from tracker.platform.db import Base, db
from tracker.platform.row_security import take_down
from tracker.platform.schema import refresh_statistics, upgrade
from tracker.safekeeping.privacy import close_to_others


@click.command()
@click.option("--clients", default=60, show_default=True, type=click.IntRange(1, 10_000))
@click.option("--seed", default=7, show_default=True, type=int)
@click.option("--no-serve", is_flag=True, help="write it and stop")
@click.option("--json", "as_json", is_flag=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=5000, show_default=True, type=click.IntRange(1, 65_535))
def demo(clients: int, seed: int, no_serve: bool, as_json: bool, host: str, port: int) -> None:
    """Write a fresh demo firm, print its sign-ins, and serve it. Never touches the database of a real firm."""
    with application(needs_schema=False) as app:
        _make_room(app)
        upgrade()
        say(f"Writing a firm with {clients} clients…")
        sign_ins = build(clients, seed, today())
        refresh_statistics()
        close_to_others(Path(app.config["TRACKER_DATA_DIR"]))
        url = f"http://{host}:{port}"
        if as_json:
            answer({"url": url, "database": app.config["SQLALCHEMY_DATABASE_URI"], "sign_ins": sign_ins})
        else:
            click.echo("\nSign in with one of these:\n")
            for row in sign_ins:
                click.echo(f"  {row['role']:11} {row['email']:44} {row['password']}")
            click.echo(f"\n{url}\n")
        db.engine.dispose()
    if not no_serve:
        if host not in LOOPBACK:
            app.config["TRUSTED_HOSTS"] = None  # a demo is called by whatever name the machine has
        run(app, host, port, 2)


def _make_room(app: Flask) -> None:
    """Empty a demo's database and files. A database that holds a real firm is refused."""
    folder = Path(app.config["TRACKER_DATA_DIR"])
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    tables = inspect(db.engine).get_table_names()
    if "firm_setting" in tables:
        # The trail has a line for whatever was ever done here; what init writes is none of it.
        is_empty = db.session.scalar(text("SELECT count(*) FROM audit_event"), execution_options=_SAID) == 0
        is_demo = setting("demo", "") == "1"
        db.session.rollback()
        if not (is_demo or is_empty):
            refuse("This database holds a real firm. Set TRACKER_DATA_DIR to another folder for the demo.")
    with db.engine.connect().execution_options(writes=True, as_owner=True) as connection, connection.begin():
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        take_down(connection)
        Base.metadata.drop_all(connection)
        connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
    shutil.rmtree(folder / "files", ignore_errors=True)


_SAID = {"unscoped": "is there a firm already"}
