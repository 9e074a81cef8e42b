"""Renewals open themselves: at a shortfall, 90 days before an end, at a review, and each cause once."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.conftest import Cast
from tests.factories import (
    DAY,
    as_firm,
    make_allocation,
    make_engagement,
    make_instrument,
    make_partner,
    make_request,
    make_statement,
    make_user,
)
from tests.visitor import Visitor
from tracker.accounts import queries as accounts
from tracker.accounts.commands import deactivate
from tracker.accounts.enums import AccountState
from tracker.clients.commands import archive_client, delete_statement
from tracker.clients.models import Client, ProgramAccount, Statement
from tracker.coordination import commands as coordination
from tracker.coordination.enums import PartnerKind, Party, TaskState
from tracker.coordination.models import Task
from tracker.documents.enums import RequestState
from tracker.documents.models import DocumentRequest
from tracker.engagements import commands as engagements
from tracker.engagements.enums import EngagementState
from tracker.engagements.models import Engagement
from tracker.engagements.queries import page_of as engagement_list
from tracker.guarantees.commands import move_instrument
from tracker.guarantees.enums import InstrumentState
from tracker.guarantees.models import Instrument
from tracker.permissions import Role
from tracker.platform.actor import SYSTEM, Actor
from tracker.platform.audit import record
from tracker.platform.db import db, transaction
from tracker.renewals import commands
from tracker.renewals.enums import Cause
from tracker.renewals.models import Renewal
from tracker.renewals.queries import leads_of, open_renewals
from tracker.renewals.rules import Position, due


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel("2026-11-23T15:00:00Z", tick=True):
        yield


def position(**over: object) -> Position:
    values: dict[str, object] = {
        "is_known": True,
        "required_amount": Decimal(40_000),
        "posted_amount": Decimal(40_000),
        "since": date(2026, 7, 17),
        "ends_on": None,
        "posted_after_end_amount": Decimal(40_000),
        "review_run_on": date(2026, 10, 20),
        "review_deadline_on": date(2027, 1, 15),
        "review_amount": Decimal(40_000),
        "posted_at_review_amount": Decimal(40_000),
    }
    return Position(**{**values, **over})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("over", "cause"),
    [
        ({}, None),
        ({"posted_amount": Decimal("39999.99")}, Cause.SHORTFALL),
        ({"posted_amount": Decimal(0), "is_known": False}, None),
        ({"ends_on": DAY + timedelta(days=90), "posted_after_end_amount": Decimal(0)}, Cause.ENDING),
        ({"ends_on": DAY + timedelta(days=91), "posted_after_end_amount": Decimal(0)}, None),
        ({"ends_on": DAY, "posted_after_end_amount": Decimal(0)}, Cause.ENDING),
        ({"ends_on": DAY + timedelta(days=9)}, None),  # another instrument goes on covering
        ({"review_amount": Decimal(50_000)}, Cause.REVIEW),
        ({"review_amount": Decimal(50_000), "posted_at_review_amount": Decimal(50_000)}, None),
        ({"review_amount": Decimal(50_000), "review_run_on": DAY + timedelta(days=1)}, None),
    ],
)
def test_cause(over: dict[str, object], cause: Cause | None) -> None:
    found = due(position(**over), DAY)
    assert (found.cause if found else None) == cause


@pytest.mark.parametrize(
    ("over", "latest"),
    [
        ({"posted_amount": Decimal(0)}, None),
        ({"posted_amount": Decimal(0), "review_amount": Decimal(50_000)}, date(2027, 1, 15)),
        ({"review_amount": Decimal(50_000)}, date(2027, 1, 15)),
        ({"ends_on": DAY + timedelta(days=9), "posted_after_end_amount": Decimal(0)}, DAY + timedelta(days=9)),
        ({"ends_on": DAY, "posted_after_end_amount": Decimal(0)}, None),
    ],
)
def test_no_step_may_fall_due_after_what_lies_ahead(over: dict[str, object], latest: date | None) -> None:
    found = due(position(**over), DAY)
    assert found is not None and found.latest == latest


@pytest.fixture
def short(inside: Flask, cast: Cast) -> ProgramAccount:
    """Client A's account, short: a bond of 20,000.00 of a surety where 42,100.00 is required."""
    return make_short(cast)


def open_due() -> int:
    with transaction():
        return commands.open_due(SYSTEM, today=DAY)


