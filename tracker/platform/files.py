"""Files: stored outside any web root under random names, whole or not at all; told apart by what they are, not by their name."""

import hashlib
import os
import secrets
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO
from urllib.parse import quote

import filetype
from flask import current_app
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tracker.platform.errors import Refusal

CHUNK = 64 * 1024
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCUMENT = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

ALLOWED = {
    "application/pdf": ("pdf",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/png": ("png",),
    "image/heic": ("heic",),
    SPREADSHEET: ("xlsx",),
    DOCUMENT: ("docx",),
    "text/csv": ("csv",),
    "text/plain": ("txt",),
}


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that is safely on disk: its key there, size in bytes, SHA-256 and what it really is."""

    key: str
    size: int
    sha256: str
    content_type: str


def storage_root() -> Path:
    """The folder files live in, made on first use."""
    root = Path(current_app.config["TRACKER_DATA_DIR"]) / "files"
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    return root


def content_type_of(head: bytes, name: str) -> str | None:
    """What a file is by its first bytes and, for plain text only, its ending. None when it is nothing we take."""
    kind = filetype.guess(head)
    suffix = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    mime = kind.mime if kind else None
    if mime in ("application/zip", SPREADSHEET, DOCUMENT) or (mime is None and head[:2] == b"PK"):
        mime = _office_type(head)
    if mime is None and suffix in ("csv", "txt") and b"\x00" not in head:
        mime = "text/csv" if suffix == "csv" else "text/plain"
    if mime not in ALLOWED or suffix not in ALLOWED[mime]:
        return None
    return mime


def _office_type(content: bytes) -> str | None:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = {name.replace("\\", "/").casefold() for name in archive.namelist()}
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    if any("vbaproject" in name for name in names):
        return None  # macros have no place in an importer's papers
    if "xl/workbook.xml" in names:
        return SPREADSHEET
    return DOCUMENT if "word/document.xml" in names else None


def store(source: IO[bytes], name: str, *, limit: int) -> StoredFile:
    """Write a file: temporary name, flushed to disk, renamed; only then may a row point at it.

    Refusal on the field "files" when it is empty, larger than `limit` bytes, or not a kind we take.
    """
    content = source.read(limit + 1)
    if not content:
        raise Refusal("files", _words("empty", name))
    if len(content) > limit:
        too_large = _("“%(name)s” is too large: at most %(most)s MB a file.", name=name, most=limit // (1024 * 1024))
        raise Refusal("files", too_large)
    mime = content_type_of(content, name)
    if mime is None:
        raise Refusal("files", _words("kind", name))
    key = secrets.token_hex(20)
    folder = storage_root() / key[:2]
    folder.mkdir(exist_ok=True, mode=0o700)
    temporary = folder / f".{key}"
    try:
        with temporary.open("xb") as target:
            target.write(content)
            target.flush()
            os.fsync(target.fileno())
        temporary.rename(folder / key)
    except OSError:
        temporary.unlink(missing_ok=True)  # a full disk keeps no half of a file
        raise
    sync_folder(folder)
    return StoredFile(key, len(content), hashlib.sha256(content).hexdigest(), mime)


def sync_folder(folder: Path) -> None:
    """Put the names in a folder on disk; a renamed file is only safe once its folder is."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _words(problem: str, name: str) -> str:
    from_table = {
        "empty": _("“%(name)s” is empty.", name=name),
        "kind": _("“%(name)s” is not a file we can take: PDF, JPEG, PNG, HEIC, Excel, Word or CSV.", name=name),
    }
    return from_table[problem]


def path_of(key: str) -> Path:
    """Where a stored file lies. ValueError for a key that is not one of ours."""
    if len(key) != 40 or not all(c in "0123456789abcdef" for c in key):
        raise ValueError("not a storage key")
    return storage_root() / key[:2] / key


def is_stored(key: str) -> bool:
    """Whether a row's key leads to a file. No for a key that is not one of ours."""
    try:
        return path_of(key).is_file()
    except ValueError:
        return False


def download(key: str, name: str, content_type: str) -> Response:
    """The file as an attachment that a browser neither sniffs nor runs."""
    response = Response(path_of(key).open("rb"), mimetype=content_type, direct_passthrough=True)
    ascii_name = "".join(c if c.isascii() and c.isprintable() and c not in '"\\;' else "_" for c in name)
    response.headers["Content-Disposition"] = f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(name)}"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "no-store"
    return response
