"""Guarantees, wording: the texts that leave the house: a reduction's justification, the message about a review."""

from collections.abc import Sequence
from datetime import date

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
    cover = outlook.cover
    told = {
        "name": legal_name,
        "number": cover.number,
        "shown": format_money(cover.required_amount, language),
        "asked": format_money(outlook.least_to_ask_for_amount, language),
        "figures": "\n".join(_figures(cover.months, cover.as_of, language)),
        "sum": cover.estimate.explanation.in_(language).rstrip("."),
        "review": long_day(outlook.in_view.cycle.run_on, language),
        "by_review": outlook.review_words.in_(language).rstrip("."),
    }
    last = "free" if cover.known_months == cover.window_months else "free_so_far"
    keys = ("head", "ask", "figures", "sum", "bound" if outlook.is_bound_by_review else last)
    return "".join(REQUEST[language][key].format(**told) for key in keys)


REQUEST = {
    "en": {
        "head": "{name}, program account {number}.\n\n",
        "ask": "We ask that the security requirement of this account, now {shown}, be lowered to {asked}.\n\n",
        "figures": "Amounts owed to CBSA in the last twelve closed billing periods:\n{figures}\n\n",
        "sum": "Of these the highest month decides: {sum}.\n",
        "free": "No month of these twelve calls for the amount required now.",
        "free_so_far": "No month on file calls for the amount required now.",
        "bound": "The annual review of {review} comes to more, and we ask for no less than that. {by_review}.",
    },
    "fr": {
        "head": "{name}, compte de programme {number}.\n\n",
        "ask": "Nous demandons que l'exigence de garantie de ce compte, actuellement de {shown}, soit ramenée à {asked}.\n\n",
        "figures": "Montants dus à l'ASFC au cours des douze dernières périodes de facturation closes :\n{figures}\n\n",
        "sum": "De ces mois, le plus élevé détermine l'exigence : {sum}.\n",
        "free": "Aucun de ces douze mois ne justifie le montant exigé actuellement.",
        "free_so_far": "Aucun des mois au dossier ne justifie le montant exigé actuellement.",
        "bound": "L'examen annuel du {review} arrive à un montant plus élevé, et nous ne demandons pas moins. {by_review}.",
    },
}


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
    """To the client: what the review comes to, what is missing by when, and what it costs not to act. CAD.

    A person edits it before it leaves.
    """
    return Text(*(_review_message(outlook, paths, legal_name, language) for language in ("en", "fr")))


def _review_message(outlook: Outlook, paths: ChangePaths, legal_name: str, language: str) -> str:
    review, words = outlook.in_view, WORDS[language]
    missing_now = outlook.cover.shortfall_amount
    missing = outlook.missing_on(review.cycle.deadline_on)
    told = {
        "name": legal_name,
        "number": outlook.cover.number,
        "run": long_day(review.cycle.run_on, language),
        "amount": format_money(outlook.review_amount, language),
        "sum": review.requirement.explanation.in_(language).rstrip("."),
        "rise": format_money(outlook.increase_amount, language),
        "now": format_money(missing_now, language),
        "missing": format_money(missing, language),
        "deadline": long_day(review.cycle.deadline_on, language),
        "paper": long_day(paths.paper_by, language),
    }
    keys = ["head", "ran" if review.cycle.run_on <= outlook.cover.as_of else "runs"]
    keys += ["rises"] if outlook.increase_amount else ["stays"]
    keys += ["now"] if missing_now else []
    if missing > missing_now:
        keys += ["more" if missing_now else "missing", "paper" if paths.is_paper_open else "no_paper"]
    keys += ["cost"] if missing or missing_now else ["covered"]
    keys += ["look"] if outlook.increase_amount else []
    return "\n".join(words[key].format(**told) for key in keys)


WORDS = {
    "en": {
        "head": "{name}, program account {number}\n",
        "ran": "CBSA's annual review of financial security was run on {run}. On your statements we come to {amount}: {sum}.",
        "runs": "CBSA's annual review of financial security will be run on {run}. On your statements so far we come to "
        "{amount}: {sum}.",
        "rises": "That is {rise} more than is required now.",
        "stays": "That is no more than is required now.",
        "now": "Security of {now} is missing today: every day without it puts release prior to payment at risk.",
        "more": "By {deadline} the missing amount comes to {missing} in all.",
        "missing": "Security of {missing} is still missing and has to be posted by {deadline}.",
        "paper": "On paper it should be sent by {paper}; electronically it can be posted until the day itself.",
        "no_paper": "On paper it would no longer arrive in time; electronically it can be posted until the day itself.",
        "cost": "Without it, release prior to payment can be suspended and each shipment waits at the border until it is paid.",
        "covered": "What is posted covers it: nothing more has to be posted.",
        "look": "Please look in the CARM Client Portal for a notice titled “RPP – Annual Review” and tell us the amount it shows.",
    },
    "fr": {
        "head": "{name}, compte de programme {number}\n",
        "ran": "L'examen annuel des garanties financières de l'ASFC a eu lieu le {run}. Selon vos relevés, nous arrivons à "
        "{amount} : {sum}.",
        "runs": "L'examen annuel des garanties financières de l'ASFC aura lieu le {run}. Selon vos relevés connus, nous arrivons "
        "à {amount} : {sum}.",
        "rises": "C'est {rise} de plus que le montant exigé actuellement.",
        "stays": "Ce n'est pas plus que le montant exigé actuellement.",
        "now": "Il manque aujourd'hui une garantie de {now} : chaque jour sans elle met en péril la mainlevée avant paiement.",
        "more": "Au {deadline}, le montant manquant sera de {missing} en tout.",
        "missing": "Il manque encore une garantie de {missing}, à déposer au plus tard le {deadline}.",
        "paper": "Sur papier, elle devrait partir au plus tard le {paper}; par voie électronique, elle peut être déposée jusqu'au "
        "jour même.",
        "no_paper": "Sur papier, elle n'arriverait plus à temps; par voie électronique, elle peut être déposée jusqu'au jour même.",
        "cost": "Sans elle, la mainlevée avant paiement peut être suspendue et chaque envoi attend à la frontière jusqu'à son "
        "paiement.",
        "covered": "La garantie déposée suffit : il n'y a rien de plus à déposer.",
        "look": "Veuillez chercher dans le portail client de la GCRA un avis intitulé « MAP – Examen annuel » et nous dire le "
        "montant qu'il indique.",
    },
}