def test_shortfall_opens_one_file_with_tasks_documents_and_parties(short: ProgramAccount) -> None:
    assert (open_due(), open_due()) == (1, 0)
    row = db.session.scalars(select(Renewal)).one()
    assert (row.cause, row.missing_amount) == (Cause.SHORTFALL, Decimal("22100.00"))
    engagement = db.session.get_one(Engagement, row.engagement_id)
    assert engagement.template == "security_renewal"
    assert engagement.target_on is not None and engagement.target_on > DAY  # short already, yet it takes its time
    tasks = db.session.scalars(select(Task).where(Task.engagement_id == engagement.id)).all()
    assert {task.partner_id for task in tasks if task.waiting_on is Party.SURETY} == {row.provider_id}
    assert {task.kind for task in tasks} >= {"apply_for_bond", "post_agreement", "confirm_in_portal"}


def steps_of(engagement_id: UUID) -> dict[str | None, date | None]:
    tasks = db.session.scalars(select(Task).where(Task.engagement_id == engagement_id)).all()
    papers = db.session.scalars(select(DocumentRequest).where(DocumentRequest.engagement_id == engagement_id)).all()
    return {row.kind: row.due_on for row in (*tasks, *papers)}


def test_what_is_short_today_is_dated_as_soon_as_its_steps_allow(short: ProgramAccount) -> None:
    open_due()
    engagement = db.session.scalars(select(Engagement)).one()
    steps = steps_of(engagement.id)
    assert steps["post_agreement"] == date(2026, 12, 15)
    assert engagement.target_on == steps["release_old_security"] == date(2026, 12, 28)  # 32 days on is Christmas


def test_what_ends_soon_has_every_step_before_its_end(inside: Flask, cast: Cast) -> None:
    account = db.session.get_one(ProgramAccount, cast.account_a)
    make_statement(account)
    ends_on = DAY + timedelta(days=24)
    bond = make_instrument(db.session.get_one(Client, cast.client_a), amount=Decimal(50_000), valid_until=ends_on)
    make_allocation(bond, account)
    open_due()
    engagement = db.session.scalars(select(Engagement)).one()
    days = [day for day in steps_of(engagement.id).values() if day is not None]
    assert engagement.target_on == ends_on and len(days) == 10 and min(days) > DAY and max(days) <= ends_on


def test_the_end_that_leaves_the_account_short_opens_the_file(inside: Flask, cast: Cast) -> None:
    """The bond that ends first is one the other makes up for: the file must not wait for that day."""
    account = db.session.get_one(ProgramAccount, cast.account_a)
    make_statement(account)
    client = db.session.get_one(Client, cast.client_a)
    for number, amount, days in (("B-1", 42_100, 24), ("B-2", 5_000, 7)):
        bond = make_instrument(client, number=number, amount=Decimal(amount), valid_until=DAY + timedelta(days=days))
        make_allocation(bond, account)
    open_due()
    row = db.session.scalars(select(Renewal)).one()
    assert (row.cause, row.by_on, row.missing_amount) == (Cause.ENDING, DAY + timedelta(days=24), Decimal("42100.00"))


def test_no_file_where_the_next_bond_is_posted_already(inside: Flask, cast: Cast) -> None:
    account = db.session.get_one(ProgramAccount, cast.account_a)
    make_statement(account)
    client, ends_on = db.session.get_one(Client, cast.client_a), DAY + timedelta(days=24)
    make_allocation(make_instrument(client, valid_until=ends_on), account)
    make_allocation(make_instrument(client, number="B-2", valid_from=ends_on + timedelta(days=1)), account)
    assert open_due() == 0


def closed_file() -> None:
    engagement = db.session.scalars(select(Engagement).where(Engagement.state == EngagementState.OPEN)).one()
    with transaction():
        engagements.close_engagement(
            SYSTEM, engagement=engagement, version=engagement.version, on=DAY, closing_note="Seen in the portal."
        )


@pytest.mark.parametrize("is_ended", [True, False])
def test_security_that_goes_after_its_file_was_closed_opens_another(short: ProgramAccount, is_ended: bool) -> None:
    """CBSA's figure is the same as before, and yet it is another shortfall."""
    open_due()
    client = db.session.get_one(Client, short.client_id)
    bond = make_instrument(client, number="B-2", valid_until=None if is_ended else DAY + timedelta(days=1))
    make_allocation(bond, short)
    closed_file()
    assert open_due() == (not is_ended)  # covered; of the end to come there is a file
    if not is_ended:
        closed_file()
    later = DAY + timedelta(days=2)
    if is_ended:
        with transaction():
            row = db.session.get_one(Instrument, bond.id)
            move_instrument(
                SYSTEM, instrument=row, version=row.version, to=InstrumentState.ENDED, on=later, today=later
            )
    for opened in (1, 0):
        with transaction():
            assert commands.open_due(SYSTEM, today=later) == opened
    row = db.session.scalars(select(Renewal).order_by(Renewal.opened_on.desc())).first()
    assert row is not None and (row.cause, row.for_on) == (Cause.SHORTFALL, later)


