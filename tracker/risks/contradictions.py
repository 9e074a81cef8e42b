"""Risks, rules: the evidence scan: two things on file that cannot both be true. Only what the records really show."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from tracker.platform.days import spoken
from tracker.risks.enums import Severity
from tracker.risks.facts import AccountFacts, ClientFacts, InstrumentFacts, Levied, Month, Risk, cad
from tracker.rulebook.types import Text

HIGH, MEDIUM, LOW = Severity.HIGH, Severity.MEDIUM, Severity.LOW
FULL_YEAR = 12  # periods; with fewer the stated peak may be a month we do not hold
FAR_BELOW = Decimal("0.5")  # of the highest statement: the firm's own measure
CHARGES = Text("duties and taxes of that statement", "droits et taxes de ce relevé")
HIGHEST = Text("duties and taxes of the highest month", "droits et taxes du mois le plus élevé")
DUTIES = Text("duties on the statements of 12 months", "droits sur les relevés de 12 mois")
SIMA = Text("SIMA duties on the statements of 12 months", "droits LMSI sur les relevés de 12 mois")
DIFFERENCE = Text("difference", "écart")
UNCOVERED = Text("security missing", "garantie manquante")
NOT_COUNTED = Text("amount that does not count", "montant non pris en compte")


def contradictions(client: ClientFacts, today: date, transition_end: date) -> Iterator[Risk]:
    """Every contradiction of one client's file on `today`."""
    yield from _of_client(client)
    yield from _of_answers(client, today)
    yield from _of_levied(client)
    for instrument in client.instruments:
        yield from _of_instrument(client, instrument)
    for account in client.accounts:
        yield from _of_account(client, account, transition_end)
        yield from _of_peak(client, account)


def _of_client(client: ClientFacts) -> Iterator[Risk]:
    named = sum(manager.is_active for manager in client.managers)
    stated = client.stated_bam_count
    if stated is not None and named and stated != named:
        yield Risk(
            "bam_count",
            LOW,
            Text(
                f"The client states {stated} account managers, {named} are named here.",
                f"Gestionnaires de compte déclarés par le client : {stated}; nommés ici : {named}.",
            ),
            Text("The stated number and the contacts differ.", "Le nombre déclaré et les contacts diffèrent."),
            client.id,
            client.name,
        )
    yield from _of_residency(client)


def _of_residency(client: ClientFacts) -> Iterator[Risk]:
    is_abroad = client.country is not None and client.country.upper() != "CA"
    if client.residency == "resident" and is_abroad:
        sentence = Text("Resident, with an address outside Canada.", "Résident, avec une adresse hors du Canada.")
    elif client.residency == "non_resident" and client.country is not None and not is_abroad:
        sentence = Text("Non-resident, with an address in Canada.", "Non-résident, avec une adresse au Canada.")
    else:
        return
    cause = Text(
        f"Country on file: {client.country}. Residency decides who gets the business number first, and BSF900.",
        f"Pays au dossier : {client.country}. La résidence détermine l'ordre des démarches : numéro d'entreprise et BSF900.",
    )
    yield Risk("resident_abroad", MEDIUM, sentence, cause, client.id, client.name)


def _of_answers(client: ClientFacts, today: date) -> Iterator[Risk]:
    answers = dict(client.answers)
    charged = [month for account in client.accounts for month in account.charged]
    recent = [month for month in charged if (today - month.period_end).days <= 365]
    if answers.get("imported_before") in (False, "no") and recent:
        last = max(recent, key=lambda month: month.period_end)
        yield Risk(
            "says_no_imports",
            MEDIUM,
            Text(
                "Answered “no imports in the last 12 months”, yet statements show charges.",
                "Réponse « aucune importation depuis 12 mois », pourtant des relevés portent des débits.",
            ),
            _charges_of(last),
            client.id,
            client.name,
            exposure_amount=last.amount,
            exposure_word=CHARGES,
            since=last.period_end,
        )
    missing = [account for account in client.accounts if not account.is_closed and account.is_rpp_enrolled is False]
    if answers.get("rpp_enrolled") == "all" and missing:
        yield Risk(
            "says_enrolled",
            MEDIUM,
            Text(
                "Answered “every account is enrolled in RPP”, yet the register says no.",
                "Réponse « tous les comptes sont inscrits à la MAP », pourtant notre dossier dit non.",
            ),
            Text(*[", ".join(account.number for account in missing)] * 2),
            client.id,
            client.name,
        )


