"""Desk, queries: what one engagement holds: tasks, documents, who takes part, and the accounts whose security it renews."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from tracker.coordination.enums import TaskState
from tracker.coordination.queries import TaskRow, tasks_of_engagement
from tracker.documents.enums import RequestState
from tracker.documents.queries import RequestRow, requests_of_engagement
from tracker.renewals.queries import RenewalNow, renewals_of


@dataclass(frozen=True, slots=True)
class EngagementWork:
    """The work of one engagement, open first, soonest due first."""

    tasks: Sequence[TaskRow]
    requests: Sequence[RequestRow]
    renewals: Sequence[RenewalNow]

    @property
    def open_tasks(self) -> int:
        """How many tasks are still to do."""
        return sum(row.state is TaskState.OPEN for row in self.tasks)

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


def engagement_work(engagement_id: UUID, today: date) -> EngagementWork:
    """The work of one engagement; a constant number of statements."""
    return EngagementWork(
        tasks_of_engagement(engagement_id, today),
        requests_of_engagement(engagement_id),
        renewals_of(engagement_id, today),
    )
