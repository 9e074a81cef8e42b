"""Risks, rules: our register of security held against what CBSA's portal shows and what the documents themselves say.

Three places tell how much security there is. Cover is worked out from the register: where another one says less, it is
not there when it is needed.
"""

from collections.abc import Iterator
from decimal import Decimal

from tracker.guarantees.rules.particulars import Particulars, differing
from tracker.platform.days import spoken
from tracker.risks.enums import Severity
from tracker.risks.facts import AccountFacts, ClientFacts, InstrumentFacts, Risk, cad
from tracker.rulebook.types import Text

HIGH, MEDIUM, LOW = Severity.HIGH, Severity.MEDIUM, Severity.LOW
DIFFERENCE = Text("difference", "écart")
IN_DOUBT = Text("amount in doubt", "montant en doute")


def register_risks(client: ClientFacts) -> Iterator[Risk]:
    """Where the register differs from the portal, account by account, and from the documents read, one by one."""
    for account in client.accounts:
        if not account.is_closed:
            yield from _of_portal(client, account)
    for instrument in client.instruments:
        if instrument.document is not None:
            yield from _of_document(client, instrument, instrument.document)


def _of_portal(client: ClientFacts, account: AccountFacts) -> Iterator[Risk]:
    shown, ours, day = account.shown_posted_amount, account.posted_then_amount, account.shown_posted_on
    if shown is None or day is None or shown == ours:
        return
    is_less = shown < ours
    yield Risk(
        "posted_apart",
        HIGH if is_less else MEDIUM,
        Text(
            "CBSA's portal shows less security posted than we count on.",
            "Le portail de l'ASFC affiche moins de garantie déposée que ce sur quoi nous comptons.",
        )
        if is_less
        else Text(
            "CBSA's portal shows more security posted than we know of.",
            "Le portail de l'ASFC affiche plus de garantie déposée que ce que nous connaissons.",
        ),
        cad(
            f"Posted on {spoken(day, 'en')}: {{shown}} in the portal, {{ours}} by our register.",
            f"Déposé le {spoken(day, 'fr')} : {{shown}} selon le portail, {{ours}} selon notre registre.",
            shown=shown,
            ours=ours,
        ),
        client.id,
        client.name,
        account_id=account.id,
        account=account.number,
        exposure_amount=abs(ours - shown),
        exposure_word=DIFFERENCE,
        since=day,
    )


def _of_document(client: ClientFacts, instrument: InstrumentFacts, document: Particulars) -> Iterator[Risk]:
    ours = instrument.said_of(client.bn9)
    apart = differing(ours, document)
    if "amount" in apart:
        yield _apart(
            "document_amount",
            HIGH if document.amount < ours.amount else MEDIUM,
            client,
            instrument,
            Text("its document gives another amount than our register.",
                 "son document indique un autre montant que notre registre."),
            cad("Document {document}, register {register}.", "Document : {document}; registre : {register}.",
                document=document.amount, register=ours.amount),
            abs(ours.amount - document.amount),
        )  # fmt: skip
    if "number" in apart:
        words = Text(
            "its document bears another agreement number.", "son document porte un autre numéro de contrat de garantie."
        )
        both = _both(Text(*[str(document.number)] * 2), Text(*[str(ours.number)] * 2))
        yield _apart("document_number", LOW, client, instrument, words, both)
    if "business_number" in apart:
        words = Text("its document names another business.", "son document désigne une autre entreprise.")
        both = Text(
            f"Document {document.business_number}, client {client.bn9}.",
            f"Document : {document.business_number}; client : {client.bn9}.",
        )
        yield _apart("document_business", HIGH, client, instrument, words, both, ours.amount, IN_DOUBT)
    if "valid_from" in apart or "valid_until" in apart:
        words = Text(
            "its document gives other days of validity.", "son document indique une autre période de validité."
        )
        yield _apart("document_days", MEDIUM, client, instrument, words, _both(_validity(document), _validity(ours)))


def _both(document: Text, register: Text) -> Text:
    return Text(
        f"Document {document.en}, register {register.en}.", f"Document : {document.fr}; registre : {register.fr}."
    )


def _validity(said: Particulars) -> Text:
    """Both ends as they are said; one that is not, says so, and what has only a first day is continuous."""
    ends = (said.valid_from, said.valid_until)
    days = [(spoken(day, "en"), spoken(day, "fr")) if day else ("not said", "non précisé") for day in ends]
    if said.is_continuous:
        days[1] = ("continuous", "continue")
    return Text(" – ".join(en for en, _fr in days), " – ".join(fr for _en, fr in days))


def _apart(
    code: str,
    severity: Severity,
    client: ClientFacts,
    instrument: InstrumentFacts,
    words: Text,
    cause: Text,
    exposure: Decimal | None = None,
    exposure_word: Text = DIFFERENCE,
) -> Risk:
    label = instrument.label
    return Risk(
        code, severity, Text(f"{label.en}: {words.en}", f"{label.fr} : {words.fr}"), cause, client.id, client.name,
        record_id=instrument.id, exposure_amount=exposure, exposure_word=None if exposure is None else exposure_word,
        since=instrument.document_read_on,
    )  # fmt: skip
