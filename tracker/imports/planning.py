"""Imports, rules: what applying a list would change, row by row, against what is recorded. Values in, plans out. CAD."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from tracker.imports.cells import Person
from tracker.imports.classify import ClientRow, Fate
from tracker.imports.columns import fold

CLIENT_FIELDS = (
    "trade_name", "client_number", "street", "city", "province", "postal_code", "country", "products",
    "shipments_per_month", "yearly_value_amount", "stated_bam_count",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CurrentClient:
    """What is recorded of one client, as far as a list could change it."""

    values: Mapping[str, Any]
    accounts: Mapping[str, Mapping[str, Any]]  # by 15-character number
    people: frozenset[str]  # folded names and addresses
    delegations: frozenset[tuple[str, str]]  # (folded broker, number or "")
    secured: frozenset[str]  # numbers (or "") that have an instrument of any state


@dataclass(frozen=True, slots=True)
class Around:
    """What is recorded beside the clients: brokers by folded name, and staff by each folded word that means one person."""

    brokers: frozenset[str] = frozenset()
    staff: Mapping[str, UUID] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RowPlan:
    """What one row would do."""

    row: ClientRow
    fate: Fate
    is_new_client: bool = False
    is_new_account: bool = False
    client_changes: Mapping[str, Any] = field(default_factory=dict)
    account_changes: Mapping[str, Any] = field(default_factory=dict)
    new_people: tuple[Person, ...] = ()
    adds_delegation: bool = False
    adds_instrument: bool = False
    adds_broker: bool = False
    lead_id: UUID | None = None  # of a new client
    stands: tuple[Any, ...] = ()  # what is recorded where the row would change something


def plan_rows(
    rows: Iterable[ClientRow], current: Mapping[str, CurrentClient], around: Around | None = None
) -> list[RowPlan]:
    """Plan every accepted row in order; `current` by BN9. The first row of a company speaks for the company."""
    around, seen = around or Around(), dict[str, _Growing]()
    brokers = set(around.brokers)
    plans = []
    for row in rows:
        is_first = row.bn9 not in seen
        state = seen.setdefault(row.bn9, _Growing(current.get(row.bn9)))
        plan = _plan(row, state, is_first=is_first)
        adds_broker = plan.adds_delegation and fold(row.broker) not in brokers
        lead_id = around.staff.get(fold(row.consultant)) if plan.is_new_client and row.consultant else None
        if adds_broker:
            brokers.add(fold(row.broker))
        plans.append(replace(plan, adds_broker=adds_broker, lead_id=lead_id))
    return plans


class _Growing:
    """What is recorded, plus what earlier rows of the same file will have added."""

    def __init__(self, current: CurrentClient | None) -> None:
        self.is_recorded = current is not None
        self.values = dict(current.values) if current else {}
        self.accounts = {number: dict(values) for number, values in current.accounts.items()} if current else {}
        self.people = set(current.people) if current else set()
        self.delegations = set(current.delegations) if current else set()
        self.secured = set(current.secured) if current else set()


def _plan(row: ClientRow, state: _Growing, *, is_first: bool) -> RowPlan:
    is_new_client = not state.is_recorded and is_first
    is_new_account = row.rm is not None and row.rm not in state.accounts
    client_changes = _client_changes(row, state) if is_first else {}
    account_changes = _account_changes(row, state)
    new_people = tuple(person for person in row.people if _is_new(person, state))
    delegation = (fold(row.broker), row.rm or "") if row.broker else None
    adds_delegation = delegation is not None and delegation not in state.delegations
    adds_instrument = bool(row.security_kind and row.security_amount) and (row.rm or "") not in state.secured
    does_anything = bool(client_changes or account_changes or new_people or adds_delegation or adds_instrument)
    fate: Fate = "created" if is_new_client or is_new_account else "updated" if does_anything else "unchanged"
    recorded = state.accounts.get(row.rm or "", {})
    stands = (*(state.values.get(key) for key in client_changes), *(recorded.get(key) for key in account_changes))
    plan = RowPlan(
        row, fate, is_new_client, is_new_account, client_changes, account_changes, new_people, adds_delegation,
        adds_instrument, stands=stands,
    )  # fmt: skip
    _remember(plan, state, delegation)
    return plan


def _client_changes(row: ClientRow, state: _Growing) -> dict[str, Any]:
    """What the row says otherwise than the record. A blank or an unknown never overwrites."""
    wanted: dict[str, Any] = {key: getattr(row, key) for key in CLIENT_FIELDS}
    wanted["residency"] = {True: "resident", False: "non_resident", None: None}[row.is_resident]
    wanted["is_portal_linked"] = {True: "yes", False: "no", None: None}[row.is_portal_linked]
    wanted["hs_chapters"] = list(row.hs_chapters) or None
    wanted["notes"] = row.notes if not state.values.get("notes") else None
    return {key: value for key, value in wanted.items() if value is not None and state.values.get(key) != value}


def _account_changes(row: ClientRow, state: _Growing) -> dict[str, Any]:
    if row.rm is None:
        return {}
    recorded = state.accounts.get(row.rm, {})
    wanted = {"stated_peak_amount": row.stated_peak_amount}
    if row.security_kind == "cash_deposit" and row.rm not in state.accounts:
        wanted["security_form"] = "cash"  # type: ignore[assignment]
    return {key: value for key, value in wanted.items() if value is not None and recorded.get(key) != value}


def _is_new(person: Person, state: _Growing) -> bool:
    return (person.email or fold(person.name)) not in state.people and fold(person.name) not in state.people


def _remember(plan: RowPlan, state: _Growing, delegation: tuple[str, str] | None) -> None:
    row = plan.row
    if row.rm is not None:
        state.accounts.setdefault(row.rm, {}).update(plan.account_changes)
    for person in plan.new_people:
        state.people |= {fold(person.name)} | ({person.email} if person.email else set())
    if delegation is not None:
        state.delegations.add(delegation)
    if plan.adds_instrument:
        state.secured.add(row.rm or "")


def plan_words(plan: RowPlan) -> tuple[Any, ...]:
    """Everything a row would do and what it would do it to, for telling one preview from another."""
    return (
        plan.row.row, plan.fate, plan.is_new_client, tuple(plan.client_changes.items()), tuple(plan.account_changes.items()),
        tuple(person.name for person in plan.new_people), plan.adds_delegation, plan.adds_instrument,
        plan.adds_broker, plan.lead_id, plan.stands,
    )  # fmt: skip
