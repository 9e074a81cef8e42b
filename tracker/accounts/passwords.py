"""Accounts, passwords: Argon2id, one verification for known and unknown people alike."""

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app
from flask_babel import gettext as _

from tracker.platform.errors import Refusal

MIN_LENGTH = 12
MAX_LENGTH = 200

# A few of the most tried passwords of twelve characters and more; a word list would be another dependency.
TOO_COMMON = frozenset(
    {
        "123456789012", "1234567890123", "password1234", "passwordpassword", "qwertyuiop12", "qwertyuiopas",
        "motdepasse123", "motdepasse12", "administrator", "letmeinletmein", "iloveyou1234", "000000000000",
        "111111111111", "welcome12345", "changeme1234", "azertyuiop12",
    }
)  # fmt: skip


@lru_cache(maxsize=4)
def _hasher(memory_kib: int, rounds: int) -> PasswordHasher:
    return PasswordHasher(time_cost=rounds, memory_cost=memory_kib, parallelism=2)


def hasher() -> PasswordHasher:
    """The hasher with the configured cost (cheaper in tests only)."""
    return _hasher(current_app.config["ARGON2_MEMORY_KIB"], current_app.config["ARGON2_ROUNDS"])


@lru_cache(maxsize=4)
def _dummy(memory_kib: int, rounds: int) -> str:
    return _hasher(memory_kib, rounds).hash("nobody has this password")


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password fits. Takes the same time when there is no such person."""
    config = current_app.config
    known = password_hash or _dummy(config["ARGON2_MEMORY_KIB"], config["ARGON2_ROUNDS"])
    try:
        hasher().verify(known, password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def check_password(password: str, *, email: str, name: str) -> None:
    """Refusal on the field "password" when it is too short, too long, too common, or made of the person's own name."""
    if len(password) < MIN_LENGTH:
        raise Refusal("password", _("At least 12 characters. A few words in a row are easy to remember."))
    if len(password) > MAX_LENGTH:
        raise Refusal("password", _("At most 200 characters."))
    folded = password.casefold()
    own_words = [word for word in (email.split("@")[0], *name.split()) if len(word) >= 5]
    if folded in TOO_COMMON or len(set(folded)) < 4:
        raise Refusal("password", _("Too easy to guess. Choose another one."))
    if any(folded.startswith(word.casefold()) and len(folded) - len(word) < 6 for word in own_words):
        raise Refusal("password", _("Too close to your own name. Choose another one."))
