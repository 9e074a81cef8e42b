"""Deadlines, wording: where a date comes from and by what rule it is that day, in a short sentence, both languages.

Nobody writes down how a day was come by, and a day can be moved. So a rule is named where its sum comes to this very day;
where it does not, the sentence says that the day was set, and what the usual one would have been.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tracker.engagements.rules import target_day
from tracker.guarantees.enums import InstrumentKind
from tracker.guarantees.rules.review import CONFIRM_DAYS
from tracker.platform.days import unbroken
from tracker.renewals.enums import Cause
from tracker.rulebook.calendar import billing_period, first_business_day
from tracker.rulebook.types import Rules, Text

BY_US = Text("Set by us.", "Fixée par nous.")
LOOKBACK, NOTICE, PAPER = "rpp.lookback_months", "rpp.provider_notice_days", "rpp.paper_processing"
RISK = "risk:"  # how the key of a risk begins; that of a finding is a word
REVIEW, PAYMENT = "rpp.review_deadline", "bill.due"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a date comes from and by what rule, and the facts of the rulebook behind it."""

    rule: Text | None
    facts: tuple[str, ...] = ()


def origin(row: Any, rules: Rules) -> Origin:
    """Where one gathered row's date comes from, as the rules in force have it. KeyError for a source without an answer."""
    return _ORIGINS[row.source](row, rules)


def of_fact(fact: str, rules: Rules) -> Origin:
    """A day that a fact of the rulebook makes: its own sentence; no sentence on a day when the fact was not in force yet."""
    known = rules.facts.get(fact)
    return Origin(known.text if known else None, (fact,))


def _statement(row: Any, rules: Rules) -> Origin:
    if billing_period(row.of_day.year, row.of_day.month).due_on == row.day:
        return of_fact(PAYMENT, rules)
    return Origin(Text("As printed on the statement.", "Telle qu'imprimée sur le relevé."), (PAYMENT,))


def _task(row: Any, rules: Rules) -> Origin:
    kind = rules.tasks.get(row.kind or "")
    return _asked(row, rules, kind.due_days if kind else None, "task")


def _document(row: Any, rules: Rules) -> Origin:
    kind = rules.documents.get(row.kind or "")
    return _asked(row, rules, kind.due_days if kind else None, "document")


def _asked(row: Any, rules: Rules, days: int | None, step: str) -> Origin:
    """A task or a document asked for: of the assessment, of a risk, of a template, of its kind, or typed."""
    if row.finding:
        return _of_finding(row, rules, days)
    if row.template in rules.templates:
        template = rules.templates[row.template]
        paces = [one.after_days for one in template.steps if (one.kind, one.key) == (step, row.kind)]
        if paces:
            return Origin(_of_template(row, template.name, paces))
    return Origin(_of_kind(row, days) if days is not None else BY_US)


def _of_finding(row: Any, rules: Rules, days: int | None) -> Origin:
    if row.finding.startswith(RISK):
        return Origin(
            Text(
                "From a risk: its own last day, or one set by us.",
                "D'un risque : son dernier jour, ou un jour fixé par nous.",
            )
        )
    if days is not None and row.day in _usual(row.of_day, days):
        return Origin(
            Text(
                f"From the assessment: {_days(days, 'en')} from {unbroken(row.of_day, 'en')}, the usual time.",
                f"De l'évaluation : {_days(days, 'fr')} à compter du {unbroken(row.of_day, 'fr')}, le délai habituel.",
            )
        )
    found = next((one for one in rules.findings if one.key == row.finding), None)
    if found is None or found.due is None:
        return Origin(Text("From the assessment; the day set by us.", "De l'évaluation; date fixée par nous."))
    return Origin(
        Text(
            "From the assessment: counted from a date answered there, or set by us.",
            "De l'évaluation : comptée à partir d'une date qui y est répondue, ou fixée par nous.",
        ),
        (found.due.days,) if found.due.days else (),
    )


def _of_template(row: Any, name: Text, paces: Iterable[int]) -> Text:
    for pace in paces:
        exact, own = _usual(row.opened_on, pace)
        if row.day in (exact, own):
            on = _rolled(row.day, exact)
            return Text(
                f"Template “{name.en}”: {_days(pace, 'en')} from {unbroken(row.opened_on, 'en')}{on.en}.",
                f"Modèle « {name.fr} » : {_days(pace, 'fr')} à compter du {unbroken(row.opened_on, 'fr')}{on.fr}.",
            )
    return Text(
        f"Template “{name.en}”: set for this file; its own pace gives {unbroken(own, 'en')}.",
        f"Modèle « {name.fr} » : fixée pour ce dossier; son propre rythme donne le {unbroken(own, 'fr')}.",
    )


def _of_kind(row: Any, days: int) -> Text:
    if row.day in _usual(row.of_day, days):
        return Text(
            f"The usual {_days(days, 'en')} from {unbroken(row.of_day, 'en')}.",
            f"Le délai habituel de {_days(days, 'fr')} à compter du {unbroken(row.of_day, 'fr')}.",
        )
    return Text(
        f"Set by us; the usual time is {_days(days, 'en')}.",
        f"Fixée par nous; le délai habituel est de {_days(days, 'fr')}.",
    )


