"""Dates of security gathered for the calendar: figures to confirm, peaks that leave the look-back, renewals; and their rules."""

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from tests.conftest import Cast, StatementCount
from tests.factories import (
    as_firm,
    make_account,
    make_client,
    make_engagement,
    make_instrument,
    make_partner,
    make_statement,
    make_task,
    saved,
)
from tracker.clients.models import Client, ProgramAccount
from tracker.coordination.enums import PartnerKind
from tracker.deadlines.queries import dates_for_contact_between, deadlines_between, due_around
from tracker.deadlines.rules import Deadline
from tracker.engagements.enums import EngagementState
from tracker.guarantees.cover import covers
from tracker.guarantees.enums import InstrumentState
from tracker.guarantees.models import PortalFigure
from tracker.guarantees.rules.review import CONFIRM_DAYS, roll_offs
from tracker.platform.db import db
from tracker.platform.money import NBSP
from tracker.renewals.enums import Cause
from tracker.renewals.models import Renewal
from tracker.rulebook.book import rules_at
from tracker.rulebook.calendar import period_end

TODAY = date(2026, 11, 23)
FAR = TODAY + timedelta(days=400)


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def client_of(cast: Cast) -> Client:
    as_firm()
    return db.session.get_one(Client, cast.client_a)


def account_of(cast: Cast) -> ProgramAccount:
    as_firm()
    return db.session.get_one(ProgramAccount, cast.account_a)


def dates(source: str, first: date = TODAY, last: date = FAR) -> list[Deadline]:
    as_firm()
    return [row for row in deadlines_between(first, last) if row.source == source]


def said(row: Deadline) -> str:
    assert row.rule is not None
    return row.rule.en.replace(NBSP, " ")


def figure(account: ProgramAccount, read_on: date, **over: Any) -> PortalFigure:
    made: PortalFigure = saved(
        PortalFigure(client_id=account.client_id, program_account_id=account.id, amount=Decimal("42100.00"),
                     read_on=read_on, read_by="Priya", **over)
    )  # fmt: skip
    return made


# A figure of the portal ---------------------------------------------------------------------------------------------------


def test_only_the_newest_figure_of_an_open_account_asks_to_be_confirmed(cast: Cast) -> None:
    account = account_of(cast)
    figure(account, TODAY - timedelta(days=39))
    figure(account, TODAY - timedelta(days=10), noted_at=datetime.fromisoformat("2026-11-13T10:00:00+00:00"))
    newest = figure(account, TODAY - timedelta(days=10), noted_at=datetime.fromisoformat("2026-11-13T12:00:00+00:00"))
    as_firm()
    figure(make_account(client_of(cast), number="123456782RM0009", is_closed=True), TODAY)
    (row,) = dates("portal_figure")
    assert row.on == TODAY + timedelta(days=CONFIRM_DAYS - 10) and row.record_id == newest.id
    assert row.of_id == cast.account_a and "RM" in row.what.en and "montant du portail" in row.what.fr
    assert said(row) == "40 days after it was read on 13 Nov 2026: our own measure."
    assert row.kind == "internal" and row.facts == () and row.owner == "Colin Dubois"


def test_figures_of_one_moment_count_once(cast: Cast) -> None:
    for _time in range(3):
        figure(account_of(cast), TODAY, noted_at=datetime.fromisoformat("2026-11-23T10:00:00+00:00"))
    assert len(dates("portal_figure")) == 1


# A peak -------------------------------------------------------------------------------------------------------------------


def statements(account: ProgramAccount, charges: list[int]) -> None:
    """One statement a month, the last of them for the period that closed on 17 November 2026. CAD."""
    for back, amount in enumerate(reversed(charges)):
        year, month = divmod(2026 * 12 + 10 - back, 12)
        end = period_end(year, month + 1)
        make_statement(account, period_end=end, due_on=end, statement_on=end, charges_amount=Decimal(amount),
                       total_amount=Decimal(0))  # fmt: skip


