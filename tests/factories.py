"""Factories: one plain function a model, sensible defaults, no chance. They go through transaction() as everything does."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from tracker.accounts import queries as accounts
from tracker.accounts import tokens
from tracker.accounts.enums import AccountState
from tracker.accounts.models import UserAccount
from tracker.accounts.passwords import hasher
from tracker.accounts.signing_in import actor_of
from tracker.clients.enums import AccountProfile, Duty
from tracker.clients.models import Client, Contact, Membership, ProgramAccount, Statement
from tracker.coordination.enums import PartnerKind, Party
from tracker.coordination.models import Delegation, Partner, Task
from tracker.documents.models import DocumentRequest
from tracker.engagements.models import Engagement
from tracker.guarantees.enums import InstrumentKind, InstrumentState
from tracker.guarantees.models import Allocation, Instrument
from tracker.guarantees.rules import COVERING
from tracker.permissions import Role
from tracker.platform.actor import SYSTEM
from tracker.platform.audit import record
from tracker.platform.db import db, transaction
from tracker.platform.tenancy import Scope, enter

PASSWORD = "a long pass phrase"
DAY = date(2026, 11, 23)
# Synthetic numbers whose check digit is right (facts section 11).
NUMBERS = ("123456782", "100000017", "712345677", "812345676", "700000003", "800000002")


def as_firm() -> None:
    """Act as the whole firm, as a factory may."""
    enter(db.session(), Scope.firm("factory"))


def saved(row: Any) -> Any:
    """Write one row with an event in the trail, and hand it back loaded."""
    as_firm()
    with transaction() as session:
        session.add(row)
        record(SYSTEM, "factory:made", row, client_id=getattr(row, "client_id", None))
    db.session.refresh(row)
    return row


def make_user(role: Role = Role.CONSULTANT, **over: Any) -> UserAccount:
    """Someone who can sign in with PASSWORD."""
    values: dict[str, Any] = {
        "email": f"{role.value}@firm.example",
        "name": role.value.title(),
        "role": role,
        "state": AccountState.ACTIVE,
        "password_hash": hasher().hash(PASSWORD),
    }
    made: UserAccount = saved(UserAccount(**{**values, **over}))
    return made


def make_token(email: str, days: int = 90, label: str = "Ledger") -> str:
    """The secret of a token of this person's own."""
    as_firm()
    person = accounts.by_email(email)
    assert person is not None
    with transaction():
        return tokens.make_token(actor_of(person), label=label, days=days)


def make_client(**over: Any) -> Client:
    """An importer. The next free synthetic number unless given."""
    as_firm()
    count = db.session.scalar(select(func.count()).select_from(Client)) or 0
    values: dict[str, Any] = {"legal_name": "Maple Toys Inc.", "bn9": NUMBERS[count] if count < len(NUMBERS) else None}
    values.update(over)
    values.setdefault("search_key", f"{values['legal_name']} {values['bn9'] or ''}".casefold())
    made: Client = saved(Client(**values))
    return made


def make_membership(user: UserAccount, client: Client, duty: Duty = Duty.TEAM) -> Membership:
    """Let someone see a client."""
    as_firm()
    with transaction() as session:
        row = Membership(user_id=user.id, client_id=client.id, duty=duty)
        session.add(row)
    return row


def make_account(client: Client, **over: Any) -> ProgramAccount:
    """An RM program account of a client."""
    values: dict[str, Any] = {
        "client_id": client.id,
        "number": f"{client.bn9}RM0001",
        "profile": AccountProfile.IMPORTER,
    }
    made: ProgramAccount = saved(ProgramAccount(**{**values, **over}))
    return made


def make_contact(client: Client, **over: Any) -> Contact:
    """A person at a client."""
    values: dict[str, Any] = {
        "client_id": client.id,
        "name": "Ana Roy",
        "email": "ana@maple.example",
        "duties": ["bam"],
    }
    made: Contact = saved(Contact(**{**values, **over}))
    return made


def make_statement(account: ProgramAccount, **over: Any) -> Statement:
    """A statement of account whose chain adds up."""
    charges = Decimal(over.get("charges_amount", "84200.00"))
    values: dict[str, Any] = {
        "client_id": account.client_id,
        "program_account_id": account.id,
        "period_start": date(2026, 9, 18),
        "period_end": date(2026, 10, 17),
        "statement_on": date(2026, 10, 25),
        "due_on": date(2026, 10, 30),
        "opening_amount": Decimal(0),
        "charges_amount": charges,
        "total_amount": charges,
    }
    made: Statement = saved(Statement(**{**values, **over}))
    return made


def make_partner(**over: Any) -> Partner:
    """A customs broker."""
    values: dict[str, Any] = {"kind": PartnerKind.BROKER, "name": "Northgate Customs Brokers"}
    values.update(over)
    values.setdefault("name_key", values["name"].casefold())
    made: Partner = saved(Partner(**values))
    return made


def make_delegation(client: Client, partner: Partner, **over: Any) -> Delegation:
    """A delegation of authority, not asked for yet."""
    made: Delegation = saved(Delegation(**{"client_id": client.id, "partner_id": partner.id, **over}))
    return made


def make_engagement(client: Client, **over: Any) -> Engagement:
    """An open onboarding."""
    values: dict[str, Any] = {
        "client_id": client.id,
        "template": "carm_onboarding",
        "template_version": 1,
        "stage_since": DAY,
        "opened_on": DAY,
    }
    made: Engagement = saved(Engagement(**{**values, **over}))
    return made


def make_task(client: Client, **over: Any) -> Task:
    """A task typed by hand, waiting on us."""
    values: dict[str, Any] = {
        "client_id": client.id,
        "title": "Call the client",
        "waiting_on": Party.US,
        "waiting_since": DAY,
        "due_on": DAY,
    }
    made: Task = saved(Task(**{**values, **over}))
    return made


def make_request(client: Client, **over: Any) -> DocumentRequest:
    """A document asked for."""
    values: dict[str, Any] = {
        "client_id": client.id,
        "kind": "bn_confirmation",
        "requested_on": DAY,
        "due_on": date(2026, 11, 27),
    }
    made: DocumentRequest = saved(DocumentRequest(**{**values, **over}))
    return made


def make_instrument(client: Client, **over: Any) -> Instrument:
    """A posted surety bond."""
    values: dict[str, Any] = {
        "client_id": client.id,
        "kind": InstrumentKind.SURETY_BOND,
        "number": "B-1001",
        "amount": Decimal("42100.00"),
        "valid_from": date(2026, 1, 1),
        "state": InstrumentState.POSTED,
        "state_since": date(2026, 1, 1),
        **over,
    }
    if values["state"] in COVERING:
        values.setdefault("posted_on", values["state_since"])
    made: Instrument = saved(Instrument(**values))
    return made


def make_allocation(instrument: Instrument, account: ProgramAccount, amount: Decimal | None = None) -> Allocation:
    """Part (or all) of an instrument on one account."""
    made: Allocation = saved(
        Allocation(
            client_id=instrument.client_id,
            instrument_id=instrument.id,
            program_account_id=account.id,
            amount=instrument.amount if amount is None else amount,
        )
    )
    return made


def ident(row: Any) -> UUID:
    """The id of a row, typed."""
    found: UUID = row.id
    return found
