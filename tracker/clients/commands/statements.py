"""Clients, commands: monthly statements of account, typed or imported."""

from datetime import date
from decimal import Decimal
from typing import TypedDict, Unpack

from flask_babel import gettext as _
from sqlalchemy import select

from tracker.clients.enums import StatementSource
from tracker.clients.models import ProgramAccount, Statement
from tracker.clients.rules import is_billing_period, period_ending
from tracker.clients.statement_rules import NEVER_NEGATIVE
from tracker.platform.actor import Actor
from tracker.platform.audit import record
from tracker.platform.days import spoken
from tracker.platform.db import db
from tracker.platform.edge import check_version
from tracker.platform.errors import Refusal
from tracker.platform.languages import language
from tracker.platform.money import ZERO, to_cents
from tracker.platform.tenancy import new_id


class StatementDetails(TypedDict, total=False):
    """The lines of a statement besides its period, F and H. CAD."""

    statement_on: date | None
    due_on: date | None
    opening_amount: Decimal | None
    corrections_amount: Decimal | None
    payments_amount: Decimal | None
    disbursements_amount: Decimal | None
    interest_amount: Decimal | None
    credits_amount: Decimal | None
    duties_amount: Decimal | None
    excise_amount: Decimal | None
    sima_amount: Decimal | None
    gst_amount: Decimal | None
    paid_on: date | None
    paid_amount: Decimal | None


LINES = ("opening", "corrections", "payments", "disbursements", "interest", "credits")
BREAKDOWN = ("duties", "excise", "sima", "gst")


def add_statement(
    actor: Actor,
    *,
    account: ProgramAccount,
    today: date,
    period_start: date,
    period_end: date,
    charges_amount: Decimal,
    total_amount: Decimal,
    source: StatementSource = StatementSource.TYPED,
    **lines: Unpack[StatementDetails],
) -> Statement:
    """Record a month's statement, A to H in CAD. Statement and due dates left out are proposed (SOR/86-1062 s. 10.1).

    Refusal on "period_start", "period_end", "statement_on", "due_on" or the amount that cannot be.
    """
    _check_period(period_start, period_end, today)
    if _same_period(account, period_end) is not None:
        raise Refusal("period_end", _("There is already a statement of this account for this period."))
    row = Statement(id=new_id(), client_id=account.client_id, program_account_id=account.id, source=source)
    _apply(row, period_start, period_end, charges_amount, total_amount, lines)
    db.session.add(row)
    record(actor, "statement:added", row)
    db.session.flush()
    return row


def edit_statement(
    actor: Actor,
    *,
    statement: Statement,
    version: int,
    today: date,
    period_start: date,
    period_end: date,
    charges_amount: Decimal,
    total_amount: Decimal,
    **lines: Unpack[StatementDetails],
) -> Statement:
    """Correct a statement. Stale when someone else saved first; refusals as `add_statement`."""
    check_version(statement, version)
    _check_period(period_start, period_end, today)
    twin = db.session.scalar(
        select(Statement.id).where(
            Statement.program_account_id == statement.program_account_id,
            Statement.period_end == period_end,
            Statement.id != statement.id,
        )
    )
    if twin is not None:
        raise Refusal("period_end", _("There is already a statement of this account for this period."))
    _apply(statement, period_start, period_end, charges_amount, total_amount, lines)
    record(actor, "statement:edited", statement)
    return statement


def delete_statement(actor: Actor, *, statement: Statement, version: int) -> None:
    """Remove a statement that was typed in error; its figures stay in the trail. Stale when it was saved meanwhile."""
    check_version(statement, version)
    gone = {"period_end": [statement.period_end, None], "charges_amount": [statement.charges_amount, None]}
    gone["total_amount"] = [statement.total_amount, None]
    record(actor, "statement:deleted", statement, changes=gone)
    db.session.delete(statement)


def _same_period(account: ProgramAccount, period_end: date) -> Statement | None:
    return db.session.scalar(
        select(Statement).where(Statement.program_account_id == account.id, Statement.period_end == period_end)
    )


def explain_gap(actor: Actor, *, statement: Statement, version: int, reason: str) -> Statement:
    """Note why a statement does not add up, once somebody knows. The amount itself stays as CBSA printed it."""
    check_version(statement, version)
    if not reason.strip():
        raise Refusal("reason", _("Say what it is: who found out, and where it shows."))
    statement.gap_reason, statement.gap_explained_by = reason.strip(), actor.name
    record(actor, "statement:explained", statement)
    return statement


def _check_period(period_start: date, period_end: date, today: date) -> None:
    if period_end >= today:  # its 17th has to be over
        raise Refusal("period_end", _("This period has not ended yet."))
    if not is_billing_period(period_start, period_end):
        proposed = period_ending(period_end)
        raise Refusal(
            "period_start" if period_end == proposed.release_to else "period_end",
            _(
                "A billing period runs from the 18th to the 17th: here from %(start)s to %(end)s.",
                start=spoken(proposed.release_from, language()),
                end=spoken(proposed.release_to, language()),
            ),
        )


def _apply(
    row: Statement,
    period_start: date,
    period_end: date,
    charges_amount: Decimal,
    total_amount: Decimal,
    lines: StatementDetails,
) -> None:
    proposed = period_ending(period_end)
    row.period_start, row.period_end = period_start, period_end
    row.statement_on = lines.get("statement_on") or proposed.soa_on
    row.due_on = lines.get("due_on") or proposed.due_on
    if row.statement_on <= period_end:
        raise Refusal("statement_on", _("The statement comes after its period has ended."))
    if row.due_on <= period_end:
        raise Refusal("due_on", _("The payment is due after the period has ended."))
    row.charges_amount = _checked("charges_amount", charges_amount)
    row.total_amount = _checked("total_amount", total_amount)
    amounts: dict[str, Decimal | None] = {key: value for key, value in lines.items() if key.endswith("_amount")}  # type: ignore[misc]
    for name in (f"{line}_amount" for line in LINES):
        setattr(row, name, _checked(name, amounts.get(name) or ZERO))
    for name in (*(f"{part}_amount" for part in BREAKDOWN), "paid_amount"):
        value = amounts.get(name)
        setattr(row, name, None if value is None else _checked(name, value))
    row.paid_on = lines.get("paid_on")


def _checked(field: str, amount: Decimal) -> Decimal:
    if amount != to_cents(amount):
        raise Refusal(field, _("An amount has at most two decimals."))
    if amount < 0 and field in NEVER_NEGATIVE:
        raise Refusal(field, _("This amount cannot be negative."))
    return amount
