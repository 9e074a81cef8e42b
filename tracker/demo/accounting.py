"""The demo firm, accounting: statements are brought along, then come in month by month, and are paid."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from sqlalchemy import select

from tracker.clients import commands as clients
from tracker.clients.models import Statement
from tracker.demo.file import DECIDING, OURS, Account, File
from tracker.demo.history import Month
from tracker.demo.telling import Step
from tracker.platform.audit import record
from tracker.platform.clock import today
from tracker.platform.db import db
from tracker.rulebook.calendar import ONE_DAY

CAUGHT_UP_AGO = 75  # what came in between is brought in as one list; the last months as they come


def steps(file: File) -> Iterator[Step]:
    """What the client brings along on the first days, one list in between, and the last months one by one."""
    ago = max(file.story.joined - 1, 1)
    first, caught_up = file.day(ago), file.day(CAUGHT_UP_AGO)
    for account in file.accounts:
        brought = [month for month in account.months if _is_over(month, first)]
        between = [month for month in account.months if month not in brought and _is_over(month, caught_up)]
        if brought:
            yield _add_many(file, account, brought, ago)
        if between:
            yield _add_many(file, account, between, CAUGHT_UP_AGO)
        for month in account.months:
            if month not in brought and month not in between:
                yield from _month(file, account, month, ago)


def _is_over(month: Month, day: date) -> bool:
    return month.paid_on is not None and month.paid_on < day


def _add_many(file: File, account: Account, months: Sequence[Month], ago: int) -> Step:
    return file.step(ago, OURS, add_statements, account, months)


def add_statements(file: File, account: Account, months: Sequence[Month]) -> None:
    """Record statements as an import of a list does: rows, and one event."""
    for month in months:
        db.session.add(
            Statement(
                client_id=file.client_id,
                program_account_id=account.id,
                period_start=month.period.release_from,
                period_end=month.period.release_to,
                statement_on=month.period.soa_on,
                due_on=month.period.due_on,
                opening_amount=month.opening,
                payments_amount=month.payments,
                interest_amount=month.interest,
                charges_amount=month.charges,
                total_amount=month.total,
                duties_amount=month.duties,
                gst_amount=month.gst,
                paid_on=month.paid_on,
                paid_amount=month.total if month.paid_on else None,
            )
        )
    record(file.lead, "statements:imported", account.row, summary=account.number, changes={})


def _month(file: File, account: Account, month: Month, joined_ago: int) -> Iterator[Step]:
    """A statement comes in a day or two after it is out, and its payment is noted the day after."""
    came = min(file.ago(month.period.soa_on + timedelta(days=file.chance.randint(0, 2))), joined_ago)
    yield file.step(came, OURS, _type, account, month)
    if month.paid_on is not None:
        noted = min(file.ago(month.paid_on + ONE_DAY), came)
        yield file.step(noted, DECIDING, _note_payment, account, month)


def _type(file: File, account: Account, month: Month) -> None:
    clients.add_statement(
        file.lead,
        account=account.row,
        today=today(),
        period_start=month.period.release_from,
        period_end=month.period.release_to,
        charges_amount=month.charges,
        total_amount=month.total,
        opening_amount=month.opening,
        payments_amount=month.payments,
        interest_amount=month.interest,
        duties_amount=month.duties,
        gst_amount=month.gst,
    )


def _note_payment(file: File, account: Account, month: Month) -> None:
    query = select(Statement).where(
        Statement.program_account_id == account.id, Statement.period_end == month.period.release_to
    )
    row = db.session.scalars(query).one()
    clients.edit_statement(
        file.lead,
        statement=row,
        version=row.version,
        today=today(),
        period_start=row.period_start,
        period_end=row.period_end,
        charges_amount=row.charges_amount,
        total_amount=row.total_amount,
        opening_amount=row.opening_amount,
        payments_amount=row.payments_amount,
        interest_amount=row.interest_amount,
        duties_amount=row.duties_amount,
        gst_amount=row.gst_amount,
        paid_on=month.paid_on,
        paid_amount=row.total_amount,
    )
