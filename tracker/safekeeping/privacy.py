"""Safekeeping: the data folder and what lies in it belong to one user of the machine. POSIX; Windows has its own rights."""

import os
import stat
from pathlib import Path

OTHERS = stat.S_IRWXG | stat.S_IRWXO
OURS = (
    "secret.key",
    "tracker.db",
    "files",
    "before-restore-",
    ".restore-",
    ".gitkeep",
)  # beginnings of the names of what is ours


def be_private() -> None:
    """What this process writes from here on is for its user alone."""
    if os.name == "posix":
        os.umask(0o077)


def close_to_others(folder: Path) -> None:
    """Take from everybody else what an earlier version, or a hand, left open.

    The folder itself only while nothing but ours lies in it: somebody may have named /var/lib, or their home.
    """
    if os.name != "posix" or not folder.is_dir():
        return
    entries = list(folder.iterdir())
    wanted = [entry for entry in entries if entry.name.startswith(OURS) and not entry.is_symlink()]
    if len(wanted) == len(entries):
        wanted.append(folder)
    for path in wanted:
        status = path.lstat()
        if status.st_uid == os.geteuid() and status.st_mode & OTHERS:
            path.chmod(stat.S_IMODE(status.st_mode) & ~OTHERS)


def open_to_others(folder: Path) -> list[Path]:
    """What of it other users of the machine could reach: the folder, and the database, key and store in it."""
    if os.name != "posix" or not folder.is_dir():
        return []
    paths = [folder, *(entry for entry in folder.iterdir() if entry.name.startswith(OURS))]
    return [path for path in sorted(paths) if path.lstat().st_mode & OTHERS]
