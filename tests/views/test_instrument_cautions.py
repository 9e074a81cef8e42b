"""An instrument that may be a slip of the hand is saved, and says what to look at again."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from uuid import UUID

import pytest
from flask import Flask

from tests.conftest import Cast
from tests.factories import as_firm, ident, make_account, make_allocation, make_instrument, make_statement
from tests.visitor import Visitor
from tracker.clients.models import Client, ProgramAccount
from tracker.guarantees.enums import InstrumentKind, InstrumentState
from tracker.guarantees.queries import shares_of
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


def test_a_share_on_a_closed_account_is_shown_and_kept(app: Flask, visit: Visit, cast: Cast) -> None:
    """The form of the open accounts alone would take it off with the next correction, unseen."""
    with app.app_context():
        as_firm()
        client = db.session.get_one(Client, cast.client_a)
        closed = make_account(client, number=f"{client.bn9}RM0002", is_closed=True)
        row = make_instrument(client)
        make_allocation(row, db.session.get_one(ProgramAccount, cast.account_a), Decimal(20_000))
        make_allocation(row, closed, Decimal(10_000))
        db.session.refresh(row)
        path, version, field = f"/instruments/{row.id}", str(row.version), f"share_{closed.id}"
        instrument_id, mine = ident(row), f"share_{cast.account_a}"
    colin = visit("colin")
    assert re.search(rf'name="{field}"[^>]*value="10,?000\.00"', shown(colin, path))
    assert "Ce compte est fermé" in shown(colin, path, "fr")
    values = {"amount": "42100.00", "number": "B-2", "valid_from": "2026-01-01", "version": version, mine: "20000"}
    assert colin.post(path, {**values, field: "10000"}).status_code == 303
    with app.app_context():
        as_firm()
        assert sorted(shares_of(instrument_id).values()) == [10_000, 20_000]


@pytest.mark.parametrize(("valid_until", "is_said"), [("", True), ("2027-12-31", False)])
def test_a_withdrawn_notice_leaves_its_end_and_says_so(
    app: Flask, visit: Visit, cast: Cast, valid_until: str, is_said: bool
) -> None:
    """The end the notice brought stands until somebody corrects it, and a renewal would open for it."""
    bond = recorded(app, cast, state=InstrumentState.ENDING, valid_until=date(2027, 1, 31))
    colin = visit("colin")
    data = {"to": "seen_in_portal", "on": today().isoformat(), "valid_until": valid_until, "version": "1"}
    answer = colin.post(f"/instruments/{bond}/move", data)
    assert answer.status_code == 303
    said = "still ends on 31 Jan 2027" in unescape(colin.get(answer.location).text).replace("\u00a0", " ")
    assert said is is_said
