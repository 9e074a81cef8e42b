"""An instrument that may be a slip of the hand is saved, and says what to look at again."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from uuid import UUID

import pytest
from flask import Flask

from tests.conftest import Cast
from tests.factories import as_firm, ident, make_allocation, make_instrument, make_statement
from tests.visitor import Visitor
from tracker.clients.models import Client, ProgramAccount
from tracker.guarantees.enums import InstrumentKind, InstrumentState
from tracker.platform.clock import today
from tracker.platform.db import db
from tracker.platform.money import format_money
from tracker.rulebook.book import rules_at

ADDED, ADDED_FR = "their shares are added; make sure it is not entered twice", "leurs parts s'additionnent"
ABOVE, ABOVE_FR = "Check the amount.", "Vérifiez le montant."
Visit = Callable[..., Visitor]


def recorded(app: Flask, cast: Cast, **over: object) -> UUID:
    """An instrument of client A, whole on its account."""
    with app.app_context():
        as_firm()
        account = db.session.get_one(ProgramAccount, cast.account_a)
        row = make_instrument(db.session.get_one(Client, cast.client_a), **over)
        make_allocation(row, account)
        return ident(row)


def shown(visitor: Visitor, path: str, language: str = "en") -> str:
    visitor.post("/language", {"language": language})
    return unescape(visitor.get(path).text)


@pytest.fixture
def bond(app: Flask, cast: Cast) -> UUID:
    with app.app_context():
        as_firm()
        make_statement(db.session.get_one(ProgramAccount, cast.account_a))
    return recorded(app, cast)


@pytest.mark.parametrize(
    ("over", "is_said"),
    [
        ({"number": "B-1002"}, True),
        ({"number": None}, True),
        ({"number": "B-1002", "state": InstrumentState.QUOTE}, False),
        ({"number": "B-1002", "state": InstrumentState.ENDED}, False),
        ({"number": "B-1002", "valid_until": date(2026, 1, 31)}, False),  # past: nothing is added any more
        ({"number": "D-1", "kind": InstrumentKind.CASH_DEPOSIT}, False),  # counts nothing on this account
    ],
)
def test_another_instrument_over_the_same_days_is_said(
    app: Flask, cast: Cast, visit: Visit, bond: UUID, over: dict[str, object], is_said: bool
) -> None:
    other = recorded(app, cast, **over)
    for key in (bond, other):
        assert (ADDED in shown(visit("colin"), f"/instruments/{key}")) is is_said
        assert (ADDED_FR in shown(visit("colin"), f"/instruments/{key}", "fr")) is is_said


def test_a_share_above_the_cap_of_its_form_is_said(app: Flask, cast: Cast, visit: Visit) -> None:
    cap = rules_at(today()).fact("rpp.cap_per_rm").value
    assert isinstance(cap, Decimal)
    at_cap = recorded(app, cast, amount=cap)
    assert ABOVE not in shown(visit("colin"), f"/instruments/{at_cap}")
    above = recorded(app, cast, amount=cap + 1, number="B-2", state=InstrumentState.ISSUED)
    html = shown(visit("colin"), f"/instruments/{above}")
    assert ABOVE in html and format_money(cap + 1, "en") in html
    assert ABOVE_FR in shown(visit("colin"), f"/instruments/{above}", "fr")
    deposit = recorded(app, cast, amount=cap + 1, number="D-1", kind=InstrumentKind.CASH_DEPOSIT)
    assert ABOVE not in shown(visit("colin"), f"/instruments/{deposit}")  # whether the cap holds for cash is contested


def test_saving_is_not_refused_and_says_it_at_once(cast: Cast, visit: Visit, bond: UUID) -> None:
    colin = visit("colin")
    start = today() - timedelta(days=5)
    sent = {"kind": "surety_bond", "number": "B-77", "amount": "20,000,000.00", "valid_from": start.isoformat()}
    answer = colin.post(f"/clients/{cast.client_a}/instruments/new", {**sent, "state": "posted", "once": "one"})
    assert answer.status_code == 303
    html = unescape(colin.get(answer.location).text)
    assert "Recorded." in html and ADDED in html and ABOVE in html and "B-1001" in html
    assert ADDED not in shown(colin, answer.location)
