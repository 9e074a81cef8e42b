"""The tracker command, its surroundings: the application, the firm's scope, and how answers and refusals are printed."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import click
from flask import Flask, g

from tracker import create_app
from tracker.platform.actor import SYSTEM, system_scope
from tracker.platform.db import db
from tracker.platform.schema import is_current
from tracker.platform.tenancy import enter


@contextmanager
def application(
    *, needs_schema: bool = True, language: str = "en", config: dict[str, Any] | None = None
) -> Iterator[Flask]:
    """The application, entered as the firm from the command line. Refuses when the database was not set up."""
    try:
        app = create_app(config)
    except ValueError as error:  # a setting that cannot be
        refuse(str(error))
    with app.app_context():
        g.language = language
        g.actor = SYSTEM
        if needs_schema and not is_current():
            refuse("The database is not set up or not up to date. Run: tracker init")
        enter(db.session(), system_scope("command line"))
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()  # a command that ends leaves no connection behind, in whatever process it ran


def say(message: str) -> None:
    """Tell the person something, out of the way of the answer."""
    click.echo(message, err=True)


def answer(document: Any) -> None:
    """Print one JSON document."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2, default=str))


def refuse(message: str) -> NoReturn:
    """Say no, and why: exit code 1."""
    click.echo(message, err=True)
    sys.exit(1)
