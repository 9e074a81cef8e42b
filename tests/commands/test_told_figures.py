"""Figures a contact tells: they count for nothing until the firm took them over, and go back with a reason."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.conftest import Cast
from tests.factories import DAY, as_firm, make_account, make_client, make_statement, make_task
from tracker.clients.enums import ClientState
from tracker.clients.models import Client, ProgramAccount
from tracker.coordination.commands import edit_task, finish_task, move_task
from tracker.coordination.enums import Party, TaskState
from tracker.coordination.models import Task
from tracker.coordination.portal_rows import client_tasks
from tracker.guarantees import commands, queries
from tracker.guarantees.cover import cover_of
from tracker.guarantees.enums import Basis, ToldState
from tracker.guarantees.models import PortalFigure, ToldFigure
from tracker.platform.actor import SYSTEM, Actor
from tracker.platform.audit import record
from tracker.platform.clock import today
from tracker.platform.db import db, transaction
from tracker.platform.errors import Refusal, Stale
from tracker.portal.commands import tell_figures
from tracker.rulebook.book import rules_at
from tracker.rulebook.task_kinds import READ_REQUIREMENT

NEED = Decimal("42100.00")  # 50 % of $84,200.00
LOW = Decimal("5000.00")


@pytest.fixture
def asked(inside: Flask, cast: Cast) -> UUID:
    """A step that asks client A for its figures."""
    make_statement(db.session.get(ProgramAccount, cast.account_a))
    client = db.session.get_one(Client, cast.client_a)
    return make_task(client, kind=READ_REQUIREMENT, title=None, waiting_on=Party.CLIENT, is_client_visible=True).id


def tell(cast: Cast, actor: Actor, task_id: UUID, **over: Any) -> int:
    as_firm()
    task = db.session.get_one(Task, task_id)
    values: dict[str, Any] = {
        "client_id": cast.client_a,
        "task_id": task_id,
        "version": task.version,
        "amounts": {cast.account_a: LOW},
        "read_on": today(),
        "today": today(),
    }
    with transaction():
        return tell_figures(actor, **{**values, **over})


def hand(task_id: UUID, actor: Actor, party: Party) -> None:
    task = db.session.get_one(Task, task_id)
    with transaction():
        move_task(actor, task=task, version=task.version, waiting_on=party)


def told(cast: Cast) -> ToldFigure:
    found = queries.told_on(cast.account_a)
    assert found is not None
    return found


def required(cast: Cast) -> tuple[Decimal, Basis]:
    cover = cover_of(rules_at(DAY), cast.account_a, as_of=today())
    assert cover is not None
    return cover.required_amount, cover.basis


def test_nothing_rests_on_a_figure_nobody_checked(asked: UUID, cast: Cast, actor_named: Callable[[str], Actor]) -> None:
    before = required(cast)
    assert tell(cast, actor_named("ana"), asked) == 1
    assert required(cast) == before
    assert db.session.scalar(select(func.count()).select_from(PortalFigure)) == 0
    assert (told(cast).amount, told(cast).told_by, told(cast).state) == (LOW, "Ana Roy", ToldState.WAITING)
    assert db.session.get_one(Task, asked).waiting_on is Party.US


def test_taken_over_it_is_the_portals_and_the_step_is_done(
    asked: UUID, cast: Cast, actor_named: Callable[[str], Actor]
) -> None:
    tell(cast, actor_named("ana"), asked)
    row = told(cast)
    with transaction():
        figure = commands.accept_told(actor_named("colin"), told=row, version=row.version, today=today())
    assert required(cast) == (LOW, Basis.PORTAL) and figure.read_by == "Ana Roy"
    assert (row.state, row.decided_by) == (ToldState.ACCEPTED, "Colin Dubois")
    assert db.session.get_one(Task, asked).state is TaskState.DONE
    with pytest.raises(Refusal, match="already"), transaction():
        commands.accept_told(actor_named("colin"), told=row, version=row.version, today=today())


def test_the_step_is_done_with_its_last_figure_only(
    asked: UUID, cast: Cast, actor_named: Callable[[str], Actor]
) -> None:
    second = make_account(db.session.get_one(Client, cast.client_a), number="123456782RM0002").id
    tell(cast, actor_named("ana"), asked, amounts={cast.account_a: LOW, second: NEED})
    for account_id, state in ((second, TaskState.OPEN), (cast.account_a, TaskState.DONE)):
        row = queries.told_on(account_id)
        assert row is not None
        with transaction():
            commands.accept_told(actor_named("colin"), told=row, version=row.version, today=today())
        assert db.session.get_one(Task, asked).state is state


def test_sent_back_the_step_waits_on_the_client_with_the_reason(
    asked: UUID, cast: Cast, actor_named: Callable[[str], Actor]
) -> None:
    before = required(cast)
    tell(cast, actor_named("ana"), asked)
    row = told(cast)
    with pytest.raises(Refusal) as refused, transaction():
        commands.refuse_told(actor_named("colin"), told=row, version=row.version, reason="  ", today=today())
    assert refused.value.field == "reason"
    as_firm()
    row = told(cast)
    assert row.state is ToldState.WAITING, "a refusal saves nothing"
    with transaction():
        commands.refuse_told(
            actor_named("colin"), told=row, version=row.version, reason="This is last year's.", today=today()
        )
    task = db.session.get_one(Task, asked)
    assert (task.waiting_on, task.returned_reason) == (Party.CLIENT, "This is last year's.")
    assert required(cast) == before and queries.told_on(cast.account_a) is None
    tell(cast, actor_named("ana"), asked, amounts={cast.account_a: NEED})
    assert db.session.get_one(Task, asked).returned_reason is None and told(cast).amount == NEED


def test_told_again_replaces_what_still_waits(asked: UUID, cast: Cast, actor_named: Callable[[str], Actor]) -> None:
    tell(cast, actor_named("ana"), asked)
    seen = told(cast).version
    hand(asked, actor_named("colin"), Party.CLIENT)
    tell(cast, actor_named("ana"), asked, amounts={cast.account_a: NEED})
    assert db.session.scalar(select(func.count()).select_from(ToldFigure)) == 1 and told(cast).amount == NEED
    with pytest.raises(Stale), transaction():  # who looked at the first does not take over the second
        commands.accept_told(actor_named("colin"), told=told(cast), version=seen, today=today())


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"read_on": today() + timedelta(days=1)}, "read_on"),
        ({"amounts": {}}, None),
        ({"amounts": "of another company"}, None),
        ({"amounts": "below zero"}, "amount"),
    ],
)
def test_what_cannot_have_been_seen_is_refused_and_nothing_is_kept(
    asked: UUID, cast: Cast, actor_named: Callable[[str], Actor], over: dict[str, Any], field: str | None
) -> None:
    amounts = {"of another company": {cast.account_b: LOW}, "below zero": {cast.account_a: Decimal("-0.01")}}
    if over.get("amounts"):
        over = {"amounts": amounts[over["amounts"]]}
    with pytest.raises(Refusal) as refused:
        tell(cast, actor_named("ana"), asked, **over)
    assert refused.value.field == field
    as_firm()
    assert db.session.scalar(select(func.count()).select_from(ToldFigure)) == 0
    assert db.session.get_one(Task, asked).waiting_on is Party.CLIENT


def test_a_step_that_does_not_wait_on_the_client_takes_no_answer(
    asked: UUID, cast: Cast, actor_named: Callable[[str], Actor]
) -> None:
    hand(asked, actor_named("colin"), Party.US)
    with pytest.raises(Refusal, match="not waiting on you"):
        tell(cast, actor_named("ana"), asked)


def test_of_two_figures_of_one_day_the_one_noted_last_prevails(
    inside: Flask, cast: Cast, actor_named: Callable[[str], Actor]
) -> None:
    """Twenty times over: by chance of their ids one order in two would be wrong."""
    account = db.session.get_one(ProgramAccount, cast.account_a)
    for cents in range(1, 21):
        amount = Decimal(cents) * 1000
        with transaction():
            commands.note_portal_figure(actor_named("colin"), account=account, amount=amount, read_on=DAY, today=DAY)
        cover = cover_of(rules_at(DAY), cast.account_a, as_of=DAY)
        assert cover is not None and cover.required_amount == amount
        assert queries.figures_of(cast.account_a)[0].amount == amount


@pytest.mark.parametrize("read_on", [date(2024, 12, 1), date(2025, 1, 10), date(2025, 10, 19), date(2026, 2, 1)])
def test_no_notice_of_a_review_that_never_was(
    inside: Flask, cast: Cast, actor_named: Callable[[str], Actor], read_on: date
) -> None:
    account = db.session.get_one(ProgramAccount, cast.account_a)
    said = "20 Oct 2026" if read_on.year == 2026 else "20 Oct 2025"  # the first review ran in 2025 (facts 3.4)
    with pytest.raises(Refusal, match=said) as refused, transaction():
        commands.note_portal_figure(
            actor_named("colin"), account=account, amount=NEED, read_on=read_on, today=DAY, shown="notice"
        )
    assert refused.value.field == "shown"


def test_security_is_asked_account_by_account(asked: UUID, cast: Cast, actor_named: Callable[[str], Actor]) -> None:
    """Of two accounts one was told: the step stays, until the other was read, too."""
    second = make_account(db.session.get_one(Client, cast.client_a), number="123456782RM0002")
    for account_id, state in ((cast.account_a, TaskState.OPEN), (second.id, TaskState.DONE)):
        if account_id == second.id:
            hand(asked, actor_named("colin"), Party.CLIENT)
        tell(cast, actor_named("ana"), asked, amounts={account_id: LOW})
        row = queries.told_on(account_id)
        assert row is not None
        with transaction():
            commands.accept_told(actor_named("colin"), told=row, version=row.version, today=today())
        assert db.session.get_one(Task, asked).state is state


@pytest.mark.parametrize("fate", ["done", "with the broker", "hidden"])
def test_a_reason_always_reaches_the_client(
    asked: UUID, cast: Cast, actor_named: Callable[[str], Actor], fate: str
) -> None:
    tell(cast, actor_named("ana"), asked)
    colin, task = actor_named("colin"), db.session.get_one(Task, asked)
    with transaction():
        if fate == "done":
            finish_task(colin, task=task, version=task.version)
        elif fate == "hidden":
            edit_task(colin, task=task, version=task.version, waiting_on=Party.US, is_client_visible=False)
        else:
            move_task(colin, task=task, version=task.version, waiting_on=Party.BROKER)
    row = told(cast)
    with transaction():
        commands.refuse_told(colin, told=row, version=row.version, reason="Last year's.", today=today())
    shown = [step for step in client_tasks(cast.client_a) if step.is_open and step.returned_reason == "Last year's."]
    assert len(shown) == 1 and (shown[0].id == asked) is (fate == "with the broker")


def test_a_step_with_somebody_else_is_not_closed_over_their_head(
    asked: UUID, cast: Cast, actor_named: Callable[[str], Actor]
) -> None:
    tell(cast, actor_named("ana"), asked)
    hand(asked, actor_named("colin"), Party.BROKER)
    row = told(cast)
    with transaction():
        commands.accept_told(actor_named("colin"), told=row, version=row.version, today=today())
    assert db.session.get_one(Task, asked).state is TaskState.OPEN


def test_an_older_figure_changes_nothing_and_the_page_can_say_so(
    asked: UUID, cast: Cast, actor_named: Callable[[str], Actor]
) -> None:
    account = db.session.get_one(ProgramAccount, cast.account_a)
    with transaction():
        commands.note_portal_figure(actor_named("colin"), account=account, amount=NEED, read_on=today(), today=today())
    cover = cover_of(rules_at(today()), cast.account_a)
    assert cover is not None
    assert cover.with_figure(LOW, today() - timedelta(days=30)).required_amount == NEED
    assert cover.with_figure(LOW, today()).required_amount == LOW


def test_what_has_no_page_is_not_listed(asked: UUID, cast: Cast, actor_named: Callable[[str], Actor]) -> None:
    for _number in range(7):
        client = make_client(legal_name=f"Firm {_number}", bn9=None)
        account = make_account(client, number=f"70000000{_number}RM0001")
        with transaction():
            commands.tell_figures(
                SYSTEM, client_id=client.id, task_id=None, amounts={account.id: LOW}, read_on=today(), today=today()
            )
    rows, count = queries.told_to_check()
    assert (len(rows), count) == (6, 7)
    with transaction() as session:
        account.is_closed = True
        record(SYSTEM, "account:closed", account)
        first = session.get_one(ProgramAccount, rows[0].account_id)
        client = session.get_one(Client, first.client_id)
        client.state = ClientState.ARCHIVED
        record(SYSTEM, "client:archived", client)
    assert queries.told_to_check()[1] == 5


def test_a_figure_of_an_account_closed_meanwhile_keeps_no_step_open(
    asked: UUID, cast: Cast, actor_named: Callable[[str], Actor]
) -> None:
    second = make_account(db.session.get_one(Client, cast.client_a), number="123456782RM0002").id
    tell(cast, actor_named("ana"), asked, amounts={cast.account_a: LOW, second: LOW})
    with transaction():
        account = db.session.get_one(ProgramAccount, second)
        account.is_closed = True
        record(SYSTEM, "account:edited", account)
    row = told(cast)
    with transaction():
        commands.accept_told(actor_named("colin"), told=row, version=row.version, today=today())
    assert db.session.get_one(Task, asked).state is TaskState.DONE
