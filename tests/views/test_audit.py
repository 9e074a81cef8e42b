"""Audit, views: the trail is for managers, shows old and new, and never a secret."""

from collections.abc import Callable

from flask import Flask

from tests.conftest import Cast
from tests.factories import as_firm
from tests.visitor import Visitor
from tracker.accounts.models import UserAccount
from tracker.clients.models import Client
from tracker.platform.actor import SYSTEM
from tracker.platform.audit import record
from tracker.platform.db import db, transaction


def test_trail_shows_old_and_new_to_managers_only(visit: Callable[..., Visitor], cast: Cast, app: Flask) -> None:
    with app.app_context():
        as_firm()
        with transaction():
            client = db.session.get_one(Client, cast.client_a)
            client.trade_name = "Maple the second"
            record(SYSTEM, "client:edited", client)
    html = visit("priya").get("/audit").get_data(as_text=True)
    assert "Maple the second" in html and "client:edited" in html
    assert "client:edited" not in visit("priya").get("/audit?q=session").get_data(as_text=True)
    for name, status in (("colin", 403), ("ana", 403), (None, 302)):
        assert visit(name).get("/audit").status_code == status


def test_trail_holds_no_secret(visit: Callable[..., Visitor], app: Flask) -> None:
    with app.app_context():
        as_firm()
        hashes = [row.password_hash for row in db.session.query(UserAccount)]
    html = "".join(visit("adam").get(f"/audit?page={n}").get_data(as_text=True) for n in (1, 2))
    assert hashes and not [secret for secret in hashes if secret and secret in html]
