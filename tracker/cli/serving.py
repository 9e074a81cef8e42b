"""The tracker command: `tracker serve`."""

import multiprocessing
import os
import sys
from pathlib import Path
from typing import Any

import click
from flask import Flask

from tracker.cli.data import LEAST_SECRET, unsafe_settings
from tracker.cli.session import application, refuse, say
from tracker.safekeeping.privacy import close_to_others

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=5000, show_default=True, type=click.IntRange(1, 65_535))
@click.option("--workers", default=0, type=click.IntRange(0, 64), help="processes (default: two, or one on one core)")
def serve(host: str, port: int, workers: int) -> None:
    """Serve the program with a production server until it is stopped."""
    with application() as app:
        _check_settings(app, host)
        say(f"Serving on http://{host}:{port}")
    run(app, host, port, workers or min(2, multiprocessing.cpu_count()))


def _check_settings(app: Flask, host: str) -> None:
    """Refuse what is never right in front of people, warn of what may be meant, and close the folder to others."""
    if app.debug:
        refuse("FLASK_DEBUG is on: a server for people shows nobody its insides. Unset it.")
    if len(str(app.config["SECRET_KEY"])) < LEAST_SECRET:
        refuse(
            f"TRACKER_SECRET_KEY is shorter than {LEAST_SECRET} characters: whoever guesses it is anybody. Set another one."
        )
    close_to_others(Path(app.config["TRACKER_DATA_DIR"]))
    is_named = bool(os.environ.get("TRACKER_BASE_URL"))
    if host not in LOOPBACK and not is_named:
        app.config["TRUSTED_HOSTS"] = None  # nobody said by which name it is called
        say("WARNING  TRACKER_BASE_URL is not set: any name is answered, and links in mails lead to this machine only")
    if host not in LOOPBACK or is_named:
        for warning in unsafe_settings():
            say(f"WARNING  {warning}")


def run(app: Any, host: str, port: int, workers: int) -> None:
    """Run the server of this system: gunicorn, or waitress on Windows."""
    if sys.platform == "win32":
        import waitress

        waitress.serve(app, host=host, port=port, threads=8)
        return
    from gunicorn.app.base import BaseApplication

    class Server(BaseApplication):
        def load_config(self) -> None:
            for key, value in {
                "bind": f"{host}:{port}",
                "workers": workers,
                "worker_class": "gthread",
                "threads": 4,
                "graceful_timeout": 10,
                "accesslog": None,
                "loglevel": "warning",
            }.items():
                self.cfg.set(key, value)

        def load(self) -> Any:
            return app

    Server().run()
