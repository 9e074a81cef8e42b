"""The tracker command: `tracker serve`."""

import multiprocessing
import sys
from typing import Any

import click

from tracker.cli.session import application, say


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=5000, show_default=True, type=click.IntRange(1, 65_535))
@click.option("--workers", default=0, type=click.IntRange(0, 64), help="processes (default: two, or one on one core)")
def serve(host: str, port: int, workers: int) -> None:
    """Serve the program with a production server until it is stopped."""
    with application() as app:
        say(f"Serving on http://{host}:{port}")
    run(app, host, port, workers or min(2, multiprocessing.cpu_count()))


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
