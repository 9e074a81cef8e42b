"""Desk, queries: whom a reminder would reach, one mail a person for everything that waits on them, and whom none can."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import Select, select

from tracker.accounts.enums import AccountState
from tracker.accounts.models import UserAccount
from tracker.clients.enums import ClientState, Duty
from tracker.clients.models import Client, Contact, Membership
from tracker.coordination.enums import Party, TaskState
from tracker.coordination.models import Partner, Task
from tracker.documents.models import DocumentRequest
from tracker.documents.rules import WAITS_ON_CLIENT
from tracker.platform.db import db
from tracker.platform.once import OnceKey

REMINDABLE = (Party.CLIENT, Party.BROKER, Party.SURETY)  # nobody writes to CBSA this way, nor to oneself
PURPOSE = "desk.reminder"  # kept among the one-time keys: a person, this purpose, a day
MOST_ITEMS = 5000
MOST_PEOPLE = 200


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that waits: a task or a document asked for."""

    client_id: UUID
    client: str
    is_document: bool
    kind: str | None
    title: str | None
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Recipient:
    """One person, known by the address alone, and everything that waits on them."""

    key: UUID
    email: str
    name: str
    language: str
    contact_ids: tuple[UUID, ...]
    partner_ids: tuple[UUID, ...]
    items: tuple[Item, ...]
    was_reminded: bool = False  # today, by anybody of the firm

    @property
    def companies(self) -> list[str]:
        """The clients it is about, by name."""
        return sorted({item.client for item in self.items})


@dataclass(frozen=True, slots=True)
class Unreached:
    """A client for which something waits and nobody can be written to."""

    client_id: UUID
    client: str
    items: int


@dataclass(frozen=True, slots=True)
class Reminders:
    """What a reminder to one party would do."""

    party: Party
    recipients: Sequence[Recipient]
    left_out: int  # people beyond the most that one page writes to
    unreached: Sequence[Unreached]

    @property
    def ready(self) -> int:
        """How many would get a mail now."""
        return sum(not each.was_reminded for each in self.recipients)


@dataclass(frozen=True, slots=True)
class _Address:
    email: str
    name: str
    language: str
    contact_id: UUID | None = None
    partner_id: UUID | None = None


_Pair = tuple[Item, Sequence[_Address]]


def reminders(party: Party, day: date) -> Reminders:
    """Who would be reminded on `day`, in the actor's scope. Four statements however many."""
    pairs = _of_clients() if party is Party.CLIENT else _of_partners(party)
    people = sorted(_people(pairs), key=lambda each: (each.name.casefold(), each.email))
    reached, rest = people[:MOST_PEOPLE], people[MOST_PEOPLE:]
    told = _told([each.key for each in reached], day)
    return Reminders(
        party, [replace(each, was_reminded=each.key in told) for each in reached], len(rest), _unreached(pairs)
    )


def person_key(email: str) -> UUID:
    """A person by address, whatever their companies or the way it is written."""
    return uuid5(NAMESPACE_URL, f"mailto:{email.strip().lower()}")


def _people(pairs: Iterable[_Pair]) -> list[Recipient]:
    items: dict[UUID, list[Item]] = defaultdict(list)
    addresses: dict[UUID, list[_Address]] = defaultdict(list)
    for item, reached in pairs:
        for address in {person_key(each.email): each for each in reached}.values():
            items[person_key(address.email)].append(item)
        for address in reached:
            addresses[person_key(address.email)].append(address)
    return [_recipient(key, addresses[key], items[key]) for key in items]


def _recipient(key: UUID, addresses: Sequence[_Address], items: Sequence[Item]) -> Recipient:
    first = addresses[0]
    contacts = dict.fromkeys(each.contact_id for each in addresses if each.contact_id)
    partners = dict.fromkeys(each.partner_id for each in addresses if each.partner_id)
    in_order = sorted(items, key=lambda item: (item.client.casefold(), item.due_on or date.max))
    return Recipient(key, first.email, first.name, first.language, tuple(contacts), tuple(partners), tuple(in_order))


def _unreached(pairs: Iterable[_Pair]) -> list[Unreached]:
    counts: dict[tuple[str, UUID], int] = defaultdict(int)
    for item, reached in pairs:
        if not reached:
            counts[item.client, item.client_id] += 1
    return [Unreached(key, name, count) for (name, key), count in sorted(counts.items(), key=lambda one: one[0][0])]


def _told(keys: Sequence[UUID], day: date) -> frozenset[UUID]:
    query = select(OnceKey.user_id).where(
        OnceKey.endpoint == PURPOSE, OnceKey.key == day.isoformat(), OnceKey.user_id.in_(keys)
    )
    return frozenset(db.session.scalars(query))


def _of_clients() -> list[_Pair]:
    """What the portal shows as theirs to do; the people are those who may enter it."""
    tasks = _items(Task).where(
        Task.state == TaskState.OPEN, Task.waiting_on == Party.CLIENT, Task.is_client_visible.is_(True)
    )
    documents = _items(DocumentRequest).where(
        DocumentRequest.state.in_(WAITS_ON_CLIENT), DocumentRequest.is_client_visible.is_(True)
    )
    items = [_item(row, is_document=False) for row in db.session.execute(tasks)]
    items += [_item(row, is_document=True) for row in db.session.execute(documents)]
    people = _contacts({item.client_id for item in items})
    return [(item, people.get(item.client_id, ())) for item in items]


def _items(row: Any) -> Select[Any]:
    columns: list[Any] = [row.client_id, Client.legal_name, row.kind, row.title, row.due_on]
    return (
        select(*columns)
        .join(Client, Client.id == row.client_id)
        .where(Client.state == ClientState.ACTIVE)
        .order_by(row.due_on, row.id)
        .limit(MOST_ITEMS)
    )


def _item(row: Any, *, is_document: bool) -> Item:
    return Item(row[0], row[1], is_document, row[2], row[3], row[4])


def _contacts(client_ids: Iterable[UUID]) -> Mapping[UUID, Sequence[_Address]]:
    query = (
        select(Contact.client_id, UserAccount.email, Contact.name, Contact.language, Contact.id)
        .join(UserAccount, UserAccount.id == Contact.user_id)
        .join(Membership, (Membership.user_id == Contact.user_id) & (Membership.client_id == Contact.client_id))
        .where(
            Contact.client_id.in_(client_ids),
            Contact.is_active.is_(True),
            Membership.duty == Duty.CONTACT,
            UserAccount.state != AccountState.DEACTIVATED,
        )
        .order_by(Contact.name, Contact.id)
    )
    found: dict[UUID, list[_Address]] = defaultdict(list)
    for client_id, email, name, language, key in db.session.execute(query):
        found[client_id].append(_Address(email, name, language, contact_id=key))
    return found


def _of_partners(party: Party) -> list[_Pair]:
    """What waits on a broker or surety that is named and has an address."""
    query = (
        _items(Task)
        .add_columns(Partner.email, Partner.contact_name, Partner.name, Partner.language, Partner.id)
        .outerjoin(Partner, (Partner.id == Task.partner_id) & Partner.is_active.is_(True))
        .where(Task.state == TaskState.OPEN, Task.waiting_on == party)
    )
    pairs: list[_Pair] = []
    for row in db.session.execute(query):
        email, person, name, language, key = row[5:]
        reached = [_Address(email, person or name, language, partner_id=key)] if email else []
        pairs.append((_item(row, is_document=False), reached))
    return pairs
