"""Safekeeping: the one file a backup is: a zip with a manifest that names every part, its size and its hash."""

import hashlib
import json
import os
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from tracker.platform.errors import Refusal
from tracker.platform.files import sync_folder
from tracker.safekeeping.sealing import BackupKey, is_sealed, seal, unseal

FORMAT = 1
MANIFEST, DATABASE, SECRET, FILES = "manifest.json", "database", "secret.key", "files/"
PART = re.compile(r"database|secret\.key|files/[0-9a-f]{40}", re.ASCII)
MOST_MANIFEST_BYTES = 64 * 1024 * 1024
CHUNK = 1024 * 1024
# RuntimeError: a part with a password, a way of packing this Python does not know, or a manifest nested without end.
UNREADABLE = (
    zipfile.BadZipFile, zlib.error, OSError, LookupError, TypeError, ValueError, AttributeError, RuntimeError, EOFError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a backup: bytes and SHA-256."""

    size: int
    sha256: str


class Writer:
    """Adds parts to a backup and remembers their hashes."""

    def __init__(self, target: zipfile.ZipFile) -> None:
        self._target = target
        self.parts: dict[str, Part] = {}

    def add(self, name: str, source: Path, *, compress: bool = False) -> Part:
        """Copy a file in under `name`; returns what went in."""
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
        with source.open("rb") as reading, self._target.open(info, "w", force_zip64=True) as writing:
            part = self.parts[name] = copied(reading, writing)
        return part

    def finish(self, words: Mapping[str, Any]) -> None:
        """Write the manifest: `words`, and every part."""
        parts = {name: {"size": part.size, "sha256": part.sha256} for name, part in self.parts.items()}
        body = json.dumps({"format": FORMAT, **words, "parts": parts}, indent=1, ensure_ascii=False)
        self._target.writestr(MANIFEST, body)


@contextmanager
def writing(target: Path, key: BackupKey | None = None) -> Iterator[Writer]:
    """A backup that appears under its name only when it is whole and on disk, readable by its owner alone.

    With a `key` what appears is sealed; the open one beside it is gone before.
    """
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    sealed = temporary.with_name(f"{temporary.name}.sealed")
    try:
        with os.fdopen(_fresh(temporary), "wb") as stream:
            with zipfile.ZipFile(stream, "w") as file:
                yield Writer(file)
            stream.flush()
            os.fsync(stream.fileno())
        if key is not None:
            os.close(_fresh(sealed))
            seal(temporary, sealed, key)
            sealed.replace(temporary)
        temporary.replace(target)
        sync_folder(target.parent)
    finally:
        temporary.unlink(missing_ok=True)
        sealed.unlink(missing_ok=True)


def _fresh(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)


def unpacked(source: Path, folder: Path, key: BackupKey | None = None) -> dict[str, Any]:
    """Unpack a backup into an empty folder, each part checked against the manifest, and return the manifest.

    Refusal, naming what is wrong, for a file that is no backup, holds a part it should not, lacks one, was changed, or is
    sealed and not opened by `key`.
    """
    if is_sealed(source):
        opened = folder / ".opened"
        os.close(_fresh(opened))
        unseal(source, opened, key)
        manifest = unpacked(opened, folder)
        opened.unlink()
        return manifest
    try:
        with zipfile.ZipFile(source) as file:
            manifest = _manifest(file)
            parts = {name: Part(**part) for name, part in manifest["parts"].items()}
            _check_names(set(file.namelist()) - {MANIFEST}, set(parts))
            for name, part in parts.items():
                _unpack(file, name, part, folder)
    except UNREADABLE as error:
        raise Refusal(None, f"{source.name} is not a backup of this program, or is damaged: {error}") from error
    return manifest


def copied(reading: IO[bytes], writing: IO[bytes]) -> Part:
    """Copy a stream in pieces; returns its size and hash."""
    digest, size = hashlib.sha256(), 0
    while piece := reading.read(CHUNK):
        digest.update(piece)
        size += len(piece)
        writing.write(piece)
    return Part(size, digest.hexdigest())


def _manifest(file: zipfile.ZipFile) -> dict[str, Any]:
    if file.getinfo(MANIFEST).file_size > MOST_MANIFEST_BYTES:
        raise ValueError("the manifest is too large")
    manifest: dict[str, Any] = json.loads(file.read(MANIFEST))
    if manifest["format"] != FORMAT:
        raise Refusal(None, f"The backup has format {manifest['format']}; this program knows {FORMAT}.")
    if lacking := {"made_at", "database", "revision", "counts", "parts"} - set(manifest):
        raise ValueError(f"the manifest lacks {sorted(lacking)[0]}")
    if crooked := [name for name in ("counts", "parts", "audit") if not isinstance(manifest.get(name, {}), dict)]:
        raise ValueError(f"the manifest's {crooked[0]} cannot be read")
    return manifest


def _check_names(there: set[str], wanted: set[str]) -> None:
    if strange := sorted(name for name in there | wanted if not PART.fullmatch(name)):
        raise Refusal(None, f"The backup holds a part that does not belong in it: {strange[0][:80]}")
    if missing := sorted(wanted - there):
        raise Refusal(None, f"The backup lacks a part: {missing[0]}")
    if unnamed := sorted(there - wanted):
        raise Refusal(None, f"The backup holds a part its manifest does not name: {unnamed[0]}")


def _unpack(file: zipfile.ZipFile, name: str, part: Part, folder: Path) -> None:
    target = folder / name
    target.parent.mkdir(exist_ok=True, mode=0o700)
    with file.open(name) as reading, target.open("wb") as writing:
        if file.getinfo(name).file_size != part.size or copied(reading, writing) != part:
            raise Refusal(None, f"A part of the backup was changed or damaged: {name}")
        writing.flush()
        os.fsync(writing.fileno())
