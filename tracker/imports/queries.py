"""Imports, queries: what is recorded already, as the plans need it, and the runs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, true

from tracker.accounts.enums import AccountState
from tracker.accounts.models import UserAccount
from tracker.clients.enums import ClientState
from tracker.clients.models import Client, Contact, ProgramAccount, Statement
from tracker.coordination.enums import PartnerKind
from tracker.coordination.models import Delegation, Partner
from tracker.guarantees.models import Allocation, Instrument
from tracker.imports.classify import Known
from tracker.imports.columns import fold
from tracker.imports.enums import RunKind, RunState
from tracker.imports.intake import Intake, read_alike, told_day_order
from tracker.imports.models import ImportChange, ImportRun
from tracker.imports.planning import CLIENT_FIELDS, Around, CurrentClient
from tracker.permissions import STAFF, Role
from tracker.platform.actor import Actor
from tracker.platform.db import db
from tracker.platform.pages import PAGE_SIZE, Page

CHUNK = 400
LAST_RUNS = 50


def known() -> Known:
    """Which company owns which number, by what is recorded."""
    names = db.session.execute(select(Client.bn9, Client.legal_name).where(Client.bn9.is_not(None)))
    numbers = db.session.scalars(select(ProgramAccount.number))
    return Known({str(row[0]): row[1] for row in names}, frozenset(numbers))


def current_clients(bn9s: Iterable[str]) -> dict[str, CurrentClient]:
    """What is recorded of these companies, by BN9."""
    found: dict[str, CurrentClient] = {}
    wanted = sorted(set(bn9s))
    for start in range(0, len(wanted), CHUNK):
        found |= _current_chunk(wanted[start : start + CHUNK])
    return found


def _current_chunk(bn9s: Sequence[str]) -> dict[str, CurrentClient]:
    clients = list(db.session.scalars(select(Client).where(Client.bn9.in_(bn9s))))
    ids = [client.id for client in clients]
    accounts, people = _accounts(ids), _people(ids)
    delegations, secured = _delegations(ids), _secured(ids)
    return {
        str(client.bn9): CurrentClient(
            values=_values(client),
            accounts=accounts.get(client.id, {}),
            people=frozenset(people.get(client.id, ())),
            delegations=frozenset(delegations.get(client.id, ())),
            secured=frozenset(secured.get(client.id, ())),
        )
        for client in clients
    }


def _values(client: Client) -> dict[str, Any]:
    plain = {key: getattr(client, key) for key in CLIENT_FIELDS}
    return plain | {
        "residency": client.residency.value,
        "is_portal_linked": client.is_portal_linked.value,
        "hs_chapters": list(client.hs_chapters or ()),
        "notes": client.notes,
    }


def _accounts(ids: Sequence[UUID]) -> dict[UUID, dict[str, dict[str, Any]]]:
    found: dict[UUID, dict[str, dict[str, Any]]] = {}
    for row in db.session.scalars(select(ProgramAccount).where(ProgramAccount.client_id.in_(ids))):
        found.setdefault(row.client_id, {})[row.number] = {"stated_peak_amount": row.stated_peak_amount}
    return found


def _people(ids: Sequence[UUID]) -> dict[UUID, set[str]]:
    found: dict[UUID, set[str]] = {}
    query = select(Contact.client_id, Contact.name, Contact.email).where(Contact.client_id.in_(ids))
    for client_id, name, email in db.session.execute(query):
        found.setdefault(client_id, set()).update({fold(name), *((email.lower(),) if email else ())})
    return found


def _delegations(ids: Sequence[UUID]) -> dict[UUID, set[tuple[str, str]]]:
    query = (
        select(Delegation.client_id, Partner.name, ProgramAccount.number)
        .join(Partner, Partner.id == Delegation.partner_id)
        .outerjoin(ProgramAccount, ProgramAccount.id == Delegation.program_account_id)
        .where(Delegation.client_id.in_(ids))
    )
    found: dict[UUID, set[tuple[str, str]]] = {}
    for client_id, name, number in db.session.execute(query):
        found.setdefault(client_id, set()).add((fold(name), number or ""))
    return found


def _secured(ids: Sequence[UUID]) -> dict[UUID, set[str]]:
    found: dict[UUID, set[str]] = {}
    spread = (
        select(Allocation.client_id, ProgramAccount.number)
        .join(ProgramAccount, ProgramAccount.id == Allocation.program_account_id)
        .where(Allocation.client_id.in_(ids))
    )
    for client_id, number in db.session.execute(spread):
        found.setdefault(client_id, set()).add(number)
    loose = (
        select(Instrument.client_id)
        .outerjoin(Allocation, Allocation.instrument_id == Instrument.id)
        .where(Instrument.client_id.in_(ids), Allocation.id.is_(None))
    )
    for client_id in db.session.scalars(loose):
        found.setdefault(client_id, set()).add("")
    return found


def around() -> Around:
    """The brokers there are, and the staff a list may name."""
    return Around(frozenset(brokers()), staff_by_word())


def brokers() -> dict[str, Partner]:
    """The brokers by folded name."""
    found = db.session.scalars(select(Partner).where(Partner.kind == PartnerKind.BROKER).order_by(Partner.id))
    return {fold(partner.name): partner for partner in found}


def staff_by_word() -> dict[str, UUID]:
    """Staff by every folded word a list may call them by, where only one person answers to it."""
    query = select(UserAccount.id, UserAccount.name).where(
        UserAccount.role.in_(STAFF), UserAccount.state != AccountState.DEACTIVATED
    )
    words: dict[str, set[UUID]] = {}
    for user_id, name in db.session.execute(query):
        parts = fold(name).split()
        if not parts:
            continue
        for word in {" ".join(parts), parts[0], f"{parts[0][0]} {parts[-1]}"}:
            words.setdefault(word, set()).add(user_id)
    return {word: next(iter(ids)) for word, ids in words.items() if len(ids) == 1}


def account_ids() -> dict[str, tuple[UUID, UUID]]:
    """(account id, client id) by number, of all accounts in scope."""
    query = select(ProgramAccount.number, ProgramAccount.id, ProgramAccount.client_id)
    return {row[0]: (row[1], row[2]) for row in db.session.execute(query)}


def recorded_statements(ids: Iterable[UUID]) -> dict[tuple[UUID, Any], Statement]:
    """Statements of these accounts by (account id, period end)."""
    wanted, found = sorted(set(ids), key=str), {}
    for start in range(0, len(wanted), CHUNK):
        query = select(Statement).where(Statement.program_account_id.in_(wanted[start : start + CHUNK]))
        found.update({(row.program_account_id, row.period_end): row for row in db.session.scalars(query)})
    return found


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run in the list of runs."""

    id: UUID
    kind: RunKind
    state: RunState
    file_name: str
    created_by: str | None
    created_at: datetime
    answer: dict[str, Any]


