"""What a surety is asked for: a raise, a renewal, a new agreement, or nothing; figures those of the pages, in two languages."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from flask import Flask

from tests.commands.test_ladder import figure
from tests.conftest import Cast
from tests.factories import make_account, make_allocation, make_client, make_instrument, make_statement
from tracker.clients.models import Client, ProgramAccount
from tracker.guarantees.asking import Ask, Asked, ask_of
from tracker.guarantees.cover import covers_beside
from tracker.guarantees.enums import InstrumentKind, InstrumentState
from tracker.guarantees.outlook import Outlook, outlook
from tracker.guarantees.replacing import needs_of
from tracker.guarantees.surety_letters import provider_message
from tracker.rulebook.book import rules_at
from tracker.rulebook.calendar import last_safe_paper_day

TODAY = date(2026, 11, 23)
RULES = rules_at(TODAY)


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel("2026-11-23T15:00:00Z", tick=False):
        yield


@pytest.fixture
def client(inside: Flask, cast: Cast) -> Client:
    return make_client(legal_name="Norland Steel Ltd", bn9=None)


def account(client: Client, number: str, charges: int, **over: object) -> ProgramAccount:
    made = make_account(client, number=f"700000001{number}", **over)
    make_statement(made, charges_amount=Decimal(charges))
    return made


def bond(client: Client, shares: dict[ProgramAccount, int], **over: object) -> None:
    made = make_instrument(client, amount=Decimal(sum(shares.values())), **over)
    for row, amount in shares.items():
        make_allocation(made, row, Decimal(amount))


def asked(row: ProgramAccount) -> tuple[list[Outlook], Ask | None]:
    seen = [outlook(one, RULES) for one in covers_beside(RULES, row.id)]
    return seen, ask_of(seen, row.id)


def letter(ask: Ask | None, language: str = "en", number: str | None = "B-1", amount: int | None = 35_000) -> str:
    assert ask is not None
    message = provider_message(ask, "Norland Steel Ltd", number, None if amount is None else Decimal(amount), TODAY)
    return message.in_(language).replace("\xa0", " ")


def test_what_is_missing_today_is_asked_for_at_once(client: Client) -> None:
    row = account(client, "RM0001", 84_200)
    bond(client, {row: 35_000})
    seen, ask = asked(row)
    assert ask is not None
    assert (ask.asked, ask.by, ask.needed_amount) == (Asked.INCREASE, TODAY, Decimal(42_100))
    assert ask.missing_amount == seen[0].cover.shortfall_amount == Decimal(7_100)
    text = letter(ask)
    assert "Agreement B-1 stands at $35,000.00. Please raise it to $42,100.00" in text
    assert "700000001RM0001: now $35,000.00, needed $42,100.00. October 2026, $84,200.00 × 50 % = $42,100.00." in text
    assert "$7,100.00 is missing today" in text and "electronically as soon as you can" in text
    french = letter(ask, "fr")
    assert "Le contrat B-1 est de 35 000,00 $. Veuillez le porter à 42 100,00 $" in french
    assert "il manque 7 100,00 $ aujourd'hui" in french.replace("’", "'")


def test_a_bond_that_ends_is_renewed_with_what_each_of_its_accounts_needs(client: Client) -> None:
    one, two = account(client, "RM0001", 84_200), account(client, "RM0002", 20_000)
    bond(client, {one: 42_100, two: 10_000}, valid_until=date(2027, 1, 31))
    seen, ask = asked(one)
    assert ask is not None
    assert (ask.asked, ask.by, ask.counts_from) == (Asked.RENEWAL, date(2027, 1, 31), date(2027, 2, 1))
    without = frozenset(share.instrument_id for share in seen[0].cover.shares)
    assert [each.needed_amount for each in ask.accounts] == [
        need.amount for need in needs_of(seen, date(2027, 2, 1), without)
    ]
    text = letter(ask, amount=52_100)
    assert "ends on 31 January 2027. Please renew it from 1 February 2027 on for at least $52,100.00" in text
    paper = last_safe_paper_day(date(2027, 1, 31))
    assert f"on paper it should be sent by {paper.day} {paper:%B %Y}" in text
    assert "- 700000001RM0002: $10,000.00, as now." in text


def test_a_review_that_ran_is_met_by_its_deadline(client: Client) -> None:
    row = account(client, "RM0001", 84_200)
    figure(row, "30000")
    bond(client, {row: 30_000})
    seen, ask = asked(row)
    assert ask is not None
    assert (ask.by, ask.missing_amount) == (date(2027, 1, 15), Decimal(0))
    assert ask.needed_amount == Decimal(30_000) + seen[0].missing_on(ask.by) == Decimal(42_100)
    text = letter(ask, amount=30_000)
    assert "It has to be with CBSA by 15 January 2027" in text and "should be sent by 9 December 2026" in text
    assert "Set by the review of 20 October 2026" in text and "missing today" not in text


def test_part_is_missing_today_and_the_rest_by_the_deadline(client: Client) -> None:
    row = account(client, "RM0001", 84_200)
    figure(row, "31000")
    bond(client, {row: 30_000})
    seen, ask = asked(row)
    assert ask is not None and (ask.by, ask.rest_by) == (TODAY, date(2027, 1, 15))
    assert ask.needed_amount - Decimal(30_000) == seen[0].missing_on(date(2027, 1, 15)) == Decimal(12_100)
    text = letter(ask, amount=30_000)
    assert "$42,100.00 by 15 January 2027" in text and "$1,000.00 is missing today" in text
    assert "Please post that electronically as soon as you can" in text
    assert "The rest has to be with CBSA by 15 January 2027" in text and "sent by 9 December 2026" in text
    assert "Le reste doit être à l'ASFC au plus tard le 15 janvier 2027" in letter(ask, "fr").replace("’", "'")


def test_where_nothing_stands_a_new_agreement_is_asked_for(client: Client) -> None:
    row = account(client, "RM0001", 84_200)
    _seen, ask = asked(row)
    assert ask is not None and (ask.asked, ask.instrument_id) == (Asked.NEW, None)
    text = letter(ask, number=None, amount=None)
    assert "Please issue a security agreement" in text and "needed $42,100.00" in text and "now $" not in text
    bond(client, {row: 42_100}, state=InstrumentState.QUOTE, number="Q-7")  # its surety is the one to write to
    _seen, ask = asked(row)
    assert ask is not None and ask.asked is Asked.NEW and ask.instrument_id is not None


def test_an_agreement_that_is_issued_is_asked_to_be_posted_and_not_issued_again(client: Client) -> None:
    row, other = account(client, "RM0001", 84_200), account(client, "RM0002", 0)
    bond(client, {row: 45_000, other: 5_000}, state=InstrumentState.ISSUED, number="B-9", posted_on=None)
    _seen, ask = asked(row)
    assert ask is not None and (ask.asked, ask.by) == (Asked.POSTING, TODAY)
    text = letter(ask, number="B-9", amount=50_000)
    assert "Agreement B-9, of $50,000.00, is issued and not posted yet. Please post it with CBSA" in text
    assert "700000001RM0001: its share $45,000.00, needed $42,100.00" in text and "RM0002: its share $5,000.00" in text
    assert "issue a security agreement" not in text
    assert "Le contrat B-9, de 50 000,00 $, est émis, mais pas encore déposé" in letter(ask, "fr", "B-9", 50_000)


def test_one_that_is_issued_and_too_small_is_no_answer(client: Client) -> None:
    row = account(client, "RM0001", 84_200)
    bond(client, {row: 42_099}, state=InstrumentState.ISSUED, posted_on=None)
    _seen, ask = asked(row)
    assert ask is not None and ask.asked is Asked.NEW


def test_an_agreement_that_is_large_enough_is_only_shared_anew(client: Client) -> None:
    row = account(client, "RM0001", 84_200)
    bond(client, {row: 35_000})
    _seen, ask = asked(row)
    assert "$60,000.00, which is enough. Please share it" in letter(ask, amount=60_000)
    assert "ce qui suffit" in letter(ask, "fr", amount=60_000)


def test_nothing_is_asked_for_where_all_is_covered_or_the_security_is_a_deposit(client: Client) -> None:
    covered = account(client, "RM0001", 84_200)
    bond(client, {covered: 42_100})
    assert asked(covered)[1] is None
    deposit = account(client, "RM0002", 84_200, security_form="cash")
    bond(client, {deposit: 10_000}, kind=InstrumentKind.CASH_DEPOSIT)
    assert asked(deposit)[1] is None
    unknown = make_account(client, number="700000001RM0003")
    assert asked(unknown)[1] is None


def test_a_raise_lowers_no_other_account_of_the_same_bond(client: Client) -> None:
    one, two = account(client, "RM0001", 84_200), account(client, "RM0002", 20_000)
    bond(client, {one: 35_000, two: 25_000})
    _seen, ask = asked(one)
    assert ask is not None and [each.needed_amount for each in ask.accounts] == [Decimal(42_100), Decimal(25_000)]
