"""Reports, queries: which sheets each workbook has, filled with what the actor may see."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from tracker.clients.models import Client, ProgramAccount, Statement
from tracker.coordination.enums import Party
from tracker.coordination.models import Partner, Task
from tracker.coordination.queries import GONE, is_trusted
from tracker.deadlines.queries import MOST, all_due, dates_for_contact
from tracker.documents.queries import DocumentRow, document_rows
from tracker.platform.db import db
from tracker.platform.errors import Refusal
from tracker.platform.languages import language
from tracker.readiness.snapshots import month_ends
from tracker.reports import comparing, gathering
from tracker.reports.addresses import Address, to_nowhere
from tracker.reports.queries import partner_names
from tracker.reports.sheets import explaining, firm, months, moving, people, security, summary, work
from tracker.reports.sheets.making import without
from tracker.reports.working import workloads
from tracker.risks.facts import Risk
from tracker.risks.queries import risks_for
from tracker.rulebook.book import rules_at
from tracker.rulebook.types import Rules
from tracker.workbook import Sheet

HORIZON_DAYS = 90
CLIENT, CLIENT_OF_A_DATE = 0, 4  # where the client's name stands: said once in its own pack, not on every row


@dataclass(frozen=True, slots=True)
class Order:
    """A workbook somebody wants: which, for which client, broker or surety, as of which day."""

    name: str
    as_of: date
    made_by: str
    address: Address
    client_id: UUID | None = None
    broker_id: UUID | None = None
    surety_id: UUID | None = None


class Firm:
    """What the firm's sheets are made of, each part read once and only when a sheet asks for it."""

    def __init__(self, order: Order) -> None:
        self.as_of, self.address, self.language = order.as_of, order.address, language()

    @cached_property
    def rules(self) -> Rules:
        """The rules of the day."""
        return rules_at(self.as_of)

    @cached_property
    def rows(self) -> list[gathering.PortfolioRow]:
        """The clients."""
        return gathering.portfolio(self.as_of)

    @cached_property
    def risks(self) -> Mapping[UUID, list[Risk]]:
        """The risks of each client."""
        return risks_for([row.client_id for row in self.rows], self.as_of)

    @cached_property
    def documents(self) -> list[DocumentRow]:
        """The document requests."""
        return document_rows()

    @cached_property
    def tasks(self) -> list[gathering.TaskRow]:
        """The open tasks."""
        return gathering.open_tasks(self.as_of)

    @cached_property
    def before(self) -> comparing.Before | None:
        """The recorded day to compare with."""
        return comparing.before(self.as_of)

    def sheet(self, name: str) -> Sheet:
        """One sheet by its key. KeyError for none of them."""
        return SHEETS[name](self)


def _movement(f: Firm) -> Sheet:
    rows = comparing.moved(f.before, {row.client_id: row.stand for row in f.rows}) if f.before else []
    return moving.movement(rows, f.before, f.rules, f.language, f.address)


SHEETS: Mapping[str, Callable[[Firm], Sheet]] = {
    "summary": lambda f: summary.summary(f.rows, f.as_of, f.language, f.before, month_ends(f.as_of)),
    "portfolio": lambda f: firm.portfolio(f.rows, f.risks, f.as_of, f.rules, f.language, f.address),
    "movement": _movement,
    "guarantee": lambda f: security.guarantee(f.rows, f.address, partner_names()),
    "shortfalls": lambda f: months.shortfalls(f.rows, f.address),
    "months": lambda f: months.months(f.rows, f.rules, f.language, f.address),
    "review": lambda f: security.review(f.rows, f.rules, f.address),
    "documents": lambda f: work.documents(f.documents, f.address),
    "brokers": lambda f: work.broker_coordination(gathering.delegations(), f.as_of, f.address),
    "deadlines": lambda f: work.deadlines(all_due(f.as_of, HORIZON_DAYS), f.as_of, f.language, f.address),
    "risks": lambda f: firm.risks(f.rows, f.risks, f.language, f.address),
    "tasks": lambda f: work.tasks(f.tasks, f.as_of, f.address),
    "team": lambda f: people.team(workloads(f.tasks, f.documents, f.as_of)),
    "quality": lambda f: people.quality(f.rows, f.risks, f.language, f.address),
    "read_me": lambda f: explaining.read_me(f.rules, f.as_of, f.language),
}


