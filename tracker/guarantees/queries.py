"""Guarantees, queries: instruments and lists of cover as the pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Select, func, or_, select

from tracker.clients.enums import ClientState
from tracker.clients.models import Client, ProgramAccount
from tracker.coordination.models import Partner
from tracker.guarantees.enums import InstrumentKind, InstrumentState, ReductionState, ToldState
from tracker.guarantees.models import (
    Allocation,
    Instrument,
    InstrumentReading,
    PortalFigure,
    ReductionRequest,
    Scenario,
    ToldFigure,
)
from tracker.guarantees.rules.particulars import Particulars, differing
from tracker.permissions import SEES_ALL_CLIENTS
from tracker.platform.actor import Actor
from tracker.platform.db import db


@dataclass(frozen=True, slots=True)
class InstrumentRow:
    """An instrument in a list, with its provider's name and its shares by account. CAD."""

    id: UUID
    client_id: UUID
    kind: InstrumentKind
    number: str | None
    provider: str | None
    amount: Decimal
    valid_from: date | None
    valid_until: date | None
    state: InstrumentState
    state_since: date
    acceptance_reason: str | None
    shares: tuple[tuple[str, Decimal], ...]

    @property
    def unallocated_amount(self) -> Decimal:
        """What no account has a share of."""
        return self.amount - sum((share for _number, share in self.shares), Decimal(0))


def get_instrument(instrument_id: UUID) -> Instrument | None:
    """The instrument, None when it is not in scope."""
    return db.session.get(Instrument, instrument_id)


def get_account(account_id: UUID) -> ProgramAccount | None:
    """The program account, None when it is not in scope."""
    return db.session.get(ProgramAccount, account_id)


def instruments_of(client_id: UUID) -> list[InstrumentRow]:
    """A client's instruments, the ones still alive first, newest first."""
    return instruments_for([client_id])


def instruments_for(client_ids: Sequence[UUID]) -> list[InstrumentRow]:
    """The instruments of these clients in two statements."""
    query = (
        select(Instrument, Partner.name)
        .outerjoin(Partner, Partner.id == Instrument.provider_id)
        .where(Instrument.client_id.in_(client_ids))
        .order_by((Instrument.state == InstrumentState.ENDED), Instrument.state_since.desc(), Instrument.id)
    )
    rows = [(row[0], row[1]) for row in db.session.execute(query)]
    shares: dict[UUID, list[tuple[str, Decimal]]] = {}
    spread = (
        select(Allocation.instrument_id, ProgramAccount.number, Allocation.amount)
        .join(ProgramAccount, ProgramAccount.id == Allocation.program_account_id)
        .where(Allocation.client_id.in_(client_ids))
        .order_by(ProgramAccount.number)
    )
    for instrument_id, number, amount in db.session.execute(spread):
        shares.setdefault(instrument_id, []).append((number, amount))
    return [
        InstrumentRow(
            i.id,
            i.client_id,
            i.kind,
            i.number,
            name,
            i.amount,
            i.valid_from,
            i.valid_until,
            i.state,
            i.state_since,
            i.acceptance_reason,
            tuple(shares.get(i.id, ())),
        )
        for i, name in rows
    ]


def shares_of(instrument_id: UUID) -> dict[UUID, Decimal]:
    """How much of an instrument covers which account (CAD)."""
    query = select(Allocation.program_account_id, Allocation.amount).where(Allocation.instrument_id == instrument_id)
    return {row[0]: row[1] for row in db.session.execute(query)}


def reading_of(instrument_id: UUID) -> InstrumentReading | None:
    """What was read from an instrument's document, if anything."""
    query = select(InstrumentReading).where(InstrumentReading.instrument_id == instrument_id)
    return db.session.scalars(query).one_or_none()


def particulars_of(row: Instrument | InstrumentReading, bn9: str | None) -> Particulars:
    """What a record says of an agreement; `bn9` is whose it is."""
    return Particulars(row.amount, row.number, bn9, row.valid_from, row.valid_until)


def contradicted(client_id: UUID, bn9: str | None) -> frozenset[UUID]:
    """Instruments of a client whose document says otherwise than our register."""
    reading, same = InstrumentReading, InstrumentReading.instrument_id == Instrument.id
    found = db.session.execute(select(Instrument, reading).join(reading, same).where(Instrument.client_id == client_id))
    pairs = ((row, particulars_of(said, said.business_number)) for row, said in found)
    return frozenset(row.id for row, said in pairs if differing(particulars_of(row, bn9), said))


def figures_of(account_id: UUID) -> Sequence[PortalFigure]:
    """The portal's figures noted for an account, newest first."""
    return db.session.scalars(
        select(PortalFigure)
        .where(PortalFigure.program_account_id == account_id)
        .order_by(PortalFigure.read_on.desc(), PortalFigure.noted_at.desc(), PortalFigure.id)
    ).all()


def told_waiting(client_ids: Sequence[UUID]) -> Sequence[ToldFigure]:
    """Figures contacts of these clients told that nobody has checked yet, the oldest first."""
    query = select(ToldFigure).where(ToldFigure.client_id.in_(client_ids), ToldFigure.state == ToldState.WAITING)
    return db.session.scalars(query.order_by(ToldFigure.sent_at, ToldFigure.id)).all()


@dataclass(frozen=True, slots=True)
class ToldRow:
    """A figure a client told that waits to be checked. CAD."""

    account_id: UUID
    client: str
    number: str
    amount: Decimal


# Whose page there is: a closed account and an archived client have none.
_SHOWN = (ProgramAccount.is_closed.is_(False), Client.state == ClientState.ACTIVE)


