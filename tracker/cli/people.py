"""The tracker command: `tracker user add`."""

import click
from flask import current_app, url_for

from tracker.accounts import commands
from tracker.accounts.enums import TokenPurpose
from tracker.cli.session import answer, application, refuse
from tracker.clients import queries as clients
from tracker.clients.enums import Duty
from tracker.clients.models import Client, Membership
from tracker.permissions import Role
from tracker.platform.actor import SYSTEM
from tracker.platform.audit import record
from tracker.platform.db import db, transaction
from tracker.platform.errors import Refusal


@click.group()
def user() -> None:
    """People who may sign in."""


@user.command("add")
@click.argument("email")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option(
    "--client", "numbers", multiple=True, metavar="BN", help="a client of this person (nine digits); may be repeated"
)
@click.option("--name", default="")
@click.option("--language", type=click.Choice(["en", "fr"]), default="en")
@click.option("--json", "as_json", is_flag=True)
def add(email: str, role: str, numbers: tuple[str, ...], name: str, language: str, as_json: bool) -> None:
    """Add a person and print the one-time link with which they set their password."""
    with application(language=language) as app, app.test_request_context(base_url=app.config["TRACKER_BASE_URL"]):
        try:
            with transaction():
                link = _add(email, Role(role), numbers, name, language)
        except Refusal as refusal:
            refuse(refusal.message)
        if as_json:
            answer({"email": email, "role": role, "link": link})
        else:
            click.echo(link)


def _add(email: str, role: Role, numbers: tuple[str, ...], name: str, language: str) -> str:
    if role is Role.CONTACT and not numbers:
        raise Refusal("client", "A contact needs --client with the client's business number.")
    person = commands.add_person(SYSTEM, email=email, name=name, role=role, language=language)
    for number in numbers:
        client = _client(number)
        db.session.add(
            Membership(user_id=person.id, client_id=client.id, duty=Duty.CONTACT if role is Role.CONTACT else Duty.TEAM)
        )
        record(SYSTEM, "membership:given", client, changes={"person": [None, person.email]})
    secret = commands.issue_link(SYSTEM, person=person, purpose=TokenPurpose.INVITATION)
    return str(current_app.config["TRACKER_BASE_URL"]) + url_for("accounts.welcome", secret=secret, _external=False)


def _client(number: str) -> Client:
    digits = "".join(c for c in number if c.isdigit())[:9]
    found = clients.by_bn9(digits)
    if found is None:
        raise Refusal("client", f"No client with the business number {number}.")
    return found
