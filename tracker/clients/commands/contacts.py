"""Clients, commands: the people at the client. They become inactive, never deleted."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _

from tracker.clients.commands.portal_access import part_from_access
from tracker.clients.enums import ContactDuty
from tracker.clients.models import Contact
from tracker.platform.actor import Actor
from tracker.platform.audit import record
from tracker.platform.db import db
from tracker.platform.edge import check_version
from tracker.platform.errors import Refusal
from tracker.platform.languages import LANGUAGES
from tracker.platform.tenancy import new_id


def add_contact(
    actor: Actor,
    *,
    client_id: UUID,
    name: str,
    email: str | None = None,
    phone: str | None = None,
    language: str = "en",
    duties: Sequence[str] = (),
    portal_seen_on: date | None = None,
) -> Contact:
    """Note a person at the client. Refusal on "name", "email", "language" or "duties"."""
    contact = Contact(id=new_id(), client_id=client_id, is_active=True)
    _apply(contact, name, email, phone, language, duties, portal_seen_on)
    db.session.add(contact)
    record(actor, "contact:added", contact)
    db.session.flush()
    return contact


def edit_contact(
    actor: Actor,
    *,
    contact: Contact,
    version: int,
    name: str,
    email: str | None = None,
    phone: str | None = None,
    language: str = "en",
    duties: Sequence[str] = (),
    portal_seen_on: date | None = None,
    is_active: bool = True,
) -> Contact:
    """Change a person at the client. Stale when someone saved first.

    Who becomes inactive loses the portal at once, and so does the address that is replaced: the new one has to be invited.
    """
    check_version(contact, version)
    before = contact.email
    _apply(contact, name, email, phone, language, duties, portal_seen_on)
    contact.is_active = is_active
    record(actor, "contact:edited", contact)
    is_readdressed = contact.email != before
    if is_readdressed or not is_active:
        part_from_access(actor, contact=contact)
    if is_readdressed:
        contact.user_id = None
    return contact


def _apply(
    contact: Contact,
    name: str,
    email: str | None,
    phone: str | None,
    language: str,
    duties: Sequence[str],
    portal_seen_on: date | None,
) -> None:
    if not name.strip():
        raise Refusal("name", _("Fill this in."))
    if language not in LANGUAGES:
        raise Refusal("language", _("Choose one of the list."))
    if set(duties) - set(ContactDuty):
        raise Refusal("duties", _("Choose one of the list."))
    contact.name, contact.phone, contact.language = name.strip(), phone, language
    contact.email = checked_email(email)
    contact.duties = [duty.value for duty in ContactDuty if duty in duties]
    contact.portal_seen_on = portal_seen_on


def checked_email(email: str | None) -> str | None:
    """The address in lower case, None when there is none. Refusal on "email" when mail could not reach it."""
    if not (email or "").strip():
        return None
    try:
        found = validate_email(str(email).strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise Refusal("email", _("This is not an e-mail address.")) from error
    return found.normalized.lower()
