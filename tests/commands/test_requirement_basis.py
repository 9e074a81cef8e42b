"""What an account's requirement rests on, and since when: the portal's figure, the review in force, our own sum, or nothing."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
import time_machine
from flask import Flask

from tests.conftest import Cast
from tests.factories import as_firm, make_allocation, make_instrument, make_statement, saved
from tracker.cli.security import rows_of, security_row
from tracker.clients.models import Client, ProgramAccount
from tracker.guarantees.account_cover import AccountCover, Notice
from tracker.guarantees.commands import figures
from tracker.guarantees.cover import cover_of
from tracker.guarantees.enums import Basis, InstrumentKind, InstrumentState, SecurityForm
from tracker.guarantees.horizon import Horizon
from tracker.guarantees.ladder import ladder
from tracker.guarantees.letters import justification
from tracker.guarantees.models import PortalFigure
from tracker.guarantees.outlook import outlook
from tracker.guarantees.rules.whatif import Supposition
from tracker.guarantees.supposing import suppose
from tracker.platform.actor import SYSTEM
from tracker.platform.audit import record
from tracker.platform.clock import today
from tracker.platform.db import db, transaction
from tracker.platform.errors import Refusal
from tracker.readiness.keeping import refresh_all
from tracker.reports.gathering import portfolio
from tracker.risks.queries import risks_for
from tracker.rulebook.book import rules_at

PEAK, USUAL = Decimal("150000.00"), Decimal("100000.00")
BEFORE, DEADLINE = date(2026, 12, 20), date(2027, 1, 15)  # the review of 20 October 2026 has run; it counts from here


def account(cast: Cast) -> ProgramAccount:
    return db.session.get_one(ProgramAccount, cast.account_a)


def statements(cast: Cast, first: date, amounts: list[Decimal]) -> None:
    """One statement a month from the period that ends on `first`."""
    for number, amount in enumerate(amounts):
        year, month = divmod(first.month - 1 + number, 12)
        make_statement(account(cast), period_end=date(first.year + year, month + 1, 17), charges_amount=amount)


def growing(cast: Cast, count: int = 14) -> None:
    """The peak in November 2025, which the review of 2026 still sees and the last 12 periods of January 2027 do not."""
    statements(cast, date(2025, 11, 17), [PEAK, *[USUAL] * (count - 1)])


def cover(cast: Cast, day: date) -> AccountCover:
    found = cover_of(rules_at(day), cast.account_a, day)
    assert found is not None
    return found


def work_out() -> None:
    as_firm()
    with transaction():
        refresh_all(today())


def read(cast: Cast, amount: str, day: date) -> None:
    row = account(cast)
    saved(
        PortalFigure(
            client_id=row.client_id, program_account_id=row.id, amount=Decimal(amount), read_on=day, read_by="Ana"
        )
    )


def test_a_review_sets_the_figure_from_its_deadline_and_not_a_day_later(inside: Flask, cast: Cast) -> None:
    growing(cast)
    before, then = cover(cast, DEADLINE - timedelta(days=1)), cover(cast, DEADLINE)
    assert (before.basis, before.required_amount) == (Basis.ESTIMATE, Decimal("50000.00"))
    assert (then.basis, then.required_amount) == (Basis.REVIEW, Decimal("75000.00"))
    assert "Set by the review of 20 October 2026: November 2025" in then.explanation.en
    assert outlook(before, rules_at(before.as_of)).required_on(DEADLINE) == then.required_amount  # foretold as it comes
    assert cover(cast, date(2027, 12, 1)).required_amount == Decimal("75000.00")  # nothing falls by itself
    seen = outlook(cover(cast, BEFORE), rules_at(BEFORE))  # it has run, and does not count before its deadline
    assert seen.required_on(DEADLINE - timedelta(days=1)) == Decimal("50000.00") < seen.required_on(DEADLINE)


def test_a_justification_holds_the_twelve_figures(inside: Flask, cast: Cast) -> None:
    growing(cast)
    read(cast, "80000.00", BEFORE)
    words = justification(outlook(cover(cast, BEFORE), rules_at(BEFORE)), "Maple Toys Inc.").en
    lines = [line for line in words.splitlines() if line.startswith("  ")]
    assert len(lines) == 12 and lines[0].startswith("  January 2026: ") and lines[-1].startswith("  December 2026: ")


def test_a_review_with_a_statement_missing_sets_nothing(inside: Flask, cast: Cast) -> None:
    statements(cast, date(2025, 12, 17), [PEAK, *[USUAL] * 12])
    assert cover(cast, DEADLINE).basis is Basis.ESTIMATE


@pytest.mark.parametrize(
    ("amount", "read_on", "basis", "required"),
    [
        ("60000.00", BEFORE, Basis.REVIEW, "75000.00"),  # read before the review counted, and lower than it
        ("80000.00", BEFORE, Basis.PORTAL, "80000.00"),  # higher: no figure falls without a request
        ("60000.00", DEADLINE, Basis.PORTAL, "60000.00"),  # read since: CBSA's own word
    ],
)
def test_cbsas_figure_prevails_until_a_later_review(
    inside: Flask, cast: Cast, amount: str, read_on: date, basis: Basis, required: str
) -> None:
    growing(cast)
    read(cast, amount, read_on)
    found = cover(cast, DEADLINE + timedelta(days=1))
    assert (found.basis, found.required_amount) == (basis, Decimal(required))


def test_the_ladder_counts_and_explains_what_it_shows(inside: Flask, cast: Cast) -> None:
    growing(cast, 13)
    with time_machine.travel("2026-12-20T15:00:00Z"):
        work_out()
        horizon = Horizon("deadline", DEADLINE)
        shown = ladder(rules_at(today()), horizon, 1, today(), warning_percent=120)
        rung = next(rung for rung in shown.page.rows if rung.cover.account_id == cast.account_a)
    assert rung.required_amount == Decimal("75000.00") and shown.sums.required_amount >= rung.required_amount
    assert "November 2025, $150,000.00 × 50 % = $75,000.00" in rung.explanation.en


def test_nothing_on_file_is_not_nothing_owed(inside: Flask, cast: Cast) -> None:
    found = cover(cast, BEFORE)
    assert found.basis is Basis.UNKNOWN and not found.has_history
    assert "not known" in found.explanation.en and "Nothing was owed" not in found.explanation.en
    statements(cast, date(2025, 6, 17), [PEAK])  # a year and a half ago: outside the window
    assert not cover(cast, BEFORE).has_history


def test_missing_statements_are_said(inside: Flask, cast: Cast) -> None:
    statements(cast, date(2026, 9, 17), [USUAL, USUAL])
    assert "Only 2 of the 12 statements" in cover(cast, BEFORE).cautions[0].en
    statements(cast, date(2026, 1, 17), [USUAL] * 8)
    statements(cast, date(2026, 11, 17), [USUAL, USUAL])
    assert "Only" not in " ".join(caution.en for caution in cover(cast, BEFORE).cautions)


def bond(cast: Cast, **over: object) -> UUID:
    values = {"amount": Decimal("75000.00"), "valid_from": date(2026, 1, 1), "state": InstrumentState.POSTED, **over}
    row = make_instrument(db.session.get_one(Client, cast.client_a), **values)
    make_allocation(row, account(cast), amount=Decimal("75000.00"))
    key: UUID = row.id
    return key


def test_a_deposit_counts_nothing_under_an_agreements_half(inside: Flask, cast: Cast) -> None:
    growing(cast)
    bond(cast, kind=InstrumentKind.CASH_DEPOSIT)
    assert cover(cast, DEADLINE).posted_amount == 0
    with transaction():
        account(cast).security_form = "cash"
        record(SYSTEM, "account:edited", account(cast))
    found = cover(cast, DEADLINE)
    assert (found.required_amount, found.posted_amount) == (Decimal("150000.00"), Decimal("75000.00"))


def test_past_days_keep_what_covered_them(inside: Flask, cast: Cast) -> None:
    growing(cast)
    stopped = date(2026, 12, 1)
    bond(cast, state=InstrumentState.ENDED, state_since=stopped, posted_on=date(2026, 1, 1), valid_until=stopped)
    assert cover(cast, stopped - timedelta(days=1)).posted_amount == Decimal("75000.00")
    assert cover(cast, stopped).posted_amount == 0


def test_supposing_nothing_changes_nothing(inside: Flask, cast: Cast) -> None:
    growing(cast, 13)
    read(cast, "80000.00", BEFORE)
    with time_machine.travel("2026-12-20T15:00:00Z"):
        work_out()
        same = suppose(rules_at(today()), Supposition(), today())
        more = suppose(rules_at(today()), Supposition(volume_percent=Decimal(10)), today())
    assert same.before_amount == same.after_amount == Decimal("80000.00")
    assert more.after_amount == Decimal("88000.00")  # CBSA's figure rises by a tenth, as the highest month does


def test_supposing_no_volume_leaves_nothing_required(inside: Flask, cast: Cast) -> None:
    growing(cast, 13)
    read(cast, "80000.00", BEFORE)
    with time_machine.travel("2026-12-20T15:00:00Z"):
        work_out()
        none = suppose(rules_at(today()), Supposition(volume_percent=Decimal(-100)), today())
    assert (none.before_amount, none.after_amount) == (Decimal("80000.00"), Decimal("0.00"))


def test_supposing_the_other_form_sizes_again_and_counts_no_instrument_of_the_first(inside: Flask, cast: Cast) -> None:
    growing(cast, 13)
    bond(cast)
    deposit = make_instrument(
        db.session.get_one(Client, cast.client_a),
        amount=Decimal("20000.00"), valid_from=date(2026, 1, 1), state=InstrumentState.POSTED,
        kind=InstrumentKind.CASH_DEPOSIT,
    )  # fmt: skip
    make_allocation(deposit, account(cast), amount=Decimal("20000.00"))
    with time_machine.travel("2026-12-20T15:00:00Z"):
        work_out()
        cash = suppose(rules_at(today()), Supposition(form=SecurityForm.CASH), today())
        same = suppose(rules_at(today()), Supposition(form=SecurityForm.AGREEMENT), today())
        read(cast, "80000.00", BEFORE)
        work_out()
        portal = suppose(rules_at(today()), Supposition(form=SecurityForm.CASH), today())
    row = next(row for row in cash.rows if row.account_id == cast.account_a)
    assert (row.before_amount, row.after_amount) == (Decimal("50000.00"), Decimal("100000.00"))
    assert (row.posted_amount, row.posted_after_amount) == (Decimal("75000.00"), Decimal("20000.00"))
    assert (row.shortfall_before_amount, row.new_money_amount) == (Decimal("0.00"), Decimal("80000.00"))
    assert (same.before_amount, same.shortfall_after_amount) == (same.after_amount, same.shortfall_before_amount)
    assert portal.after_amount == Decimal("160000.00")  # CBSA's figure, by the present rate and the new one


def test_a_surtax_of_the_past_hits_nobody(inside: Flask, cast: Cast) -> None:
    growing(cast, 13)
    with time_machine.travel("2026-12-20T15:00:00Z"):
        work_out()
        past = Supposition(surtax_percent=Decimal(25), surtax_from=date(2025, 3, 4), surtax_until=date(2025, 9, 1))
        found = suppose(rules_at(today()), past, today())
    assert found.hit == 0 and (found.supposed_from, found.supposed_until) == (date(2026, 12, 18), date(2027, 12, 17))


def note(cast: Cast, amount: str, day: date, shown: str) -> None:
    with transaction():
        figures.note_portal_figure(
            SYSTEM, account=account(cast), amount=Decimal(amount), read_on=day, today=day, shown=shown
        )


def test_a_notices_figure_counts_from_the_reviews_deadline(inside: Flask, cast: Cast) -> None:
    growing(cast)
    note(cast, "78000.00", date(2026, 11, 2), "notice")
    before = cover(cast, BEFORE)
    seen = outlook(before, rules_at(BEFORE))
    assert (before.basis, before.required_amount) == (
        Basis.ESTIMATE,
        Decimal("50000.00"),
    )  # nothing is short before it counts
    assert (seen.increase_amount, seen.required_on(DEADLINE)) == (Decimal("28000.00"), Decimal("78000.00"))
    assert "CBSA's notice, read on 2 November 2026, says $78,000.00" in seen.explained_on(DEADLINE).en
    then = cover(cast, DEADLINE)
    assert (then.basis, then.required_amount) == (Basis.PORTAL, Decimal("78000.00"))


def test_no_notice_is_out_before_its_review_has_run(inside: Flask, cast: Cast) -> None:
    with pytest.raises(Refusal) as refused:
        note(cast, "78000.00", date(2026, 10, 19), "notice")
    assert refused.value.field == "shown"


def test_nobody_is_told_to_ask_for_less_than_the_review_just_run(inside: Flask, cast: Cast) -> None:
    growing(cast)
    note(cast, "90000.00", BEFORE, "dashboard")
    seen = outlook(cover(cast, BEFORE), rules_at(BEFORE))
    assert (seen.least_to_ask_for_amount, seen.reducible_amount) == (Decimal("75000.00"), Decimal("15000.00"))
    note(cast, "78000.00", BEFORE, "notice")  # CBSA's own word on that review goes before our sum
    told = outlook(cover(cast, BEFORE), rules_at(BEFORE))
    assert (told.least_to_ask_for_amount, told.reducible_amount) == (Decimal("78000.00"), Decimal("12000.00"))
    assert told.notice_in_view == told.cover.notice is not None
    earlier = Notice(Decimal("78000.00"), BEFORE, DEADLINE - timedelta(days=365))
    other = replace(told, cover=replace(told.cover, notice=earlier))  # the word on one review says nothing of the next
    assert other.notice_in_view is None and other.review_amount == other.in_view.amount == Decimal("75000.00")
    assert "notice" not in other.explained_on(DEADLINE).en


def test_a_justification_says_what_set_the_amount_it_asks_for(inside: Flask, cast: Cast) -> None:
    growing(cast)
    note(cast, "90000.00", BEFORE, "dashboard")
    words = justification(outlook(cover(cast, BEFORE), rules_at(BEFORE)), "Maple Toys Inc.").en
    assert "now $90,000.00, be lowered to $75,000.00" in words
    assert "$100,000.00 × 50 % = $50,000.00" in words and "we ask for no less than that" in words
    assert "the review of 20 October 2026: November 2025, $150,000.00 × 50 % = $75,000.00." in words
    assert "No month of these twelve" not in words  # it would speak against the amount asked for
    note(cast, "78000.00", BEFORE, "notice")
    told = justification(outlook(cover(cast, BEFORE), rules_at(BEFORE)), "Maple Toys Inc.")
    assert (
        "be lowered to $78,000.00" in told.en and "CBSA's notice, read on 20 December 2026, says $78,000.00" in told.en
    )
    assert "L'avis de l'ASFC, lu le 20\u00a0décembre\u00a02026" in told.fr


def test_a_figure_a_later_review_went_over_is_read_again_before_a_reduction(inside: Flask, cast: Cast) -> None:
    growing(cast, 20)
    note(cast, "60000.00", BEFORE, "dashboard")
    later = date(2027, 5, 20)  # the peak has left the last 12 periods; the review that saw it is in force
    seen = outlook(cover(cast, later), rules_at(later))
    assert (seen.cover.basis, seen.least_to_ask_for_amount) == (Basis.REVIEW, Decimal("50000.00"))
    assert seen.reducible_amount == 0
    with pytest.raises(Refusal, match="shows now"), transaction():
        figures.draft_reduction(
            SYSTEM, account=account(cast), asked_amount=Decimal("50000.00"), justification="Why.", language="en",
            today=later,
        )  # fmt: skip


def test_the_command_line_prints_what_is_posted_and_missing(inside: Flask, cast: Cast) -> None:
    growing(cast)
    bond(cast, valid_until=DEADLINE - timedelta(days=1))
    then, rules = cover(cast, DEADLINE), rules_at(DEADLINE)
    assert security_row(then, rules) == {
        "program_account": then.number, "peak_period_end": "2026-01-17", "peak_amount": "100000.00",
        "required": "75000.00", "posted": "0.00", "coverage": "0.0", "shortfall": "75000.00",
        "agreement": "50000.00", "cash": "100000.00",
    }  # fmt: skip
    before = security_row(cover(cast, BEFORE), rules_at(BEFORE))
    assert (before["required"], before["posted"], before["shortfall"]) == ("50000.00", "75000.00", "0.00")
    assert before["coverage"] == "150.0"


@pytest.mark.parametrize("day", ["2026-12-20", "2027-01-14", "2027-01-20", "2027-11-25", "2028-02-01"])
def test_every_door_tells_the_same_of_a_day_to_come(inside: Flask, cast: Cast, day: str) -> None:
    """The peak leaves the twelve periods on 18 December, the last statement on 18 November 2027: neither lowers anything."""
    when = date.fromisoformat(day)
    statements(cast, date(2025, 12, 17), [PEAK, *[USUAL] * 10, Decimal("90000.00")])
    with time_machine.travel("2026-11-26T15:00:00Z", tick=False):
        work_out()
        row = ladder(rules_at(today()), Horizon.of(day, today()), 1, today(), warning_percent=120).page.rows[0]
        assert row.required_amount == Decimal("75000.00")
        (kept,) = portfolio(when, [cast.client_a])
        assert [(c.has_history, c.required_amount, c.shortfall_amount) for c in kept.covers] == [
            (True, row.required_amount, row.shortfall_amount)
        ]
        assert kept.covers[0].explanation.en == row.explanation.en
        assert cast_row(when) == ("75000.00", "75000.00", Basis.ESTIMATE)
        (risk,) = [r for r in risks_for([cast.client_a], when)[cast.client_a] if r.code in ("short", "rpp_uncovered")]
        assert risk.exposure_amount == row.shortfall_amount


def cast_row(day: date) -> tuple[str, str, Basis]:
    """What the command line prints of the only account that anything is known of."""
    ((cover, row),) = [(c, r) for c, r in rows_of(day) if c.has_history]
    assert cover.required_amount == Decimal(row["required"])
    return row["required"], row["shortfall"], cover.basis