def of_firm(*names: str) -> Callable[[Order], tuple[Sheet, ...]]:
    """A workbook of these sheets."""

    def build(order: Order) -> tuple[Sheet, ...]:
        made = Firm(order)
        return tuple(made.sheet(name) for name in names)

    return build


def for_client(order: Order) -> tuple[Sheet, ...]:
    """One client's pack: its own rows, and of tasks, documents and dates what its portal shows. Refusal without a client."""
    if order.client_id is None or db.session.get(Client, order.client_id) is None:
        raise Refusal("client", _("Which client?"))
    ids = [order.client_id]
    rows = gathering.portfolio(order.as_of, ids)
    if not rows:
        raise Refusal("client", _("This client is archived."))
    rules, words = rules_at(order.as_of), language()
    peaks = {(c.number, c.estimate.peak_period_end) for c in rows[0].covers if c.estimate.peak_period_end}
    documents = [row for row in document_rows(ids) if row.is_client_visible]
    tasks = [row for row in gathering.open_tasks(order.as_of, client_ids=ids) if row.is_client_visible]
    return (
        explaining.gates(rows[0], words),
        without(security.guarantee(rows, to_nowhere, partner_names()), CLIENT),
        without(months.shortfalls(rows, to_nowhere), CLIENT),
        without(months.months(rows, rules, words, to_nowhere), CLIENT),
        without(security.review(rows, rules, to_nowhere), CLIENT),
        security.statements(_statements(order.client_id), peaks),
        work.documents(documents, to_nowhere, with_client=False),
        work.tasks(tasks, order.as_of, to_nowhere, with_client=False),
        without(
            work.deadlines(dates_for_contact(order.client_id, order.as_of, MOST), order.as_of, words, to_nowhere),
            CLIENT_OF_A_DATE,
        ),
        explaining.read_me(rules, order.as_of, words, ("all", "gates", "guarantee")),
    )


def _statements(client_id: UUID) -> list[tuple[str, Statement]]:
    query = (
        select(ProgramAccount.number, Statement)
        .join(ProgramAccount, ProgramAccount.id == Statement.program_account_id)
        .where(Statement.client_id == client_id)
        .order_by(ProgramAccount.number, Statement.period_end.desc())
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def for_broker(order: Order) -> tuple[Sheet, ...]:
    """One broker's pack: what its own list shows, so no client that took its authority back. Refusal without a broker."""
    partner = None if order.broker_id is None else db.session.get(Partner, order.broker_id)
    if partner is None:
        raise Refusal("broker", _("Which broker?"))
    delegations = [row for row in gathering.delegations(partner.id) if row.state not in GONE]
    tasks = gathering.open_tasks(
        order.as_of, Task.partner_id == partner.id, Task.waiting_on == Party.BROKER, is_trusted()
    )
    return (
        explaining.partner_overview(partner.name, delegations, tasks, order.as_of),
        work.broker_coordination(delegations, order.as_of, to_nowhere),
        work.tasks(tasks, order.as_of, to_nowhere),
    )


def for_surety(order: Order) -> tuple[Sheet, ...]:
    """One surety's pack: the accounts it secures or is asked to secure. Refusal without a surety."""
    partner = None if order.surety_id is None else db.session.get(Partner, order.surety_id)
    if partner is None:
        raise Refusal("surety", _("Which surety?"))
    rows, rules = gathering.portfolio(order.as_of), rules_at(order.as_of)
    tasks = gathering.open_tasks(order.as_of, Task.partner_id == partner.id)
    return (
        security.guarantee(rows, to_nowhere, {partner.id: partner.name}, partner.id),
        months.shortfalls(rows, to_nowhere, partner.id),
        months.months(rows, rules, language(), to_nowhere, partner.id),
        work.tasks(tasks, order.as_of, to_nowhere),
        explaining.read_me(rules, order.as_of, language(), ("all", "guarantee")),
    )
