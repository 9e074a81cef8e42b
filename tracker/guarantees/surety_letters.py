"""Guarantees, wording: the message to the provider of a security: a new agreement, its posting, a raise or a renewal. CAD."""

from datetime import date
from decimal import Decimal

from tracker.guarantees.asking import AccountAsk, Ask, Asked
from tracker.guarantees.rules.review import change_paths
from tracker.guarantees.wording import long_day
from tracker.platform.money import ZERO, format_money
from tracker.rulebook.types import Text


def provider_message(ask: Ask, legal_name: str, number: str | None, amount: Decimal | None, today: date) -> Text:
    """To the provider: which agreement, what it has to come to on which accounts and why, and by when. CAD.

    `number` and `amount` are those of the agreement raised, renewed or posted, None where there is none. A person edits it before
    it leaves.
    """
    return Text(*(_provider_message(ask, legal_name, number, amount, today, language) for language in ("en", "fr")))


def _provider_message(
    ask: Ask, legal_name: str, number: str | None, amount: Decimal | None, today: date, language: str
) -> str:
    words = WORDS[language]
    last = ask.rest_by or ask.by
    paths = change_paths(last, today, False)
    agreement = words["agreement"].format(number=number) if number else words["no_number"]
    told = {
        "name": legal_name,
        "agreement": agreement,
        "Agreement": agreement[:1].upper() + agreement[1:],
        "amount": format_money(amount or ZERO, language),
        "needed": format_money(ask.needed_amount, language),
        "missing": format_money(ask.missing_amount, language),
        "by": long_day(last, language),
        "when": words["at_once" if last == today else "until"].format(by=long_day(last, language)),
        "first": long_day(ask.counts_from, language),
        "paper": long_day(paths.paper_by, language),
    }
    is_enough = ask.asked is Asked.INCREASE and amount is not None and amount >= ask.needed_amount
    keys = [f"{ask.asked}_head", "share_anew" if is_enough else f"{ask.asked}_ask"]
    lines = [words[key].format(**told) for key in keys]
    lines += [_account(one, ask, language) for one in ask.accounts]
    after = ["", *(["missing"] if ask.missing_amount else [])]
    after += ["now"] if ask.by == today else []
    if last > today:
        after += [f"{'rest_' if ask.rest_by else ''}{'paper' if paths.is_paper_open else 'no_paper'}"]
    lines += [words[key].format(**told) if key else "" for key in [*after, "confirm"]]
    return "\n".join(lines)


def _account(one: AccountAsk, ask: Ask, language: str) -> str:
    words = WORDS[language]
    if ask.asked is Asked.POSTING:
        key = "posting_account"
    elif one.needed_amount == one.present_amount:
        key = "same"
    else:
        key = "account" if ask.asked is not Asked.NEW else "new_account"
    return words[key].format(
        number=one.number,
        present=format_money(one.present_amount, language),
        needed=format_money(one.needed_amount, language),
        reason=one.reason.in_(language).rstrip("."),
    )


