"""Safekeeping: a backup sealed with the firm's key, in the age format, so that its own tool opens it without this program.

The key is a pair. What seals is no secret and is all the server needs; what opens is kept elsewhere until a restore.
"""

import os
from dataclasses import dataclass
from pathlib import Path

import pyrage
from pyrage import x25519

from tracker.platform.errors import Refusal

SEALED = b"age-encryption.org/"


@dataclass(frozen=True, slots=True)
class BackupKey:
    """The firm's key: what seals a backup, and what opens it where that half was given too."""

    seals: x25519.Recipient
    opens: x25519.Identity | None = None

    @classmethod
    def of(cls, text: str) -> "BackupKey":
        """From either half as text; Refusal when it is neither. The text itself is never repeated: it may be the secret."""
        try:
            if text.startswith("AGE-SECRET-KEY-"):
                opens = x25519.Identity.from_str(text)
                return cls(opens.to_public(), opens)
            return cls(x25519.Recipient.from_str(text))
        except (pyrage.IdentityError, pyrage.RecipientError) as error:
            raise Refusal(None, "TRACKER_BACKUP_KEY is no key. `tracker backup-key` makes one.") from error

    @classmethod
    def made(cls) -> "BackupKey":
        """A new pair."""
        opens = x25519.Identity.generate()
        return cls(opens.to_public(), opens)


def seal(source: Path, target: Path, key: BackupKey) -> None:
    """Write `source` sealed to `target`, which is there and empty, and have it on disk."""
    pyrage.encrypt_file(str(source), str(target), [key.seals])
    handle = os.open(target, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def is_sealed(source: Path) -> bool:
    """Whether a file is sealed, by its first bytes."""
    with source.open("rb") as file:
        return file.read(len(SEALED)) == SEALED


def unseal(source: Path, target: Path, key: BackupKey | None) -> None:
    """Write what a sealed backup holds to `target`. Refusal without the half that opens it, with another's, or when damaged."""
    if key is None or key.opens is None:
        raise Refusal(
            None,
            f"{source.name} is sealed. Set TRACKER_BACKUP_KEY to the half of the key that opens it (AGE-SECRET-KEY-…).",
        )
    try:
        pyrage.decrypt_file(str(source), str(target), [key.opens])
    except pyrage.DecryptError as error:
        raise Refusal(None, f"{source.name} was sealed with another key than TRACKER_BACKUP_KEY.") from error
    except OSError as error:
        raise Refusal(None, f"{source.name} is damaged, or there is no room to open it: {error}") from error