def _rolled(day: date, exact: date) -> Text:
    """That a day is the business day after the one counted to; nothing where it is that day itself."""
    return Text("", "") if day == exact else Text(", the next business day", ", le jour ouvrable suivant")


def _usual(since: date, days: int) -> tuple[date, date]:
    """The day a kind's own time comes to, and the business day on which it does."""
    end = since + timedelta(days=days)
    return end, first_business_day(end)


def _expiry(row: Any, _rules: Rules) -> Origin:
    if row.of_day is None:
        return Origin(Text("The date on the document.", "La date inscrite sur le document."))
    return Origin(
        Text(
            f"The date on the document, noted when it was accepted on {unbroken(row.of_day, 'en')}.",
            f"La date inscrite sur le document, notée à son acceptation le {unbroken(row.of_day, 'fr')}.",
        )
    )


def _instrument(row: Any, rules: Rules) -> Origin:
    if row.of_day is not None:
        days = _whole(NOTICE, rules)
        return Origin(
            Text(
                f"The provider's notice of {unbroken(row.of_day, 'en')}; it comes at least {days} days ahead.",
                f"Le préavis du fournisseur du {unbroken(row.of_day, 'fr')}; il est donné au moins {days} jours à l'avance.",
            ),
            (NOTICE,),
        )
    if row.kind == InstrumentKind.CASH_DEPOSIT:
        return Origin(Text("The end noted for the deposit.", "La fin notée pour le dépôt."))
    if row.provider is None:
        return Origin(Text("The end date in the agreement.", "La date de fin prévue à l'entente."))
    return Origin(
        Text(
            f"The end date in the agreement with {row.provider}.",
            f"La date de fin prévue à l'entente avec {row.provider}.",
        )
    )


def _paper(row: Any, rules: Rules) -> Origin:
    days = _whole(PAPER, rules)
    return Origin(
        Text(
            f"CBSA's usual {days} business days from {unbroken(row.of_day, 'en')}: a service level, no rule.",
            f"Les {days} jours ouvrables habituels de l'ASFC à compter du {unbroken(row.of_day, 'fr')} : un délai de service, pas une règle.",
        ),
        (PAPER,),
    )


def _delegation(row: Any, _rules: Rules) -> Origin:
    if row.of_day is None:
        return Origin(Text("Our own measure: a day set by us.", "Notre propre mesure : un jour fixé par nous."))
    return Origin(
        Text(
            f"Our own measure, set when the delegation was approved on {unbroken(row.of_day, 'en')}.",
            f"Notre propre mesure, fixée à l'approbation de la délégation le {unbroken(row.of_day, 'fr')}.",
        )
    )


def _engagement(row: Any, rules: Rules) -> Origin:
    if row.cause == Cause.ENDING:
        return Origin(_LAST_DAY)
    if row.cause == Cause.REVIEW:
        return of_fact(REVIEW, rules)
    template = rules.templates[row.kind]
    usual_on, length = target_day(template, row.of_day), template.duration_days
    if usual_on == row.day:
        return Origin(
            Text(
                f"The template's {_days(length, 'en')} from {unbroken(row.of_day, 'en')}.",
                f"Les {_days(length, 'fr')} du modèle à compter du {unbroken(row.of_day, 'fr')}.",
            )
        )
    return Origin(
        Text(
            f"Set for this engagement; the template's own time ends on {unbroken(usual_on, 'en')}.",
            f"Fixée pour ce mandat; le délai du modèle prend fin le {unbroken(usual_on, 'fr')}.",
        )
    )


def _figure(row: Any, _rules: Rules) -> Origin:
    return Origin(
        Text(
            f"{CONFIRM_DAYS} days after it was read on {unbroken(row.of_day, 'en')}: our own measure.",
            f"{CONFIRM_DAYS} jours après sa lecture le {unbroken(row.of_day, 'fr')} : notre propre mesure.",
        )
    )


def _roll_off(_row: Any, rules: Rules) -> Origin:
    said = of_fact(LOOKBACK, rules)
    if said.rule is None:
        return said
    return Origin(
        Text(
            f"{said.rule.en} Reckoned on the statements on file; a lower figure needs a request.",
            f"{said.rule.fr} Calculé d'après les relevés au dossier; un montant moindre se demande.",
        ),
        said.facts,
    )


_LAST_DAY = Text(
    "The last day of the security that it replaces.", "Le dernier jour de la garantie que ce dossier remplace."
)


def _renewal_end(_row: Any, _rules: Rules) -> Origin:
    return Origin(_LAST_DAY)


def _renewal_review(_row: Any, rules: Rules) -> Origin:
    return of_fact(REVIEW, rules)


def _whole(fact: str, rules: Rules) -> str:
    return str(rules.fact(fact).value)


def _days(count: int, language: str) -> str:
    word = ("day", "days") if language == "en" else ("jour", "jours")
    return f"{count} {word[count > 1]}"


_ORIGINS: Mapping[str, Callable[[Any, Rules], Origin]] = {
    "bill.due": _statement,
    "task": _task,
    "document_request": _document,
    "expiry": _expiry,
    "instrument": _instrument,
    "paper": _paper,
    "delegation": _delegation,
    "engagement": _engagement,
    "portal_figure": _figure,
    "roll_off": _roll_off,
    "renewal_end": _renewal_end,
    "renewal_review": _renewal_review,
}
