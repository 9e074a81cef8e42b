"""Risks, rules: who confirmed the portal figure, who can act in the portal, and what is short. The day is an argument."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from tracker.guarantees.rules.life import ENDING_DAYS
from tracker.guarantees.rules.review import CONFIRM_DAYS
from tracker.platform.days import spoken
from tracker.platform.money import ZERO
from tracker.risks.contradictions import contradictions
from tracker.risks.enums import Severity
from tracker.risks.facts import AccountFacts, ClientFacts, ManagerFacts, Risk, cad, ending_words
from tracker.risks.register import register_risks
from tracker.rulebook.calendar import billing_period, review_cycle
from tracker.rulebook.types import Text

# The firm's own measures. CBSA prescribes none of them.
UNSEEN_DAYS = 90
ENDING_SOON_DAYS = 30
PAYMENT_NEAR_DAYS = 7
REVIEW_NEAR_DAYS = 30
MANAGERS_WANTED = 2
MEASURE = Text(
    "High, medium and low are the firm's own measure, not CBSA's.",
    "Les gravités élevée, moyenne et faible sont la mesure propre au cabinet, non celle de l'ASFC.",
)
PEAK_WORD = Text("duties and taxes of the highest month", "droits et taxes du mois le plus élevé")
SHORT_WORD = Text("security missing", "garantie manquante")
RISE_WORD = Text("our estimate above the confirmed figure", "notre estimation au-dessus du montant confirmé")
COVER_WORD = Text("security that ends", "garantie qui prend fin")
ORDER = list(Severity)


def risks_of(client: ClientFacts, today: date, transition_end: date) -> list[Risk]:
    """Every risk of one client on `today`, the worst first. `transition_end`: the last day a broker's security covered."""
    found: list[Risk] = []
    for account in client.accounts:
        if not account.is_closed:
            found += security(client, account, today)
            found += silence(client, account, today)
    found += key_person(client, today)
    found += contradictions(client, today, transition_end)
    found += register_risks(client)
    return in_order(found)


def in_order(risks: Iterable[Risk]) -> list[Risk]:
    """By severity, then by exposure (the highest first), then by client, account and code."""
    return sorted(
        risks,
        key=lambda risk: (
            ORDER.index(risk.severity),
            -(risk.exposure_amount or ZERO),
            risk.client_name.casefold(),
            risk.account or "",
            risk.code,
            risk.key,
        ),
    )


def security(client: ClientFacts, account: AccountFacts, today: date) -> Iterator[Risk]:
    """Security below the requirement today, more of it missing once a review counts, or ending within 90 days (the firm's
    own measure). A little that is missing today hides nothing larger to come."""
    missing = max(account.required_amount - account.posted_amount, ZERO) if account.is_requirement_known else ZERO
    is_told_elsewhere = account.is_rpp_enrolled and account.posted_amount == 0  # as an enrolment without cover
    if missing and not is_told_elsewhere:
        yield _risk(
            "short",
            Severity.HIGH,
            client,
            account,
            cad(
                "The account is short of {missing} of security.",
                "Il manque {missing} de garantie sur le compte.",
                missing=missing,
            ),
            cad(
                "Required {required}, posted {posted}.",
                "Exigé : {required}; déposé : {posted}.",
                required=account.required_amount,
                posted=account.posted_amount,
            ),
            missing,
            SHORT_WORD,
        )
    if account.is_requirement_known and account.short_then_on and account.short_then_amount > missing:
        day = account.short_then_on
        yield _risk(
            "short_then",
            Severity.HIGH if (day - today).days <= REVIEW_NEAR_DAYS else Severity.MEDIUM,
            client,
            account,
            cad(
                f"On {spoken(day, 'en')} {{missing}} of security will be missing.",
                f"Le {spoken(day, 'fr')}, il manquera {{missing}} de garantie.",
                missing=account.short_then_amount,
            ),
            cad("{posted} counts today.", "{posted} comptent aujourd'hui.", posted=account.posted_amount),
            account.short_then_amount,
            SHORT_WORD,
            by_when=day,
        )
    if account.ends_on is not None and account.ends_on <= today + timedelta(days=ENDING_DAYS):
        days = (account.ends_on - today).days
        yield _risk(
            "ending",
            Severity.HIGH if days <= ENDING_SOON_DAYS else Severity.MEDIUM,
            client,
            account,
            ending_words(days),
            cad("{posted} counts today.", "Pris en compte aujourd'hui : {posted}.", posted=account.posted_amount),
            account.posted_amount,
            COVER_WORD,
            by_when=account.ends_on,
        )