def test_a_peak_that_leaves_the_look_back_is_a_date(cast: Cast) -> None:
    statements(account_of(cast), [90_000, *([40_000] * 5), 60_000, *([30_000] * 4)])
    rows = dates("roll_off")
    assert [row.on for row in rows][:2] == [date(2027, 1, 18), date(2027, 7, 18)]
    first = rows[0]
    assert "17 Jan 2026" in first.what.en and first.facts == ("rpp.lookback_months",) and first.kind == "internal"
    assert first.of_id == cast.account_a and said(first).endswith("a lower figure needs a request.")


def test_a_peak_that_leaves_is_on_the_calendar_and_asks_nothing_of_the_desk(cast: Cast) -> None:
    statements(account_of(cast), [90_000, *([40_000] * 10)])
    day = date(2027, 1, 18)
    assert [row.on for row in dates("roll_off", day, day)] == [day]
    due = due_around(day - timedelta(days=2), 7, 20)
    assert "roll_off" not in {row.source for row in (*due.ahead, *due.overdue)}
    assert due.ahead_count == len(due.ahead)


@pytest.mark.parametrize(
    ("charges", "form", "count"),
    [
        ([9_000, 8_000], "agreement", 0),  # both under what the floor asks for
        ([9_000, 8_000], "cash", 1),  # a deposit has no floor
        ([90_000_000, 80_000_000], "agreement", 0),  # both above the cap
        ([90_000_000, 8_000], "agreement", 1),
        ([9_000, 0], "agreement", 1),  # the floor holds only where something was owed
        ([50_000], "agreement", 0),  # nothing later is known: no fall to promise
        ([50_000, 50_000], "agreement", 0),
        ([40_000, 50_000], "agreement", 0),
    ],
)
def test_no_fall_no_date(cast: Cast, charges: list[int], form: str, count: int) -> None:
    account = make_account(client_of(cast), number="123456782RM0007", security_form=form)
    statements(account, charges)
    assert len(dates("roll_off")) == count


def test_roll_offs_are_those_of_the_accounts_own_page(cast: Cast, sql: StatementCount) -> None:
    """The database's answer is the rule's, whatever was owed, and costs one statement for any number of accounts."""
    chance = random.Random(7)
    for number in range(12):
        form = "cash" if number % 3 == 0 else "agreement"
        account = make_account(client_of(cast), number=f"123456782RM01{number:02}", security_form=form)
        statements(account, [chance.choice((0, 500, 9_000, 20_000, 20_000, 60_000, 30_000_000)) for _ in range(14)])
    as_firm()
    rules = rules_at(TODAY)
    expected = {
        (cover.account_id, fall.on)
        for cover in covers(rules, as_of=TODAY)
        for fall in roll_offs(cover.form, cover.months, rules, TODAY)
    }
    sql.reset()
    found = [row for row in deadlines_between(TODAY, FAR) if row.source == "roll_off"]
    assert len(sql) == 1
    assert {(row.of_id, row.on) for row in found} == expected and len(found) == len(expected) > 12


def test_a_statement_of_an_odd_day_and_the_time_before_there_were_rules_are_no_failure(cast: Cast) -> None:
    statements(account_of(cast), [90_000, 40_000])
    make_statement(account_of(cast), period_end=date(2026, 9, 30), charges_amount=Decimal(70_000))
    assert [row.on for row in dates("roll_off")] == [date(2027, 10, 18)]
    assert dates("roll_off", date(2024, 1, 1), date(2024, 2, 1)) == []


# A renewal ----------------------------------------------------------------------------------------------------------------


def renewal(cast: Cast, by_on: date, target_on: date | None, **over: Any) -> Renewal:
    client, state = client_of(cast), over.pop("state", EngagementState.OPEN)
    whole = make_engagement(client, template="security_renewal", target_on=target_on, opened_on=TODAY, state=state)
    values = {"cause": Cause.ENDING, "for_on": by_on, "required_amount": Decimal(1), "missing_amount": Decimal(1)}
    made: Renewal = saved(
        Renewal(client_id=client.id, program_account_id=cast.account_a, engagement_id=whole.id, by_on=by_on,
                opened_on=TODAY, **{**values, **over})
    )  # fmt: skip
    return made


SOON = TODAY + timedelta(days=30)


