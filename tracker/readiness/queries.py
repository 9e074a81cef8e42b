"""Readiness, queries: what the gates need, gathered for many clients at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from tracker.clients.enums import AccountProfile, Known
from tracker.coordination.enums import PartnerKind
from tracker.guarantees.account_cover import AccountCover
from tracker.guarantees.carrying import told_by_client
from tracker.guarantees.outlook import outlook
from tracker.readiness.gathering import DelegationRow, OpenTask, UnderWay, clients_with_bams, under_way
from tracker.readiness.rules import AccountFacts, ClientFacts, DelegationFacts, Gate, Readiness, Release, readiness
from tracker.rulebook.book import rules_at
from tracker.rulebook.types import Rules

KNOWN = {Known.YES: True, Known.NO: False, Known.UNKNOWN: None}
IMPORTS = {
    AccountProfile.IMPORTER: True,
    AccountProfile.BOTH: True,
    AccountProfile.EXPORTER: False,
    AccountProfile.UNKNOWN: None,
}


@dataclass(frozen=True, slots=True)
class ClientReadiness:
    """One client's readiness with the cover of its accounts and what is under way, as every page and workbook shows it."""

    client_id: UUID
    readiness: Readiness
    covers: tuple[AccountCover, ...]
    bam_count: int
    under_way: UnderWay


def readiness_of(client_id: UUID, today: date) -> ClientReadiness | None:
    """One client's readiness; None when it is not in scope."""
    return readiness_for([client_id], today).get(client_id)


def readiness_for(client_ids: Sequence[UUID], today: date) -> dict[UUID, ClientReadiness]:
    """The readiness of these clients (those in scope), worked out from today's rows. Six statements however many."""
    clients = clients_with_bams(client_ids)
    ids = [client.id for client, _count in clients]
    if not ids:
        return {}
    rules = rules_at(today)
    gate_of: dict[str | None, int] = {key: kind.gate for key, kind in rules.tasks.items() if kind.gate}
    all_covers, moving = told_by_client(rules, ids, today), under_way(ids)
    found = {}
    for client, named in clients:
        covers, rows = tuple(all_covers[client.id]), moving.get(client.id, UnderWay())
        count = max(named, client.stated_bam_count or 0)
        facts = ClientFacts(
            bn9=client.bn9,
            accounts=tuple(_account_facts(cover, rules, today) for cover in covers),
            is_portal_linked=KNOWN[client.is_portal_linked],
            bam_count=count,
            delegations=tuple(_delegation_facts(d) for d in rows.delegations if d.kind is PartnerKind.BROKER),
            is_payment_ready=KNOWN[client.is_payment_ready],
            waiting=_waiting(rows.tasks, gate_of),
        )
        found[client.id] = ClientReadiness(client.id, readiness(facts), covers, count, rows)
    return found


def _account_facts(cover: AccountCover, rules: Rules, today: date) -> AccountFacts:
    tomorrow = today + timedelta(days=1)
    return AccountFacts(
        number=cover.number,
        is_importer=IMPORTS[cover.profile],
        is_rpp_enrolled=KNOWN[cover.is_rpp_enrolled],
        required_amount=cover.required_amount,
        is_requirement_known=cover.has_history,
        posted_amount=cover.posted_on(today),
        posted_tomorrow_amount=cover.posted_on(tomorrow),
        security_ends_on=cover.ends_on,
        is_security_on_the_way=bool(cover.waiting_shares),
        required_tomorrow_amount=outlook(cover, rules).required_on(tomorrow),
    )


def _delegation_facts(row: DelegationRow) -> DelegationFacts:
    return DelegationFacts(row.partner, row.state.value, row.number, row.requested_on)


def _waiting(tasks: Iterable[OpenTask], gate_of: Mapping[str | None, int]) -> dict[int, tuple[str, date]]:
    """On whom each gate waits: the task that has waited longest."""
    found: dict[int, tuple[str, date]] = {}
    for task in sorted(tasks, key=lambda each: each.waiting_since):
        if task.kind in gate_of:
            found.setdefault(gate_of[task.kind], (task.waiting_on.value, task.waiting_since))
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