def _theirs(actor: Actor) -> ColumnElement[bool]:
    """A run is its maker's own; what the command line brought in, and everything for an administrator."""
    if actor.role is Role.ADMIN:
        return true()
    return or_(ImportRun.created_by == actor.user_id, ImportRun.created_by.is_(None))


def runs(actor: Actor, number: int) -> Page[RunRow]:
    """The runs this person may see, newest first."""
    total = db.session.scalar(select(func.count()).select_from(ImportRun).where(_theirs(actor))) or 0
    query = (
        select(ImportRun, UserAccount.name)
        .outerjoin(UserAccount, UserAccount.id == ImportRun.created_by)
        .where(_theirs(actor))
        .order_by(ImportRun.created_at.desc(), ImportRun.id)
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    )
    rows = [
        RunRow(run.id, run.kind, run.state, run.file_name, name, run.created_at, run.answer)
        for run, name in db.session.execute(query)
    ]
    return Page(rows, number, int(total))


def get_run(actor: Actor, run_id: UUID) -> ImportRun | None:
    """A run of this person; None for somebody else's."""
    return db.session.scalar(select(ImportRun).where(ImportRun.id == run_id, _theirs(actor)))


def read_before(actor: Actor, intake: Intake) -> dict[str, Any]:
    """How this person last had a file with the same columns read: `mapping` and `day_order` where they differ."""
    query = (
        select(ImportRun.options)
        .where(ImportRun.kind == intake.kind, ImportRun.created_by == actor.user_id)
        .order_by(ImportRun.created_at.desc(), ImportRun.id)
        .limit(LAST_RUNS)
    )
    for options in db.session.scalars(query):
        mapping = read_alike(intake, options.get("columns", ()))
        if mapping is not None:
            order = options.get("day_order") or options.get("told_day_order")
            is_told = told_day_order(intake) is not None
            found = {"mapping": mapping, "day_order": None if is_told else order}
            return {key: value for key, value in found.items() if value}
    return {}


def clients_of_run(run_id: UUID) -> Sequence[UUID]:
    """The active clients a run created or changed, by name: clients, not rows."""
    changed = select(ImportChange.subject_id).where(ImportChange.run_id == run_id)
    owned: tuple[Any, ...] = (ProgramAccount, Contact, Delegation, Instrument, Statement)
    behind = [Client.id.in_(select(model.client_id).where(model.id.in_(changed))) for model in owned]
    query = select(Client.id).where(Client.state == ClientState.ACTIVE, or_(Client.id.in_(changed), *behind))
    return db.session.scalars(query.order_by(func.lower(Client.legal_name), Client.id)).all()


def changes_of_run(run_id: UUID) -> Sequence[ImportChange]:
    """What a run changed, in the order it did."""
    query = select(ImportChange).where(ImportChange.run_id == run_id).order_by(ImportChange.position)
    return db.session.scalars(query).all()