def test_a_file_closed_short_stays_closed(short: ProgramAccount) -> None:
    open_due()
    closed_file()
    assert open_due() == 0


def test_a_file_asks_for_the_new_bonds_own_papers(short: ProgramAccount) -> None:
    """Those of the bond it has, accepted and still valid, prove that one alone."""
    client = db.session.get_one(Client, short.client_id)
    for kind in ("security_agreement", "indemnity_agreement", "bond_application", "financial_statements"):
        make_request(client, kind=kind, state=RequestState.ACCEPTED, expires_on=DAY + timedelta(days=60))
    open_due()
    engagement_id = db.session.scalars(select(Renewal.engagement_id)).one()
    asked = db.session.scalars(select(DocumentRequest.kind).where(DocumentRequest.engagement_id == engagement_id))
    assert set(asked) == {"security_agreement", "indemnity_agreement", "bond_application"}


def test_no_file_beside_an_engagement_that_sees_to_the_security(short: ProgramAccount) -> None:
    make_engagement(db.session.get_one(Client, short.client_id))
    assert open_due() == 0


def test_page_and_button(app: Flask, cast: Cast, visit: Callable[..., Visitor]) -> None:
    with app.app_context():
        as_firm()
        make_statement(db.session.get_one(ProgramAccount, cast.account_a))
    path = f"/guarantees/{cast.account_a}/renew"
    assert visit("celia").post(path).status_code == 404
    assert visit("ana").post(path).status_code == 403
    colin = visit("colin")
    assert colin.post(path).location.startswith("/engagements/")
    assert colin.post(path).location.endswith(str(cast.account_a))  # open already: back to the account
    assert "42,100" in colin.get("/guarantees/renewals").get_data(as_text=True)
    assert "42,100" not in visit("celia").get("/guarantees/renewals").get_data(as_text=True)


def make_short(cast: Cast) -> ProgramAccount:
    account = db.session.get_one(ProgramAccount, cast.account_a)
    make_statement(account)
    surety = make_partner(kind=PartnerKind.SURETY, name="Roanoke")
    bond = make_instrument(db.session.get_one(Client, cast.client_a), amount=Decimal(20_000), provider_id=surety.id)
    make_allocation(bond, account)
    return account


@pytest.fixture
def file_path(app: Flask, cast: Cast) -> str:
    """The page of the file that opened itself for client A's account, short by 22,100.00."""
    with app.app_context():
        as_firm()
        make_short(cast)
        open_due()
        return f"/engagements/{db.session.scalars(select(Renewal.engagement_id)).one()}"


def test_a_files_page_shows_its_work_and_says_when_nothing_is_missing(
    app: Flask, file_path: str, cast: Cast, visit: Callable[..., Visitor]
) -> None:
    colin = visit("colin")
    html = colin.get(file_path).text
    with app.app_context():
        as_firm()
        tasks = db.session.scalars(select(Task.id).where(Task.partner_id.is_not(None))).all()
    assert tasks and all(str(key) in html for key in tasks)
    assert "Roanoke" in html and "22,100" in html and "close it below" not in html
    assert "close it" not in colin.get("/guarantees/renewals").text
    with app.app_context():
        as_firm()
        more = make_instrument(db.session.get_one(Client, cast.client_a), amount=Decimal(22_100), number="B-NEW")
        make_allocation(more, db.session.get_one(ProgramAccount, cast.account_a))
    assert "Nothing is missing on any of its accounts any more: close it below." in colin.get(file_path).text
    assert "covered: close it" in colin.get("/guarantees/renewals").text


def test_a_files_page_leads_to_the_draft_for_its_surety(
    app: Flask, file_path: str, cast: Cast, visit: Callable[..., Visitor]
) -> None:
    colin, draft = visit("colin"), f"/guarantees/{cast.account_a}#surety"
    assert draft in colin.get(file_path).text
    assert 'id="surety"' in colin.get(draft).text and "Roanoke" in colin.get(draft).text
    with app.app_context():
        as_firm()
        more = make_instrument(db.session.get_one(Client, cast.client_a), amount=Decimal(22_100), number="B-NEW")
        make_allocation(more, db.session.get_one(ProgramAccount, cast.account_a))
    assert draft not in colin.get(file_path).text and 'id="surety"' not in colin.get(draft).text


def test_what_is_not_known_is_never_called_covered(
    app: Flask, file_path: str, cast: Cast, visit: Callable[..., Visitor]
) -> None:
    """The statement that sized it turns out to be another company's and is deleted: nothing says what is required now."""
    with app.app_context():
        as_firm()
        statement = db.session.scalars(select(Statement)).one()
        with transaction():
            delete_statement(SYSTEM, statement=statement, version=statement.version)
    colin = visit("colin")
    for path in (file_path, "/guarantees/renewals"):
        html = colin.get(path).text
        assert "not known" in html and "close it" not in html


