"""Clients, queries: the importer, its accounts, contacts, team and statements, as every other feature reads them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from tracker.accounts.enums import AccountState
from tracker.accounts.models import UserAccount
from tracker.clients.enums import AccountProfile, ClientState, ContactDuty, Duty, Known, Residency
from tracker.clients.models import Client, ClientNote, Contact, Membership, ProgramAccount, Statement
from tracker.clients.rules import shipments_lower_bound
from tracker.clients.statement_rows import StatementRow as StatementRow
from tracker.clients.statement_rows import statements_for as statements_for
from tracker.clients.statement_rows import unexplained_of as unexplained_of
from tracker.platform.db import db

BAM_DUTIES = frozenset({ContactDuty.BAM.value, ContactDuty.SECOND_BAM.value})


@dataclass(frozen=True, slots=True)
class AccountRow:
    """A program account in a list."""

    id: UUID
    client_id: UUID
    number: str
    operating_name: str | None
    profile: AccountProfile
    is_rpp_enrolled: Known
    rpp_enrolled_on: date | None
    security_form: str
    is_closed: bool
    version: int


@dataclass(frozen=True, slots=True)
class ClientHeader:
    """What stands on top of every page of a client."""

    id: UUID
    legal_name: str
    trade_name: str | None
    bn9: str | None
    accounts: tuple[AccountRow, ...]
    residency: Residency
    lead_names: tuple[str, ...]
    language: str
    state: ClientState
    special_regimes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ContactRow:
    """A person at the client, and how they stand with the portal: never, invited, active, withdrawn."""

    id: UUID
    client_id: UUID
    name: str
    email: str | None
    phone: str | None
    language: str
    duties: tuple[str, ...]
    is_active: bool
    portal_seen_on: date | None
    user_id: UUID | None
    access: str
    last_sign_in_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class MemberRow:
    """Someone of the firm who works for a client."""

    user_id: UUID
    client_id: UUID
    name: str
    email: str
    duty: Duty
    since: datetime


@dataclass(frozen=True, slots=True)
class CompanyRow:
    """A company a person may act for."""

    client_id: UUID
    legal_name: str


def get(client_id: UUID) -> Client | None:
    """The client, None when it is not in scope."""
    return db.session.get(Client, client_id)


def get_account(account_id: UUID) -> ProgramAccount | None:
    """The program account, None when it is not in scope."""
    return db.session.get(ProgramAccount, account_id)


def get_contact(contact_id: UUID) -> Contact | None:
    """The contact, None when it is not in scope."""
    return db.session.get(Contact, contact_id)


def get_statement(statement_id: UUID) -> Statement | None:
    """The statement, None when it is not in scope."""
    return db.session.get(Statement, statement_id)


def archived() -> Select[UUID]:
    """Ids of the archived clients, for a list that leaves their rows out: they are few, and looked up once. To look up each
    row's own client, to learn that it is active, takes ten times as long and grows with the firm."""
    return select(Client.id).where(Client.state == ClientState.ARCHIVED)


def by_bn9(bn9: str) -> Client | None:
    """The client in scope with this business number (nine digits)."""
    return db.session.scalar(select(Client).where(Client.bn9 == bn9))


def account_by_number(number: str) -> ProgramAccount | None:
    """The account in scope with this number (15 characters)."""
    return db.session.scalar(select(ProgramAccount).where(ProgramAccount.number == number))


def header(client_id: UUID) -> ClientHeader | None:
    """The head of a client's pages in one statement; None when it is not in scope."""
    query = (
        select(Client, ProgramAccount, UserAccount.name)
        .outerjoin(ProgramAccount, ProgramAccount.client_id == Client.id)
        .outerjoin(Membership, (Membership.client_id == Client.id) & (Membership.duty == Duty.LEAD))
        .outerjoin(UserAccount, UserAccount.id == Membership.user_id)
        .where(Client.id == client_id)
        .order_by(ProgramAccount.is_closed, ProgramAccount.number, UserAccount.name, UserAccount.id)
    )
    rows = db.session.execute(query).all()  # few accounts times fewer leads
    if not rows:
        return None
    client = rows[0][0]
    accounts = {account.id: _account_row(account) for _client, account, _lead in rows if account is not None}
    return ClientHeader(
        id=client.id,
        legal_name=client.legal_name,
        trade_name=client.trade_name,
        bn9=client.bn9,
        accounts=tuple(accounts.values()),
        residency=client.residency,
        lead_names=tuple(dict.fromkeys(name for _client, _account, name in rows if name)),
        language=client.language,
        state=client.state,
        special_regimes=tuple(client.special_regimes or ()),
    )


def accounts_of(client_id: UUID) -> list[AccountRow]:
    """A client's program accounts by number, the closed ones last."""
    return accounts_for([client_id]).get(client_id, [])


def accounts_for(client_ids: Sequence[UUID]) -> dict[UUID, list[AccountRow]]:
    """The program accounts of these clients (those in scope), in one statement."""
    found: dict[UUID, list[AccountRow]] = defaultdict(list)
    query = (
        select(ProgramAccount)
        .where(ProgramAccount.client_id.in_(client_ids))
        .order_by(ProgramAccount.is_closed, ProgramAccount.number)
    )
    for row in db.session.scalars(query):
        found[row.client_id].append(_account_row(row))
    return dict(found)