def _of_levied(client: ClientFacts) -> Iterator[Risk]:
    """What the answers say of duties, against what the statements break down. GST is owed either way."""
    answers, levied = dict(client.answers), client.levied
    if levied is None:
        return
    if answers.get("dutiable") == "no" and levied.duties_amount > 0:
        sentence = Text(
            "Answered “only GST is paid on the goods”, yet statements show duties.",
            "Réponse « seule la TPS est payée sur les marchandises », pourtant des relevés portent des droits.",
        )
        yield _levied("says_not_dutiable", MEDIUM, client, sentence, levied.duties_amount, DUTIES, levied)
    elif answers.get("dutiable") == "yes" and levied.periods >= FULL_YEAR and levied.duties_amount <= 0:
        sentence = Text(
            "Answered “duty or surtax is paid on the goods”, yet twelve months of statements show none.",
            "Réponse « des droits ou une surtaxe sont payés sur les marchandises », pourtant douze mois de relevés n'en portent aucun.",
        )
        yield _levied("says_dutiable", LOW, client, sentence, levied.duties_amount, None, levied)
    if answers.get("sima_known") == "no" and levied.sima_amount > 0:
        sentence = Text(
            "Answered “no anti-dumping measure, checked”, yet statements show SIMA duties.",
            "Réponse « aucune mesure antidumping, vérifié », pourtant des relevés portent des droits LMSI.",
        )
        yield _levied("says_no_sima", MEDIUM, client, sentence, levied.sima_amount, SIMA, levied)


def _levied(
    code: str,
    severity: Severity,
    client: ClientFacts,
    sentence: Text,
    amount: Decimal,
    word: Text | None,
    levied: Levied,
) -> Risk:
    day = levied.last_period_end
    cause = cad(
        f"On the statements of 12 months up to {spoken(day, 'en')}: {{amount}}.",
        f"Sur les relevés de 12 mois jusqu'au {spoken(day, 'fr')} : {{amount}}.",
        amount=amount,
    )
    return Risk(
        code, severity, sentence, cause, client.id, client.name,
        exposure_amount=None if word is None else amount, exposure_word=word, since=day,
    )  # fmt: skip


def _charges_of(month: Month) -> Text:
    return cad(
        f"Statement of the period ending {spoken(month.period_end, 'en')}: {{amount}}.",
        f"Relevé de la période se terminant le {spoken(month.period_end, 'fr')} : {{amount}}.",
        amount=month.amount,
    )


def _of_instrument(client: ClientFacts, instrument: InstrumentFacts) -> Iterator[Risk]:
    rest = instrument.amount - instrument.allocated_amount
    if rest < 0:
        words = ("Shared out: {part}, more than its amount.", "{part} répartis, soit plus que son montant.")
        yield _instrument_risk("over_allocated", HIGH, client, instrument, words, -rest, DIFFERENCE)
    elif rest > 0 and instrument.is_in_force:
        words = ("Shared out: {part}, less than its amount.", "{part} répartis, soit moins que son montant.")
        yield _instrument_risk("under_allocated", LOW, client, instrument, words, rest, DIFFERENCE)
    if instrument.is_in_force and not instrument.is_accepted:
        words = (
            "CBSA is not known to accept this kind for RPP.",
            "À notre connaissance, l'ASFC n'accepte pas ce type pour la MAP.",
        )
        amount = instrument.allocated_amount or instrument.amount
        yield _instrument_risk("kind_unaccepted", MEDIUM, client, instrument, words, amount, NOT_COUNTED)
    if instrument.is_in_force and not instrument.is_in_form:
        words = (
            "Its form is not the one its account is sized for: it counts nothing there.",
            "Sa forme n'est pas celle pour laquelle son compte est calculé : il n'y compte pas.",
        )
        yield _instrument_risk("other_form", HIGH, client, instrument, words, instrument.allocated_amount, NOT_COUNTED)
    if instrument.is_notice_short:
        words = (
            f"The provider's notice leaves {instrument.notice_days} days, fewer than the law asks.",
            f"L'avis du fournisseur laisse {instrument.notice_days} jours, moins que ce que la loi exige.",
        )
        yield _instrument_risk("short_notice", MEDIUM, client, instrument, words, instrument.amount, NOT_COUNTED)


def _instrument_risk(
    code: str,
    severity: Severity,
    client: ClientFacts,
    instrument: InstrumentFacts,
    words: tuple[str, str],
    exposure: Decimal,
    exposure_word: Text,
) -> Risk:
    said, label = cad(*words, part=instrument.allocated_amount), instrument.label
    return Risk(
        code,
        severity,
        Text(f"{label.en}: {said.en}", f"{label.fr} : {said.fr}"),
        cad(
            "Amount {whole}, allocations {part}.",
            "Montant : {whole}; répartitions : {part}.",
            whole=instrument.amount,
            part=instrument.allocated_amount,
        ),
        client.id,
        client.name,
        record_id=instrument.id,
        exposure_amount=exposure,
        exposure_word=exposure_word,
        since=instrument.valid_from,
    )


