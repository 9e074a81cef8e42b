"""Coordination, commands: partners folded, delegations by their states, tasks with their clock, nothing doubled."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.conftest import Cast
from tests.factories import as_firm, make_account, make_client, make_delegation, make_partner, make_task
from tracker.clients.commands import archive_client
from tracker.clients.models import Client
from tracker.coordination import commands, queries
from tracker.coordination.enums import DelegationState, PartnerKind, Party, TaskState
from tracker.coordination.models import Delegation, Partner, Task
from tracker.coordination.rules import MOVES, Held, contradictions
from tracker.documents.models import DocumentRequest
from tracker.onboarding.commands import open_for_many, open_with_template
from tracker.platform.actor import SYSTEM, Actor
from tracker.platform.clock import today
from tracker.platform.db import db, transaction
from tracker.platform.errors import Refusal, Stale
from tracker.platform.tenancy import enter
from tracker.readiness.models import Standing


@pytest.fixture
def colin(actor_named: Callable[[str], Actor]) -> Actor:
    return actor_named("colin")


def client(cast: Cast) -> Client:
    return db.session.get_one(Client, cast.client_a)


def count(model: type) -> int:
    return int(db.session.scalar(select(func.count()).select_from(model)) or 0)


def test_partner_names_differing_in_case_and_blanks_are_one(inside: Flask, colin: Actor) -> None:
    with transaction():
        first = commands.find_or_add_partner(colin, kind=PartnerKind.BROKER, name="Northgate  Brokers")
        again = commands.find_or_add_partner(colin, kind=PartnerKind.BROKER, name=" northgate brokers ")
        other = commands.find_or_add_partner(colin, kind=PartnerKind.SURETY, name="Northgate Brokers")
    assert first.id == again.id != other.id and count(Partner) == 2


@pytest.mark.parametrize("now", list(DelegationState))
@pytest.mark.parametrize("then", list(DelegationState))
def test_delegation_moves_only_where_it_may(
    inside: Flask, cast: Cast, colin: Actor, now: DelegationState, then: DelegationState
) -> None:
    row = make_delegation(client(cast), make_partner(), state=now)
    if then in MOVES[now]:
        with transaction():
            commands.decide_delegation(colin, delegation=row, version=row.version, state=then, decided_on=today())
        assert row.state is then
    else:
        with pytest.raises(Refusal), transaction():
            commands.decide_delegation(colin, delegation=row, version=row.version, state=then, decided_on=today())
        assert row.state is now


def test_asking_twice_changes_nothing(inside: Flask, cast: Cast, colin: Actor) -> None:
    partner = make_partner()
    with transaction():
        first = commands.ask_delegation(
            colin, client_id=cast.client_a, partner_id=partner.id, requested_on=date(2026, 11, 6)
        )
    with transaction():
        again = commands.ask_delegation(colin, client_id=cast.client_a, partner_id=partner.id, requested_on=today())
    assert again.id == first.id and again.requested_on == date(2026, 11, 6)


@pytest.mark.parametrize("day", [date(2026, 11, 5), today() + timedelta(days=2)])  # two: midnight may pass meanwhile
def test_decision_before_it_was_asked_or_still_to_come_is_refused(
    inside: Flask, cast: Cast, colin: Actor, day: date
) -> None:
    row = make_delegation(client(cast), make_partner(), state=DelegationState.REQUESTED, requested_on=date(2026, 11, 6))
    with pytest.raises(Refusal) as refused, transaction():
        commands.decide_delegation(
            colin, delegation=row, version=row.version, state=DelegationState.APPROVED, decided_on=day
        )
    assert refused.value.field == "decided_on"


def test_contradictions_are_named() -> None:
    approved = DelegationState.APPROVED
    two = [Held("A", True, approved, None, True), Held("B", True, approved, None, True)]
    assert len(contradictions(two, is_portal_linked=True)) == 1
    assert contradictions([Held("A", False, approved, None, False)], is_portal_linked=True)
    assert contradictions([Held("A", True, approved, None, False)], is_portal_linked=False)
    assert contradictions([Held("A", True, approved, None, True)], is_portal_linked=True) == []


def test_handing_a_task_over_starts_its_clock_again(inside: Flask, cast: Cast, colin: Actor) -> None:
    task = make_task(client(cast), waiting_since=date(2026, 11, 1))
    with transaction():
        commands.move_task(colin, task=task, version=task.version, waiting_on=Party.US)
    assert task.waiting_since == date(2026, 11, 1)
    with transaction():
        commands.move_task(colin, task=task, version=task.version, waiting_on=Party.BROKER)
    assert (task.waiting_on, task.waiting_since) == (Party.BROKER, today())


def test_task_ends_once_and_can_be_opened_again(inside: Flask, cast: Cast, colin: Actor) -> None:
    task = make_task(client(cast))
    with transaction():
        commands.finish_task(colin, task=task, version=task.version)
    assert (task.state, task.done_on, task.done_by) == (TaskState.DONE, today(), colin.name)
    with pytest.raises(Refusal), transaction():
        commands.finish_task(colin, task=task, version=task.version)
    with pytest.raises(Stale), transaction():
        commands.reopen_task(colin, task=task, version=task.version - 1)
    with transaction():
        commands.reopen_task(colin, task=task, version=task.version)
    assert task.state is TaskState.OPEN and task.done_on is None


def test_many_at_once(inside: Flask, cast: Cast, colin: Actor) -> None:
    tasks = [make_task(client(cast)) for _ in range(3)]
    with pytest.raises(Refusal), transaction():
        commands.change_many(colin, ids=[t.id for t in tasks], change="explode")
    with transaction():
        assert commands.change_many(colin, ids=[t.id for t in tasks[:2]], change="done") == 2
    assert [t.state for t in tasks] == [TaskState.DONE, TaskState.DONE, TaskState.OPEN]


def test_template_brings_tasks_and_requests_and_doubles_nothing(inside: Flask, cast: Cast, colin: Actor) -> None:
    with transaction():
        opened = open_with_template(colin, client_id=cast.client_a, template="carm_onboarding", opened_on=today())
    assert opened.tasks > 5 and opened.documents > 3
    tasks = count(Task)
    with pytest.raises(Refusal) as refused, transaction():
        open_with_template(colin, client_id=cast.client_a, template="carm_onboarding", opened_on=today())
    assert refused.value.field == "template"
    with transaction():
        open_with_template(colin, client_id=cast.client_a, template="security_only", opened_on=today())
    kinds = list(db.session.scalars(select(Task.kind)))
    assert len(kinds) == len(set(kinds)) and count(Task) >= tasks


@pytest.mark.parametrize(
    ("client", "kinds"),
    [
        ({"residency": "resident", "bn9": None}, set()),
        ({"residency": "non_resident"}, {"file_bsf900"}),
        ({"residency": "non_resident", "bn9": None}, {"get_bn", "file_bsf900"}),
    ],
)
def test_onboarding_asks_a_non_resident_for_what_only_it_needs(
    inside: Flask, actor_named: Callable[[str], Actor], client: dict[str, Any], kinds: set[str]
) -> None:
    key = make_client(legal_name="Selkirk Tools Inc.", **client).id
    with transaction():
        open_with_template(actor_named("priya"), client_id=key, template="carm_onboarding", opened_on=today())
    asked = set(db.session.scalars(select(Task.kind).where(Task.client_id == key)))
    assert asked & {"get_bn", "file_bsf900"} == kinds
    papers = set(db.session.scalars(select(DocumentRequest.kind).where(DocumentRequest.client_id == key)))
    assert ("non_resident_pack" in papers) is bool(kinds)


def test_start_for_many_passes_over_those_that_have_one(
    inside: Flask, cast: Cast, actor_named: Callable[[str], Actor]
) -> None:
    priya = actor_named("priya")
    both = [db.session.get_one(Client, key) for key in (cast.client_a, cast.client_b)]
    with transaction():
        open_with_template(priya, client_id=cast.client_a, template="annual_review", opened_on=today())
    with transaction():
        made = open_for_many(priya, clients=both, template="annual_review", opened_on=today())
    assert [o.engagement.client_id for o in made] == [cast.client_b]


def test_standing_follows_in_the_same_transaction(inside: Flask, cast: Cast, colin: Actor) -> None:
    def standing() -> Standing:
        return db.session.scalars(select(Standing).where(Standing.client_id == cast.client_a)).one()

    before = standing().open_tasks
    with transaction():
        commands.add_task(colin, client_id=cast.client_a, title="x", due_on=today() - timedelta(days=1))
    assert (standing().open_tasks, standing().late_tasks) == (before + 1, 1)
    with pytest.raises(RuntimeError), transaction():
        commands.add_task(colin, client_id=cast.client_a, title="y")
        raise RuntimeError
    assert standing().open_tasks == before + 1


def test_brokers_list_holds_its_own_rows_only(inside: Flask, cast: Cast, actor_named: Callable[[str], Actor]) -> None:
    mine, theirs = make_partner(), make_partner(name="Other Brokers")
    make_delegation(client(cast), mine)
    make_delegation(db.session.get_one(Client, cast.client_b), theirs)
    make_task(db.session.get_one(Client, cast.client_b), partner_id=theirs.id, title="secret")
    shared = queries.broker_list(mine.id, today())
    assert shared is not None and [d.client for d in shared.delegations] == ["Maple Toys Inc."] and not shared.tasks


def test_a_task_that_waits_on_a_broker_is_the_only_brokers(inside: Flask, cast: Cast, colin: Actor) -> None:
    northgate, pacific = make_partner(name="Northgate"), make_partner(name="Pacific")
    with transaction():
        early = commands.add_task(colin, client_id=cast.client_a, title="EARLY", waiting_on=Party.BROKER)
    assert early.partner_id is None
    with transaction():
        commands.ask_delegation(colin, client_id=cast.client_a, partner_id=northgate.id, requested_on=today())
    assert db.session.get_one(Task, early.id).partner_id == northgate.id  # named as soon as there is one
    ours = [make_task(client(cast), title=title, waiting_on=Party.US) for title in ("MOVED", "EDITED")]
    with transaction():
        commands.move_task(colin, task=ours[0], version=ours[0].version, waiting_on=Party.BROKER)
        commands.edit_task(colin, task=ours[1], version=ours[1].version, waiting_on=Party.BROKER, partner_id=None)
    assert {db.session.get_one(Task, task.id).partner_id for task in ours} == {northgate.id}  # handed over later, too
    with transaction():
        next_one = commands.ensure_task(colin, client_id=cast.client_a, kind="broker_requests_access")
        commands.name_broker(colin, client_id=cast.client_a, partner_id=pacific.id)
        unclear = commands.add_task(colin, client_id=cast.client_a, title="WHOSE", waiting_on=Party.BROKER)
    assert next_one is not None and next_one.partner_id == northgate.id and unclear.partner_id is None
    assert db.session.get_one(Task, early.id).partner_id == northgate.id  # a second broker takes nothing away


@pytest.mark.parametrize("state", [DelegationState.REVOKED, DelegationState.REJECTED])
def test_a_broker_loses_the_client_that_took_its_authority_back(
    inside: Flask, cast: Cast, state: DelegationState
) -> None:
    mine = make_partner(name="Northgate")
    make_delegation(client(cast), mine, state=state)
    make_task(client(cast), partner_id=mine.id, title="WRITTEN AFTERWARDS", waiting_on=Party.BROKER)
    shared = queries.broker_list(mine.id, today())
    assert shared is not None and not shared.delegations and not shared.tasks


def test_authority_over_one_account_shows_no_other(inside: Flask, cast: Cast) -> None:
    mine, other = make_partner(name="Northgate"), make_account(client(cast), number="123456782RM0002")
    for account_id, state in ((cast.account_a, DelegationState.APPROVED), (other.id, DelegationState.REVOKED)):
        make_delegation(client(cast), mine, program_account_id=account_id, state=state)
    tasks = (("OF ITS ACCOUNT", cast.account_a), ("OF THE OTHER", other.id), ("OF THE CLIENT", None))
    for title, account_id in tasks:
        values = {"partner_id": mine.id, "waiting_on": Party.BROKER, "program_account_id": account_id}
        make_task(client(cast), title=title, **values)
    shared = queries.broker_list(mine.id, today())
    assert shared is not None and {task.title for task in shared.tasks} == {"OF ITS ACCOUNT", "OF THE CLIENT"}


def test_a_broker_without_any_delegation_sees_nothing(inside: Flask, cast: Cast) -> None:
    mine = make_partner(name="Northgate")
    make_task(client(cast), partner_id=mine.id, title="NAMED BY MISTAKE", waiting_on=Party.BROKER)
    shared = queries.broker_list(mine.id, today())
    assert shared is not None and not shared.tasks


@pytest.mark.parametrize("state", [DelegationState.REVOKED, DelegationState.REJECTED])
def test_what_a_broker_lost_is_the_only_others(inside: Flask, cast: Cast, colin: Actor, state: DelegationState) -> None:
    mine, other = make_partner(name="Northgate"), make_partner(name="Pacific")
    second = make_account(client(cast), number="123456782RM0002")
    before = DelegationState.REQUESTED if state is DelegationState.REJECTED else DelegationState.APPROVED
    lost = make_delegation(client(cast), mine, program_account_id=second.id, state=before)
    make_delegation(client(cast), mine, program_account_id=cast.account_a, state=DelegationState.APPROVED)
    make_delegation(client(cast), other, state=DelegationState.APPROVED)
    values = {"partner_id": mine.id, "waiting_on": Party.BROKER}
    gone = make_task(client(cast), title="GONE", program_account_id=second.id, **values)
    kept = make_task(client(cast), title="KEPT", program_account_id=cast.account_a, **values)
    with transaction():
        commands.decide_delegation(
            colin, delegation=lost, version=lost.version, state=state, decided_on=today(), decided_by="Ana"
        )
    assert (gone.partner_id, kept.partner_id) == (other.id, mine.id)  # of that account the other is the only one left
    still = db.session.scalars(select(Delegation).where(Delegation.program_account_id == cast.account_a)).one()
    with transaction():
        commands.decide_delegation(
            colin, delegation=still, version=still.version, state=DelegationState.REVOKED, decided_on=today()
        )
    assert gone.partner_id == kept.partner_id == other.id


def test_what_a_broker_lost_never_comes_straight_back(inside: Flask, cast: Cast, colin: Actor) -> None:
    """It keeps one account, and is the client's only broker: the other account's task is nobody's yet, and so are new ones."""
    mine, second = make_partner(name="Northgate"), make_account(client(cast), number="123456782RM0002")
    lost = make_delegation(client(cast), mine, program_account_id=second.id, state=DelegationState.APPROVED)
    make_delegation(client(cast), mine, program_account_id=cast.account_a, state=DelegationState.APPROVED)
    task = make_task(client(cast), program_account_id=second.id, partner_id=mine.id, waiting_on=Party.BROKER)
    with transaction():
        commands.decide_delegation(
            colin, delegation=lost, version=lost.version, state=DelegationState.REVOKED, decided_on=today()
        )
        new = commands.add_task(
            colin, client_id=cast.client_a, title="NEW", waiting_on=Party.BROKER, program_account_id=second.id
        )
        own = commands.add_task(
            colin, client_id=cast.client_a, title="OWN", waiting_on=Party.BROKER, program_account_id=cast.account_a
        )
    assert (task.partner_id, new.partner_id, own.partner_id) == (None, None, mine.id)


