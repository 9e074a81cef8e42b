"""Readiness, queries: what the gates need, gathered for many clients at once, and the kept standing of each."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from tracker.clients.enums import AccountProfile, ContactDuty, Known
from tracker.clients.models import Client, Contact, ProgramAccount
from tracker.coordination.enums import PartnerKind, TaskState
from tracker.coordination.models import Delegation, Partner, Task
from tracker.guarantees.cover import AccountCover, covers_by_client
from tracker.platform.db import db
from tracker.readiness.models import Standing
from tracker.readiness.rules import AccountFacts, ClientFacts, DelegationFacts, Gate, Readiness, Release, readiness
from tracker.rulebook.book import rules_at

BAM_DUTIES = {ContactDuty.BAM.value, ContactDuty.SECOND_BAM.value}
KNOWN = {Known.YES: True, Known.NO: False, Known.UNKNOWN: None}
IMPORTS = {
    AccountProfile.IMPORTER: True,
    AccountProfile.BOTH: True,
    AccountProfile.EXPORTER: False,
    AccountProfile.UNKNOWN: None,
}


@dataclass(frozen=True, slots=True)
class ClientReadiness:
    """One client's readiness with the cover of its accounts, as every page and workbook shows it."""

    client_id: UUID
    readiness: Readiness
    covers: tuple[AccountCover, ...]
    bam_count: int


def readiness_of(client_id: UUID, today: date) -> ClientReadiness | None:
    """One client's readiness; None when it is not in scope."""
    return readiness_for([client_id], today).get(client_id)


def readiness_for(client_ids: Sequence[UUID], today: date) -> dict[UUID, ClientReadiness]:
    """The readiness of these clients (those in scope), worked out from today's rows. Eight statements however many."""
    clients = db.session.scalars(select(Client).where(Client.id.in_(client_ids)).order_by(Client.legal_name)).all()
    ids = [client.id for client in clients]
    if not ids:
        return {}
    rules = rules_at(today)
    all_covers = covers_by_client(rules, ids, today)
    bams, delegations, waiting = _bams(ids), _delegations(ids), _waiting(ids, today)
    found = {}
    for client in clients:
        covers = tuple(all_covers[client.id])
        count = max(bams.get(client.id, 0), client.stated_bam_count or 0)
        facts = ClientFacts(
            bn9=client.bn9,
            accounts=tuple(_account_facts(cover, today) for cover in covers),
            is_portal_linked=KNOWN[client.is_portal_linked],
            bam_count=count,
            delegations=tuple(delegations.get(client.id, ())),
            is_payment_ready=KNOWN[client.is_payment_ready],
            waiting=dict(waiting.get(client.id, {})),
        )
        found[client.id] = ClientReadiness(client.id, readiness(facts), covers, count)
    return found


def _account_facts(cover: AccountCover, today: date) -> AccountFacts:
    return AccountFacts(
        number=cover.number,
        is_importer=IMPORTS[cover.profile],
        is_rpp_enrolled=KNOWN[cover.is_rpp_enrolled],
        required_amount=cover.required_amount,
        is_requirement_known=cover.has_history,
        posted_amount=cover.posted_on(today),
        posted_tomorrow_amount=cover.posted_on(today + timedelta(days=1)),
        security_ends_on=cover.ends_on,
        is_security_on_the_way=bool(cover.waiting_shares),
    )


def _bams(ids: Sequence[UUID]) -> Mapping[UUID, int]:
    counts: dict[UUID, int] = defaultdict(int)
    query = select(Contact.client_id, Contact.duties).where(Contact.client_id.in_(ids), Contact.is_active.is_(True))
    for client_id, duties in db.session.execute(query):
        counts[client_id] += bool(BAM_DUTIES & set(duties or ()))
    return counts


def _delegations(ids: Sequence[UUID]) -> Mapping[UUID, Sequence[DelegationFacts]]:
    query = (
        select(Delegation, Partner.name, ProgramAccount.number)
        .join(Partner, Partner.id == Delegation.partner_id)
        .outerjoin(ProgramAccount, ProgramAccount.id == Delegation.program_account_id)
        .where(Delegation.client_id.in_(ids), Partner.kind == PartnerKind.BROKER)
        .order_by(Partner.name, Delegation.id)
    )
    found: dict[UUID, list[DelegationFacts]] = defaultdict(list)
    for row, partner, number in db.session.execute(query):
        found[row.client_id].append(DelegationFacts(partner, row.state.value, number, row.requested_on))
    return found


def _waiting(ids: Sequence[UUID], today: date) -> Mapping[UUID, Mapping[int, tuple[str, date]]]:
    gate_of: dict[str | None, int] = {key: kind.gate for key, kind in rules_at(today).tasks.items() if kind.gate}
    query = (
        select(Task.client_id, Task.kind, Task.waiting_on, Task.waiting_since)
        .where(Task.client_id.in_(ids), Task.state == TaskState.OPEN, Task.kind.in_(gate_of))
        .order_by(Task.waiting_since)
    )
    found: dict[UUID, dict[int, tuple[str, date]]] = defaultdict(dict)
    for client_id, kind, party, since in db.session.execute(query):
        found[client_id].setdefault(gate_of[kind], (party.value, since))
    return found


@dataclass(frozen=True, slots=True)
class PortalReadiness:
    """The gates as a client's own contact sees them."""

    may_release: bool
    releases: tuple[Release, ...]
    gates: tuple[Gate, ...]
    covers: tuple[AccountCover, ...]


def gates_for_portal(client_id: UUID, today: date) -> PortalReadiness | None:
    """One client's gates for its own contact; None when it is not in scope."""
    found = readiness_of(client_id, today)
    if found is None:
        return None
    return PortalReadiness(found.readiness.may_release, found.readiness.releases, found.readiness.gates, found.covers)


def standing_of(client_ids: Sequence[UUID]) -> dict[UUID, Standing]:
    """The kept standings of these clients."""
    rows = db.session.scalars(select(Standing).where(Standing.client_id.in_(client_ids)))
    return {row.client_id: row for row in rows}
