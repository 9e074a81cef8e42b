"""Assessments, seen: what a person saw of each answer when their page was drawn, carried in one form field. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Protocol

SHORT = 10


class Saved(Protocol):
    """An answer as the database keeps it."""

    value: Any
    not_applicable_reason: str | None
    version: int


@dataclass(frozen=True, slots=True)
class Seen:
    """The version of an answer a page showed (0 = none) and the fingerprint of its content."""

    version: int
    fingerprint: str


def fingerprint(value: Any, reason: str | None) -> str:
    """A short mark of an answer's content; blank answers share one."""
    if reason is None and value in (None, "", []):
        return ""
    written = json.dumps([value, reason], sort_keys=True, ensure_ascii=False)
    return sha256(written.encode()).hexdigest()[:SHORT]


def seen_of(row: Saved | None) -> Seen:
    """What there is to see of a saved answer."""
    return Seen(0, "") if row is None else Seen(row.version, fingerprint(row.value, row.not_applicable_reason))


def write_seen(seen: Mapping[str, Seen]) -> str:
    """The token: `question:version:fingerprint`, separated by commas."""
    return ",".join(f"{key}:{one.version}:{one.fingerprint}" for key, one in seen.items())


def read_seen(token: str) -> dict[str, Seen]:
    """What a token says; parts that are not of that shape are left out."""
    found = {}
    for part in token.split(",")[:500]:
        key, _colon, rest = part.partition(":")
        version, _colon, mark = rest.partition(":")
        if key and version.isdecimal() and len(version) < 10:
            found[key] = Seen(int(version), mark)
    return found
