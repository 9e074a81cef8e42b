"""Accounts, passwords: Argon2id, one verification for known and unknown people alike."""

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app
from flask_babel import gettext as _

from tracker.accounts.guessing import is_easy_to_guess
from tracker.platform.errors import Refusal

MIN_LENGTH = 12
MAX_LENGTH = 200


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


def check_password(password: str, *, email: str, name: str, firm: str) -> None:
    """Refusal on the field "password" when it is too short, too long, easy to guess, or the person's or the firm's name."""
    if len(password) < MIN_LENGTH:
        raise Refusal("password", _("At least 12 characters. A few words in a row are easy to remember."))
    if len(password) > MAX_LENGTH:
        raise Refusal("password", _("At most 200 characters."))
    if is_easy_to_guess(password):
        raise Refusal("password", _("Too easy to guess. Choose another one."))
    folded = password.casefold()
    own_words = [word for word in (email.split("@")[0], *name.split()) if len(word) >= 5]
    is_begun_by_name = any(folded.startswith(w.casefold()) and len(folded) - len(w) < 6 for w in own_words)
    if is_begun_by_name or is_easy_to_guess(password, own_words=[email, email.split("@")[0], name, firm]):
        raise Refusal("password", _("Too close to your own name or the firm's. Choose another one."))
