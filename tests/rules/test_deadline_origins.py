"""Deadlines, wording: each date says where it comes from and by what rule, and never a rule that does not give this day."""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from tracker.deadlines.origins import of_fact, origin
from tracker.deadlines.rules import KINDS
from tracker.guarantees.enums import InstrumentKind
from tracker.platform.days import spoken
from tracker.renewals.enums import Cause
from tracker.rulebook.book import rules_at
from tracker.rulebook.typesetting import NBSP

RULES = rules_at(date(2026, 11, 23))
OPENED = date(2026, 11, 2)  # a Monday
STEP = next(step for step in RULES.templates["carm_onboarding"].steps if step.kind == "task")
PAPER = next(step for step in RULES.templates["carm_onboarding"].steps if step.kind == "document")


def opened_for(step: Any) -> date:
    """The opening from which the template counts this step to Saturday, 14 November 2026."""
    return date(2026, 11, 14) - timedelta(days=step.after_days)


def row(source: str, day: date = OPENED, **over: Any) -> Any:
    empty = dict.fromkeys(("kind", "title", "finding", "of_day", "of_id", "template", "opened_on", "provider", "cause"))
    return SimpleNamespace(**{**empty, "source": source, "day": day, **over})


def said(found: Any, language: str = "en") -> str:
    """The sentence with plain spaces."""
    words = origin(found, RULES).rule
    assert words is not None
    return words.in_(language).replace(NBSP, " ")


def after(days: int) -> date:
    return OPENED + timedelta(days=days)


def of_template(source: str, step: Any, day: date) -> Any:
    return row(source, day, kind=step.key, template="carm_onboarding", opened_on=OPENED, of_day=OPENED)


CASES = [
    (row("task", of_day=OPENED), "Set by us.", "Fixée par nous."),
    (of_template("task", STEP, after(STEP.after_days)),
     f"Template “CARM onboarding”: {STEP.after_days} days from 2 Nov 2026.",
     f"Modèle « Accueil dans la GCRA » : {STEP.after_days} jours à compter du 2 nov. 2026."),
    (of_template("document_request", PAPER, after(PAPER.after_days)),
     f"Template “CARM onboarding”: {PAPER.after_days} days from 2 Nov 2026.", None),
    (of_template("task", STEP, after(STEP.after_days + 1)), "Template “CARM onboarding”: set for this file; its own pace gives 12 Nov 2026.",
     "Modèle « Accueil dans la GCRA » : fixée pour ce dossier; son propre rythme donne le 12 nov. 2026."),
    # counted to Saturday the 14th
    (row("task", date(2026, 11, 16), kind=STEP.key, template="carm_onboarding", opened_on=opened_for(STEP)),
     f"Template “CARM onboarding”: {STEP.after_days} days from {spoken(opened_for(STEP), 'en')}, the next business day.", None),
    # a task of an engagement that its template does not bring has the days of its kind
    (row("task", after(9), kind="explain_statement_gap", template="carm_onboarding", opened_on=OPENED, of_day=OPENED),
     f"Set by us; the usual time is {RULES.tasks['explain_statement_gap'].due_days} days.", None),
    (row("task", after(RULES.tasks["get_bn"].due_days), kind="get_bn", of_day=OPENED),
     f"The usual {RULES.tasks['get_bn'].due_days} days from 2 Nov 2026.", None),
    (row("document_request", after(RULES.documents["bn_confirmation"].due_days), kind="bn_confirmation", of_day=OPENED),
     f"The usual {RULES.documents['bn_confirmation'].due_days} days from 2 Nov 2026.",
     f"Le délai habituel de {RULES.documents['bn_confirmation'].due_days} jours à compter du 2 nov. 2026."),
    (row("document_request", after(99), kind="bn_confirmation", of_day=OPENED),
     f"Set by us; the usual time is {RULES.documents['bn_confirmation'].due_days} days.", None),
    (row("document_request", title="A letter", of_day=OPENED), "Set by us.", None),
    (row("task", after(RULES.tasks["correct_entries"].due_days), kind="correct_entries", finding="errors_to_correct", of_day=OPENED),
     f"From the assessment: {RULES.tasks['correct_entries'].due_days} days from 2 Nov 2026, the usual time.", None),
    (row("task", after(70), kind="correct_entries", finding="errors_to_correct", of_day=OPENED),
     "From the assessment: counted from a date answered there, or set by us.", None),
    (row("task", after(70), kind="get_bn", finding="rpp_undecided", of_day=OPENED), "From the assessment; the day set by us.", None),
    (row("task", finding="risk:ending:1", of_day=OPENED), "From a risk: its own last day, or one set by us.", None),
    (row("expiry", of_day=OPENED), "The date on the document, noted when it was accepted on 2 Nov 2026.",
     "La date inscrite sur le document, notée à son acceptation le 2 nov. 2026."),
    (row("expiry"), "The date on the document.", None),
    (row("instrument", kind=InstrumentKind.SURETY_BOND, provider="Boreal Surety"), "The end date in the agreement with Boreal Surety.", None),
    (row("instrument", kind=InstrumentKind.SURETY_BOND), "The end date in the agreement.", "La date de fin prévue à l'entente."),
    (row("instrument", kind=InstrumentKind.CASH_DEPOSIT, provider="CBSA"), "The end noted for the deposit.", None),
    (row("instrument", kind=InstrumentKind.SURETY_BOND, provider="Boreal Surety", of_day=OPENED),
     "The provider's notice of 2 Nov 2026; it comes at least 30 days ahead.", None),
    (row("paper", of_day=OPENED), "CBSA's usual 25 business days from 2 Nov 2026: a service level, no rule.", None),
    (row("delegation", of_day=OPENED), "Our own measure, set when the delegation was approved on 2 Nov 2026.", None),
    (row("engagement", after(120), kind="carm_onboarding", of_day=OPENED), "The template's 120 days from 2 Nov 2026.", None),
    (row("engagement", after(121), kind="carm_onboarding", of_day=OPENED),
     "Set for this engagement; the template's own time ends on 2 Mar 2027.", None),
    (row("engagement", after(60), kind="security_renewal", of_day=OPENED, cause=Cause.ENDING),
     "The last day of the security that it replaces.", None),
    (row("bill.due", date(2026, 12, 1), of_day=date(2026, 11, 17)), RULES.facts["bill.due"].text.en, None),
    (row("bill.due", date(2026, 11, 30), of_day=date(2026, 11, 17)), "As printed on the statement.", "Telle qu'imprimée sur le relevé."),
    (row("portal_figure", after(40), of_day=OPENED), "40 days after it was read on 2 Nov 2026: our own measure.", None),
    (row("roll_off", of_day=OPENED),
     "The highest month is looked for in the last 12 months. Reckoned on the statements on file; a lower figure needs a request.", None),
    (row("renewal_end"), "The last day of the security that it replaces.", None),
]  # fmt: skip