def test_a_partner_is_left_whoever_does_it_and_whoever_is_archived(inside: Flask, cast: Cast, colin: Actor) -> None:
    """Colin sees client A alone; client B's task and an archived client's name the broker, too."""
    key = make_partner(name="Northgate").id
    others = db.session.get_one(Client, cast.client_b)
    away = make_client(legal_name="Gone Ltd.")
    tasks = [make_task(each, partner_id=key, waiting_on=Party.BROKER).id for each in (client(cast), others, away)]
    with transaction():
        archive_client(SYSTEM, client=away, version=away.version)
    enter(db.session(), colin.scope)
    partner = db.session.get_one(Partner, key)
    with transaction():
        commands.edit_partner(colin, partner=partner, version=partner.version, name="Northgate", is_active=False)
    as_firm()
    assert [db.session.get_one(Task, task).partner_id for task in tasks] == [None, None, key]


def test_only_a_brokers_own_loss_takes_its_tasks(inside: Flask, cast: Cast, colin: Actor) -> None:
    surety = make_partner(kind=PartnerKind.SURETY, name="Roanoke")
    lost = make_delegation(client(cast), surety, state=DelegationState.APPROVED)
    task = make_task(client(cast), partner_id=surety.id, waiting_on=Party.SURETY)
    with transaction():
        commands.decide_delegation(
            colin, delegation=lost, version=lost.version, state=DelegationState.REVOKED, decided_on=today()
        )
    assert task.partner_id == surety.id  # a surety needs no delegation to have its task


