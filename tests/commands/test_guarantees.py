"""Guarantees, commands: what counts towards cover, from which day to which, and what cannot be."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.conftest import Cast
from tests.factories import DAY, make_account, make_instrument, make_statement
from tracker.clients.commands import delete_statement
from tracker.clients.models import Client, ProgramAccount, Statement
from tracker.guarantees import commands
from tracker.guarantees.account_cover import AccountCover
from tracker.guarantees.cover import cover_of
from tracker.guarantees.enums import InstrumentKind, InstrumentState
from tracker.guarantees.models import Instrument, ReductionRequest
from tracker.platform.actor import Actor
from tracker.platform.audit import AuditEvent
from tracker.platform.db import db, transaction
from tracker.platform.errors import Refusal, Stale
from tracker.rulebook.book import rules_at

NEED = Decimal("42100.00")  # 50 % of $84,200.00


@pytest.fixture
def colin(actor_named: Callable[[str], Actor], cast: Cast) -> Actor:
    make_statement(db.session.get(ProgramAccount, cast.account_a))
    return actor_named("colin")


def add(colin: Actor, cast: Cast, **over: Any) -> Instrument:
    values: dict[str, Any] = {
        "client_id": cast.client_a,
        "kind": InstrumentKind.SURETY_BOND,
        "amount": NEED,
        "state": InstrumentState.POSTED,
        "valid_from": date(2026, 1, 1),
        "on": DAY,
    }
    with transaction():
        return commands.add_instrument(colin, **{**values, **over})


def cover(cast: Cast, day: date = DAY) -> AccountCover:
    found = cover_of(rules_at(DAY), cast.account_a, as_of=day)
    assert found is not None
    return found


def test_posted_bond_covers_a_single_account_whole(inside: Flask, cast: Cast, colin: Actor) -> None:
    assert cover(cast).shortfall_amount == NEED
    add(colin, cast)
    now = cover(cast)
    assert (now.required_amount, now.posted_amount, now.shortfall_amount) == (NEED, NEED, Decimal(0))
    assert now.coverage_percent == Decimal("100.0")
    assert db.session.scalar(select(AuditEvent.event).order_by(AuditEvent.seq.desc())) == "instrument:added"


@pytest.mark.parametrize(
    "state", [s for s in InstrumentState if s.value in ("quote", "application", "underwriting", "issued")]
)
def test_instrument_on_its_way_covers_nothing(inside: Flask, cast: Cast, colin: Actor, state: InstrumentState) -> None:
    add(colin, cast, state=state)
    assert cover(cast).posted_amount == 0 and cover(cast).waiting_shares


def test_cover_goes_the_day_after_the_bond_ends(inside: Flask, cast: Cast, colin: Actor) -> None:
    end = date(2026, 12, 14)
    add(colin, cast, valid_until=end)
    assert cover(cast).ends_on == end
    assert cover(cast).posted_on(end) == NEED and cover(cast).posted_on(end + timedelta(days=1)) == 0
    assert cover(cast).posted_on(date(2025, 12, 31)) == 0


@pytest.mark.parametrize("kind", [InstrumentKind.LETTER_OF_CREDIT, InstrumentKind.INSURANCE_POLICY])
def test_kind_not_known_to_be_accepted_counts_only_on_the_firms_word(
    inside: Flask, cast: Cast, colin: Actor, kind: InstrumentKind
) -> None:
    row = add(colin, cast, kind=kind)
    assert cover(cast).posted_amount == 0
    with pytest.raises(Refusal) as refused, transaction():
        commands.accept_instrument(colin, instrument=row, version=row.version, reason="  ")
    assert refused.value.field == "reason"
    with transaction():
        commands.accept_instrument(colin, instrument=row, version=row.version, reason="CBSA case 4711, 3 Nov")
    assert cover(cast).posted_amount == NEED


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"amount": Decimal(0)}, "amount"),
        ({"amount": Decimal("-5")}, "amount"),
        ({"valid_from": None}, "valid_from"),
        ({"valid_until": date(2025, 12, 31)}, "valid_until"),
        ({"state": InstrumentState.ENDING}, "valid_until"),
    ],
)
def test_instrument_that_cannot_be_is_refused(
    inside: Flask, cast: Cast, colin: Actor, over: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refusal) as refused:
        add(colin, cast, **over)
    assert refused.value.field == field
    assert db.session.scalar(select(Instrument.id)) is None


def test_shares_may_not_exceed_the_instrument_and_each_account_gets_its_own(
    inside: Flask, cast: Cast, colin: Actor
) -> None:
    second = make_account(db.session.get(Client, cast.client_a), number="123456782RM0002")
    with pytest.raises(Refusal) as refused:
        add(colin, cast, shares={cast.account_a: NEED, second.id: Decimal("0.01")})
    assert refused.value.field == "shares"
    row = add(colin, cast, shares={cast.account_a: Decimal("40000.00"), second.id: Decimal("2100.00")})
    assert cover(cast).shortfall_amount == Decimal("2100.00")
    with transaction():
        commands.edit_instrument(
            colin,
            instrument=row,
            version=row.version,
            amount=NEED,
            valid_from=row.valid_from,
            shares={cast.account_a: NEED},
        )
    assert cover(cast).shortfall_amount == 0


def test_life_goes_one_way(inside: Flask, cast: Cast, colin: Actor) -> None:
    row = add(colin, cast, state=InstrumentState.ISSUED)
    with pytest.raises(Refusal), transaction():
        commands.move_instrument(
            colin, instrument=row, version=row.version, to=InstrumentState.QUOTE, on=DAY, today=DAY
        )
    with transaction():
        commands.move_instrument(
            colin, instrument=row, version=row.version, to=InstrumentState.POSTED, on=DAY, today=DAY
        )
    with pytest.raises(Refusal) as refused, transaction():
        commands.move_instrument(
            colin, instrument=row, version=row.version, to=InstrumentState.ENDING, on=DAY, today=DAY
        )
    assert refused.value.field == "valid_until"
    with transaction():
        commands.move_instrument(
            colin, instrument=row, version=row.version, to=InstrumentState.ENDED, on=DAY, today=DAY
        )
    assert cover(cast).posted_amount == 0 and row.valid_until == DAY


@pytest.mark.parametrize(
    ("valid_from", "valid_until"),
    [
        (date(2027, 1, 1), date(2027, 12, 31)),
        (date(2027, 1, 1), None),
        (None, None),
        (None, date(2027, 12, 31)),  # as a client list brings it in
    ],
)
@pytest.mark.parametrize("state", [InstrumentState.QUOTE, InstrumentState.ISSUED])
def test_what_never_began_can_be_given_up(
    inside: Flask, cast: Cast, colin: Actor, state: InstrumentState, valid_from: date | None, valid_until: date | None
) -> None:
    client = db.session.get_one(Client, cast.client_a)
    row = make_instrument(client, state=state, valid_from=valid_from, valid_until=valid_until)
    with transaction():
        commands.move_instrument(
            colin, instrument=row, version=row.version, to=InstrumentState.ENDED, on=DAY, today=DAY
        )
    assert (row.state, row.valid_from, row.valid_until) == (InstrumentState.ENDED, valid_from, valid_until)


def test_a_bond_given_up_before_it_begins_never_covers(inside: Flask, cast: Cast, colin: Actor) -> None:
    row = add(colin, cast, valid_from=date(2026, 12, 1), valid_until=date(2027, 11, 30))
    with transaction():
        commands.move_instrument(
            colin, instrument=row, version=row.version, to=InstrumentState.ENDED, on=DAY, today=DAY
        )
    assert not cover(cast, date(2026, 12, 1)).posted_amount


def test_what_ends_keeps_its_day(inside: Flask, cast: Cast, colin: Actor) -> None:
    """An ending instrument without its day would cover for ever."""
    row = add(colin, cast, state=InstrumentState.ENDING, valid_until=DAY)
    with pytest.raises(Refusal) as refused, transaction():
        commands.edit_instrument(
            colin, instrument=row, version=row.version, amount=NEED, valid_from=row.valid_from, valid_until=None
        )
    assert refused.value.field == "valid_until"


def test_stale_edit_is_told_apart(inside: Flask, cast: Cast, colin: Actor) -> None:
    row = add(colin, cast)
    with pytest.raises(Stale), transaction():
        commands.edit_instrument(colin, instrument=row, version=row.version + 7, amount=NEED)


def test_portals_figure_prevails_and_the_latest_one_wins(inside: Flask, cast: Cast, colin: Actor) -> None:
    account = db.session.get(ProgramAccount, cast.account_a)
    for amount, day in (("50000.00", date(2026, 11, 1)), ("51000.00", date(2026, 11, 20))):
        with transaction():
            commands.note_portal_figure(colin, account=account, amount=Decimal(amount), read_on=day, today=DAY)
    now = cover(cast)
    assert (now.required_amount, now.portal_read_on) == (Decimal("51000.00"), date(2026, 11, 20))
    assert now.estimate.required_amount == NEED
    assert cover(cast, date(2026, 11, 10)).required_amount == Decimal("50000.00")
    for over in ({"amount": Decimal("-1")}, {"read_on": DAY + timedelta(days=1)}):
        with pytest.raises(Refusal), transaction():
            commands.note_portal_figure(
                colin,
                account=account,
                **{"amount": NEED, "read_on": DAY, "today": DAY, **over},  # type: ignore[arg-type]
            )


def test_a_bond_walked_through_its_life_covers_from_the_day_it_was_posted(
    inside: Flask, cast: Cast, colin: Actor
) -> None:
    row = add(colin, cast, state=InstrumentState.ISSUED)  # valid since January
    posted = date(2026, 11, 10)
    with transaction():
        commands.move_instrument(
            colin, instrument=row, version=row.version, to=InstrumentState.POSTED, on=posted, today=DAY
        )
    assert cover(cast, posted - timedelta(days=1)).posted_amount == 0  # CBSA did not have it yet
    assert cover(cast, posted).posted_amount == cover(cast).posted_amount == NEED
    assert cover(cast).posted_on(posted - timedelta(days=1)) == 0  # nor does the chart of the past say so


def test_a_bond_entered_late_covers_from_its_start_and_that_can_be_mended(
    inside: Flask, cast: Cast, colin: Actor
) -> None:
    row = add(colin, cast, valid_from=date(2026, 10, 1), number="B-7")
    assert cover(cast, date(2026, 10, 1)).posted_amount == NEED
    with transaction():
        commands.edit_instrument(
            colin, instrument=row, version=row.version, amount=NEED, number="B-7", valid_from=date(2026, 9, 1),
            posted_on=date(2026, 9, 1),
        )  # fmt: skip
    assert cover(cast, date(2026, 9, 1)).posted_amount == NEED and cover(cast, date(2026, 8, 31)).posted_amount == 0


@pytest.mark.parametrize("to", [InstrumentState.POSTED, InstrumentState.ENDED])
def test_no_step_is_noted_before_its_day(inside: Flask, cast: Cast, colin: Actor, to: InstrumentState) -> None:
    row = add(colin, cast, state=InstrumentState.ISSUED)
    with pytest.raises(Refusal) as refused, transaction():
        commands.move_instrument(
            colin, instrument=row, version=row.version, to=to, on=DAY + timedelta(days=1), today=DAY
        )
    assert refused.value.field == "on"


def notes(colin: Actor, cast: Cast, amount: str) -> ProgramAccount:
    account = db.session.get_one(ProgramAccount, cast.account_a)
    with transaction():
        commands.note_portal_figure(colin, account=account, amount=Decimal(amount), read_on=DAY, today=DAY)
    return account


def asks(colin: Actor, account: ProgramAccount, amount: str) -> ReductionRequest:
    with transaction():
        return commands.draft_reduction(
            colin, account=account, asked_amount=Decimal(amount), justification="Why.", language="en", today=DAY
        )


@pytest.mark.parametrize(("amount", "said"), [("42099.99", "42,100.00"), ("60000.00", "less than the portal")])
def test_a_reduction_asks_for_no_less_than_the_law_and_less_than_cbsa_shows(
    inside: Flask, cast: Cast, colin: Actor, amount: str, said: str
) -> None:
    account = notes(colin, cast, "60000.00")
    with pytest.raises(Refusal, match=said) as refused:
        asks(colin, account, amount)
    assert refused.value.field == "asked_amount"
    row = asks(colin, account, "42100.00")
    assert row.shown_amount == Decimal("60000.00")
    with pytest.raises(Refusal, match=said), transaction():
        commands.edit_reduction(
            colin, request=row, version=row.version, asked_amount=Decimal(amount), justification="Why.", today=DAY
        )


def test_no_reduction_before_cbsas_figure_was_read(inside: Flask, cast: Cast, colin: Actor) -> None:
    with pytest.raises(Refusal, match="note the figure"):
        asks(colin, db.session.get_one(ProgramAccount, cast.account_a), "5000.00")


def sends(colin: Actor, row: Instrument, on: date = DAY) -> None:
    with transaction():
        commands.send_instrument(colin, instrument=row, version=row.version, on=on, today=DAY)


def test_what_was_sent_on_paper_is_pending_and_covers_nothing_yet(inside: Flask, cast: Cast, colin: Actor) -> None:
    row = add(colin, cast, state=InstrumentState.ISSUED)
    assert cover(cast).waiting_shares and not cover(cast).pending_shares
    sends(colin, row, date(2026, 11, 20))
    # 25 business days after Friday 20 November 2026: twenty-four until Thursday 24 December, then Christmas and a week-end
    assert row.answer_by_on == date(2026, 12, 28)
    now = cover(cast)
    assert [share.answer_by_on for share in now.pending_shares] == [row.answer_by_on] and now.posted_amount == 0
    with transaction():
        commands.move_instrument(
            colin, instrument=row, version=row.version, to=InstrumentState.POSTED, on=DAY, today=DAY
        )
    assert not cover(cast).pending_shares and cover(cast).posted_amount == NEED


@pytest.mark.parametrize("state", [InstrumentState.UNDERWRITING, InstrumentState.POSTED])
def test_only_what_is_issued_is_sent(inside: Flask, cast: Cast, colin: Actor, state: InstrumentState) -> None:
    row = add(colin, cast, state=state)
    with pytest.raises(Refusal, match="issued"):
        sends(colin, row)


def test_nothing_was_sent_tomorrow(inside: Flask, cast: Cast, colin: Actor) -> None:
    row = add(colin, cast, state=InstrumentState.ISSUED)
    with pytest.raises(Refusal) as refused:
        sends(colin, row, DAY + timedelta(days=1))
    assert refused.value.field == "on"


def test_correcting_the_start_leaves_the_day_cbsa_had_it(inside: Flask, cast: Cast, colin: Actor) -> None:
    row = add(colin, cast, state=InstrumentState.ISSUED, valid_from=date(2026, 11, 16))
    with transaction():
        commands.move_instrument(
            colin, instrument=row, version=row.version, to=InstrumentState.POSTED, on=date(2026, 11, 16), today=DAY
        )
        commands.edit_instrument(
            colin, instrument=row, version=row.version, amount=NEED, number=row.number, valid_from=date(2026, 1, 30)
        )
    assert row.posted_on == date(2026, 11, 16) and cover(cast, date(2026, 11, 15)).posted_amount == 0


@pytest.mark.parametrize(
    ("state", "posted_on"), [(InstrumentState.ISSUED, DAY), (InstrumentState.POSTED, date(2099, 1, 1))]
)
def test_no_posting_day_is_made_up(
    inside: Flask, cast: Cast, colin: Actor, state: InstrumentState, posted_on: date
) -> None:
    row = add(colin, cast, state=state)
    with pytest.raises(Refusal) as refused, transaction():
        commands.edit_instrument(
            colin, instrument=row, version=row.version, amount=NEED, valid_from=row.valid_from, posted_on=posted_on
        )
    assert refused.value.field == "posted_on"


@pytest.mark.parametrize(
    "over",
    [
        {"valid_until": date(2026, 11, 22)},
        {"kind": InstrumentKind.CASH_DEPOSIT},
        {"kind": InstrumentKind.LETTER_OF_CREDIT},
    ],
)
def test_what_could_never_count_protects_nobody(inside: Flask, cast: Cast, colin: Actor, over: dict[str, Any]) -> None:
    row = add(colin, cast, state=InstrumentState.ISSUED, **over)
    sends(colin, row)
    assert not cover(cast).pending_shares


def test_a_draft_that_asks_too_little_by_now_is_not_filed(inside: Flask, cast: Cast, colin: Actor) -> None:
    account = notes(colin, cast, "60000.00")
    row = asks(colin, account, "42100.00")
    make_statement(
        account, period_start=date(2026, 7, 18), period_end=date(2026, 8, 17), charges_amount=Decimal(100_000)
    )
    with pytest.raises(Refusal, match=r"50,000\.00"), transaction():
        commands.file_reduction(colin, request=row, version=row.version, on=DAY, today=DAY)
    with transaction():
        commands.edit_reduction(
            colin, request=row, version=row.version, asked_amount=Decimal("50000.00"), justification="Why.", today=DAY
        )
        commands.file_reduction(colin, request=row, version=row.version, on=DAY, today=DAY)
    assert cover(cast).has_open_reduction and row.filed_on == DAY


@pytest.mark.parametrize("on", [date(2016, 11, 23), date(2024, 10, 20)])
def test_a_slip_in_the_year_of_filing_is_refused_beside_it(inside: Flask, cast: Cast, colin: Actor, on: date) -> None:
    row = asks(colin, notes(colin, cast, "60000.00"), "42100.00")
    with pytest.raises(Refusal) as refused, transaction():
        commands.file_reduction(colin, request=row, version=row.version, on=on, today=DAY)
    assert refused.value.field == "on"


def test_no_reduction_is_drawn_up_without_a_statement(inside: Flask, cast: Cast, colin: Actor) -> None:
    account = notes(colin, cast, "60000.00")
    for statement in db.session.scalars(select(Statement)).all():
        with transaction():
            delete_statement(colin, statement=statement, version=statement.version)
    with pytest.raises(Refusal, match="No statement"):
        asks(colin, account, "0.00")
