"""The tracker command: `tracker remind`, the daily job, and `tracker outbox send`."""

import click

from tracker.cli.session import application, refuse, say
from tracker.documents import commands as documents
from tracker.notifications.sending import send_waiting
from tracker.platform.actor import SYSTEM
from tracker.platform.clock import today
from tracker.platform.db import transaction
from tracker.platform.schema import refresh_statistics
from tracker.readiness.keeping import refresh_all
from tracker.readiness.remembering import remember
from tracker.renewals import commands as renewals


@click.command()
@click.option("--dry-run", is_flag=True, help="say what would be done, change nothing")
def remind(dry_run: bool) -> None:
    """The daily job: documents run out, standings are worked out for the new day, renewals open themselves or take
    up again the step they lack, and the day is recorded, so that the month-end workbook can lay it beside a later one."""
    with application():
        if dry_run:
            say(
                "Documents past their date would expire, all standings be worked out again, renewals open themselves or take up a step "
                "again, and the day be recorded."
            )
            return
        with transaction():
            expired = documents.expire_requests(SYSTEM, day=today())
        with transaction():
            count = refresh_all(today())
        with transaction():
            opened = renewals.open_due(SYSTEM, today=today())
            again = renewals.take_up_again(SYSTEM, today=today())
        with transaction():
            recorded = remember(today())
        refresh_statistics()
    say(
        f"{expired} documents ran out; {count} standings worked out; {opened} renewals opened themselves, "
        f"{again} steps of those still short were added again; "
        f"{recorded} clients recorded."
    )


@click.group("outbox")
def outbox_group() -> None:
    """Mail that waits."""


@outbox_group.command("send")
def send() -> None:
    """Send what waits in the outbox."""
    with application() as app:
        if not app.config["SMTP_URL"]:
            refuse("SMTP_URL is not set: mail stays in the outbox.")
        done = send_waiting(app.config["SMTP_URL"])
    say(f"{done.sent} sent, {done.failed} refused, {done.waiting} waiting.")