@pytest.mark.parametrize(("found", "en", "fr"), CASES)
def test_a_date_says_its_source_and_rule(found: Any, en: str, fr: str | None) -> None:
    assert said(found) == en
    assert fr is None or said(found, "fr") == fr
    assert "None" not in said(found) + said(found, "fr")


def test_every_source_has_its_sentence() -> None:
    records = {source for source in KINDS if "." not in source} | {"bill.due"}
    assert records == {found.source for found, _en, _fr in CASES} | {"renewal_review"}
    for source in set(KINDS) - records:  # the cycle's own: the fact's sentence
        assert of_fact(source, RULES).rule == RULES.facts[source].text and of_fact(source, RULES).facts == (source,)


@pytest.mark.parametrize(
    ("found", "facts"),
    [
        (row("renewal_review"), ("rpp.review_deadline",)),
        (row("engagement", kind="security_renewal", of_day=OPENED, cause=Cause.REVIEW), ("rpp.review_deadline",)),
        (row("paper", of_day=OPENED), ("rpp.paper_processing",)),
        (row("instrument", kind=InstrumentKind.SURETY_BOND, of_day=OPENED), ("rpp.provider_notice_days",)),
        (row("instrument", kind=InstrumentKind.SURETY_BOND), ()),  # a fixed end needs no notice
        (row("bill.due", date(2026, 11, 30), of_day=date(2026, 11, 17)), ("bill.due",)),
        (row("roll_off", of_day=OPENED), ("rpp.lookback_months",)),
        (row("task", after(70), kind="correct_entries", finding="errors_to_correct", of_day=OPENED), ("corr.duty_days",)),
        (row("task", of_day=OPENED), ()),
        (row("portal_figure", of_day=OPENED), ()),
    ],
)  # fmt: skip
def test_only_what_the_rulebook_says_cites_it(found: Any, facts: tuple[str, ...]) -> None:
    assert origin(found, RULES).facts == facts
    assert all(fact in RULES.facts for fact in facts)


def test_a_fact_not_in_force_yet_says_nothing() -> None:
    assert of_fact("bill.due", rules_at(date(2024, 3, 1))).rule is None
