"""Risks, rules: tables of cases, with the days on both sides of each limit."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from tracker.guarantees.rules.particulars import Particulars
from tracker.risks.enums import Check, Severity
from tracker.risks.facts import (
    AccountFacts,
    ClientFacts,
    InstrumentFacts,
    Levied,
    ManagerFacts,
    Month,
    Risk,
    ending_words,
)
from tracker.risks.preflight import PreflightFacts, affinity, preflight
from tracker.risks.rules import near_date, risks_of
from tracker.rulebook.types import Text

DAY = date(2026, 11, 10)  # neither a payment date nor 15 January is near
TRANSITION = date(2025, 5, 20)
ONE, TWO, THREE = (UUID(int=n) for n in (1, 2, 3))
D = Decimal
OCTOBER = Month(date(2026, 10, 17), D("10000.00"))


def ago(days: int) -> date:
    return DAY - timedelta(days=days)


MANAGERS = tuple(ManagerFacts(UUID(int=10 + n), f"Manager {n}", True, ago(1)) for n in range(2))
SOUND = AccountFacts(
    ONE, "123456782RM0001", True, True, months=(OCTOBER,), peak_amount=D("10000.00"), peak_period_end=OCTOBER.period_end,
    estimate_amount=D("5000.00"), portal_amount=D("5000.00"), portal_read_on=ago(1), posted_amount=D("5000.00"),
    covered_from=date(2026, 1, 1),
)  # fmt: skip
BOND = InstrumentFacts(TWO, Text("Bond", "Cautionnement"), "B-1", D("5000.00"), D("5000.00"), True, True)
DOCUMENT = Particulars(D("5000.00"), "b 1", "123456782")  # the same as the register's, typed otherwise
CLIENT = ClientFacts(
    THREE, "Maple Toys Inc.", "123456782", "resident", "CA", True, 2, MANAGERS, (SOUND,), (BOND,), ()
)  # fmt: skip


def found(client: ClientFacts, day: date = DAY) -> dict[str, Risk]:
    return {risk.code: risk for risk in risks_of(client, day, TRANSITION)}


def with_account(**over: Any) -> ClientFacts:
    return replace(CLIENT, accounts=(replace(SOUND, **over),))


def with_document(**over: Any) -> ClientFacts:
    return replace(CLIENT, instruments=(replace(BOND, document=replace(DOCUMENT, **over), document_read_on=ago(20)),))


def shown(amount: str, ours: str = "5000.00") -> dict[str, Any]:
    return {"shown_posted_amount": D(amount), "shown_posted_on": ago(3), "posted_then_amount": D(ours)}


def test_a_sound_file_has_no_risk() -> None:
    assert found(CLIENT) == {}


@pytest.mark.parametrize(
    ("over", "severity", "exposure"),
    [
        ({"portal_read_on": ago(40)}, None, None),
        ({"portal_read_on": ago(41)}, Severity.MEDIUM, "10000.00"),
        ({"portal_read_on": ago(41), "estimate_amount": D("7000.00")}, Severity.HIGH, "2000.00"),
        ({"portal_read_on": ago(1), "estimate_amount": D("7000.00")}, None, None),  # read after the peak: CBSA prevails
        ({"portal_read_on": ago(30), "estimate_amount": D("7000.00")}, Severity.HIGH, "2000.00"),
        ({"portal_read_on": None, "portal_amount": None}, Severity.MEDIUM, "10000.00"),
        ({"portal_read_on": ago(41), "months": ()}, None, None),
        ({"portal_read_on": ago(41), "is_closed": True}, None, None),
    ],
)
def test_silence(over: dict[str, Any], severity: Severity | None, exposure: str | None) -> None:
    risk = found(with_account(**over)).get("silent")
    assert (risk and risk.severity) == severity
    assert (risk and risk.exposure_amount) == (D(exposure) if exposure else None)


def test_silence_says_how_long_in_both_languages() -> None:
    risk = found(with_account(portal_read_on=ago(41), estimate_amount=D("7000.00")))["silent"]
    assert risk.sentence.en == "No one has confirmed the portal figure for 41 days; we compute a rise to $7,000.00."
    assert "depuis 41 jours" in risk.sentence.fr
    assert "7\u00a0000,00\u00a0$" in risk.sentence.fr
    assert risk.since == ago(41)


@pytest.mark.parametrize(("days", "is_found"), [(90, False), (91, True)])
def test_nobody_seen(days: int, is_found: bool) -> None:
    managers = tuple(replace(manager, seen_on=ago(days)) for manager in MANAGERS)
    assert ("bam_unseen" in found(replace(CLIENT, managers=managers))) is is_found


def test_managers() -> None:
    one = replace(CLIENT, managers=MANAGERS[:1], stated_bam_count=None)
    assert found(one)["one_bam"].severity is Severity.MEDIUM
    assert found(one, date(2026, 12, 20))["one_bam"].severity is Severity.HIGH
    assert found(replace(one, managers=()))["no_bam"].severity is Severity.HIGH
    gone = (*MANAGERS, replace(MANAGERS[0], id=UUID(int=30), is_active=False))
    assert found(replace(CLIENT, managers=gone))["bam_left"].record_id == UUID(int=30)


@pytest.mark.parametrize(
    ("day", "near"),
    [
        (date(2026, 12, 24), date(2026, 12, 31)),
        (date(2026, 12, 15), None),
        (date(2026, 12, 16), date(2027, 1, 15)),
        (date(2027, 1, 15), date(2027, 1, 15)),
        (date(2027, 1, 16), None),
        (date(2026, 11, 23), None),
        (date(2026, 11, 24), date(2026, 12, 1)),
    ],
)
def test_dates_that_make_it_worse(day: date, near: date | None) -> None:
    assert near_date(day) == near


LEVIED = Levied(12, D("700.00"), D("90.00"), OCTOBER.period_end)
LATE = {"covered_from": date(2026, 11, 1)}


@pytest.mark.parametrize(
    ("client", "code"),
    [
        (with_account(posted_amount=D("4000.00")), "short"),
        (with_account(ends_on=DAY + timedelta(days=90)), "ending"),
        (with_account(posted_amount=D(0)), "rpp_uncovered"),
        (with_account(**LATE), "covered_late"),
        (with_account(imports=False), "exporter_charged"),
        (with_account(is_closed=True, delegated_to=("Northgate",)), "closed_delegated"),
        (with_account(stated_peak_amount=D("4999.99")), "peak_below"),
        (with_account(stated_peak_amount=D("10000.01"), months=(OCTOBER,) * 12), "peak_above"),
        (with_account(number="100000017RM0001"), "foreign_account"),
        (replace(CLIENT, stated_bam_count=3), "bam_count"),
        (replace(CLIENT, country="US"), "resident_abroad"),
        (replace(CLIENT, residency="non_resident"), "resident_abroad"),
        (replace(CLIENT, is_portal_linked=False), "unlinked_read"),
        (replace(CLIENT, answers=(("imported_before", "no"),)), "says_no_imports"),
        (
            replace(with_account(is_rpp_enrolled=False), answers=(("rpp_enrolled", "all"),)),
            "says_enrolled",
        ),
        (replace(CLIENT, answers=(("dutiable", "no"),), levied=LEVIED), "says_not_dutiable"),
        (
            replace(CLIENT, answers=(("dutiable", "yes"),), levied=Levied(12, D(0), D(0), OCTOBER.period_end)),
            "says_dutiable",
        ),
        (replace(CLIENT, answers=(("sima_known", "no"),), levied=LEVIED), "says_no_sima"),
        (replace(CLIENT, instruments=(replace(BOND, allocated_amount=D("5000.01")),)), "over_allocated"),
        (replace(CLIENT, instruments=(replace(BOND, allocated_amount=D("4999.99")),)), "under_allocated"),
        (replace(CLIENT, instruments=(replace(BOND, is_accepted=False),)), "kind_unaccepted"),
        (with_account(**shown("4999.99")), "posted_apart"),
        (with_account(**shown("5000.01")), "posted_apart"),
        (with_document(amount=D("4000.00")), "document_amount"),
        (with_document(amount=D("6000.00")), "document_amount"),
        (with_document(number="B-2"), "document_number"),
        (with_document(business_number="100000017"), "document_business"),
        (with_document(valid_from=date(2026, 2, 1)), "document_days"),
        (with_document(valid_until=date(2026, 12, 31)), "document_days"),
    ],
)
def test_each_contradiction_alone(client: ClientFacts, code: str) -> None:
    assert list(found(client)) == [code]


@pytest.mark.parametrize(
    "client",
    [
        with_account(ends_on=DAY + timedelta(days=91)),
        with_account(posted_amount=D(0), portal_amount=D(0), estimate_amount=D(0)),
        replace(CLIENT, answers=(("dutiable", "yes"), ("sima_known", "yes")), levied=LEVIED),
        replace(CLIENT, answers=(("dutiable", "unknown"), ("sima_known", "unknown")), levied=LEVIED),
        replace(CLIENT, answers=(("dutiable", "no"), ("sima_known", "no")), levied=Levied(12, D(0), D(0), DAY)),
        replace(CLIENT, answers=(("dutiable", "yes"),), levied=Levied(11, D(0), D(0), DAY)),  # the twelfth may tell
        replace(CLIENT, answers=(("dutiable", "no"), ("sima_known", "no"))),
        with_account(covered_from=None),
        with_account(**shown("5000.00")),
        with_account(**shown("0.00", ours="0.00")),
        with_document(),
        with_document(number=None, business_number=None),  # not read from it: nothing to compare
        with_account(**LATE, is_rpp_enrolled=False),
        with_account(**LATE, enrolled_on=OCTOBER.period_end),
        with_account(stated_peak_amount=D("5000.00")),
        with_account(stated_peak_amount=D("10000.01"), months=(OCTOBER,) * 11),
        with_account(**LATE, months=(Month(TRANSITION, D("10000.00")),)),
    ],
)
def test_what_the_data_cannot_show_is_not_said(client: ClientFacts) -> None:
    assert found(client) == {}


READY = PreflightFacts(
    "Maple Toys Inc.", (), True, True, False, 1, 0, False, False, True, (D("10.00"),), (D("0.00"),), 2, 2
)  # fmt: skip


@pytest.mark.parametrize(
    ("over", "check"),
    [
        ({}, Check.OK),
        ({"has_transaction": False}, Check.MISSING),  # a balance of 0.00 is not accepted
        ({"has_transaction": False, "balances": (D("0.00"), D("0.01"))}, Check.OK),
        ({"payments": ()}, Check.MISSING),
        ({"payments": (D("0.00"),)}, Check.MISSING),
    ],
)
def test_two_of_three_answers(over: dict[str, Any], check: Check) -> None:
    assert affinity(replace(READY, **over)).check is check


@pytest.mark.parametrize(
    ("over", "key", "check"),
    [
        ({"other_names": ("MAPLE TOYS INC",)}, "name", Check.WARN),
        ({"has_address": False}, "address", Check.MISSING),
        ({"is_bn9_valid": False}, "bn9", Check.MISSING),
        ({"is_bn9_valid": False, "is_bn9_overridden": True}, "bn9", Check.WARN),
        ({"importer_accounts": 0}, "profile", Check.MISSING),
        ({"importer_accounts": 0, "unknown_accounts": 1}, "profile", Check.WARN),
        ({"is_nonresident": True}, "records", Check.MISSING),
        ({"is_nonresident": None}, "records", Check.WARN),
        ({"managers_with_email": 1}, "managers", Check.MISSING),
    ],
)
def test_the_card(over: dict[str, Any], key: str, check: Check) -> None:
    card = preflight(replace(READY, **over))
    assert {item.key: item.check for item in card.items if item.check is not Check.OK} == {key: check}
    assert card.is_go is (check is not Check.MISSING)
    assert preflight(READY).is_go


@pytest.mark.parametrize(
    ("missing", "today", "severity"),
    [
        ("0.00", date(2026, 11, 23), None),
        ("7100.00", date(2026, 11, 23), Severity.MEDIUM),
        ("7100.00", date(2026, 12, 16), Severity.HIGH),
    ],
)
def test_what_a_review_will_leave_short(missing: str, today: date, severity: Severity | None) -> None:
    client = with_account(short_then_amount=D(missing), short_then_on=date(2027, 1, 15))
    risk = found(client, today).get("short_then")
    assert (risk and risk.severity) == severity
    if risk:
        assert risk.by_when == date(2027, 1, 15) and "15 Jan 2027 $7,100.00" in risk.sentence.en


@pytest.mark.parametrize(
    ("over", "codes"),
    [
        ({"ends_on": DAY + timedelta(days=10)}, {"short", "ending"}),  # five dollars today, all of it in ten days
        ({"short_then_amount": D("30000.00"), "short_then_on": date(2027, 1, 15)}, {"short", "short_then"}),
        ({"short_then_amount": D("5.00"), "short_then_on": date(2027, 1, 15)}, {"short"}),  # the same, told once
        ({"posted_amount": D(0)}, {"rpp_uncovered"}),
        (
            {"posted_amount": D(0), "short_then_amount": D("30000.00"), "short_then_on": date(2027, 1, 15)},
            {"rpp_uncovered", "short_then"},
        ),
    ],
)
def test_a_little_missing_today_hides_nothing_larger_to_come(over: dict[str, Any], codes: set[str]) -> None:
    told = found(with_account(**{"posted_amount": D("4995.00"), **over}))
    assert set(told) == codes
    if "short_then" in codes:
        assert told["short_then"].exposure_amount == D("30000.00")


@pytest.mark.parametrize(
    ("client", "severity", "exposure"),
    [
        (with_account(**shown("1200.00")), Severity.HIGH, "3800.00"),  # what we count on and CBSA does not see
        (with_account(**shown("5600.00")), Severity.MEDIUM, "600.00"),
        (with_document(amount=D("4000.00")), Severity.HIGH, "1000.00"),
        (with_document(amount=D("5600.00")), Severity.MEDIUM, "600.00"),
    ],
)
def test_less_than_we_count_on_is_worse_than_more(client: ClientFacts, severity: Severity, exposure: str) -> None:
    (risk,) = found(client).values()
    assert (risk.severity, risk.exposure_amount) == (severity, D(exposure))


def test_what_the_portal_shows_is_told_with_its_day_and_both_sums() -> None:
    risk = found(with_account(**shown("1200.00")))["posted_apart"]
    assert risk.since == ago(3)
    assert "7 Nov 2026" in risk.cause.en and "$1,200.00" in risk.cause.en and "$5,000.00" in risk.cause.en
    assert "1\u00a0200,00\u00a0$" in risk.cause.fr


def test_an_instrument_of_the_other_form_and_a_short_notice_are_told() -> None:
    told = found(replace(CLIENT, instruments=(replace(BOND, is_in_form=False, is_notice_short=True, notice_days=5),)))
    assert told["other_form"].severity is Severity.HIGH
    assert "leaves 5 days" in told["short_notice"].sentence.en


@pytest.mark.parametrize(
    ("days", "when"), [(0, "today|aujourd'hui"), (1, "tomorrow|demain"), (2, "in 2 days|dans 2 jours")]
)
def test_security_ends_today_tomorrow_or_in_so_many_days(days: int, when: str) -> None:
    words = ending_words(days)
    assert f"{words.en}|{words.fr}" == "Security ends {}.|La garantie prend fin {}.".format(*when.split("|"))
