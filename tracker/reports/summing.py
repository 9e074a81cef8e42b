"""Reports, rules: a firm's figures from where its clients stand, and what moved between two days. Pure; CAD."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import median
from uuid import UUID

from tracker.coordination.enums import Party
from tracker.platform.money import ZERO
from tracker.readiness.snapshots import Stand

PARTIES = (Party.CLIENT.value, Party.BROKER.value, Party.SURETY.value, Party.CBSA.value)
GATE_STATES: Mapping[str, str] = {"o": "open", "w": "waiting", "d": "done"}
Value = Decimal | int | str | bool | date | None


@dataclass(frozen=True, slots=True)
class FirmFigures:
    """The sums of the clients' stands on one day. `waits` is the longest wait in days by party."""

    clients: int
    may_release: int
    accounts_short: int
    shortfall_amount: Decimal
    ending_30: int
    ending_60: int
    ending_90: int
    open_documents: int
    late_documents: int
    open_tasks: int
    late_tasks: int
    waits: Mapping[str, int]

    @property
    def ready_percent(self) -> int | None:
        """Clients that may release ÷ clients, in percent, cut down; None without clients."""
        return self.may_release * 100 // self.clients if self.clients else None


def firm_figures(stands: Iterable[Stand]) -> FirmFigures:
    """The same sums for today and for a recorded day, so that the two can be laid side by side."""
    rows = list(stands)
    waits: dict[str, int] = {}
    for row in rows:
        if row.waiting_on and row.waiting_days is not None:
            waits[row.waiting_on] = max(waits.get(row.waiting_on, 0), row.waiting_days)
    return FirmFigures(
        clients=len(rows),
        may_release=sum(row.may_release for row in rows),
        accounts_short=sum(row.accounts_short for row in rows),
        shortfall_amount=sum((row.shortfall_amount for row in rows), ZERO),
        ending_30=sum(row.ending_30 for row in rows),
        ending_60=sum(row.ending_60 for row in rows),
        ending_90=sum(row.ending_90 for row in rows),
        open_documents=sum(row.open_documents for row in rows),
        late_documents=sum(row.late_documents for row in rows),
        open_tasks=sum(row.open_tasks for row in rows),
        late_tasks=sum(row.late_tasks for row in rows),
        waits=waits,
    )


@dataclass(frozen=True, slots=True)
class Change:
    """One figure of one client that is not what it was. `item` is a field of Stand, or gate1 to gate6, stage, client."""

    client_id: UUID
    item: str
    before: Value
    after: Value


COMPARED = (
    "may_release", "required_amount", "posted_amount", "shortfall_amount", "cover_percent", "accepted_documents",
    "required_documents", "late_documents", "late_tasks", "waiting_on",
)  # fmt: skip


def changes(before: Mapping[UUID, Stand], after: Mapping[UUID, Stand]) -> Iterator[Change]:
    """What moved, client by client in the order of `after`, then the clients that left."""
    for key, now in after.items():
        yield from _changes_of(before[key], now) if key in before else (Change(key, "client", False, True),)
    yield from (Change(key, "client", True, False) for key in before if key not in after)


def _changes_of(then: Stand, now: Stand) -> Iterator[Change]:
    for number, (old, new) in enumerate(zip(then.gates, now.gates, strict=True), 1):
        if old != new:
            yield Change(now.client_id, f"gate{number}", GATE_STATES[old], GATE_STATES[new])
    for name in COMPARED:
        old, new = getattr(then, name), getattr(now, name)
        if old != new:
            yield Change(now.client_id, name, old, new)
    if (then.template, then.stage) != (now.template, now.stage):
        yield Change(now.client_id, "stage", _work(then), _work(now))


def _work(stand: Stand) -> str | None:
    return f"{stand.template}:{stand.stage}" if stand.template else None


@dataclass(frozen=True, slots=True)
class Workload:
    """What one person has in hand. `days_to_accept` is the median from receipt to acceptance; None before the first."""

    person: str | None
    clients: int
    open_tasks: int
    late_tasks: int
    tasks_due_soon: int
    open_documents: int
    late_documents: int
    days_to_accept: Decimal | None


def middle(days: Sequence[int]) -> Decimal | None:
    """The median of whole days, to one decimal; None of nothing."""
    return Decimal(str(median(days))).quantize(Decimal("0.1")) if days else None
