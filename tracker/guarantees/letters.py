"""Guarantees, wording: the texts that leave the house: a reduction's justification, messages to the client and the surety."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from tracker.guarantees.outlook import Outlook
from tracker.guarantees.rules import MonthlyTotal, window
from tracker.guarantees.rules.review import ChangePaths
from tracker.guarantees.wording import long_day, month_name
from tracker.platform.money import format_money
from tracker.rulebook.types import Text


def justification(outlook: Outlook, legal_name: str) -> Text:
    """Why the requirement may fall: the twelve figures, the peak and the sum, ready to paste into CBSA's portal. CAD."""
    return Text(_justification(outlook, legal_name, "en"), _justification(outlook, legal_name, "fr"))


def _justification(outlook: Outlook, legal_name: str, language: str) -> str:
    cover, estimate = outlook.cover, outlook.cover.estimate
    figures = "\n".join(_figures(cover.months, cover.as_of, language))
    shown = format_money(cover.portal_amount or estimate.required_amount, language)
    asked = format_money(estimate.required_amount, language)
    peak = month_name(estimate.peak_period_end, language) if estimate.peak_period_end else "–"
    owed = format_money(estimate.peak_amount, language)
    sentence = estimate.explanation.in_(language)
    if language == "fr":
        return (
            f"{legal_name}, compte de programme {cover.number}.\n\n"
            f"Nous demandons que l'exigence de garantie de ce compte, actuellement de {shown}, soit ramenée à {asked}.\n\n"
            f"Montants dus à l'ASFC au cours des douze dernières périodes de facturation closes :\n{figures}\n\n"
            f"Le mois le plus élevé est {peak}, avec {owed}. {sentence}.\n"
            "Aucun de ces douze mois ne justifie le montant exigé actuellement."
        )
    return (
        f"{legal_name}, program account {cover.number}.\n\n"
        f"We ask that the security requirement of this account, now {shown}, be lowered to {asked}.\n\n"
        f"Amounts owed to CBSA in the last twelve closed billing periods:\n{figures}\n\n"
        f"The highest month is {peak}, with {owed}. {sentence}.\n"
        "No month of these twelve calls for the amount required now."
    )


def _figures(months: Sequence[MonthlyTotal], as_of: date, language: str) -> list[str]:
    """The window's twelve periods, a line each; one without a statement says so."""
    first, last = window(as_of)
    known = {month.period_end: month.amount for month in months}
    none = "aucun relevé au dossier" if language == "fr" else "no statement on file"
    lines, end = [], first
    while end <= last:
        amount = format_money(known[end], language) if end in known else none
        lines.append(
            f"  {month_name(end, language)} : {amount}"
            if language == "fr"
            else f"  {month_name(end, language)}: {amount}"
        )
        end = end.replace(year=end.year + end.month // 12, month=end.month % 12 + 1)
    return lines


def review_message(outlook: Outlook, paths: ChangePaths, legal_name: str) -> Text:
    """To the client: what the review comes to, by when, and what it costs not to act. Edited by a person before it leaves."""
    return Text(_review_en(outlook, paths, legal_name), _review_fr(outlook, paths, legal_name))


def _review_en(outlook: Outlook, paths: ChangePaths, legal_name: str) -> str:
    review, cover = outlook.in_view, outlook.cover
    ran = "has been run" if review.cycle.run_on <= cover.as_of else "will be run"
    lines = [
        f"{legal_name}, program account {cover.number}",
        "",
        f"CBSA's annual review of financial security {ran} on {long_day(review.cycle.run_on, 'en')}. On your statements we come to "
        f"{format_money(review.amount, 'en')}: {review.requirement.explanation.en}.",
    ]
    if outlook.increase_amount > 0:
        gap = max(review.amount - cover.posted_on(review.cycle.deadline_on), Decimal(0))
        lines += [
            f"That is {format_money(outlook.increase_amount, 'en')} more than is required now. Security of "
            f"{format_money(gap, 'en')} is still missing and has to be posted by {long_day(review.cycle.deadline_on, 'en')}; on paper it "
            f"should be sent by {long_day(paths.paper_by, 'en')}.",
            "Without it, release prior to payment can be suspended and each shipment waits at the border until it is paid.",
            "Please look in the CARM Client Portal for a notice titled “RPP – Annual Review” and tell us the amount it shows.",
        ]
    else:
        lines.append("That is no more than is required now: nothing has to be posted.")
    return "\n".join(lines)


def _review_fr(outlook: Outlook, paths: ChangePaths, legal_name: str) -> str:
    review, cover = outlook.in_view, outlook.cover
    ran = "a eu lieu" if review.cycle.run_on <= cover.as_of else "aura lieu"
    lines = [
        f"{legal_name}, compte de programme {cover.number}",
        "",
        f"L'examen annuel des garanties financières de l'ASFC {ran} le {long_day(review.cycle.run_on, 'fr')}. Selon vos relevés, nous "
        f"arrivons à {format_money(review.amount, 'fr')} : {review.requirement.explanation.fr}.",
    ]
    if outlook.increase_amount > 0:
        gap = max(review.amount - cover.posted_on(review.cycle.deadline_on), Decimal(0))
        lines += [
            f"C'est {format_money(outlook.increase_amount, 'fr')} de plus que ce qui est exigé actuellement. Il manque encore une "
            f"garantie de {format_money(gap, 'fr')}, à déposer au plus tard le {long_day(review.cycle.deadline_on, 'fr')}; sur papier, elle "
            f"devrait partir au plus tard le {long_day(paths.paper_by, 'fr')}.",
            "Sans elle, la mainlevée avant paiement peut être suspendue et chaque envoi attend à la frontière jusqu'à son paiement.",
            "Veuillez chercher dans le portail client de la GCRA un avis intitulé « MAP – Examen annuel » et nous dire le montant qu'il indique.",
        ]
    else:
        lines.append("Ce n'est pas plus que ce qui est exigé actuellement : rien n'est à déposer.")
    return "\n".join(lines)