def _of_account(client: ClientFacts, account: AccountFacts, transition_end: date) -> Iterator[Risk]:
    if client.bn9 and account.number[:9] != client.bn9:
        yield _on(
            "foreign_account",
            HIGH,
            client,
            account,
            Text("The account's number is not of this business.", "Le numéro du compte n'est pas de cette entreprise."),
            Text(f"{account.number} / {client.bn9}", f"{account.number} / {client.bn9}"),
        )
    if account.is_closed:
        yield from _closed(client, account)
        return
    if account.imports is False and account.charged:
        last = account.charged[-1]
        sentence = Text(
            "For export only, yet a statement shows charges.",
            "Réservé à l'exportation, pourtant un relevé porte des débits.",
        )
        yield _on("exporter_charged", HIGH, client, account, sentence, _charges_of(last), last.amount, CHARGES)
    if client.is_portal_linked is False and account.portal_amount is not None and account.portal_read_on:
        day = account.portal_read_on
        yield _on(
            "unlinked_read",
            MEDIUM,
            client,
            account,
            Text(
                "Not linked to the portal, yet a portal figure was read.",
                "Non lié au portail, pourtant un montant du portail a été lu.",
            ),
            Text(f"Figure read on {spoken(day, 'en')}.", f"Montant lu le {spoken(day, 'fr')}."),
            since=account.portal_read_on,
        )
    yield from _of_enrolment(client, account, transition_end)


def _closed(client: ClientFacts, account: AccountFacts) -> Iterator[Risk]:
    if account.delegated_to:
        names = ", ".join(account.delegated_to)
        yield _on(
            "closed_delegated",
            MEDIUM,
            client,
            account,
            Text("Closed, yet a delegation is still approved.", "Fermé, pourtant une délégation reste approuvée."),
            Text(names, names),
        )


def _of_enrolment(client: ClientFacts, account: AccountFacts, transition_end: date) -> Iterator[Risk]:
    """Enrolled since the end of the transition, when a broker's security stopped covering an importer (facts A-11)."""
    if not account.is_rpp_enrolled:
        return
    is_zero = account.is_requirement_known and account.required_amount == 0
    if account.posted_amount == 0 and not is_zero:
        yield _on(
            "rpp_uncovered",
            HIGH,
            client,
            account,
            Text(
                "Enrolled in RPP with neither security nor a zero requirement.",
                "Inscrit à la MAP sans garantie; l'exigence n'est pas nulle ou n'est pas connue.",
            ),
            cad("Required: {required}.", "Exigé : {required}.", required=account.required_amount)
            if account.is_requirement_known
            else Text("The requirement is not known.", "La garantie exigée n'est pas connue."),
            account.required_amount if account.is_requirement_known else None,
            UNCOVERED,
        )
    begin = max(transition_end, account.enrolled_on or transition_end)
    first = next((month for month in account.charged if month.period_end > begin), None)
    if first is not None and account.covered_from is not None and account.covered_from > first.period_end:
        day = account.covered_from
        yield _on(
            "covered_late",
            MEDIUM,
            client,
            account,
            Text(
                f"The first instrument is valid from {spoken(day, 'en')}, after goods were already charged.",
                f"La première garantie est valide à compter du {spoken(day, 'fr')}, alors que des marchandises étaient déjà facturées.",
            ),
            _charges_of(first),
            first.amount,
            CHARGES,
            since=first.period_end,
        )


def _of_peak(client: ClientFacts, account: AccountFacts) -> Iterator[Risk]:
    stated, highest = account.stated_peak_amount, account.peak_amount
    if stated is None or not account.charged or not highest:
        return
    months = (stated, highest)
    if stated > highest and len(account.months) >= FULL_YEAR:
        sentence = Text("The stated peak is above every statement.", "Le mois de pointe déclaré dépasse tout relevé.")
        yield _peak("peak_above", LOW, client, account, sentence, months)
    elif stated < highest * FAR_BELOW:
        sentence = Text(
            "The stated peak is less than half the highest statement.",
            "Le mois de pointe déclaré est inférieur à la moitié du relevé le plus élevé.",
        )
        yield _peak("peak_below", MEDIUM, client, account, sentence, months)


def _peak(
    code: str,
    severity: Severity,
    client: ClientFacts,
    account: AccountFacts,
    sentence: Text,
    months: tuple[Decimal, Decimal],
) -> Risk:
    cause = cad(
        "Stated {stated}, highest statement {highest}.",
        "Déclaré : {stated}; relevé le plus élevé : {highest}.",
        stated=months[0],
        highest=months[1],
    )
    return _on(code, severity, client, account, sentence, cause, months[1], HIGHEST)


def _on(
    code: str,
    severity: Severity,
    client: ClientFacts,
    account: AccountFacts,
    sentence: Text,
    cause: Text,
    exposure: Decimal | None = None,
    word: Text | None = None,
    *,
    since: date | None = None,
) -> Risk:
    return Risk(
        code, severity, sentence, cause, client.id, client.name, account_id=account.id, account=account.number,
        exposure_amount=exposure, exposure_word=None if exposure is None else word, since=since,
    )  # fmt: skip