WORDS = {
    "en": {
        "agreement": "agreement {number}",
        "no_number": "your agreement",
        "at_once": "as soon as possible",
        "until": "by {by}",
        "new_head": "{name}: new agreement of {needed}, {when}\n",
        "posting_head": "{name}: posting of {agreement}, {when}\n",
        "increase_head": "{name}: {agreement}, {needed} {when}\n",
        "renewal_head": "{name}: renewal of {agreement}, {needed} from {first}\n",
        "new_ask": "Please issue a security agreement for release prior to payment of {needed}, for this program account:",
        "posting_ask": "{Agreement}, of {amount}, is issued and not posted yet. Please post it with CBSA, shared over these program "
        "accounts:",
        "increase_ask": "{Agreement} stands at {amount}. Please raise it to {needed}, shared over these program accounts:",
        "share_anew": "{Agreement} stands at {amount}, which is enough. Please share it over these program accounts as follows:",
        "renewal_ask": "{Agreement} stands at {amount} and ends on {by}. Please renew it from {first} on for at least {needed}, shared "
        "over these program accounts:",
        "account": "- {number}: now {present}, needed {needed}. {reason}.",
        "posting_account": "- {number}: its share {present}, needed {needed}. {reason}.",
        "new_account": "- {number}: needed {needed}. {reason}.",
        "same": "- {number}: {needed}, as now.",
        "missing": "Of this, {missing} is missing today: every day without it puts release prior to payment at risk.",
        "now": "Please post that electronically as soon as you can: on paper it would take weeks.",
        "paper": "It has to be with CBSA by {by}: electronically until the day itself; on paper it should be sent by {paper}.",
        "no_paper": "It has to be with CBSA by {by}: on paper it would no longer arrive in time; electronically it can be posted "
        "until the day itself.",
        "rest_paper": "The rest has to be with CBSA by {by}: electronically until the day itself; on paper it should be sent by "
        "{paper}.",
        "rest_no_paper": "The rest has to be with CBSA by {by}: on paper it would no longer arrive in time; electronically it "
        "can be posted until the day itself.",
        "confirm": "Please tell us the day on which it is posted, its number, and the amount on each account.",
    },
    "fr": {
        "agreement": "le contrat {number}",
        "no_number": "votre contrat",
        "at_once": "dès que possible",
        "until": "d'ici le {by}",
        "new_head": "{name} : nouveau contrat de {needed}, {when}\n",
        "posting_head": "{name} : dépôt, {agreement}, {when}\n",
        "increase_head": "{name} : {agreement}, {needed} {when}\n",
        "renewal_head": "{name} : renouvellement, {agreement}, {needed} à partir du {first}\n",
        "new_ask": "Veuillez émettre un contrat de garantie pour la mainlevée avant paiement de {needed}, pour ce compte de "
        "programme :",
        "posting_ask": "{Agreement}, de {amount}, est émis, mais pas encore déposé. Veuillez le déposer auprès de l'ASFC, réparti "
        "entre ces comptes de programme :",
        "increase_ask": "{Agreement} est de {amount}. Veuillez le porter à {needed}, réparti entre ces comptes de programme :",
        "share_anew": "{Agreement} est de {amount}, ce qui suffit. Veuillez le répartir ainsi entre ces comptes de programme :",
        "renewal_ask": "{Agreement} est de {amount} et prend fin le {by}. Veuillez le renouveler à partir du {first} pour "
        "au moins {needed}, réparti entre ces comptes de programme :",
        "account": "- {number} : actuellement {present}, il faut {needed}. {reason}.",
        "posting_account": "- {number} : part de {present}, il faut {needed}. {reason}.",
        "new_account": "- {number} : il faut {needed}. {reason}.",
        "same": "- {number} : {needed}, comme maintenant.",
        "missing": "De ce montant, il manque {missing} aujourd'hui : chaque jour sans lui met en péril la mainlevée avant "
        "paiement.",
        "now": "Veuillez déposer cela par voie électronique dès que possible : sur papier, cela prendrait des semaines.",
        "paper": "Il doit être à l'ASFC au plus tard le {by} : par voie électronique jusqu'au jour même; sur papier, il devrait "
        "partir au plus tard le {paper}.",
        "no_paper": "Il doit être à l'ASFC au plus tard le {by} : sur papier, il n'arriverait plus à temps; par voie "
        "électronique, il peut être déposé jusqu'au jour même.",
        "rest_paper": "Le reste doit être à l'ASFC au plus tard le {by} : par voie électronique jusqu'au jour même; sur papier, "
        "il devrait partir au plus tard le {paper}.",
        "rest_no_paper": "Le reste doit être à l'ASFC au plus tard le {by} : sur papier, il n'arriverait plus à temps; par voie "
        "électronique, il peut être déposé jusqu'au jour même.",
        "confirm": "Veuillez nous indiquer le jour du dépôt, le numéro et le montant sur chaque compte.",
    },
}
