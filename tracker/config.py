"""Settings: read once from the environment, nowhere else. Feature constants live in the rulebook or in the firm's own settings."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = Path(__file__).resolve().parent

KEY_FILE = "secret.key"
MOST_PROXIES = 5
UPLOAD_LIMIT_BYTES = 25 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable a firm may set, as `tracker doctor` and the documentation show it."""

    name: str
    meaning: str


SETTINGS = (
    Setting("TRACKER_DATA_DIR", "folder of the database, files and the kept secret (default instance/)"),
    Setting("DATABASE_URL", "database (default SQLite in the data folder)"),
    Setting("TRACKER_SECRET_KEY", "signing key (default: made once and kept in the data folder)"),
    Setting("TRACKER_BASE_URL", "public address, used for every link that leaves the program"),
    Setting(
        "TRACKER_PROXIES",
        "how many proxies stand before the server; their word on a visitor's address counts (default 0)",
    ),
    Setting("SMTP_URL", "mail server, smtp://user:password@host:port (default: mail waits in the outbox)"),
    Setting("TRACKER_STORAGE_URL", "where files live (default: the data folder)"),
    Setting(
        "TRACKER_BACKUP_KEY",
        "seals backups (age1…), and opens them for a restore (AGE-SECRET-KEY-…); default: backups are not sealed",
    ),
    Setting("TRACKER_LANGUAGE", "language of pages before sign-in, en or fr (default en)"),
)


def settings(overrides: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Flask configuration from the environment; `overrides` (tests, demo) win over it."""
    given = dict(overrides or {})
    data_dir = Path(given.pop("TRACKER_DATA_DIR", None) or os.environ.get("TRACKER_DATA_DIR") or ROOT / "instance")
    base_url = str(given.get("TRACKER_BASE_URL") or os.environ.get("TRACKER_BASE_URL") or "http://127.0.0.1:5000")
    is_https = urlsplit(base_url).scheme == "https"
    hosts = {urlsplit(base_url).hostname or "localhost", "localhost", "127.0.0.1", "[::1]"}
    values: dict[str, Any] = {
        "TRACKER_DATA_DIR": data_dir,
        "TRACKER_BASE_URL": base_url.rstrip("/"),
        "TRACKER_PROXIES": _proxies(os.environ.get("TRACKER_PROXIES") or "0"),
        "TRUSTED_HOSTS": sorted(hosts),
        "TRACKER_LANGUAGE": os.environ.get("TRACKER_LANGUAGE", "en"),
        "TRACKER_STORAGE_URL": os.environ.get("TRACKER_STORAGE_URL", ""),
        "TRACKER_BACKUP_KEY": os.environ.get("TRACKER_BACKUP_KEY", "").strip(),
        "SMTP_URL": os.environ.get("SMTP_URL", ""),
        "SQLALCHEMY_DATABASE_URI": _database_url(data_dir),
        "SESSION_COOKIE_NAME": "__Host-tracker" if is_https else "tracker",
        "SESSION_COOKIE_SECURE": is_https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_REFRESH_EACH_REQUEST": False,
        "SEND_FILE_MAX_AGE_DEFAULT": 31_536_000,  # a year: links carry a stamp of the content (platform/assets.py)
        "MAX_CONTENT_LENGTH": 1024 * 1024,
        "MAX_FORM_PARTS": 500,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,
        "BABEL_DEFAULT_LOCALE": "en_CA",
        "BABEL_DEFAULT_TIMEZONE": "America/Toronto",
        "ARGON2_MEMORY_KIB": 65536,
        "ARGON2_ROUNDS": 3,
        "SECRET_KEY": None,
    }
    values.update(given)
    if not values["SECRET_KEY"]:
        values["SECRET_KEY"] = os.environ.get("TRACKER_SECRET_KEY") or kept_secret(data_dir)
    return values


def _proxies(text: str) -> int:
    """How many proxies are believed. ValueError for what is no small number: believing everybody is no setting."""
    if not (text.isascii() and text.isdigit() and int(text) <= MOST_PROXIES):
        raise ValueError(f"TRACKER_PROXIES is a number from 0 to {MOST_PROXIES}, not {text!r}")
    return int(text)


def _database_url(data_dir: Path) -> str:
    url = os.environ.get("DATABASE_URL") or f"sqlite:///{data_dir.resolve() / 'tracker.db'}"
    # Hosts hand out postgres:// and postgresql://; SQLAlchemy wants the driver named.
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def kept_secret(data_dir: Path) -> str:
    """The signing key kept in the data folder, made on first use and readable by its owner only."""
    path = data_dir / KEY_FILE
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text().strip()
