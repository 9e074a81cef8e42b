"""The tracker command: the database, the routes, the trail, and what is unsafe."""

import platform
import sqlite3
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app

from tracker.cli.session import answer, application, refuse, say
from tracker.config import SETTINGS
from tracker.permissions import ROLE_PERMISSIONS, Permission, Role
from tracker.platform.access import Public, policies
from tracker.platform.audit import verify_chain
from tracker.platform.clock import today
from tracker.platform.db import db, transaction
from tracker.platform.errors import Refusal
from tracker.platform.schema import is_current, refresh_statistics, upgrade, wall_gaps
from tracker.readiness.keeping import refresh_all
from tracker.safekeeping.privacy import close_to_others, open_to_others
from tracker.safekeeping.sealing import BackupKey
from tracker.safekeeping.snapshots import TOOLS, find_tool

# SQLite before these releases can corrupt a WAL database under rare check-point races (safety R32).
LEAST_SECRET = 32  # characters
SOUND_SQLITE = ((3, 51, 3), (3, 50, 7), (3, 44, 6))


@click.command()
def init() -> None:
    """Create the database, or bring it up to date. Safe to repeat."""
    with application(needs_schema=False) as app:
        Path(app.config["TRACKER_DATA_DIR"]).mkdir(parents=True, exist_ok=True, mode=0o700)
        was_current = is_current()
        upgrade()
        if not was_current:
            with transaction():  # a newer schema may keep more of each standing than the older one did
                refresh_all(today())
        refresh_statistics()
        close_to_others(Path(app.config["TRACKER_DATA_DIR"]))
        say("The database is ready.")


@click.command()
@click.option("--json", "as_json", is_flag=True)
def routes(as_json: bool) -> None:
    """Every address with the permission it needs."""
    with application(needs_schema=False) as app:
        rows = route_rows(app)
    if as_json:
        answer(rows)
        return
    for row in rows:
        click.echo(f"{row['method']:5} {row['rule']:60} {row['permission']}")


def route_rows(app: Flask) -> list[dict[str, Any]]:
    """One row per (rule, method), in order of rule."""
    marks = policies(app)
    rows = []
    for rule in sorted(app.url_map.iter_rules(), key=lambda r: r.rule):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            mark = marks[rule.endpoint, method]
            rows.append(
                {
                    "rule": rule.rule,
                    "method": method,
                    "endpoint": rule.endpoint,
                    "permission": "public" if isinstance(mark, Public) else mark.value,
                    "mutating": method != "GET",
                    "params": sorted(rule.arguments),
                }
            )
    return rows


@click.command()
@click.option("--json", "as_json", is_flag=True)
def policy(as_json: bool) -> None:
    """Which role holds which permission."""
    table = {role.value: {p.value: p in ROLE_PERMISSIONS[role] for p in Permission} for role in Role}
    if as_json:
        answer(table)
        return
    for role, held in table.items():
        click.echo(f"{role}: {', '.join(name for name, has in held.items() if has)}")


@click.group("audit")
def audit_group() -> None:
    """The trail."""


@audit_group.command("verify")
@click.option("--json", "as_json", is_flag=True)
def audit_verify(as_json: bool) -> None:
    """Walk the trail's chain from the first event to the last."""
    with application():
        report = verify_chain()
    if as_json:
        answer({"events": report.events, "first_bad": report.first_bad, "ok": report.first_bad is None})
    if report.first_bad is not None:
        refuse(f"Event {report.first_bad} does not fit the chain.")
    say(f"{report.events} events, each fits the one before.")


@click.command()
@click.option("--json", "as_json", is_flag=True)
def doctor(as_json: bool) -> None:
    """What is in force, and what is unsafe."""
    with application(needs_schema=False) as app:
        gaps = _wall_gaps(Path(app.config["TRACKER_DATA_DIR"]))
        versions, shown, unsafe = _versions(), _settings(app), unsafe_settings()
        wall = "no database yet" if gaps is None else "NOT in force" if gaps else "in force"
        unsafe += [f"the second wall between clients is not in force: {gap}" for gap in gaps or ()]
        backups = _backups(str(app.config["TRACKER_BACKUP_KEY"]))
    if as_json:
        answer({"versions": versions, "settings": shown, "second_wall": wall, "backups": backups, "unsafe": unsafe})
        return
    for name, value in (*versions.items(), *shown.items(), ("second wall", wall), ("backups", backups)):
        click.echo(f"{name:24} {value}")
    for warning in unsafe:
        click.echo(f"UNSAFE  {warning}")


def _backups(key: str) -> str:
    """How backups lie: sealed, or open; and whether the half that opens them lies beside what it opens."""
    if not key:
        return "not encrypted: keep them as safe as the data, or set TRACKER_BACKUP_KEY"
    try:
        sealed = f"sealed to {BackupKey.of(key).seals}"
    except Refusal as refusal:
        return refusal.message
    return f"{sealed}; the half that opens them is set here too" if BackupKey.of(key).opens else sealed


def _wall_gaps(folder: Path) -> list[str] | None:
    """What is missing from the second wall; None as long as there is no database to look at."""
    return wall_gaps() if folder.exists() and is_current() else None


def _versions() -> dict[str, str]:
    return {
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        **{name: version(name) for name in ("flask", "sqlalchemy", "openpyxl", "xlsxwriter")},
    }


def _settings(app: Flask) -> dict[str, str]:
    shown = {}
    for setting in SETTINGS:
        key = "SQLALCHEMY_DATABASE_URI" if setting.name == "DATABASE_URL" else setting.name
        value = str(app.config.get("SECRET_KEY" if setting.name == "TRACKER_SECRET_KEY" else key, ""))
        is_secret = setting.name in {"TRACKER_SECRET_KEY", "TRACKER_BACKUP_KEY", "SMTP_URL"} or "@" in value
        shown[setting.name] = ("set" if value else "not set") if is_secret else value
    return shown


def unsafe_settings() -> list[str]:
    """What is unsafe in what is in force, one sentence each."""
    config = current_app.config
    found = []
    if len(str(config["SECRET_KEY"])) < LEAST_SECRET:
        found.append(f"TRACKER_SECRET_KEY is shorter than {LEAST_SECRET} characters")
    if not str(config["TRACKER_BASE_URL"]).startswith("https://"):
        found.append("TRACKER_BASE_URL is not https: cookies travel unprotected outside this machine")
    elif not config["TRACKER_PROXIES"]:
        found.append(
            "TRACKER_PROXIES is 0: behind a proxy everybody has one address, and fifty wrong passwords shut all out"
        )
    folder = Path(config["TRACKER_DATA_DIR"])
    if exposed := open_to_others(folder):
        found.append(f"others on this machine can reach {', '.join(map(str, exposed[:3]))}: chmod go-rwx")
    running = tuple(int(part) for part in sqlite3.sqlite_version.split("."))
    if (
        db.engine.dialect.name == "sqlite"
        and not any(running[:2] == s[:2] and running >= s for s in SOUND_SQLITE)
        and running < SOUND_SQLITE[0]
    ):
        found.append(f"SQLite {sqlite3.sqlite_version} has a known WAL fault; keep to one machine and back up often")
    if db.engine.dialect.name == "postgresql" and (lacking := [name for name in TOOLS if find_tool(name) is None]):
        found.append(f"tracker backup cannot work: {', '.join(lacking)} not installed (PostgreSQL's client programs)")
    if folder.exists() and not is_current():
        found.append("the database is not up to date: run tracker init")
    return found