def told_to_check(limit: int = 6) -> tuple[list[ToldRow], int]:
    """Figures told of open accounts that nobody has checked yet, the oldest first, at most `limit`; and how many in all."""
    query = (
        select(ToldFigure, ProgramAccount.number, Client.legal_name, func.count().over())
        .join(ProgramAccount, ProgramAccount.id == ToldFigure.program_account_id)
        .join(Client, Client.id == ToldFigure.client_id)
        .where(ToldFigure.state == ToldState.WAITING, *_SHOWN)
        .order_by(ToldFigure.sent_at, ToldFigure.id)
        .limit(limit)
    )
    found = db.session.execute(query).all()
    rows = [ToldRow(told.program_account_id, name, number, told.amount) for told, number, name, _of_all in found]
    return rows, int(found[0][3]) if found else 0


def told_on(account_id: UUID) -> ToldFigure | None:
    """The figure told for an account that waits to be checked, if any."""
    query = select(ToldFigure).where(ToldFigure.program_account_id == account_id, ToldFigure.state == ToldState.WAITING)
    return db.session.scalars(query).first()


def get_told(told_id: UUID) -> ToldFigure | None:
    """A told figure, None when it is not in scope."""
    return db.session.get(ToldFigure, told_id)


def provider_choices() -> list[tuple[str, str]]:
    """(id, name) of partners that may give security, for a choice field."""
    query = select(Partner.id, Partner.name).where(Partner.kind.in_(("surety", "bank", "other"))).order_by(Partner.name)
    return [(str(row[0]), row[1]) for row in db.session.execute(query)]


@dataclass(frozen=True, slots=True)
class Agreement:
    """An agreement as its provider knows it, and whom to write to. CAD; None where nobody recorded it."""

    number: str | None
    amount: Decimal
    provider: str | None
    contact: str | None
    email: str | None
    language: str | None  # the provider's


def agreement_of(instrument_id: UUID) -> Agreement | None:
    """An instrument with its provider, None when it is not in scope."""
    query = (
        select(
            Instrument.number, Instrument.amount, Partner.name, Partner.contact_name, Partner.email, Partner.language
        )
        .outerjoin(Partner, Partner.id == Instrument.provider_id)
        .where(Instrument.id == instrument_id)
    )
    row = db.session.execute(query).first()
    return Agreement(*row) if row else None


@dataclass(frozen=True, slots=True)
class ClientName:
    """The client a guarantee page is about."""

    id: UUID
    legal_name: str
    bn9: str | None
    language: str


def client_header(client_id: UUID) -> ClientName | None:
    """Name and number of a client, None when it is not in scope."""
    row = db.session.execute(
        select(Client.id, Client.legal_name, Client.bn9, Client.language).where(Client.id == client_id)
    ).first()
    return ClientName(*row) if row else None


def open_accounts(client_id: UUID) -> Sequence[ProgramAccount]:
    """A client's open program accounts by number."""
    return db.session.scalars(
        select(ProgramAccount)
        .where(ProgramAccount.client_id == client_id, ProgramAccount.is_closed.is_(False))
        .order_by(ProgramAccount.number)
    ).all()


def accounts_to_share(client_id: UUID, instrument_id: UUID | None = None) -> Sequence[ProgramAccount]:
    """The accounts an instrument may be shared over, by number: the open ones, and a closed one that has a share of it."""
    has_share = (
        select(Allocation.id)
        .where(Allocation.program_account_id == ProgramAccount.id, Allocation.instrument_id == instrument_id)
        .exists()
    )
    return db.session.scalars(
        select(ProgramAccount)
        .where(ProgramAccount.client_id == client_id, or_(ProgramAccount.is_closed.is_(False), has_share))
        .order_by(ProgramAccount.number)
    ).all()


def numbers_of(client_id: UUID) -> list[tuple[UUID, str]]:
    """(id, number) of a client's open accounts, by number: frozen, for the client's own pages too."""
    return [(account.id, account.number) for account in open_accounts(client_id)]


def reductions_of(account_id: UUID) -> Sequence[ReductionRequest]:
    """An account's reduction requests, the newest first."""
    query = select(ReductionRequest).where(ReductionRequest.program_account_id == account_id)
    return db.session.scalars(query.order_by(ReductionRequest.state_since.desc(), ReductionRequest.id)).all()


def get_reduction(request_id: UUID) -> ReductionRequest | None:
    """The reduction request, None when it is not in scope."""
    return db.session.get(ReductionRequest, request_id)


def pending_reductions(account_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these accounts for which a request lies with CBSA: pending protects."""
    query = select(ReductionRequest.program_account_id).where(
        ReductionRequest.program_account_id.in_(account_ids), ReductionRequest.state == ReductionState.FILED
    )
    return set(db.session.scalars(query))


def scenarios(actor: Actor) -> Sequence[Scenario]:
    """The scenarios this person may see, the newest first; at most a screenful."""
    return db.session.scalars(_scenarios_of(actor).order_by(Scenario.made_at.desc(), Scenario.id).limit(20)).all()


def get_scenario(actor: Actor, scenario_id: UUID) -> Scenario | None:
    """A kept scenario, None when it is somebody else's."""
    return db.session.scalar(_scenarios_of(actor).where(Scenario.id == scenario_id))


def _scenarios_of(actor: Actor) -> Select[Scenario]:
    """One's own; all of them for who sees all clients. A scenario's name may name a client."""
    mine = select(Scenario)
    return mine if actor.role in SEES_ALL_CLIENTS else mine.where(Scenario.made_by_id == actor.user_id)
