"""Reminding from the desk: one mail a person and day for everything, in their language, and only for one's own clients."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from tests.conftest import EMAILS, Cast
from tests.factories import as_firm, make_contact, make_partner, make_request, make_task
from tests.visitor import Visitor
from tracker.accounts.models import UserAccount
from tracker.clients.models import Client
from tracker.coordination.enums import Party
from tracker.desk.reminders import person_key
from tracker.notifications.models import OutboxMessage
from tracker.platform.db import db

Visit = Callable[..., Visitor]


@pytest.fixture
def waiting(app: Flask, cast: Cast) -> str:
    """Two things wait on Ana, contact of A; returns her key."""
    with app.app_context():
        as_firm()
        ana = db.session.scalars(select(UserAccount).where(UserAccount.email == EMAILS["ana"])).one()
        client = db.session.get(Client, cast.client_a)
        assert client is not None
        make_contact(client, name="Ana Roy", email=ana.email, user_id=ana.id, language="fr")
        make_request(client, kind=None, title="BN LETTER")
        make_task(client, title="SIGN THE BOND", waiting_on=Party.CLIENT, is_client_visible=True)
        make_task(client, title="OURS ALONE", waiting_on=Party.US)
        make_task(client, title="NOT FOR HER EYES", waiting_on=Party.CLIENT, is_client_visible=False)
        return str(person_key(ana.email))


def mails(app: Flask) -> list[OutboxMessage]:
    with app.app_context():
        as_firm()
        return list(db.session.scalars(select(OutboxMessage)))


def test_one_mail_for_everything_in_her_language_once_a_day(visit: Visit, app: Flask, waiting: str) -> None:
    colin, before = visit("colin"), len(mails(app))
    form = colin.get("/desk/remind/client").text
    assert "Bonjour Ana Roy," in form and "BN LETTER" in form and waiting in form
    sent = colin.post("/desk/remind/client", {"to": waiting, "once": str(uuid4())})
    assert sent.status_code == 303, sent.text
    assert "1 mail is on its way." in colin.get("/desk").text
    [mail] = mails(app)[before:]
    assert mail.to_email == EMAILS["ana"] and "2 éléments vous attendent" in mail.subject
    assert "SIGN THE BOND" in mail.body and "OURS" not in mail.body and "NOT FOR HER" not in mail.body
    again = visit("priya").post("/desk/remind/client", {"to": waiting, "once": str(uuid4())})
    assert again.status_code == 422 and len(mails(app)) == before + 1


@pytest.mark.parametrize(("name", "status"), [("celia", 422), ("ana", 403), ("bruno", 403), (None, 302)])
def test_others_remind_nobody(visit: Visit, app: Flask, waiting: str, name: str | None, status: int) -> None:
    before = len(mails(app))
    assert visit(name).post("/desk/remind/client", {"to": waiting, "once": str(uuid4())}).status_code == status
    assert len(mails(app)) == before


def test_a_broker_hears_of_its_tasks_and_who_has_no_address_is_named(visit: Visit, app: Flask, cast: Cast) -> None:
    with app.app_context():
        as_firm()
        client = db.session.get(Client, cast.client_a)
        partner = make_partner(name="Northgate", email="desk@northgate.example", language="en")
        make_task(client, title="ACCEPT THE DELEGATION", waiting_on=Party.BROKER, partner_id=partner.id)
        make_task(client, title="NAMELESS", waiting_on=Party.BROKER)
    text = visit("colin").get("/desk/remind/broker").text
    assert "ACCEPT THE DELEGATION" in text and "desk@northgate.example" in text
    assert "NAMELESS" not in text and "The task names no partner" in text


@pytest.mark.parametrize("party", ["us", "cbsa", "nobody"])
def test_nobody_writes_to_cbsa_or_to_oneself(visit: Visit, party: str) -> None:
    assert visit("colin").get(f"/desk/remind/{party}").status_code == 404
