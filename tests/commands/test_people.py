"""People at the client and of the firm: who is let in, who is out at once, and who leads."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.conftest import Cast
from tests.factories import make_contact
from tracker.accounts import queries as people
from tracker.accounts.commands import add_person
from tracker.clients import commands, queries
from tracker.clients.enums import Duty
from tracker.clients.models import Client, Contact
from tracker.notifications.models import OutboxMessage
from tracker.permissions import Role
from tracker.platform.actor import SYSTEM, Actor
from tracker.platform.audit import record
from tracker.platform.db import db, transaction
from tracker.platform.errors import OutsideScopeError, Refusal
from tracker.platform.tenancy import enter

ActorNamed = Callable[[str], Actor]


def invite(actor: Actor, contact: Contact) -> None:
    with transaction():
        commands.invite_contact(
            actor, contact=contact, link_for=lambda secret: f"https://t.example/{secret}",
            sign_in_url="https://t.example/sign-in", firm="Firm",
        )  # fmt: skip


def edit(actor: Actor, contact: Contact, **over: Any) -> None:
    with transaction():
        values = {"name": contact.name, "email": contact.email, **over}
        commands.edit_contact(actor, contact=contact, version=contact.version, **values)


def access(cast: Cast) -> dict[str, str]:
    return {row.name: row.access for row in queries.contacts_of(cast.client_a) if row.name in ("Zoé", "Luc")}


def test_person_of_another_company_gets_this_one_too(inside: Flask, cast: Cast, actor_named: ActorNamed) -> None:
    contact = make_contact(db.session.get_one(Client, cast.client_a), name="Ben", email="Ben@norland.example")
    invite(actor_named("colin"), contact)
    ben = actor_named("ben")
    assert ben.user_id is not None
    assert [row.client_id for row in queries.companies_of(ben.user_id)] == [cast.client_a, cast.client_b]
    assert "https://t.example/sign-in" in db.session.query(OutboxMessage).one().body
    with transaction():
        commands.withdraw_access(actor_named("colin"), contact=contact)
    assert [row.client_id for row in queries.companies_of(ben.user_id)] == [cast.client_b]


@pytest.mark.parametrize("email", ["priya@firm.example", "bruno@northgate.example", None])
def test_staff_brokers_and_people_without_address_are_not_invited(
    inside: Flask, cast: Cast, actor_named: ActorNamed, email: str | None
) -> None:
    contact = make_contact(db.session.get_one(Client, cast.client_a), email=email)
    with pytest.raises(Refusal):
        invite(actor_named("colin"), contact)
    assert db.session.query(OutboxMessage).count() == 0


def test_inactive_contact_loses_the_portal(inside: Flask, cast: Cast, actor_named: ActorNamed) -> None:
    contact = make_contact(db.session.get_one(Client, cast.client_a), name="Zoé", email="zoe@maple.example")
    invite(actor_named("colin"), contact)
    with transaction():
        commands.edit_contact(
            actor_named("colin"), contact=contact, version=contact.version, name="Zoé", is_active=False
        )
    zoe = people.by_email("zoe@maple.example")
    assert zoe is not None
    assert queries.companies_of(zoe.id) == []
    assert queries.bam_count(cast.client_a) == 0


def test_address_somebody_had_before_opens_nothing(inside: Flask, cast: Cast, actor_named: ActorNamed) -> None:
    contact = make_contact(db.session.get_one(Client, cast.client_a), name="Zoé", email="old@maple.example")
    colin = actor_named("colin")
    invite(colin, contact)
    edit(colin, contact, email="new@maple.example")
    old = people.by_email("old@maple.example")
    assert old is not None and queries.companies_of(old.id) == []  # at once, whoever is invited after
    assert access(cast) == {"Zoé": "never"}
    invite(colin, contact)
    new = people.by_email("new@maple.example")
    assert new is not None
    assert (queries.companies_of(old.id), len(queries.companies_of(new.id))) == ([], 1)
    with transaction():
        commands.withdraw_access(colin, contact=contact)
    assert queries.companies_of(new.id) == []


def test_an_invitation_ends_what_an_address_of_before_still_opens(
    inside: Flask, cast: Cast, actor_named: ActorNamed
) -> None:
    contact = make_contact(db.session.get_one(Client, cast.client_a), name="Zoé", email="old@maple.example")
    colin = actor_named("colin")
    invite(colin, contact)
    with transaction():  # as files stood when an edit withdrew nothing
        contact.email = "new@maple.example"
        record(SYSTEM, "factory:made", contact)
    old = people.by_email("old@maple.example")
    assert old is not None and len(queries.companies_of(old.id)) == 1
    invite(colin, contact)
    assert queries.companies_of(old.id) == [] and access(cast) == {"Zoé": "invited"}


def test_a_change_that_keeps_the_address_keeps_the_portal(inside: Flask, cast: Cast, actor_named: ActorNamed) -> None:
    contact = make_contact(db.session.get_one(Client, cast.client_a), name="Zoé", email="zoe@maple.example")
    colin = actor_named("colin")
    invite(colin, contact)
    edit(colin, contact, email=" ZOE@maple.example ", phone="514-555-0100")
    assert access(cast) == {"Zoé": "invited"}
    edit(colin, contact, email=None)
    assert access(cast) == {"Zoé": "never"}


@pytest.mark.parametrize(
    "over", [{"email": "new@maple.example"}, {"email": "shared@maple.example", "is_active": False}]
)
def test_an_address_two_people_share_opens_as_long_as_one_of_them_has_it(
    inside: Flask, cast: Cast, actor_named: ActorNamed, over: dict[str, Any]
) -> None:
    client, colin = db.session.get_one(Client, cast.client_a), actor_named("colin")
    zoe = make_contact(client, name="Zoé", email="shared@maple.example")
    luc = make_contact(client, name="Luc", email="shared@maple.example")
    for contact in (zoe, luc):
        invite(colin, contact)
    shared = people.by_email("shared@maple.example")
    assert shared is not None
    edit(colin, zoe, **over)
    assert len(queries.companies_of(shared.id)) == 1
    assert access(cast) == {"Zoé": "withdrawn" if "is_active" in over else "never", "Luc": "invited"}
    edit(colin, luc, is_active=False)
    assert queries.companies_of(shared.id) == []


def test_an_invitation_to_a_new_address_leaves_the_old_one_to_whom_else_has_it(
    inside: Flask, cast: Cast, actor_named: ActorNamed
) -> None:
    client, colin = db.session.get_one(Client, cast.client_a), actor_named("colin")
    zoe = make_contact(client, name="Zoé", email="shared@maple.example")
    luc = make_contact(client, name="Luc", email="shared@maple.example")
    for contact in (zoe, luc):
        invite(colin, contact)
    with transaction():
        zoe.email = "zoe@maple.example"
        record(SYSTEM, "factory:made", zoe)
    invite(colin, zoe)
    assert access(cast) == {"Zoé": "invited", "Luc": "invited"}
    for email in ("shared@maple.example", "zoe@maple.example"):
        person = people.by_email(email)
        assert person is not None and len(queries.companies_of(person.id)) == 1


def test_who_withdraws_by_hand_shuts_the_address_out_whoever_shares_it(
    inside: Flask, cast: Cast, actor_named: ActorNamed
) -> None:
    client, colin = db.session.get_one(Client, cast.client_a), actor_named("colin")
    zoe = make_contact(client, name="Zoé", email="shared@maple.example")
    for contact in (zoe, make_contact(client, name="Luc", email="shared@maple.example")):
        invite(colin, contact)
    with transaction():
        commands.withdraw_access(colin, contact=zoe)
    assert access(cast) == {"Zoé": "withdrawn", "Luc": "withdrawn"}  # the page says so of both


@pytest.mark.parametrize(
    "email", ["notanemail", "", "a b@firm.example", "a@firm.example\nBcc: q@q.example", "a@b@firm.example"]
)
def test_what_is_no_address_is_nobody(inside: Flask, email: str) -> None:
    with pytest.raises(Refusal) as refused, transaction():
        add_person(SYSTEM, email=email, name="Nora", role=Role.CONSULTANT)
    assert refused.value.field == "email"


def test_new_lead_takes_over(inside: Flask, cast: Cast, actor_named: ActorNamed) -> None:
    celia = actor_named("celia").user_id
    assert celia is not None
    with transaction():
        commands.assign(
            actor_named("priya"), client=db.session.get_one(Client, cast.client_a), user_id=celia, duty=Duty.LEAD
        )
    assert {row.name: row.duty for row in queries.team_of(cast.client_a)} == {
        "Celia Other": Duty.LEAD, "Colin Dubois": Duty.TEAM,
    }  # fmt: skip


def test_assign_many_reaches_only_the_scope(inside: Flask, cast: Cast, actor_named: ActorNamed) -> None:
    celia = actor_named("celia").user_id
    assert celia is not None
    ids = [cast.client_a, cast.client_b]
    with transaction():
        assert commands.assign_many(actor_named("priya"), client_ids=ids, user_id=celia, duty=Duty.REVIEWER) == 2
    ana = actor_named("ana").user_id
    assert ana is not None
    with pytest.raises(Refusal), transaction():
        commands.assign_many(actor_named("priya"), client_ids=ids, user_id=ana)


def test_contact_of_a_foreign_client_cannot_be_written(inside: Flask, cast: Cast, actor_named: ActorNamed) -> None:
    colin = actor_named("colin")
    enter(db.session(), colin.scope)
    with pytest.raises(OutsideScopeError), transaction():
        commands.add_contact(colin, client_id=cast.client_b, name="Mallory")