def silence(client: ClientFacts, account: AccountFacts, today: date) -> Iterator[Risk]:
    """The portal's figure never read, not read for more than 40 days, or overtaken by our own estimate since."""
    if not account.months or account.imports is False:
        return
    read_on, shown = account.portal_read_on, account.portal_amount
    if read_on is None or shown is None:
        yield _risk(
            "silent",
            Severity.MEDIUM,
            client,
            account,
            cad(
                "No one has ever confirmed the portal figure; we compute {estimate}.",
                "Personne n'a jamais confirmé le montant du portail; nous calculons {estimate}.",
                estimate=account.estimate_amount,
            ),
            Text(
                f"{len(account.months)} statements are on file, no figure read in the portal.",
                f"Relevés au dossier : {len(account.months)}; aucun montant lu dans le portail.",
            ),
            account.peak_amount,
            PEAK_WORD,
            since=account.months[0].period_end,
        )
        return
    days, rise = (today - read_on).days, account.estimate_amount - shown
    is_newer = account.peak_period_end is not None and account.peak_period_end > read_on
    if days > CONFIRM_DAYS or (rise > 0 and is_newer):
        yield _silent(client, account, days, rise, read_on)


def _silent(client: ClientFacts, account: AccountFacts, days: int, rise: Decimal, read_on: date) -> Risk:
    confirmed = Text(
        f"No one has confirmed the portal figure for {days} days",
        f"Personne n'a confirmé le montant du portail depuis {days} jours",
    )
    rises = cad(
        "; we compute a rise to {estimate}.", "; nous calculons une hausse à {estimate}.",
        estimate=account.estimate_amount,
    )  # fmt: skip
    return _risk(
        "silent",
        Severity.HIGH if rise > 0 else Severity.MEDIUM,
        client,
        account,
        Text(confirmed.en + (rises.en if rise > 0 else "."), confirmed.fr + (rises.fr if rise > 0 else ".")),
        cad(
            f"Read on {spoken(read_on, 'en')}: {{shown}}; our estimate today: {{estimate}}.",
            f"Lu le {spoken(read_on, 'fr')} : {{shown}}; notre estimation aujourd'hui : {{estimate}}.",
            shown=account.portal_amount or ZERO,
            estimate=account.estimate_amount,
        ),
        rise if rise > 0 else account.peak_amount,
        RISE_WORD if rise > 0 else PEAK_WORD,
        since=read_on,
    )


def key_person(client: ClientFacts, today: date) -> Iterator[Risk]:
    """Too few business account managers, none seen in the portal for 90 days, or one who left."""
    if not client.accounts:
        return
    active = [manager for manager in client.managers if manager.is_active]
    count = max(len(active), client.stated_bam_count or 0)
    near = near_date(today)
    base = Severity.HIGH if near else Severity.MEDIUM
    if count < MANAGERS_WANTED:
        yield _few(client, count, Severity.HIGH if count == 0 else base, near)
    yield from _unseen(client, active, today, base, near)
    for manager in client.managers:
        if not manager.is_active:
            yield _left(client, manager, base, near)


def near_date(today: date) -> date | None:
    """The payment date within 7 days or the review's 15 January within 30; None when neither is near. The firm's own measure."""
    following = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    previous = today.replace(day=1) - timedelta(days=1)
    months = [(day.year, day.month) for day in (previous, today, following)]
    payments = [billing_period(year, month).due_on for year, month in months]
    reviews = [review_cycle(year).deadline_on for year in (today.year - 1, today.year)]
    near = [day for day in payments if 0 <= (day - today).days <= PAYMENT_NEAR_DAYS]
    near += [day for day in reviews if 0 <= (day - today).days <= REVIEW_NEAR_DAYS]
    return min(near, default=None)


