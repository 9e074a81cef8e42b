"""Guarantees, rules: the sentence that says how a requirement came about, in both languages."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from tracker.platform.money import NBSP, format_money
from tracker.rulebook.types import Text

MONTHS_EN = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
MONTHS_FR = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
SHORTENED_FR = {
    "janvier": "janv.",
    "février": "févr.",
    "avril": "avr.",
    "juillet": "juill.",
    "septembre": "sept.",
    "octobre": "oct.",
    "novembre": "nov.",
    "décembre": "déc.",
}

NOTHING_OWED = Text(
    en="Nothing was owed in the last 12 closed billing periods: no security is required, but enrolment in RPP is.",
    fr="Rien n'était dû au cours des 12 dernières périodes de facturation closes : aucune garantie n'est exigée, mais "
    "l'inscription à la MAP l'est.",
)


def none_inside(day: date, periods: Sequence[date]) -> Text:
    """That of the months somebody gave none lies among the closed periods that count on that day, oldest first."""
    since, until = f"{periods[0]:%Y-%m}", f"{periods[-1]:%Y-%m}"
    return Text(
        en=f"No month given lies in the window of the {len(periods)} closed billing periods that count on {day}, {since} to "
        f"{until}: what was owed in it is not known.",
        fr=f"Aucun mois donné n'est dans la fenêtre des {len(periods)} périodes de facturation closes qui comptent au {day}, "
        f"{since} à {until} : ce qui y était dû n'est pas connu.",
    )


def explain(period_end: date | None, owed: Decimal, percent: Decimal, share: Decimal, required: Decimal) -> Text:
    """The sum in words: "July 2026, $84,200.00 × 50 % = $42,100.00". `period_end` None: nothing was owed. CAD."""
    if period_end is None:
        return NOTHING_OWED
    return Text(
        en=f"{month_name(period_end, 'en')}, {_sum('en', owed, percent, share)}{_limit_en(share, required)}",
        fr=f"{month_name(period_end, 'fr')}, {_sum('fr', owed, percent, share)}{_limit_fr(share, required)}",
    )


def by_portal(estimate: Text | None) -> Text:
    """That CBSA's own figure, which stands beside it with its day, prevails; our sum where statements allow one."""
    if estimate is None:
        return Text(en="CBSA's own figure", fr="Montant de l'ASFC")
    return Text(
        en=f"CBSA's own figure; our estimate: {estimate.en}", fr=f"Montant de l'ASFC; notre estimation : {estimate.fr}"
    )


def by_notice(amount: Decimal, read_on: date, sum_: Text) -> Text:
    """CBSA's own figure from the notice of a review, and our sum beside it. CAD."""
    return Text(
        en=f"CBSA's notice, read on {long_day(read_on, 'en')}, says {format_money(amount, 'en')}; our estimate: {sum_.en}",
        fr=f"L'avis de l'ASFC, lu le {long_day(read_on, 'fr')}, indique {format_money(amount, 'fr')}; notre "
        f"estimation : {sum_.fr}",
    )


def by_review(run_on: date, has_run: bool, sum_: Text) -> Text:
    """The annual review that sets it, and its sum."""
    en, fr = ("Set by", "Fixé par") if has_run else ("To be set by", "Sera fixé par")
    return Text(
        en=f"{en} the review of {long_day(run_on, 'en')}: {sum_.en}",
        fr=f"{fr} l'examen du {long_day(run_on, 'fr')} : {sum_.fr}",
    )


NOT_KNOWN = Text(
    en="No statement of the last 12 closed billing periods is on file and nobody has read the portal's figure: what is "
    "required is not known.",
    fr="Aucun relevé des 12 dernières périodes de facturation closes n'est au dossier et personne n'a lu le montant du "
    "portail : ce qui est exigé n'est pas connu.",
)


def some_missing(known: int, window: int) -> Text:
    """That the sum rests on fewer statements than the window has periods."""
    return Text(
        en=f"Only {known} of the {window} statements of these periods are on file: a missing month can be the highest.",
        fr=f"Seulement {known} des {window} relevés de ces périodes sont au dossier : un mois manquant peut être le plus "
        "élevé.",
    )


def month_name(day: date, language: str) -> str:
    """Month and year: July 2026, juillet 2026."""
    names = MONTHS_FR if language == "fr" else MONTHS_EN
    return f"{names[day.month - 1]} {day.year}"


def short_month(day: date, language: str) -> str:
    """Month and year for an axis: Sep 2025, sept. 2025."""
    if language == "fr":
        name = MONTHS_FR[day.month - 1]
        return f"{SHORTENED_FR.get(name, name)} {day.year}"
    return f"{MONTHS_EN[day.month - 1][:3]} {day.year}"


def long_day(day: date, language: str) -> str:
    """A day in full: 15 January 2027, 15 janvier 2027, 1er janvier 2027."""
    names = MONTHS_FR if language == "fr" else MONTHS_EN
    number = "1er" if language == "fr" and day.day == 1 else str(day.day)
    return f"{number} {names[day.month - 1]} {day.year}"


def _sum(language: str, owed: Decimal, percent: Decimal, share: Decimal) -> str:
    rate = format(percent.normalize(), "f")
    rate = rate.replace(".", ",") if language == "fr" else rate
    return f"{format_money(owed, language)} × {rate}{_gap(language)}% = {format_money(share, language)}"


def _limit_en(share: Decimal, required: Decimal) -> str:
    if required > share:
        return f", raised to the floor of {format_money(required, 'en')}"
    return f", limited to the cap of {format_money(required, 'en')}" if required < share else ""


def _limit_fr(share: Decimal, required: Decimal) -> str:
    if required > share:
        return f", porté au plancher de {format_money(required, 'fr')}"
    return f", limité au plafond de {format_money(required, 'fr')}" if required < share else ""


def _gap(language: str) -> str:
    """French keeps the percent sign on the line of its figure."""
    return NBSP if language == "fr" else " "