def test_a_reason_is_over_once_the_step_went_on(inside: Flask, cast: Cast, colin: Actor) -> None:
    task = make_task(client(cast), is_client_visible=True)
    with transaction():
        commands.return_task(colin, task=task, version=task.version, reason="Last year's.")
    assert task.returned_reason == "Last year's."
    for party in (Party.BROKER, Party.CLIENT):
        with transaction():
            commands.move_task(colin, task=task, version=task.version, waiting_on=party)
        assert task.returned_reason is None
    hidden = make_task(client(cast), is_client_visible=False)
    with pytest.raises(Refusal, match="does not see"), transaction():
        commands.return_task(colin, task=hidden, version=hidden.version, reason="Nobody reads this.")


def test_a_partner_the_firm_left_is_named_on_no_open_task(inside: Flask, cast: Cast) -> None:
    mine, other = make_partner(name="Northgate"), make_partner(name="Pacific")
    for partner in (mine, other):
        make_delegation(client(cast), partner, state=DelegationState.APPROVED)
    open_one = make_task(client(cast), partner_id=mine.id, waiting_on=Party.BROKER)
    done = make_task(client(cast), partner_id=mine.id, state=TaskState.DONE)
    with transaction():
        commands.edit_partner(SYSTEM, partner=mine, version=mine.version, name="Northgate", is_active=False)
    assert (open_one.partner_id, done.partner_id) == (other.id, mine.id)  # what is done stays as it was