def _near_words(near: date | None) -> Text:
    if near is None:
        return Text("", "")
    return Text(
        f" A payment or review date is near: {spoken(near, 'en')}.",
        f" Une date de paiement ou d'examen approche : {spoken(near, 'fr')}.",
    )


def _few(client: ClientFacts, count: int, severity: Severity, near: date | None) -> Risk:
    words = _near_words(near)
    none = Text("No business account manager is known.", "Aucun gestionnaire de compte d'entreprise n'est connu.")
    one = Text("One business account manager only.", "Un seul gestionnaire de compte d'entreprise.")
    return _risk(
        "no_bam" if count == 0 else "one_bam",
        severity,
        client,
        None,
        none if count == 0 else one,
        Text(
            f"Only a manager approves people and providers; two are needed, {count} known.{words.en}",
            f"Seul un gestionnaire approuve les personnes et les fournisseurs; il en faut deux; nombre connu : {count}.{words.fr}",
        ),
        *_behind(client),
        by_when=near,
    )


def _unseen(
    client: ClientFacts, active: list[ManagerFacts], today: date, severity: Severity, near: date | None
) -> Iterator[Risk]:
    seen = [manager.seen_on for manager in active if manager.seen_on is not None]
    if not seen or (today - max(seen)).days <= UNSEEN_DAYS:
        return  # a sign-in nobody noted is not a sign-in that did not happen
    last, words = max(seen), _near_words(near)
    days = (today - last).days
    yield _risk(
        "bam_unseen",
        severity,
        client,
        None,
        Text(
            f"No account manager has been seen in the portal for {days} days.",
            f"Aucun gestionnaire de compte ne s'est connecté au portail depuis {days} jours.",
        ),
        Text(
            f"Last known sign-in: {spoken(last, 'en')}. CBSA notifies in the portal only.{words.en}",
            f"Dernière connexion connue : {spoken(last, 'fr')}. L'ASFC n'avise que dans le portail.{words.fr}",
        ),
        *_behind(client),
        since=last,
        by_when=near,
    )


def _left(client: ClientFacts, manager: ManagerFacts, severity: Severity, near: date | None) -> Risk:
    words = _near_words(near)
    return _risk(
        "bam_left",
        severity,
        client,
        None,
        Text(
            f"{manager.name} is inactive here and still account manager.",
            f"{manager.name} n'est plus en fonction, mais reste gestionnaire de compte.",
        ),
        Text(
            f"Whoever leaves keeps the portal until another manager removes them.{words.en}",
            f"Une personne partie garde l'accès au portail tant qu'un autre gestionnaire ne l'a pas retirée.{words.fr}",
        ),
        *_behind(client),
        by_when=near,
        record_id=manager.id,
    )


def _behind(client: ClientFacts) -> tuple[Decimal | None, Text | None]:
    """The client's highest months together: what a release at risk is worth. CAD."""
    peaks = sum((account.peak_amount for account in client.accounts if not account.is_closed), ZERO)
    return (peaks, PEAK_WORD) if peaks else (None, None)


def _risk(
    code: str,
    severity: Severity,
    client: ClientFacts,
    account: AccountFacts | None,
    sentence: Text,
    cause: Text,
    exposure: Decimal | None = None,
    word: Text | None = None,
    *,
    since: date | None = None,
    by_when: date | None = None,
    record_id: UUID | None = None,
) -> Risk:
    return Risk(
        code,
        severity,
        sentence,
        cause,
        client.id,
        client.name,
        account_id=account.id if account else None,
        account=account.number if account else None,
        exposure_amount=exposure,
        exposure_word=word,
        since=since,
        by_when=by_when,
        record_id=record_id,
    )
