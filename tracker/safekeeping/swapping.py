"""Safekeeping: what is there makes room for what comes back. At each moment, also after a power cut, one of the two is whole."""

import errno
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tracker.platform.files import path_of, storage_root, sync_folder


@contextmanager
def kept_aside(paths: Iterable[Path], aside: Path) -> Iterator[None]:
    """Give `paths` and every stored file a second name in `aside`. If what follows fails, each goes back to its place."""
    kept = {path: aside / path.name for path in paths}
    kept |= {path: aside / "files" / path.parent.name / path.name for path in storage_root().glob("??/*")}
    if kept:
        aside.mkdir(mode=0o700)
    try:
        _name_twice(kept, aside)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)  # nothing in its place was touched yet
        raise
    try:
        yield
    except BaseException:
        _put_back(kept)
        shutil.rmtree(aside, ignore_errors=True)
        raise


def _name_twice(kept: dict[Path, Path], aside: Path) -> None:
    for path, second in kept.items():
        second.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _link(path, second)
    if kept:
        sync_folder(aside)
        sync_folder(aside.parent)


def _put_back(kept: dict[Path, Path]) -> None:
    for path, second in kept.items():
        bring(second, path)
    for path in storage_root().glob("??/*"):
        if path not in kept:
            path.unlink()


def add_files(folder: Path) -> frozenset[Path]:
    """Bring every unpacked file into the store, beside those that are there; returns where they lie now."""
    brought = {path_of(source.name): source for source in folder.glob("*")}
    for target, source in brought.items():
        target.parent.mkdir(exist_ok=True, mode=0o700)
        bring(source, target)
    for parent in {target.parent for target in brought}:
        sync_folder(parent)
    return frozenset(brought)


def drop_files_except(wanted: frozenset[Path]) -> None:
    """Take out of the store what the database that came back does not know. It still lies aside."""
    for path in storage_root().glob("??/*"):
        if path not in wanted:
            path.unlink()


def bring(source: Path, target: Path) -> None:
    """Rename `source` over `target`; from another disk, copy it first, so that `target` is never half there."""
    try:
        source.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        beside = target.with_name(f".{target.name}.restoring")
        with source.open("rb") as reading, beside.open("wb") as writing:
            shutil.copyfileobj(reading, writing)
            writing.flush()
            os.fsync(writing.fileno())
        shutil.copymode(source, beside)
        beside.replace(target)


def _link(path: Path, second: Path) -> None:
    try:
        second.hardlink_to(path)
    except OSError:  # another disk, or one that knows no second names
        shutil.copy2(path, second)
