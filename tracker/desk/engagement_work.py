"""Desk, queries: what one engagement holds: tasks, documents, who takes part, and the accounts whose security it renews."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from tracker.coordination.enums import TaskState
from tracker.coordination.queries import TaskRow, tasks_of_engagement
from tracker.documents.enums import RequestState
from tracker.documents.queries import RequestRow, requests_of_engagement
from tracker.documents.rules import OPEN
from tracker.permissions import Permission
from tracker.platform.actor import Actor
from tracker.renewals.queries import RenewalNow, renewals_of


@dataclass(frozen=True, slots=True)
class EngagementWork:
    """The work of one engagement, open first, soonest due first."""

    tasks: Sequence[TaskRow]
    requests: Sequence[RequestRow]
    renewals: Sequence[RenewalNow]

    @property
    def tasks_to_do(self) -> list[TaskRow]:
        """The tasks still to do."""
        return [row for row in self.tasks if row.state is TaskState.OPEN]

    @property
    def requests_to_do(self) -> list[RequestRow]:
        """The documents still asked for or looked at."""
        return [row for row in self.requests if row.state in OPEN]

    @property
    def is_open(self) -> bool:
        """Whether anything is still to do."""
        return bool(self.tasks_to_do or self.requests_to_do)

    @property
    def accepted_requests(self) -> int:
        """How many documents are in and accepted."""
        return sum(row.state is RequestState.ACCEPTED for row in self.requests)

    @property
    def parties(self) -> list[str]:
        """The partners that take part, by name."""
        names = {row.partner for row in self.tasks} | {row.row.provider for row in self.renewals}
        return sorted(name for name in names if name)

    @property
    def is_secured(self) -> bool:
        """Whether every account it renews is covered by now, on the day it was opened for too."""
        return bool(self.renewals) and all(row.is_covered for row in self.renewals)


def shown_to(who: Actor, work: EngagementWork) -> EngagementWork:
    """What of an engagement's work this person may see: each part is another feature's, with its own permission."""
    return EngagementWork(
        work.tasks if who.may(Permission.COORDINATION_READ) else (),
        work.requests if who.may(Permission.DOCUMENT_READ) else (),
        work.renewals if who.may(Permission.GUARANTEE_READ) else (),
    )


def engagement_work(engagement_id: UUID, today: date) -> EngagementWork:
    """The work of one engagement; a constant number of statements."""
    return EngagementWork(
        tasks_of_engagement(engagement_id, today),
        requests_of_engagement(engagement_id),
        renewals_of(engagement_id, today),
    )
