"""Document rules: the state machine, lateness, expiry, what blocks a second request, and file names."""

from datetime import date
from itertools import product

import pytest

from tracker.documents.enums import RequestState as S
from tracker.documents.rules import (
    MOVES,
    OPEN,
    TONES,
    clean_name,
    days_outstanding,
    is_answered,
    is_late,
    may_move,
    proposed_due,
    state_on,
    tone,
)

DAY = date(2026, 11, 23)
BEFORE, AFTER = date(2026, 11, 22), date(2026, 11, 24)
ALLOWED = {
    (S.REQUESTED, S.RECEIVED), (S.REQUESTED, S.NOT_REQUIRED),
    (S.RECEIVED, S.RECEIVED), (S.RECEIVED, S.UNDER_REVIEW), (S.RECEIVED, S.ACCEPTED), (S.RECEIVED, S.RETURNED),
    (S.RECEIVED, S.NOT_REQUIRED),
    (S.UNDER_REVIEW, S.RECEIVED), (S.UNDER_REVIEW, S.ACCEPTED), (S.UNDER_REVIEW, S.RETURNED),
    (S.UNDER_REVIEW, S.NOT_REQUIRED),
    (S.RETURNED, S.RECEIVED), (S.RETURNED, S.NOT_REQUIRED),
    (S.ACCEPTED, S.UNDER_REVIEW), (S.ACCEPTED, S.EXPIRED),
    (S.NOT_REQUIRED, S.REQUESTED),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after"), list(product(S, S)), ids=lambda state: state.value)
def test_every_move(before: S, after: S) -> None:
    assert may_move(before, after) is ((before, after) in ALLOWED)


def test_every_state_is_in_the_tables() -> None:
    assert set(MOVES) == set(TONES) == set(S)


@pytest.mark.parametrize(
    ("state", "expires_on", "expected"),
    [
        (S.ACCEPTED, None, S.ACCEPTED),
        (S.ACCEPTED, AFTER, S.ACCEPTED),
        (S.ACCEPTED, DAY, S.ACCEPTED),  # the last day counts
        (S.ACCEPTED, BEFORE, S.EXPIRED),
        (S.RETURNED, BEFORE, S.RETURNED),
        (S.EXPIRED, AFTER, S.EXPIRED),
    ],
)
def test_state_that_counts_today(state: S, expires_on: date | None, expected: S) -> None:
    assert state_on(state, expires_on, DAY) is expected


@pytest.mark.parametrize("state", list(S), ids=lambda state: state.value)
@pytest.mark.parametrize(("due_on", "is_past"), [(None, False), (BEFORE, True), (DAY, False), (AFTER, False)])
def test_only_what_the_client_owes_is_late(state: S, due_on: date | None, is_past: bool) -> None:
    assert is_late(state, due_on, DAY) is (is_past and state in {S.REQUESTED, S.RETURNED})


def test_late_shows_as_late() -> None:
    assert tone(S.REQUESTED, late=True) == "late" and tone(S.REQUESTED, late=False) == "waiting"


@pytest.mark.parametrize(
    ("state", "expires_on", "expected"),
    [(state, None, True) for state in sorted(OPEN)]
    + [
        (S.ACCEPTED, None, True),
        (S.ACCEPTED, DAY, True),
        (S.ACCEPTED, BEFORE, False),
        (S.EXPIRED, None, False),
        (S.NOT_REQUIRED, None, False),
    ],
)
def test_what_makes_a_second_request_needless(state: S, expires_on: date | None, expected: bool) -> None:
    assert is_answered(state, expires_on, DAY) is expected


def test_days_outstanding_stop_when_settled() -> None:
    assert days_outstanding(S.REQUESTED, date(2026, 11, 13), DAY) == 10
    assert days_outstanding(S.RETURNED, AFTER, DAY) == 0
    assert days_outstanding(S.ACCEPTED, date(2026, 11, 13), DAY) is None


def test_due_date_crosses_the_year() -> None:
    assert proposed_due(date(2026, 12, 28), 7) == date(2027, 1, 4)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("letter.pdf", "letter.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("..\\..\\windows\\a.pdf", "a.pdf"),
        ("C:\\Users\\ana\\scan.jpg", "scan.jpg"),
        ("/etc/cron.d/x.txt", "x.txt"),
        ("a\x00b.pdf", "ab.pdf"),
        ('a"\r\nSet-Cookie: x.pdf', 'a"Set-Cookie: x.pdf'),
        ("\u202efdp.exe.pdf", "fdp.exe.pdf"),
        (".htaccess.txt", "htaccess.txt"),
        ("-rf.pdf", "rf.pdf"),
        ("e\u0301tat financier.pdf", "état financier.pdf"),
        ("..", "file"),
        ("/", "file"),
        ("", "file"),
        (None, "file"),
        ("a" * 300 + ".pdf", "a" * 146 + ".pdf"),
    ],
)
def test_file_names_are_only_names(sent: str | None, kept: str) -> None:
    assert clean_name(sent) == kept