def test_a_broker_sees_no_archived_client_and_one_the_firm_left_sees_nothing(inside: Flask, cast: Cast) -> None:
    mine = make_partner(name="Northgate")
    make_delegation(client(cast), mine, state=DelegationState.APPROVED)
    make_task(client(cast), partner_id=mine.id, title="OPEN", waiting_on=Party.BROKER)
    make_task(client(cast), partner_id=mine.id, title="HANDED BACK TO US")
    listed = queries.broker_list(mine.id, today())
    assert listed is not None and [task.title for task in listed.tasks] == ["OPEN"]
    with transaction():
        archive_client(SYSTEM, client=client(cast), version=client(cast).version)
    shared = queries.broker_list(mine.id, today())
    assert shared is not None and not shared.delegations and not shared.tasks
    with transaction():
        commands.edit_partner(SYSTEM, partner=mine, version=mine.version, name="Northgate", is_active=False)
    assert queries.broker_list(mine.id, today()) is None


@pytest.mark.parametrize("state", [DelegationState.REJECTED, DelegationState.REVOKED])
def test_a_broker_that_asks_again_has_the_clients_tasks_again(
    inside: Flask, cast: Cast, colin: Actor, state: DelegationState
) -> None:
    row = make_delegation(client(cast), make_partner(), state=state)
    task = make_task(client(cast), waiting_on=Party.BROKER)
    with transaction():
        commands.decide_delegation(
            colin, delegation=row, version=row.version, state=DelegationState.REQUESTED, decided_on=today()
        )
    assert db.session.get_one(Task, task.id).partner_id == row.partner_id


