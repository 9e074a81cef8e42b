"""Assets: styles and scripts under addresses that change with their content, and the typeface from its installed package."""

from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, current_app

STAMP = 8  # digits of the content's hash: enough to tell one version of a file from the next


def init_assets(app: Flask) -> None:
    """Stamp every link to a static file, so that browsers may keep it for a year; serve Inter beside the styles."""
    app.url_defaults(_stamp)
    folder = str(files("fontpkg_inter").joinpath("files"))
    app.register_blueprint(Blueprint("faces", __name__, static_folder=folder, static_url_path="/faces"))


def _stamp(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint == "static" and "filename" in values and "v" not in values:
        path = Path(str(current_app.static_folder)) / str(values["filename"])
        if path.is_file():
            values["v"] = _digest(str(path), path.stat().st_mtime_ns)


@cache
def _digest(path: str, _changed_at: int) -> str:
    return sha256(Path(path).read_bytes()).hexdigest()[:STAMP]
