"""API, rows: what other programs are told, and nothing else. The description is made of these very classes.

A field once given stays, with its meaning; what the program calls it inside may change.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from tracker.clients.enums import AccountProfile, ClientState, Known, Residency
from tracker.clients.queries import AccountRow, ClientHeader
from tracker.coordination.enums import Party, TaskState
from tracker.coordination.queries import TaskRow
from tracker.deadlines import rules as deadlines
from tracker.documents.enums import RequestState
from tracker.documents.queries import RequestRow
from tracker.guarantees.account_cover import AccountCover
from tracker.guarantees.enums import Basis, SecurityForm
from tracker.rulebook.types import Citation, Rules, Text


@dataclass(frozen=True, slots=True)
class Client:
    """An importer."""

    id: UUID
    legal_name: str
    trade_name: str | None
    business_number: Annotated[str | None, "Nine digits; null while it is not known."]
    residency: Residency
    language: Annotated[str, "The language the client is written to: en or fr."]
    state: ClientState
    leads: Annotated[tuple[str, ...], "Who leads it at the firm."]
    program_accounts: Annotated[tuple[str, ...], "The numbers of its open accounts, 15 characters each."]
    special_regimes: tuple[str, ...]

    @classmethod
    def of(cls, row: ClientHeader) -> "Client":
        """A client as its pages show it on top."""
        return cls(
            id=row.id,
            legal_name=row.legal_name,
            trade_name=row.trade_name,
            business_number=row.bn9,
            residency=row.residency,
            language=row.language,
            state=row.state,
            leads=row.lead_names,
            program_accounts=tuple(account.number for account in row.accounts if not account.is_closed),
            special_regimes=row.special_regimes,
        )


@dataclass(frozen=True, slots=True)
class Account:
    """A program account of a client."""

    id: UUID
    client_id: UUID
    number: Annotated[str, "15 characters."]
    operating_name: str | None
    profile: AccountProfile
    rpp_enrolled: Annotated[Known, "Whether it is enrolled in Release Prior to Payment."]
    rpp_enrolled_on: date | None
    security_form: SecurityForm
    is_closed: bool

    @classmethod
    def of(cls, row: AccountRow) -> "Account":
        """An account in its client's list."""
        return cls(
            id=row.id,
            client_id=row.client_id,
            number=row.number,
            operating_name=row.operating_name,
            profile=row.profile,
            rpp_enrolled=row.is_rpp_enrolled,
            rpp_enrolled_on=row.rpp_enrolled_on,
            security_form=SecurityForm(row.security_form),
            is_closed=row.is_closed,
        )


@dataclass(frozen=True, slots=True)
class Security:
    """What an open program account of an active client needs and has, on a day. CAD."""

    account_id: UUID
    program_account: str
    client_id: UUID
    client: str
    as_of: date
    form: SecurityForm
    basis: Annotated[Basis, "What `required` rests on. While it is `unknown`, the amount is 0.00 and says nothing."]
    required: Decimal
    posted: Decimal
    cover: Annotated[
        str | None, "Posted ÷ required in percent, cut to one decimal; null when nothing is required or known."
    ]
    shortfall: Decimal
    explanation: Annotated[Text, "How the required amount came about."]
    cautions: tuple[Text, ...]
    portal_figure: Annotated[Decimal | None, "CBSA's own figure, as somebody last read it; null for never."]
    portal_read_on: date | None

    @classmethod
    def of(cls, row: AccountCover) -> "Security":
        """The cover of an account."""
        percent = row.coverage_percent
        return cls(
            account_id=row.account_id,
            program_account=row.number,
            client_id=row.client_id,
            client=row.client_name,
            as_of=row.as_of,
            form=row.form,
            basis=row.basis,
            required=row.required_amount,
            posted=row.posted_amount,
            cover=None if percent is None else str(percent),
            shortfall=row.shortfall_amount,
            explanation=row.explanation,
            cautions=row.cautions,
            portal_figure=row.portal_amount,
            portal_read_on=row.portal_read_on,
        )


@dataclass(frozen=True, slots=True)
class Place:
    """Where a statement can be read."""

    source: Text
    url: str | None
    confidence: Annotated[str, "H, M or L: how sure it is."]

    @classmethod
    def of(cls, row: Citation) -> "Place":
        """A citation."""
        return cls(Text(row.label_in("en"), row.label_in("fr")), row.source.url, row.confidence)


@dataclass(frozen=True, slots=True)
class Fact:
    """A statement of regulation or policy that makes a date what it is."""

    id: str
    text: Text
    citations: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Deadline:
    """A date. One that concerns every client has no client."""

    on: date
    what: Text
    kind: deadlines.DeadlineKind
    source: Annotated[str, "A fact of the rulebook, where it has a dot; else the kind of record that holds the date."]
    record_id: UUID | None
    client_id: UUID | None
    client: str | None
    owner: Annotated[str | None, "Who looks after it, else who leads the client."]
    rule: Annotated[Text | None, "Where it comes from and by what rule it is that day."]
    note: Text | None
    facts: tuple[Fact, ...]

    @classmethod
    def of(cls, row: deadlines.Deadline, rules: Rules) -> "Deadline":
        """A date of the calendar, with the facts in force that make it that day."""
        facts = [rules.facts[key] for key in row.facts if key in rules.facts]
        return cls(
            on=row.on,
            what=row.what,
            kind=row.kind,
            source=row.source,
            record_id=row.record_id,
            client_id=row.client_id,
            client=row.client_name,
            owner=row.owner,
            rule=row.rule,
            note=row.note,
            facts=tuple(Fact(one.id, one.text, tuple(map(Place.of, one.citations))) for one in facts),
        )


@dataclass(frozen=True, slots=True)
class Task:
    """A task; its words in the language of the token's person."""

    id: UUID
    client_id: UUID
    client: str
    title: str
    waiting_on: Party
    waiting_since: date
    due_on: date | None
    is_late: bool
    state: TaskState
    owner: str | None
    partner: str | None
    done_on: date | None
    done_by: str | None

    @classmethod
    def of(cls, row: TaskRow, today: date) -> "Task":
        """A task of the list."""
        return cls(
            id=row.id,
            client_id=row.client_id,
            client=row.client,
            title=row.title,
            waiting_on=row.waiting_on,
            waiting_since=row.waiting_since,
            due_on=row.due_on,
            is_late=row.is_late_on(today),
            state=row.state,
            owner=row.owner,
            partner=row.partner,
            done_on=row.done_on,
            done_by=row.done_by,
        )


@dataclass(frozen=True, slots=True)
class Document:
    """A document asked for; its words in the language of the token's person. The files themselves are not given out."""

    id: UUID
    client_id: UUID
    client: str
    program_account: str | None
    kind: Annotated[str | None, "Its key in the rulebook; null for one the firm named itself."]
    name: str
    why: str
    state: RequestState
    is_late: bool
    requested_on: date
    due_on: date | None
    received_at: datetime | None
    decided_on: date | None
    expires_on: date | None
    owner: str | None
    files: Annotated[int, "How many were handed in."]

    @classmethod
    def of(cls, row: RequestRow) -> "Document":
        """A request of the list."""
        return cls(
            id=row.id,
            client_id=row.client_id,
            client=row.client_name,
            program_account=row.account_number,
            kind=row.kind,
            name=row.name,
            why=row.why,
            state=row.state,
            is_late=row.is_late,
            requested_on=row.requested_on,
            due_on=row.due_on,
            received_at=row.received_at,
            decided_on=row.decided_on,
            expires_on=row.expires_on,
            owner=row.owner_name,
            files=row.files,
        )
