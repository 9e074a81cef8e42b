"""The tracker command's table of contents."""

import click

from tracker.cli.daily import outbox_group, remind
from tracker.cli.data import audit_group, doctor, init, policy, routes
from tracker.cli.demo import demo
from tracker.cli.imports import import_group
from tracker.cli.keeping import backup, backup_key, restore, verify
from tracker.cli.people import user
from tracker.cli.reporting import report
from tracker.cli.rules import rules
from tracker.cli.security import security, statements_group
from tracker.cli.serving import serve
from tracker.safekeeping.privacy import be_private


@click.group()
def main() -> None:
    """Engagement tracker for customs consulting firms."""
    be_private()


for command in (
    *(init, demo, serve, user, import_group, report, rules, security, statements_group),
    *(remind, outbox_group, routes, policy, doctor, backup, backup_key, restore, verify, audit_group),
):
    main.add_command(command)
