"""Statements: the period, the proposed and the printed due date, amounts that cannot be, and the chain."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.conftest import Cast
from tests.factories import DAY
from tracker.clients import commands, queries
from tracker.clients.models import ProgramAccount, Statement
from tracker.clients.rules import period_ending
from tracker.platform.actor import Actor
from tracker.platform.audit import AuditEvent
from tracker.platform.db import db, transaction
from tracker.platform.errors import Refusal

ActorNamed = Callable[[str], Actor]


def add(actor: Actor, cast: Cast, **over: Any) -> Statement:
    values = {
        "period_start": date(2026, 9, 18), "period_end": date(2026, 10, 17),
        "charges_amount": Decimal("100.00"), "total_amount": Decimal("100.00"),
    }  # fmt: skip
    account = db.session.get_one(ProgramAccount, cast.account_a)
    with transaction():
        return commands.add_statement(actor, account=account, today=DAY, **{**values, **over})


def test_due_date_is_proposed_and_the_printed_one_wins(inside: Flask, cast: Cast, actor_named: ActorNamed) -> None:
    assert add(actor_named("colin"), cast).due_on == date(2026, 10, 30)  # ten weekdays after Saturday 17 October
    august = {"period_start": date(2026, 7, 18), "period_end": date(2026, 8, 17)}
    assert add(actor_named("colin"), cast, **august, due_on=date(2026, 9, 3)).due_on == date(2026, 9, 3)


@pytest.mark.parametrize(
    ("field", "over"),
    [
        ("period_start", {"period_start": date(2026, 9, 17)}),
        ("period_end", {"period_end": date(2026, 10, 18)}),
        ("period_end", {"period_start": date(2026, 11, 18), "period_end": date(2026, 12, 17)}),
        ("charges_amount", {"charges_amount": Decimal("-0.01")}),
        ("charges_amount", {"charges_amount": Decimal("1.005")}),
        ("due_on", {"due_on": date(2026, 10, 17)}),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    inside: Flask, cast: Cast, actor_named: ActorNamed, field: str, over: dict[str, Any]
) -> None:
    with pytest.raises(Refusal) as caught:
        add(actor_named("colin"), cast, **over)
    assert caught.value.field == field
    assert queries.statements_for([cast.account_a]) == {}


def test_same_period_twice_is_refused_and_a_deleted_one_may_come_again(
    inside: Flask, cast: Cast, actor_named: ActorNamed
) -> None:
    row = add(actor_named("colin"), cast)
    with pytest.raises(Refusal):
        add(actor_named("colin"), cast)
    with transaction():
        commands.delete_statement(actor_named("colin"), statement=row, version=row.version)
    add(actor_named("colin"), cast)


def test_chain_names_what_nobody_accounts_for(inside: Flask, cast: Cast, actor_named: ActorNamed) -> None:
    add(actor_named("colin"), cast)
    november = {"period_start": date(2026, 10, 18), "period_end": date(2026, 11, 17)}
    add(actor_named("colin"), cast, **november, opening_amount=Decimal("90.00"), total_amount=Decimal("190.00"))
    rows = queries.statements_for([cast.account_a])[cast.account_a]
    assert queries.unexplained_of(rows) == {date(2026, 11, 17): Decimal("-10.00")}


PARTS = {"duties_amount": "40.00", "excise_amount": "10.00", "sima_amount": "0.00", "gst_amount": "50.00"}


def edit(actor: Actor, row: Statement, **over: Any) -> Statement:
    values = {
        "period_start": row.period_start, "period_end": row.period_end,
        "charges_amount": row.charges_amount, "total_amount": row.total_amount,
    }  # fmt: skip
    with transaction():
        return commands.edit_statement(actor, statement=row, version=row.version, today=DAY, **{**values, **over})


def test_an_edit_leaves_what_it_is_not_told(inside: Flask, cast: Cast, actor_named: ActorNamed) -> None:
    parts = {key: Decimal(value) for key, value in PARTS.items()}
    lines = {"opening_amount": Decimal("20.00"), "payments_amount": Decimal("20.00"), "due_on": date(2026, 11, 2)}
    row = add(actor_named("colin"), cast, **parts, **lines)
    edit(actor_named("colin"), row, paid_on=date(2026, 11, 2))
    db.session.refresh(row)
    stands = {key: getattr(row, key) for key in (*parts, *lines)}
    assert stands == {**parts, **lines} and row.paid_on == date(2026, 11, 2)


def test_an_edit_empties_what_is_sent_empty(inside: Flask, cast: Cast, actor_named: ActorNamed) -> None:
    row = add(actor_named("colin"), cast, gst_amount=Decimal("50.00"), due_on=date(2026, 11, 2))
    edit(actor_named("colin"), row, gst_amount=None, due_on=None)
    assert row.gst_amount is None
    assert row.due_on == date(2026, 10, 30), "an emptied due date is proposed again"


def month(ended: date, **over: Any) -> dict[str, Any]:
    period = period_ending(ended)
    return {"period_start": period.release_from, "period_end": period.release_to, **over}


def explained(actor: Actor, statement: Statement) -> None:
    with transaction():
        commands.explain_gap(actor, statement=statement, version=statement.version, reason="CBSA waived 5.00")


def test_a_reason_stands_for_the_amount_it_was_given_for(inside: Flask, cast: Cast, actor_named: ActorNamed) -> None:
    colin = actor_named("colin")
    row = add(colin, cast, total_amount=Decimal("95.00"))
    explained(colin, row)
    same = month(row.period_end, charges_amount=Decimal("100.00"), today=DAY)
    with transaction():
        commands.edit_statement(
            colin, statement=row, version=row.version, total_amount=Decimal("95.00"), paid_on=DAY, **same
        )
    assert row.gap_reason == "CBSA waived 5.00"  # still of the same 5.00
    with transaction():
        commands.edit_statement(colin, statement=row, version=row.version, total_amount=Decimal("900.00"), **same)
    assert (row.gap_reason, row.gap_explained_by) == (None, None)


@pytest.mark.parametrize("change", ["edited", "deleted", "added"])
def test_a_reason_goes_when_the_month_before_leaves_another_amount(
    inside: Flask, cast: Cast, actor_named: ActorNamed, change: str
) -> None:
    colin = actor_named("colin")
    before = month(date(2026, 9, 17))
    first = add(colin, cast, **before) if change != "added" else None
    row = add(colin, cast, opening_amount=Decimal("95.00"), total_amount=Decimal("190.00"))  # 5.00 of its own
    explained(colin, row)
    with transaction():
        if first is None:
            account = db.session.get_one(ProgramAccount, cast.account_a)
            figures = {"charges_amount": Decimal("100.00"), "total_amount": Decimal("100.00")}
            commands.add_statement(colin, account=account, today=DAY, **before, **figures)
        elif change == "deleted":
            commands.delete_statement(colin, statement=first, version=first.version)
        else:
            commands.edit_statement(
                colin, statement=first, version=first.version, today=DAY,
                charges_amount=Decimal("500.00"), total_amount=Decimal("500.00"), **before,
            )  # fmt: skip
    assert row.gap_reason is None


def test_what_is_deleted_can_be_typed_again_from_the_trail(inside: Flask, cast: Cast, actor_named: ActorNamed) -> None:
    """A list that came in left no figure of it there: its deletion is the one place they stand."""
    colin = actor_named("colin")
    row = add(colin, cast, opening_amount=Decimal("7.00"), gst_amount=Decimal("5.00"), due_on=date(2026, 11, 3))
    with transaction():
        commands.delete_statement(colin, statement=row, version=row.version)
    changes = db.session.scalars(select(AuditEvent).where(AuditEvent.event == "statement:deleted")).one().changes
    assert changes["opening_amount"] == ["7.00", None] and changes["gst_amount"] == ["5.00", None]
    assert changes["due_on"] == ["2026-11-03", None] and "paid_on" not in changes
