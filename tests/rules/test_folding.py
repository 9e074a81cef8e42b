"""Folding in the database: the quick path for plain names says what the whole one says."""

from hypothesis import given
from hypothesis import strategies as st

from tracker.clients.folding import _squeezed
from tracker.clients.rules import squeeze


@given(st.text())
def test_database_squeezes_as_the_rules_do(text: str) -> None:
    assert _squeezed(text) == squeeze(text)


@given(st.text(st.characters(max_codepoint=127)))
def test_plain_names_too(text: str) -> None:
    assert _squeezed(text) == squeeze(text)


def test_nothing_stays_nothing() -> None:
    assert _squeezed(None) is None
