"""Deadlines, wording: a gathered row in words, both languages."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from tracker.deadlines.rules import KINDS, Deadline, statement_note
from tracker.platform.days import spoken
from tracker.platform.pages import bn
from tracker.rulebook.book import rules_at
from tracker.rulebook.types import Rules, Text


def worded(row: Any, on: date) -> Deadline:
    """One gathered row as a deadline, with the words in force on `on`."""
    return Deadline(
        on=row.day,
        what=_WORDS[row.source](row, rules_at(on)),
        kind=KINDS[row.source],
        source=row.source,
        client_id=row.client_id,
        client_name=row.client_name,
        record_id=row.record_id,
        note=statement_note(row.day, row.of_day) if row.source == "bill.due" else None,
        owner=row.owner,
    )


def _same(words: str) -> Text:
    return Text(words, words)


def _statement(row: Any, _rules: Rules) -> Text:
    number = bn(row.number)
    return Text(
        f"Statement of {spoken(row.of_day, 'en')} to be paid, {number}",
        f"Relevé du {spoken(row.of_day, 'fr')} à payer, {number}",
    )


def _task(row: Any, rules: Rules) -> Text:
    kind = rules.tasks.get(row.kind or "")
    return _same(row.title) if row.title else kind.name if kind else _same(str(row.kind))


def _document(row: Any, rules: Rules) -> Text:
    kind = rules.documents.get(row.kind or "")
    return _same(row.title) if row.title else kind.name if kind else _same(str(row.kind))


def _expiry(row: Any, rules: Rules) -> Text:
    name = _document(row, rules)
    return Text(f"Expires: {name.en}", f"Expire : {name.fr}")


def _instrument(row: Any, rules: Rules) -> Text:
    name, number = rules.instruments[row.kind].name, f" {row.number}" if row.number else ""
    return Text(f"{name.en}{number} ends", f"{name.fr}{number} prend fin")


def _paper(row: Any, rules: Rules) -> Text:
    name, number = rules.instruments[row.kind].name, f" {row.number}" if row.number else ""
    return Text(
        f"{name.en}{number}, sent on paper on {spoken(row.of_day, 'en')}: CBSA's usual time ends; is it posted?",
        f"{name.fr}{number}, expédié sur papier le {spoken(row.of_day, 'fr')} : fin du délai habituel de l'ASFC; est-ce déposé?",
    )


def _review(row: Any, _rules: Rules) -> Text:
    return Text(f"Look again at the delegation of {row.title}", f"Revoir la délégation de {row.title}")


def _target(row: Any, rules: Rules) -> Text:
    name = rules.templates[row.kind].name
    return Text(f"Target: {name.en}", f"Cible : {name.fr}")


_WORDS: Mapping[str, Callable[[Any, Rules], Text]] = {
    "bill.due": _statement,
    "task": _task,
    "document_request": _document,
    "expiry": _expiry,
    "instrument": _instrument,
    "paper": _paper,
    "delegation": _review,
    "engagement": _target,
}
