"""What may still be done to the file of an archived client, one by one, and that all else of the trail's events is refused."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.conftest import Cast
from tests.factories import make_contact, make_task
from tracker.audit.words import EVENTS
from tracker.clients import commands, queries
from tracker.clients.enums import Duty
from tracker.clients.models import Client, Contact
from tracker.clients.put_away import refuse_put_away
from tracker.coordination.commands import finish_task
from tracker.platform.actor import Actor
from tracker.platform.db import db, transaction
from tracker.platform.errors import Refusal

# Said once more, not imported: whoever lets one more thing through has to say so here, too.
ALLOWED = {
    "client:archived",
    "client:restored",
    "note:written",
    "contact:access-withdrawn",
    "team:assigned",
    "team:left",
    "team:lead-stepped-back",
}


@pytest.fixture
def priya(actor_named: Callable[[str], Actor]) -> Actor:
    return actor_named("priya")


@pytest.fixture
def away(inside: Flask, cast: Cast, priya: Actor, actor_named: Callable[[str], Actor]) -> Client:
    """Client A put away, with a contact who may enter the portal."""
    client = db.session.get_one(Client, cast.client_a)
    make_contact(client, user_id=actor_named("ana").user_id)
    with transaction():
        commands.archive_client(priya, client=client, version=client.version)
    return client


@pytest.mark.parametrize("event", sorted(EVENTS))
def test_nothing_else_passes(away: Client, event: str) -> None:
    happened = frozenset({(away.id, event), (away.id, "note:written")})  # nor in the company of what may pass
    if event in ALLOWED:
        refuse_put_away(db.session(), happened)
        return
    with pytest.raises(Refusal) as refused:
        refuse_put_away(db.session(), happened)
    assert away.legal_name in refused.value.message and "archived" in refused.value.message


def test_what_is_allowed_happens_somewhere() -> None:
    assert set(EVENTS) >= ALLOWED


def test_it_can_be_taken_up_again(away: Client, priya: Actor) -> None:
    with transaction():
        commands.restore_client(priya, client=away, version=away.version)
    task = make_task(away)
    with transaction():
        finish_task(priya, task=task, version=task.version)


def test_a_note_can_be_written(away: Client, priya: Actor) -> None:
    with transaction():
        commands.add_note(priya, client_id=away.id, text="Kept for six years.")
    assert [note.text for note in queries.notes_of(away.id)] == ["Kept for six years."]


def test_who_may_read_it_is_kept_in_order(away: Client, priya: Actor, actor_named: Callable[[str], Actor]) -> None:
    colin, celia = actor_named("colin").user_id, actor_named("celia").user_id
    assert colin is not None and celia is not None
    with transaction():  # the lead of before steps back
        commands.assign(priya, client=away, user_id=celia, duty=Duty.LEAD)
    with transaction():
        commands.unassign(priya, client=away, user_id=colin)
    assert [(row.name, row.duty) for row in queries.team_of(away.id)] == [("Celia Other", Duty.LEAD)]


def test_its_contact_can_be_shut_out_and_not_let_in_again(away: Client, priya: Actor) -> None:
    contact = db.session.query(Contact).one()
    with transaction():
        commands.withdraw_access(priya, contact=contact)
    assert [row.access for row in queries.contacts_of(away.id)] == ["withdrawn"]
    with pytest.raises(Refusal), transaction():
        commands.invite_contact(priya, contact=contact, link_for=None, sign_in_url="https://t.example/", firm="Firm")
    assert [row.access for row in queries.contacts_of(away.id)] == ["withdrawn"]


def test_another_clients_file_is_none_of_its_business(away: Client, cast: Cast, priya: Actor) -> None:
    refuse_put_away(db.session(), frozenset({(cast.client_b, "client:edited")}))
    task = make_task(db.session.get_one(Client, cast.client_b))
    with transaction():
        finish_task(priya, task=task, version=task.version)
