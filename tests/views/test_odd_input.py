"""Odd input: dates at the end of time and characters nobody types get an answer, never a failure."""

from collections.abc import Callable

import pytest

from tests.conftest import Cast
from tests.visitor import Visitor


@pytest.mark.parametrize(
    "path", ["/clients?q=%00", "/search?q=a%00b", "/work?q=%00", "/documents?q=%00", "/audit?q=%00"]
)
def test_null_characters_are_refused(visit: Callable[..., Visitor], path: str) -> None:
    assert visit("priya").get(path).status_code == 400


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2026-02-31", "x", "2099-12-31"])
def test_calendar_answers_for_any_day(visit: Callable[..., Visitor], day: str) -> None:
    for view in ("week", "month", "day", "x"):
        assert visit("colin").get(f"/calendar?from={day}&view={view}").status_code == 200


def test_null_character_in_a_form_is_no_failure(visit: Callable[..., Visitor], cast: Cast) -> None:
    answer = visit("colin").post(f"/clients/{cast.client_a}/tasks/new", {"title": "a\x00b", "waiting_on": "us"})
    assert answer.status_code in (303, 400, 422)


def test_blanks_alone_are_no_answer_to_a_required_question(visit: Callable[..., Visitor]) -> None:
    for path, body in (("/clients/new", {"legal_name": "   "}), ("/firm", {"name": " ", "warning_percent": "120"})):
        assert visit("adam").post(path, {**body, "once": "k"}).status_code == 422


@pytest.mark.parametrize("page", ["%C2%B2", "%D9%A3", "-1", "0", "x", "999999999999"])
def test_a_page_that_is_no_number_is_the_first(visit: Callable[..., Visitor], page: str) -> None:
    for path in ("/clients", "/work", "/documents", "/audit", "/risks", "/guarantees"):
        assert visit("adam").get(f"{path}?page={page}").status_code == 200


def test_blanks_alone_are_no_amount(visit: Callable[..., Visitor], cast: Cast) -> None:
    answer = visit("priya").post(
        f"/guarantees/{cast.account_a}", {"amount": "   ", "read_on": "2026-11-20", "once": "k"}
    )
    assert answer.status_code == 422 and "Fill this in." in answer.text


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "2099-01-01", "9999-12-31"])
def test_a_year_that_cannot_be_is_said_beside_its_field(visit: Callable[..., Visitor], cast: Cast, day: str) -> None:
    path = f"/clients/{cast.client_a}/statements/{cast.account_a}/new"
    answer = visit("priya").post(path, {"period_end": day, "charges_amount": "1", "total_amount": "1", "once": "k"})
    assert answer.status_code == 422 and "A year between 1900 and 2098" in answer.text


def test_a_forged_tick_is_refused_and_not_a_failure(visit: Callable[..., Visitor], cast: Cast) -> None:
    path = f"/clients/{cast.client_a}/contacts/new"
    answer = visit("priya").post(path, {"name": "Ana", "language": "en", "duties": ["king"], "once": "k"})
    assert answer.status_code == 422 and "Choose one of the list." in answer.text
