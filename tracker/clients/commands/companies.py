"""Clients, commands: the importer itself, its notes, and whether the firm works for it now."""

from datetime import date
from decimal import Decimal
from typing import TypedDict, Unpack
from uuid import UUID

from flask_babel import gettext as _

from tracker.clients import queries
from tracker.clients.business_number import BusinessNumberError, parse_business_number
from tracker.clients.commands.finding import key_of
from tracker.clients.enums import ClientState, Known, Residency
from tracker.clients.models import Client, ClientNote
from tracker.clients.words import PROBLEMS
from tracker.platform.actor import Actor
from tracker.platform.audit import record
from tracker.platform.clock import now
from tracker.platform.db import db
from tracker.platform.edge import check_version
from tracker.platform.errors import Refusal
from tracker.platform.tenancy import new_id


class ClientDetails(TypedDict, total=False):
    """What may be said of a client besides its name. Money in CAD; what is left out stays as it is."""

    trade_name: str | None
    bn9: str | None
    bn_override_reason: str | None
    client_number: str | None
    residency: Residency
    country: str | None
    language: str
    street: str | None
    city: str | None
    province: str | None
    postal_code: str | None
    products: str | None
    hs_chapters: list[str]
    origins: list[str]
    shipments_per_month: str | None
    yearly_value_amount: Decimal | None
    regulated_goods: list[str]
    special_regimes: list[str]
    is_portal_linked: Known
    portal_linked_on: date | None
    stated_bam_count: int | None
    is_payment_ready: Known
    payment_method: str | None
    notes: str | None


def create_client(actor: Actor, *, legal_name: str, **details: Unpack[ClientDetails]) -> Client:
    """Take on an importer. Refusal on "legal_name", "bn9", "country", "yearly_value_amount" or "language"."""
    client = Client(id=new_id(), legal_name=_checked_name(legal_name))
    _apply(client, details)
    _check_number_is_free(client)
    client.search_key = key_of(client, ())
    db.session.add(client)
    record(actor, "client:created", client)
    db.session.flush()
    return client


def edit_client(
    actor: Actor, *, client: Client, version: int, legal_name: str, **details: Unpack[ClientDetails]
) -> Client:
    """Change what is said of an importer. Stale when someone else saved first; refusals as `create_client`."""
    check_version(client, version)
    client.legal_name = _checked_name(legal_name)
    _apply(client, details)
    _check_number_is_free(client)
    client.search_key = key_of(client, queries.accounts_of(client.id))
    record(actor, "client:edited", client)
    return client


def archive_client(actor: Actor, *, client: Client, version: int) -> None:
    """Put a client away: it leaves the daily lists, nothing is deleted."""
    check_version(client, version)
    client.state, client.archived_at = ClientState.ARCHIVED, now()
    record(actor, "client:archived", client)


def restore_client(actor: Actor, *, client: Client, version: int) -> None:
    """Take an archived client up again."""
    check_version(client, version)
    client.state, client.archived_at = ClientState.ACTIVE, None
    record(actor, "client:restored", client)


def add_note(actor: Actor, *, client_id: UUID, text: str, is_shared: bool = False) -> ClientNote:
    """Write a note into the client's file. Refusal on "text" when there is nothing to note."""
    if not text.strip():
        raise Refusal("text", _("Fill this in."))
    note = ClientNote(id=new_id(), client_id=client_id, text=text.strip(), is_shared=is_shared, written_by=actor.name)
    db.session.add(note)
    record(actor, "note:written", note)
    return note


def _checked_name(legal_name: str) -> str:
    # Exact as registered: nothing is tidied but the blanks around it, or CBSA's portal will not find the company.
    name = legal_name.strip()
    if not name:
        raise Refusal("legal_name", _("Fill this in."))
    return name


def _apply(client: Client, details: ClientDetails) -> None:
    if "bn9" in details:
        reason = details.get("bn_override_reason", client.bn_override_reason)
        client.bn9, client.bn_override_reason = _checked_number(details["bn9"], reason)
    for name, value in details.items():
        if name not in ("bn9", "bn_override_reason"):
            setattr(client, name, value)
    country = client.country
    if country is not None:
        client.country = country.strip().upper() or None
        if client.country and not (len(client.country) == 2 and client.country.isascii() and client.country.isalpha()):
            raise Refusal("country", _("Write the country as two letters, such as CA or US."))
    if client.yearly_value_amount is not None and client.yearly_value_amount < 0:
        raise Refusal("yearly_value_amount", _("This amount cannot be negative."))


def _checked_number(typed: str | None, reason: str | None) -> tuple[str | None, str | None]:
    """The nine digits and the reason for a failing check digit (None where it fits)."""
    if not (typed or "").strip():
        return None, None
    try:
        number = parse_business_number(typed)
    except BusinessNumberError as error:
        if error.problem != "check_digit" or not (reason or "").strip():
            raise Refusal("bn9", PROBLEMS[error.problem]()) from error
        bn9, kept = str(error.normalized), (reason or "").strip() or None
    else:
        bn9, kept = number.normalized, None
    if len(bn9) != 9:
        raise Refusal("bn9", _("Nine digits only. Program accounts (RM) have their own page."))
    return bn9, kept


def _check_number_is_free(client: Client) -> None:
    with db.session.no_autoflush:
        other = queries.by_bn9(client.bn9) if client.bn9 else None
    if other is not None and other is not client:
        raise Refusal("bn9", _("%(name)s already has this business number.", name=other.legal_name))
