"""Portal, home: everything a contact's first page says, gathered from the features' frozen rows."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from flask_babel import gettext as _

from tracker.clients import portal_rows as companies
from tracker.clients.portal_rows import CompanyRow, LeadRow, StatementRow
from tracker.coordination import portal_rows as coordination
from tracker.coordination.enums import Party
from tracker.deadlines.queries import dates_for_contact
from tracker.deadlines.rules import Deadline
from tracker.documents import queries as documents
from tracker.documents.enums import RequestState
from tracker.documents.rules import WAITS_ON_CLIENT, WAITS_ON_US
from tracker.platform.clock import TORONTO
from tracker.readiness.queries import PortalReadiness, gates_for_portal
from tracker.rulebook.task_kinds import READ_REQUIREMENT

DATES = 10


@dataclass(frozen=True, slots=True)
class Thing:
    """Something for the contact to do."""

    kind: Literal["document", "task"]
    id: UUID
    name: str
    words: str  # why a document is needed, how a step is taken
    due_on: date | None
    is_late: bool
    returned_reason: str | None
    version: int
    asks_for_figures: bool = False  # answered with amounts, not with a tick


@dataclass(frozen=True, slots=True)
class Step:
    """A line about something under way or done."""

    name: str
    party: str  # with whom it is, in words; empty when done
    since: date | None


@dataclass(frozen=True, slots=True)
class Home:
    """The contact's first page."""

    company: CompanyRow
    readiness: PortalReadiness | None
    things: tuple[Thing, ...]
    under_way: tuple[Step, ...]
    done: tuple[Step, ...]
    dates: tuple[Deadline, ...]
    statements: tuple[StatementRow, ...]
    lead: LeadRow | None


def home_of(company: CompanyRow, today: date) -> Home:
    """Gather the page for one company in scope, as of `today`."""
    requests = documents.client_visible_requests(company.id)
    tasks = coordination.client_tasks(company.id)
    return Home(
        company=company,
        readiness=gates_for_portal(company.id, today),
        things=() if company.is_put_away else _things(requests, tasks),
        under_way=() if company.is_put_away else _under_way(requests, tasks),
        done=_done(requests, tasks),
        dates=tuple(dates_for_contact(company.id, today, DATES)),
        statements=tuple(companies.statements_of(company.id)),
        lead=company.lead,
    )


def _things(requests: list[documents.RequestRow], tasks: list[coordination.ClientTaskRow]) -> tuple[Thing, ...]:
    """What waits on the client, what came back first, then soonest due."""
    asked = [
        Thing("document", r.id, r.name, r.why, r.due_on, r.is_late, _reason(r), r.version)
        for r in requests
        if r.state in WAITS_ON_CLIENT
    ]
    steps = [
        Thing(
            "task", t.id, t.name, t.how, t.due_on, t.is_late, t.returned_reason, t.version, t.kind == READ_REQUIREMENT
        )
        for t in tasks
        if t.is_open and t.waiting_on is Party.CLIENT
    ]
    everything = sorted([*asked, *steps], key=lambda t: (t.returned_reason is None, t.due_on or date.max, t.name))
    return tuple(everything)


def _reason(row: documents.RequestRow) -> str | None:
    return row.returned_reason if row.state is RequestState.RETURNED else None


def _under_way(requests: list[documents.RequestRow], tasks: list[coordination.ClientTaskRow]) -> tuple[Step, ...]:
    looking = [
        Step(r.name, _("we are looking at what you sent"), _day_of(r.received_at))
        for r in requests
        if r.state in WAITS_ON_US
    ]
    steps = [
        Step(t.name, _with_whom_now(t), t.waiting_since)
        for t in tasks
        if t.is_open and t.waiting_on is not Party.CLIENT
    ]
    return (*looking, *steps)


def _day_of(instant: datetime | None) -> date | None:
    """The day it was in Toronto: what comes in on an evening is dated that day, not the next."""
    return instant.astimezone(TORONTO).date() if instant else None


def _with_whom_now(task: coordination.ClientTaskRow) -> str:
    """With whom a step is; of amounts that were told, that we look at them: the step's name says who reads the portal."""
    is_told = task.kind == READ_REQUIREMENT and task.waiting_on is Party.US
    return _("we check the amounts you told us") if is_told else with_whom(task.waiting_on)


def with_whom(party: str | None) -> str:
    """With whom something is, as the client's contact reads it; empty for nobody."""
    words: dict[str | None, str] = {
        Party.CLIENT: _("with you"),
        Party.US: _("with us"),
        Party.BROKER: _("with your broker"),
        Party.SURETY: _("with your surety"),
        Party.CBSA: _("with CBSA"),
    }
    return words.get(party, "")


def _done(requests: list[documents.RequestRow], tasks: list[coordination.ClientTaskRow]) -> tuple[Step, ...]:
    accepted = [Step(r.name, "", r.decided_on) for r in requests if r.state is RequestState.ACCEPTED]
    steps = [Step(t.name, "", t.done_on) for t in tasks if not t.is_open]
    return tuple(sorted([*accepted, *steps], key=lambda s: (s.since or date.min, s.name), reverse=True))