def test_a_partner_the_firm_works_with_again_has_its_clients_tasks_again(
    inside: Flask, cast: Cast, actor_named: Callable[[str], Actor]
) -> None:
    partner = make_partner(is_active=False)
    tasks = []
    for number, state in enumerate((DelegationState.APPROVED, DelegationState.REVOKED)):
        theirs = make_client(legal_name=f"Firm {number}", bn9=None)
        make_delegation(theirs, partner, state=state)
        tasks.append(make_task(theirs, waiting_on=Party.BROKER).id)
    with transaction():
        commands.edit_partner(
            actor_named("celia"), partner=partner, version=partner.version, name=partner.name, is_active=True
        )
    assert [db.session.get_one(Task, key).partner_id for key in tasks] == [partner.id, None]


def test_a_partners_numbers_are_of_active_clients_as_its_page_is(inside: Flask, cast: Cast) -> None:
    partner = make_partner()
    for number in range(2):
        theirs = make_client(legal_name=f"Firm {number}", bn9=None)
        make_delegation(theirs, partner)
        make_task(theirs, partner_id=partner.id, waiting_on=Party.BROKER)
    with transaction():
        archive_client(SYSTEM, client=theirs, version=theirs.version)
    (row,) = queries.partner_rows()
    assert (row.clients, row.open_tasks) == (1, 1)