def _account_row(row: ProgramAccount) -> AccountRow:
    return AccountRow(
        row.id,
        row.client_id,
        row.number,
        row.operating_name,
        row.profile,
        row.is_rpp_enrolled,
        row.rpp_enrolled_on,
        row.security_form,
        row.is_closed,
        row.version,
    )


def contacts_of(client_id: UUID) -> list[ContactRow]:
    """A client's people, those who left last, each with their access to the portal."""
    query = (
        select(Contact, UserAccount.state, UserAccount.last_sign_in_at, Membership.id)
        .outerjoin(UserAccount, UserAccount.id == Contact.user_id)
        .outerjoin(
            Membership,
            (Membership.user_id == Contact.user_id) & (Membership.client_id == Contact.client_id),
        )
        .where(Contact.client_id == client_id)
        .order_by(Contact.is_active.desc(), Contact.name, Contact.id)
    )
    return [
        ContactRow(
            id=row.id,
            client_id=row.client_id,
            name=row.name,
            email=row.email,
            phone=row.phone,
            language=row.language,
            duties=tuple(row.duties or ()),
            is_active=row.is_active,
            portal_seen_on=row.portal_seen_on,
            user_id=row.user_id,
            access=_access(row, state, membership_id),
            last_sign_in_at=last if membership_id else None,
            version=row.version,
        )
        for row, state, last, membership_id in db.session.execute(query)
    ]


def _access(contact: Contact, state: AccountState | None, membership_id: UUID | None) -> str:
    if contact.user_id is None:
        return "never"
    if membership_id is None or state is AccountState.DEACTIVATED or not contact.is_active:
        return "withdrawn"
    return "active" if state is AccountState.ACTIVE else "invited"


def bam_count(client_id: UUID) -> int:
    """How many active contacts manage the client's account in CBSA's portal."""
    query = select(Contact.duties).where(Contact.client_id == client_id, Contact.is_active.is_(True))
    return sum(bool(BAM_DUTIES & set(duties or ())) for duties in db.session.scalars(query))


def profile_of(client_id: UUID) -> dict[str, Any]:
    """What conditions and questions may read of a client. Empty when it is not in scope. Money in CAD."""
    client = get(client_id)
    if client is None:
        return {}
    open_accounts = [row for row in accounts_of(client_id) if not row.is_closed]
    return {
        "bn9": client.bn9,
        "residency": None if client.residency is Residency.UNKNOWN else client.residency.value,
        "country": client.country,
        "shipments_per_month": shipments_lower_bound(client.shipments_per_month),
        "yearly_value_amount": client.yearly_value_amount,
        "products": client.products,
        "hs_chapters": list(client.hs_chapters or ()),
        "origins": list(client.origins or ()),
        "regulated_goods": list(client.regulated_goods or ()),
        "special_regimes": list(client.special_regimes or ()),
        "program_account_count": len(open_accounts),
        "broker_count": 0,  # delegations are coordination's: it fills this in
        "bam_count": max(bam_count(client_id), client.stated_bam_count or 0),
    }


def team_of(client_id: UUID) -> list[MemberRow]:
    """The firm's people on a client, the lead first."""
    return team_for([client_id]).get(client_id, [])


def team_for(client_ids: Sequence[UUID]) -> dict[UUID, list[MemberRow]]:
    """The firm's people on these clients, in one statement. A client out of scope is left out."""
    query = (
        select(Membership.user_id, Client.id, UserAccount.name, UserAccount.email, Membership.duty, Membership.since)
        .join(UserAccount, UserAccount.id == Membership.user_id)
        .join(Client, Client.id == Membership.client_id)
        .where(Client.id.in_(client_ids), Membership.duty != Duty.CONTACT)
        .order_by(UserAccount.name, UserAccount.id)
    )
    found: dict[UUID, list[MemberRow]] = defaultdict(list)
    for row in db.session.execute(query):
        found[row[1]].append(MemberRow(row[0], *row[1:]))
    order = list(Duty)
    return {key: sorted(rows, key=lambda row: order.index(row.duty)) for key, rows in found.items()}


def companies_of(user_id: UUID) -> list[CompanyRow]:
    """The companies a person may act for as a contact, by name, archived ones left out."""
    query = (
        select(Client.id, Client.legal_name)
        .join(Membership, Membership.client_id == Client.id)
        .where(Membership.user_id == user_id, Membership.duty == Duty.CONTACT, Client.state == ClientState.ACTIVE)
        .order_by(Client.legal_name, Client.id)
    )
    return [CompanyRow(*row) for row in db.session.execute(query)]


def notes_of(client_id: UUID) -> Sequence[ClientNote]:
    """The notes on a client's file, newest first."""
    query = select(ClientNote).where(ClientNote.client_id == client_id)
    return db.session.scalars(query.order_by(ClientNote.written_at.desc(), ClientNote.id)).all()
