"""Client commands: numbers that are checked, one that is overridden, accounts, archive, and search in any spelling."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.conftest import Cast
from tracker.clients import commands, queries
from tracker.clients.enums import ClientState, Known
from tracker.clients.listing import client_page
from tracker.clients.models import Client, ProgramAccount
from tracker.clients.rules import fold, shipments_lower_bound, squeeze
from tracker.clients.searching import Found, search
from tracker.platform.actor import Actor
from tracker.platform.db import db, transaction
from tracker.platform.errors import Refusal, Stale

ActorNamed = Callable[[str], Actor]


def take_on(actor: Actor, **over: object) -> Client:
    with transaction():
        return commands.create_client(actor, **{"legal_name": "Les Bois Aubier inc.", **over})  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["700000003", "700 000 003", "RM0002", "rm 0002", "aubier", "AUBIER", "bois  aubier"])
def test_search_finds_in_any_spelling(inside: Flask, actor_named: ActorNamed, text: str) -> None:
    client = take_on(actor_named("priya"), bn9="700 000 003", trade_name="Forêt")
    with transaction():
        commands.add_account(actor_named("priya"), client=client, number="700000003 RM 0002")
    assert [hit.client_id for hit in search(text).clients] == [client.id]
    assert [hit.client_id for hit in search("foret").clients] == [client.id]
    assert search("%") == Found()
    assert search("  ") == Found()


@pytest.mark.parametrize(
    ("typed", "reason"), [("123456789", None), ("12345", "seen"), ("ABCDEFGHI", "seen"), ("700000003RM0001", None)]
)
def test_wrong_number_is_refused(inside: Flask, actor_named: ActorNamed, typed: str, reason: str | None) -> None:
    with pytest.raises(Refusal) as caught:
        take_on(actor_named("priya"), bn9=typed, bn_override_reason=reason)
    assert caught.value.field == "bn9"
    assert search("aubier").clients == ()


def test_failing_check_digit_may_be_overridden_with_a_reason(inside: Flask, actor_named: ActorNamed) -> None:
    client = take_on(actor_named("priya"), bn9="123 456 789", bn_override_reason="Seen on the letter")
    assert (client.bn9, client.bn_override_reason) == ("123456789", "Seen on the letter")
    with transaction():
        account = commands.add_account(actor_named("priya"), client=client, number="123456789RM0001")
    assert account.number == "123456789RM0001"


def test_taken_number_and_foreign_account_are_refused(inside: Flask, cast: Cast, actor_named: ActorNamed) -> None:
    priya = actor_named("priya")
    taken = queries.header(cast.client_a)
    assert taken is not None
    with pytest.raises(Refusal, match=r"Maple Toys Inc\."):
        take_on(priya, bn9=taken.bn9)
    client = take_on(priya, bn9="700000003")
    for number in ("800000002RM0001", "700000003RT0001", "700000003RM0000", "700000003"):
        with pytest.raises(Refusal), transaction():
            commands.add_account(priya, client=client, number=number)
    with pytest.raises(Refusal), transaction():
        commands.add_account(priya, client=client, number="700000003RM0001", rpp_enrolled_on=client.created_at.date())
    with transaction():
        made = commands.add_account(priya, client=client, number="700000003RM0001", is_rpp_enrolled=Known.YES)
    with pytest.raises(Refusal), transaction():
        commands.add_account(priya, client=client, number=made.number)


def test_stale_edit_is_refused_and_archive_can_be_undone(inside: Flask, cast: Cast, actor_named: ActorNamed) -> None:
    client = db.session.get_one(Client, cast.client_a)
    with transaction():
        commands.edit_client(actor_named("colin"), client=client, version=1, legal_name="Maple Toys Ltd")
    with pytest.raises(Stale), transaction():
        commands.edit_client(actor_named("colin"), client=client, version=1, legal_name="Other")
    with transaction():
        commands.archive_client(actor_named("priya"), client=client, version=client.version)
    assert client.state is ClientState.ARCHIVED
    with transaction():
        commands.restore_client(actor_named("priya"), client=client, version=client.version)
    assert client.state is ClientState.ACTIVE


@pytest.mark.parametrize(("typed", "least"), [("15-20", 15), ("1 200", 1200), ("1,200+", 1200), ("about 8", 8), ("few", None), (None, None)])  # fmt: skip
def test_typed_shipments_are_read_by_their_lower_bound(typed: str | None, least: int | None) -> None:
    assert shipments_lower_bound(typed) == least


@pytest.mark.parametrize(("text", "folded", "squeezed"), [("Érable  ŒUVRE", "erable oeuvre", "erableoeuvre"), ("123 456 782", "123 456 782", "123456782")])  # fmt: skip
def test_folding(text: str, folded: str, squeezed: str) -> None:
    assert (fold(text), squeeze(text)) == (folded, squeezed)


def test_a_client_is_found_by_what_its_account_operates_under_now(
    inside: Flask, cast: Cast, actor_named: ActorNamed
) -> None:
    account = db.session.get_one(ProgramAccount, cast.account_a)
    for name, gone in (("Zéphyr Toys", None), ("Mistral Toys", "zephyr")):
        with transaction():
            commands.edit_account(actor_named("colin"), account=account, version=account.version, operating_name=name)
        assert client_page(name.split()[0], ClientState.ACTIVE, 1).total == 1
        assert gone is None or client_page(gone, ClientState.ACTIVE, 1).total == 0
    assert client_page("123456782", ClientState.ACTIVE, 1).total == 1
