"""Readiness, rules: each gate by each reason that can hold it; an unknown is never a yes."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tracker.readiness.rules import AccountFacts, ClientFacts, DelegationFacts, readiness

DAY = date(2026, 11, 23)
NEED = Decimal("42100.00")
ACCOUNT = AccountFacts("123456782RM0001", True, True, NEED, True, NEED, NEED, None, False)
APPROVED = DelegationFacts("Northgate", "approved", None, DAY)
READY = ClientFacts("123456782", (ACCOUNT,), True, 2, (APPROVED,), True, {})


def account(**over: object) -> ClientFacts:
    return replace(READY, accounts=(replace(ACCOUNT, **over),))  # type: ignore[arg-type]


def test_client_with_everything_may_release() -> None:
    ready = readiness(READY)
    assert (ready.code, ready.percent, ready.may_release) == ("dddddd", 100, True)


EXPORTER = replace(ACCOUNT, number="123456782RM0002", is_importer=False)


@pytest.mark.parametrize(
    ("facts", "code", "may"),
    [
        (replace(READY, bn9=None, accounts=()), "oddood", False),
        (account(is_importer=False), "oddddd", False),
        (account(is_importer=None), "oddddd", False),
        (replace(READY, accounts=(ACCOUNT, EXPORTER)), "dddddd", True),  # nothing is released on the second one
        (replace(READY, accounts=(EXPORTER,)), "oddddd", False),
        (replace(READY, is_portal_linked=None), "dodddd", False),
        (replace(READY, is_portal_linked=False), "dodddd", False),
        (replace(READY, bam_count=1), "dodddd", True),
        (replace(READY, delegations=()), "ddoddd", False),
        (replace(READY, delegations=(replace(APPROVED, state="revoked"),)), "ddoddd", False),
        (replace(READY, delegations=(replace(APPROVED, state="requested"),)), "ddwddd", False),
        (replace(READY, delegations=(replace(APPROVED, account="123456782RM0002"),)), "ddoddd", False),
        (account(posted_amount=NEED - Decimal("0.01"), posted_tomorrow_amount=NEED), "dddodd", False),
        (account(posted_tomorrow_amount=Decimal(0)), "dddodd", False),
        (account(required_tomorrow_amount=NEED + Decimal("0.01")), "dddodd", False),
        (account(is_requirement_known=False, required_amount=Decimal(0), posted_amount=Decimal(0)), "dddodd", False),
        (
            account(required_amount=Decimal(0), posted_amount=Decimal(0), posted_tomorrow_amount=Decimal(0)),
            "dddddd",
            True,
        ),
        (account(is_rpp_enrolled=False), "ddddod", False),
        (account(is_rpp_enrolled=None), "ddddod", False),
        (replace(READY, is_payment_ready=None), "dddddo", True),
        (replace(READY, is_payment_ready=False), "dddddo", True),
        (replace(READY, is_payment_ready=False, waiting={6: ("client", DAY)}), "dddddw", True),
    ],
)
def test_gate_is_held_by(facts: ClientFacts, code: str, may: bool) -> None:
    ready = readiness(facts)
    assert ready.code == code and ready.may_release is may
    for gate in ready.gates:
        assert (gate.state == "done") is (gate.reasons == ())
        assert all(reason.en and reason.fr for reason in gate.reasons)


def test_one_of_two_accounts_short_stops_only_that_one() -> None:
    second = replace(
        ACCOUNT, number="123456782RM0002", posted_amount=Decimal("35000.00"), posted_tomorrow_amount=Decimal("35000.00")
    )
    ready = readiness(replace(READY, accounts=(ACCOUNT, second)))
    assert [r.may for r in ready.releases] == [True, False] and not ready.may_release
    assert "$7,100.00" in ready.releases[1].because.en and "7\u00a0100,00\u00a0$" in ready.releases[1].because.fr


def test_waiting_gate_says_on_whom_and_since_when() -> None:
    asked = date(2026, 11, 6)
    ready = readiness(replace(READY, delegations=(replace(APPROVED, state="requested", requested_on=asked),)))
    assert (ready.gates[2].waiting_on, ready.gates[2].since) == ("client", asked)


def test_no_account_may_release_nothing() -> None:
    assert readiness(replace(READY, accounts=())).may_release is False
