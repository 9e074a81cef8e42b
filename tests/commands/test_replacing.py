"""One bond in place of others: which it replaces unless somebody says so, from which day, and what it has to cover then."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from flask import Flask

from tests.conftest import Cast
from tests.factories import make_allocation, make_instrument, make_statement
from tracker.clients.models import Client, ProgramAccount
from tracker.guarantees.account_cover import AccountCover
from tracker.guarantees.cover import covers
from tracker.guarantees.enums import InstrumentKind, InstrumentState
from tracker.guarantees.outlook import outlook
from tracker.guarantees.replacing import counts_from, needs_of, replaceable, to_replace
from tracker.platform.db import db
from tracker.rulebook.book import rules_at

TODAY = date(2026, 11, 23)
SOON, LATER = date(2027, 1, 31), date(2028, 6, 30)


@pytest.fixture
def account(inside: Flask, cast: Cast) -> ProgramAccount:
    """An account that needs 50,000.00."""
    row = db.session.get_one(ProgramAccount, cast.account_a)
    make_statement(row, period_end=date(2026, 7, 17), charges_amount=Decimal(100_000))
    return row


def bond(account: ProgramAccount, amount: int, until: date | None, **over: object) -> UUID:
    values = {"state": InstrumentState.POSTED, "valid_from": date(2026, 1, 1), **over}
    row = make_instrument(
        db.session.get_one(Client, account.client_id), amount=Decimal(amount), valid_until=until, **values
    )
    make_allocation(row, account, amount=Decimal(amount))
    key: UUID = row.id
    return key


def seen(account: ProgramAccount) -> list[AccountCover]:
    return covers(rules_at(TODAY), client_ids=[account.client_id], as_of=TODAY)


def test_what_ends_next_is_replaced_from_the_day_after(account: ProgramAccount) -> None:
    first, second, last = bond(account, 30_000, SOON), bond(account, 10_000, SOON), bond(account, 20_000, LATER)
    found = seen(account)
    assert [one.id for one in replaceable(found)][-1] == last
    assert to_replace(found, TODAY) == {first, second}
    assert counts_from(found, {first, second}, TODAY) == date(2027, 2, 1)
    assert counts_from(found, {last}, TODAY) == date(2028, 7, 1)
    needs = needs_of([outlook(cover, rules_at(TODAY)) for cover in found], TODAY, {first})
    assert [need.amount for need in needs] == [Decimal("20000.00")]  # 50,000.00 less the two that stay


@pytest.mark.parametrize(
    ("amount", "until", "is_replaced"),
    [
        (60_000, LATER, True),  # covered: the bond asked for can only be another one
        (60_000, None, False),  # continuous: nothing ends
        (60_000, date(2029, 6, 30), False),  # further than anything is foretold
        (30_000, LATER, False),  # short today: one more
        (30_000, SOON, True),  # short, and it ends soon
    ],
)
def test_nothing_is_replaced_where_one_more_is_meant(
    account: ProgramAccount, amount: int, until: date | None, is_replaced: bool
) -> None:
    key = bond(account, amount, until)
    found = seen(account)
    assert to_replace(found, TODAY) == ({key} if is_replaced else set())
    assert counts_from(found, set(), TODAY) == TODAY


def test_only_what_counts_can_be_replaced(account: ProgramAccount) -> None:
    bond(account, 60_000, LATER, state=InstrumentState.QUOTE)
    bond(account, 60_000, date(2026, 11, 1))
    bond(account, 60_000, LATER, kind=InstrumentKind.CASH_DEPOSIT)
    assert replaceable(seen(account)) == []
