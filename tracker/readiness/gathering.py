"""Readiness, queries: the rows behind the gates of many clients, in two statements: files with people, and what is under way."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Select, String, cast, literal, null, select, type_coerce, union_all

from tracker.clients.enums import ContactDuty
from tracker.clients.models import Client, Contact, ProgramAccount
from tracker.coordination.enums import DelegationState, PartnerKind, Party, TaskState
from tracker.coordination.models import Delegation, Partner, Task
from tracker.platform.db import db

BAM_DUTIES = {ContactDuty.BAM.value, ContactDuty.SECOND_BAM.value}
NO_TEXT: Any = cast(null(), String)
NO_DAY: Any = cast(null(), Date)


@dataclass(frozen=True, slots=True)
class DelegationRow:
    """One provider of a client, and how far the delegation is. `number` None at business level."""

    id: UUID
    partner: str
    kind: PartnerKind
    state: DelegationState
    number: str | None
    requested_on: date | None


@dataclass(frozen=True, slots=True)
class OpenTask:
    """One open task and on whom it waits."""

    id: UUID
    kind: str | None
    title: str | None
    waiting_on: Party
    waiting_since: date
    due_on: date | None


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A client's delegations by partner, and its open tasks, soonest due first."""

    delegations: tuple[DelegationRow, ...] = ()
    tasks: tuple[OpenTask, ...] = ()


def clients_with_bams(client_ids: Sequence[UUID]) -> list[tuple[Client, int]]:
    """These clients (those in scope) by name, each with how many of its active people manage the business account."""
    query = (
        select(Client, Contact.duties)
        .outerjoin(Contact, (Contact.client_id == Client.id) & Contact.is_active.is_(True))
        .where(Client.id.in_(client_ids))
        .order_by(Client.legal_name, Client.id)
    )
    counts: dict[Client, int] = {}
    for client, duties in db.session.execute(query):
        counts[client] = counts.get(client, 0) + bool(BAM_DUTIES & set(duties or ()))
    return list(counts.items())


def under_way(client_ids: Sequence[UUID]) -> Mapping[UUID, UnderWay]:
    """The delegations and open tasks of these clients (those in scope), in one statement."""
    rows = union_all(_delegations(client_ids), _tasks(client_ids)).subquery("under_way")
    query = select(rows).join(Client, Client.id == rows.c.client_id).order_by(rows.c.id)  # the scope holds for both
    delegations: dict[UUID, list[DelegationRow]] = defaultdict(list)
    tasks: dict[UUID, list[OpenTask]] = defaultdict(list)
    for row in db.session.execute(query):
        if row.source == "task":
            tasks[row.client_id].append(_task(row))
        else:
            delegations[row.client_id].append(_delegation(row))
    return {
        key: UnderWay(
            tuple(sorted(delegations[key], key=lambda d: d.partner)),
            tuple(sorted(tasks[key], key=lambda t: t.due_on or date.max)),
        )
        for key in delegations.keys() | tasks.keys()
    }


def _delegation(row: Any) -> DelegationRow:
    return DelegationRow(row.id, row.name, PartnerKind(row.kind), DelegationState(row.state), row.number, row.since)


def _task(row: Any) -> OpenTask:
    return OpenTask(row.id, row.kind, row.name, Party(row.state), row.since, row.due_on)


def _part(source: str, row: Any, *, kind: Any, name: Any, state: Any, number: Any, since: Any, due: Any) -> Select[Any]:
    return select(
        literal(source, String).label("source"),
        row.client_id.label("client_id"),
        row.id.label("id"),
        type_coerce(kind, String).label("kind"),
        type_coerce(name, String).label("name"),
        type_coerce(state, String).label("state"),
        type_coerce(number, String).label("number"),
        type_coerce(since, Date).label("since"),
        type_coerce(due, Date).label("due_on"),
    )


def _delegations(client_ids: Sequence[UUID]) -> Select[Any]:
    row = Delegation
    part = _part("delegation", row, kind=Partner.kind, name=Partner.name, state=row.state,
                 number=ProgramAccount.number, since=row.requested_on, due=NO_DAY)  # fmt: skip
    return (
        part.join(Partner, Partner.id == Delegation.partner_id)
        .outerjoin(ProgramAccount, ProgramAccount.id == Delegation.program_account_id)
        .where(Delegation.client_id.in_(client_ids))
    )


def _tasks(client_ids: Sequence[UUID]) -> Select[Any]:
    row = Task
    part = _part("task", row, kind=row.kind, name=row.title, state=row.waiting_on, number=NO_TEXT,
                 since=row.waiting_since, due=row.due_on)  # fmt: skip
    return part.where(Task.client_id.in_(client_ids), Task.state == TaskState.OPEN)