def test_a_stranger_sees_no_file(file_path: str, visit: Callable[..., Visitor]) -> None:
    assert visit("celia").get(file_path).status_code == 404
    assert visit("ana").get(file_path).status_code == 403


def finish_all() -> None:
    """Every open task is done, as far as anybody says."""
    with transaction():
        for task in db.session.scalars(select(Task).where(Task.state == TaskState.OPEN)).all():
            coordination.finish_task(SYSTEM, task=task, version=task.version)


def take_up() -> list[Task]:
    """What the daily job adds."""
    before = set(db.session.scalars(select(Task.id)))
    with transaction():
        count = commands.take_up_again(SYSTEM, today=DAY)
    added = [task for task in db.session.scalars(select(Task)) if task.id not in before]
    assert len(added) == count
    return added


def test_a_file_that_is_done_and_short_takes_its_step_up_again_once(short: ProgramAccount) -> None:
    open_due()
    assert take_up() == []  # its steps are under way
    finish_all()
    (task,) = take_up()
    row = db.session.scalars(select(Renewal)).one()
    assert (task.kind, task.engagement_id, task.program_account_id) == ("post_agreement", row.engagement_id, short.id)
    assert task.partner_id == row.provider_id and task.due_on == date(2026, 12, 3)
    assert take_up() == []
    finish_all()
    assert take_up() == []  # once: the pages go on saying what is missing


def test_what_lies_with_cbsa_on_paper_is_to_be_seen_in_the_portal(short: ProgramAccount) -> None:
    open_due()
    finish_all()
    client = db.session.get_one(Client, short.client_id)
    sent = make_instrument(
        client, number="B-NEW", amount=Decimal(30_000), state=InstrumentState.ISSUED, answer_by_on=DAY
    )
    make_allocation(sent, short)
    (task,) = take_up()
    assert task.kind == "confirm_in_portal" and task.partner_id is None


def test_a_file_that_is_done_and_covered_takes_nothing_up(short: ProgramAccount) -> None:
    open_due()
    finish_all()
    more = make_instrument(db.session.get_one(Client, short.client_id), number="B-NEW", amount=Decimal(30_000))
    make_allocation(more, short)
    assert take_up() == []


def test_pages_say_what_is_missing_when_all_steps_are_done(
    app: Flask, file_path: str, visit: Callable[..., Visitor]
) -> None:
    colin, words = visit("colin"), ("all steps done, $22,100 still missing", "All steps are done, and $22,100 is still")
    paths = ("/guarantees/renewals", file_path)
    assert not any(word in colin.get(path).text for word, path in zip(words, paths, strict=True))
    with app.app_context():
        as_firm()
        finish_all()
    assert all(word in colin.get(path).text for word, path in zip(words, paths, strict=True))
    colin.post("/language", {"language": "fr"})
    assert "il manque encore" in colin.get(paths[0]).text and "il manque encore" in colin.get(paths[1]).text


def test_an_archived_clients_file_stands_on_no_list_of_work(short: ProgramAccount) -> None:
    """Nothing of it can be closed any more: it would stand there, late, for good."""
    open_due()
    assert open_renewals(1, DAY).total == engagement_list(1, DAY).total == 1
    client = db.session.get_one(Client, short.client_id)
    with transaction():
        archive_client(SYSTEM, client=client, version=client.version)
    assert open_renewals(1, DAY).total == engagement_list(1, DAY).total == 0
    assert engagement_list(1, DAY, state="all").total == 1


def test_a_lead_who_has_left_the_firm_stops_no_ones_renewal(
    short: ProgramAccount, actor_named: Callable[[str], Actor]
) -> None:
    """One such client, and the daily job opened nothing for anybody and recorded no day."""
    person = accounts.by_email("colin@firm.example")
    assert person is not None
    with transaction():
        deactivate(actor_named("adam"), person=person, version=person.version)
    assert open_due() == 1
    engagement = db.session.scalars(select(Engagement)).one()
    owners = select(DocumentRequest.owner_id).union(select(Task.owner_id))
    assert engagement.lead_id is None and list(db.session.scalars(owners)) == [None]


def test_a_step_taken_up_again_is_nobodys_who_left(short: ProgramAccount, cast: Cast) -> None:
    open_due()
    finish_all()
    left = make_user(Role.CONSULTANT, email="left@firm.example", state=AccountState.DEACTIVATED)
    with transaction():
        engagement = db.session.scalars(select(Engagement)).one()
        engagement.lead_id = left.id
        record(SYSTEM, "engagement:edited", engagement)
    (task,) = take_up()
    assert task.owner_id == leads_of([cast.client_a])[cast.client_a] != left.id
