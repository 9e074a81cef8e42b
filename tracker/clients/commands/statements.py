"""Clients, commands: monthly statements of account, typed or imported."""

from datetime import date
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from flask_babel import gettext as _
from sqlalchemy import select

from tracker.clients.commands.gap_reasons import gaps_explained_anew
from tracker.clients.enums import StatementSource
from tracker.clients.models import ProgramAccount, Statement
from tracker.clients.rules import is_billing_period, period_ending
from tracker.clients.statement_rules import IMPOSSIBLE, NEVER_NEGATIVE, impossible_days, is_paid_back
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


FIGURES = ("period_end", "charges_amount", "total_amount")
# A to E and G: a line that says nothing is zero. What F is made of and what was paid may be unknown.
LINES = tuple(
    f"{line}_amount" for line in ("opening", "corrections", "payments", "disbursements", "interest", "credits")
)


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

    Refusal on "period_start", "period_end", "statement_on", "due_on", "paid_on" or the amount that cannot be.
    """
    _check_period(period_start, period_end, today)
    if _same_period(account, period_end) is not None:
        raise Refusal("period_end", _("There is already a statement of this account for this period."))
    row = Statement(id=new_id(), client_id=account.client_id, program_account_id=account.id, source=source)
    _apply(row, today, period_start, period_end, charges_amount, total_amount, lines)
    with gaps_explained_anew(actor, [account.id]):
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
    """Correct a statement: what `lines` leaves out stays as it is. Stale when someone else saved first; refusals as `add_statement`."""
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
    with gaps_explained_anew(actor, [statement.program_account_id]):
        _apply(statement, today, period_start, period_end, charges_amount, total_amount, lines)
        record(actor, "statement:edited", statement)
    return statement


def delete_statement(actor: Actor, *, statement: Statement, version: int) -> None:
    """Remove a statement that was typed in error; its figures stay in the trail. Stale when it was saved meanwhile."""
    check_version(statement, version)
    told = {name: getattr(statement, name) for name in (*FIGURES, *StatementDetails.__annotations__)}
    gone = {name: [value, None] for name, value in told.items() if value is not None}
    with gaps_explained_anew(actor, [statement.program_account_id]):
        record(actor, "statement:deleted", statement, changes=gone)
        db.session.delete(statement)


def _same_period(account: ProgramAccount, period_end: date) -> Statement | None:
    return db.session.scalar(
        select(Statement).where(Statement.program_account_id == account.id, Statement.period_end == period_end)
    )


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
    today: date,
    period_start: date,
    period_end: date,
    charges_amount: Decimal,
    total_amount: Decimal,
    lines: StatementDetails,
) -> None:
    """Write the statement's figures. What `lines` does not name stays as it is; what it names with None is emptied."""
    proposed = period_ending(period_end)
    told: dict[str, Any] = {**{name: getattr(row, name) for name in StatementDetails.__annotations__}, **lines}
    statement_on, due_on = told["statement_on"] or proposed.soa_on, told["due_on"] or proposed.due_on
    paid_on, paid_amount = told["paid_on"], told["paid_amount"]
    for field, reason in impossible_days(proposed, today, statement_on=statement_on, due_on=due_on, paid_on=paid_on):
        raise Refusal(field, IMPOSSIBLE[reason].in_(language()))
    amounts = {name: value for name, value in told.items() if name.endswith("_amount")}
    amounts |= {name: ZERO for name in LINES if amounts[name] is None}
    amounts |= {"charges_amount": charges_amount, "total_amount": total_amount}
    for name, value in amounts.items():
        _check_amount(name, value)
    if paid_amount is not None and paid_amount < 0 and not is_paid_back(amounts):
        raise Refusal("paid_amount", IMPOSSIBLE["paid_below_zero"].in_(language()))
    days = {"period_start": period_start, "period_end": period_end, "statement_on": statement_on, "due_on": due_on}
    for name, value in {**days, "paid_on": paid_on, **amounts}.items():
        setattr(row, name, value)


def _check_amount(field: str, amount: Decimal | None) -> None:
    if amount is None:
        return
    if amount != to_cents(amount):
        raise Refusal(field, _("An amount has at most two decimals."))
    if amount < 0 and field in NEVER_NEGATIVE:
        raise Refusal(field, _("This amount cannot be negative."))