@pytest.mark.parametrize(
    ("cause", "source", "kind"),
    [(Cause.ENDING, "renewal_end", "contractual"), (Cause.REVIEW, "renewal_review", "statutory")],
)
def test_a_renewal_is_due_by_its_own_day(cast: Cast, cause: Cause, source: str, kind: str) -> None:
    made = renewal(cast, SOON, SOON - timedelta(days=5), cause=cause)
    (row,) = dates(source)
    assert (row.on, row.kind, row.record_id, row.of_id) == (SOON, kind, made.id, made.engagement_id)
    assert row.rule is not None and "None" not in row.rule.en
    (target,) = dates("engagement")
    assert said(target).startswith("Set for this engagement; the template's own time ends on")


def test_a_renewal_whose_file_has_that_very_target_stands_once_and_says_why(cast: Cast) -> None:
    renewal(cast, SOON, SOON)
    assert dates("renewal_end") == []
    (target,) = dates("engagement")
    assert target.on == SOON and said(target) == "The last day of the security that it replaces."


@pytest.mark.parametrize("over", [{"cause": Cause.SHORTFALL}, {"state": EngagementState.CLOSED}])
def test_what_has_no_day_to_come_or_is_done_is_none(cast: Cast, over: dict[str, Any]) -> None:
    renewal(cast, SOON, None, **over)
    assert dates("renewal_end") == dates("renewal_review") == []


# All of them --------------------------------------------------------------------------------------------------------------


def everything(cast: Cast) -> None:
    account = account_of(cast)
    figure(account, TODAY - timedelta(days=10))
    statements(account, [90_000, 40_000])
    renewal(cast, SOON, None)


def test_a_contact_learns_none_of_the_firms_own_measures(cast: Cast) -> None:
    everything(cast)
    as_firm()
    inner = {"portal_figure", "roll_off", "renewal_end"}
    assert inner <= {row.source for row in deadlines_between(TODAY, FAR)}
    assert not inner & {row.source for row in dates_for_contact_between(TODAY, FAR, 100)}


def test_an_accounts_dates_are_its_clients_alone(cast: Cast) -> None:
    everything(cast)
    as_firm()
    other = make_client(legal_name="Other Ltd.")
    as_firm()
    assert [row for row in deadlines_between(TODAY, FAR, [other.id]) if row.client_id] == []


def test_every_date_has_a_rule_read_from_its_record(cast: Cast) -> None:
    client = client_of(cast)
    surety = make_partner(kind=PartnerKind.SURETY, name="Boreal Surety")
    whole = make_engagement(client, opened_on=TODAY, target_on=TODAY + timedelta(days=120))
    step = next(step for step in rules_at(TODAY).templates["carm_onboarding"].steps if step.kind == "task")
    due_on = TODAY + timedelta(days=step.after_days)
    make_task(client, kind=step.key, title=None, engagement_id=whole.id, due_on=due_on)
    make_task(client, title="Typed", due_on=due_on)
    make_instrument(client, number="B-1", valid_until=SOON, provider_id=surety.id)
    ending = {"state": InstrumentState.ENDING, "notice_received_on": TODAY, "provider_id": surety.id}
    make_instrument(client, number="B-2", valid_until=SOON, **ending)
    make_instrument(client, number="B-3", valid_until=SOON, **{**ending, "state": InstrumentState.SEEN_IN_PORTAL})
    as_firm()
    rows = deadlines_between(TODAY, FAR)
    assert all(row.rule is not None and row.rule.en and row.rule.fr for row in rows)
    told = {row.what.en.rsplit(" ", 2)[-2] if row.source == "instrument" else row.what.en: said(row) for row in rows}
    assert told["B-1"] == told["B-3"] == "The end date in the agreement with Boreal Surety."  # a notice withdrawn
    assert told["B-2"] == "The provider's notice of 23 Nov 2026; it comes at least 30 days ahead."
    assert told["Typed"] == "Set by us."
    assert f"Template “CARM onboarding”: {step.after_days} days from 23 Nov 2026." in told.values()
    assert "The template's 120 days from 23 Nov 2026." in told.values()
    assert {row.rule.en for row in rows if row.source == "rpp.review_run" and row.rule} == {
        rules_at(TODAY).facts["rpp.review_run"].text.en
    }
