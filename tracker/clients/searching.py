"""Clients, queries: search over clients and their people.

A search for part of a word looks at every name. SQLite does so in an index that holds the names in the order of the answer:
for a frequent word it stops at a screenful, and for a rare one it goes through the people once, not once for their clients
and once more for themselves.
"""

import re
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select

from tracker.clients.enums import ClientState
from tracker.clients.models import Client, Contact
from tracker.clients.rules import fold, squeeze
from tracker.platform.db import db

MOST = 20
MOST_WORDS = 6
NUMBER = re.compile(r"[0-9][0-9 \u00a0-]{3,}[0-9](?: ?RM ?[0-9]{0,4})?", re.IGNORECASE)
ALL_KNOWN = 100  # fewer people than these are all there are, so that their clients are known


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A client that a search found."""

    client_id: UUID
    legal_name: str
    trade_name: str | None
    bn9: str | None
    state: ClientState


@dataclass(frozen=True, slots=True)
class Person:
    """A contact that a search found."""

    client_id: UUID
    client: str
    name: str
    email: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found in scope, a screenful of each."""

    clients: tuple[SearchHit, ...] = ()
    people: tuple[Person, ...] = ()


def search(text: str) -> Found:
    """Clients whose names, numbers (in any spacing) or people hold `text`, archived ones last; contacts by name, however
    it is spaced or accented, or by address. Signs alone find nothing. Two statements."""
    if not squeeze(text):
        return Found()
    folded, typed = fold(text), text.strip().lower()
    people = db.session.execute(_people(text, typed)).all()
    has_one: ColumnElement[bool]
    if len(people) < ALL_KNOWN and typed == folded:
        has_one = Client.id.in_({row.client_id for row in people})
    else:
        has_one = select(Contact.id).where(Contact.client_id == Client.id, _names(text, folded)).exists()
    return Found(
        clients=tuple(SearchHit(*row) for row in db.session.execute(_clients(text, has_one))),
        people=tuple(Person(*row) for row in people[:MOST]),
    )


def _people(text: str, address: str) -> Select[UUID, str, str, str | None]:
    return (
        select(Contact.client_id, Client.legal_name, Contact.name, Contact.email)
        .outerjoin(Client, Client.id == Contact.client_id)  # outer, though each has one: the order must not start there
        .where(_names(text, address))
        .order_by(Contact.name, Contact.id)
        .limit(ALL_KNOWN)
    )


def _clients(text: str, has_one: ColumnElement[bool]) -> Select[UUID, str, str | None, str | None, ClientState]:
    return (
        select(Client.id, Client.legal_name, Client.trade_name, Client.bn9, Client.state)
        .where(or_(_calls(text), has_one))
        .order_by(Client.state, Client.legal_name, Client.id)
        .limit(MOST)
    )


def _names(text: str, address: str) -> ColumnElement[bool]:
    """Whether a contact's name holds `text`, or its address `address`."""
    return or_(
        Contact.name_key.contains(squeeze(text), autoescape=True), Contact.email.contains(address, autoescape=True)
    )


def holding(text: str) -> list[ColumnElement[bool]]:
    """The conditions of a list of clients narrowed to `text`: each of its words, or the number it is in any spacing."""
    # a number typed with blanks is one number
    words = [squeeze(text)] if NUMBER.fullmatch(text.strip()) else fold(text).split()[:MOST_WORDS]
    return [_calls(word) for word in words]


def _calls(text: str) -> ColumnElement[bool]:
    """Whether a client's own names and numbers hold `text`, folded or squeezed."""
    sought = dict.fromkeys((fold(text), squeeze(text)))
    return or_(*(Client.search_key.contains(one, autoescape=True) for one in sought))
