"""Deadlines, wording: a gathered row in words, both languages."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from tracker.deadlines.origins import of_fact, origin
from tracker.deadlines.rules import KINDS, Deadline, cycle_deadlines, statement_note
from tracker.platform.days import spoken
from tracker.platform.pages import bn
from tracker.rulebook.book import rules_at
from tracker.rulebook.types import Fact, Rules, Text


def worded(row: Any, on: date) -> Deadline:
    """One gathered row as a deadline, with the words and rules in force on `on`."""
    rules = rules_at(on)
    said = origin(row, rules)
    return Deadline(
        on=row.day,
        what=_WORDS[row.source](row, rules),
        kind=KINDS[row.source],
        source=row.source,
        client_id=row.client_id,
        client_name=row.client_name,
        record_id=row.record_id,
        note=statement_note(row.day, row.of_day) if row.source == "bill.due" else None,
        owner=row.owner,
        rule=said.rule,
        facts=said.facts,
        of_id=row.of_id,
    )


def worded_cycle(first: date, last: date, on: date) -> list[Deadline]:
    """The cycle's and the review's own dates between two days, each with the sentence of its rule in force on `on`."""
    rules = rules_at(on)
    return [replace(row, rule=of_fact(row.source, rules).rule) for row in cycle_deadlines(first, last)]


def why(row: Deadline, facts: Mapping[str, Fact]) -> tuple[Text, ...]:
    """Why a date is that day, for a calendar file and a workbook: its rule, its note, and each fact not said by then."""
    said = [words for words in (row.rule, row.note) if words is not None]
    return (*said, *(facts[key].text for key in row.facts if key in facts and facts[key].text not in said))


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


def _figure(row: Any, _rules: Rules) -> Text:
    number = bn(row.number)
    return Text(f"Confirm the portal's figure again, {number}", f"Confirmer de nouveau le montant du portail, {number}")


def _roll_off(row: Any, _rules: Rules) -> Text:
    number = bn(row.number)
    return Text(
        f"The highest month, to {spoken(row.of_day, 'en')}, leaves the last twelve periods, {number}",
        f"Le mois le plus élevé, au {spoken(row.of_day, 'fr')}, quitte les douze dernières périodes, {number}",
    )


def _renewal_end(row: Any, _rules: Rules) -> Text:
    number = bn(row.number)
    return Text(f"Renewed security has to be posted, {number}", f"La garantie renouvelée doit être déposée, {number}")


def _renewal_review(row: Any, _rules: Rules) -> Text:
    number = bn(row.number)
    return Text(f"Raised security has to be posted, {number}", f"La garantie augmentée doit être déposée, {number}")


_WORDS: Mapping[str, Callable[[Any, Rules], Text]] = {
    "bill.due": _statement,
    "task": _task,
    "document_request": _document,
    "expiry": _expiry,
    "instrument": _instrument,
    "paper": _paper,
    "delegation": _review,
    "engagement": _target,
    "portal_figure": _figure,
    "roll_off": _roll_off,
    "renewal_end": _renewal_end,
    "renewal_review": _renewal_review,
}
