"""Risks, rules: the pre-flight card: will linking the business in CBSA's portal succeed at the first try? (facts 2.2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from tracker.risks.enums import Check
from tracker.rulebook.types import Text

AFFINITY_WANTED = 2  # of three (CSQ)
MANAGERS_WANTED = 2


@dataclass(frozen=True, slots=True)
class PreflightFacts:
    """What the card needs to know of one client. Amounts in CAD; `other_names` as they stand in other records."""

    legal_name: str
    other_names: tuple[str, ...]
    has_address: bool
    is_bn9_valid: bool
    is_bn9_overridden: bool
    importer_accounts: int
    unknown_accounts: int
    is_nonresident: bool | None
    has_bsf900: bool
    has_transaction: bool  # an accepted document of linking data
    payments: tuple[Decimal, ...]  # amounts of statements with a payment day
    balances: tuple[Decimal, ...]  # totals of statements
    managers_with_email: int
    managers: int


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the card, with the source it rests on."""

    key: str
    check: Check
    sentence: Text
    source: str


@dataclass(frozen=True, slots=True)
class Preflight:
    """The card. It is a go when nothing is missing; warnings are for a person to look at."""

    items: Sequence[Item]

    @property
    def is_go(self) -> bool:
        """Whether nothing is missing."""
        return all(item.check is not Check.MISSING for item in self.items)


def preflight(facts: PreflightFacts) -> Preflight:
    """Go or no-go for one client not yet linked to the portal."""
    return Preflight(
        (
            _name(facts),
            _item(
                "address",
                facts.has_address,
                Text("The address is complete.", "L'adresse est complète."),
                Text(
                    "Street, city and postal code are needed as CBSA has them.",
                    "Il faut la rue, la ville et le code postal tels que l'ASFC les a.",
                ),
                "C8b",
            ),
            _number(facts),
            _profile(facts),
            affinity(facts),
            _records(facts),
            _managers(facts),
        )
    )


def _item(key: str, is_ok: bool, yes: Text, no: Text, source: str) -> Item:
    return Item(key, Check.OK if is_ok else Check.MISSING, yes if is_ok else no, source)


def _name(facts: PreflightFacts) -> Item:
    variants = sorted({name for name in facts.other_names if name != facts.legal_name})
    if not variants:
        sentence = Text(
            f"“{facts.legal_name}” stands the same in all our records.",
            f"« {facts.legal_name} » figure à l'identique dans tous nos dossiers.",
        )
        return Item("name", Check.OK, sentence, "C8b")
    others = "; ".join(variants)
    sentence = Text(
        f"The name is written otherwise elsewhere: {others}. CBSA compares punctuation too.",
        f"Le nom est écrit autrement ailleurs : {others}. L'ASFC compare aussi la ponctuation.",
    )
    return Item("name", Check.WARN, sentence, "C8b")


def _number(facts: PreflightFacts) -> Item:
    if facts.is_bn9_overridden:
        sentence = Text(
            "The business number fails its check digit and was kept with a reason: compare it once more.",
            "Le numéro d'entreprise échoue au chiffre de contrôle et a été conservé avec un motif : comparez-le de nouveau.",
        )
        return Item("bn9", Check.WARN, sentence, "P1")
    return _item(
        "bn9",
        facts.is_bn9_valid,
        Text("The business number is well formed.", "Le numéro d'entreprise est bien formé."),
        Text("No valid business number is on file.", "Aucun numéro d'entreprise valide au dossier."),
        "P1",
    )


def _profile(facts: PreflightFacts) -> Item:
    if not facts.importer_accounts and facts.unknown_accounts:
        sentence = Text(
            "The profile of the RM account is not known; it must include importer.",
            "Le profil du compte RM n'est pas connu; il doit inclure le rôle d'importateur.",
        )
        return Item("profile", Check.WARN, sentence, "C37")
    return _item(
        "profile",
        facts.importer_accounts > 0,
        Text("An RM account has an importer profile.", "Un compte RM a un profil d'importateur."),
        Text("No RM account with an importer profile.", "Aucun compte RM avec un profil d'importateur."),
        "C37",
    )


def affinity(facts: PreflightFacts) -> Item:
    """Two of three answers: a transaction (0.00 allowed), a payment, a statement balance (0.00 is not accepted)."""
    answers = (
        (facts.has_transaction, Text("a transaction with its amount", "une transaction et son montant")),
        (any(amount > 0 for amount in facts.payments), Text("a payment with its date", "un paiement et sa date")),
        (
            any(amount != 0 for amount in facts.balances),
            Text("a statement balance that is not 0.00", "un solde de relevé autre que 0,00"),
        ),
    )
    ready = [words for is_ready, words in answers if is_ready]
    lacking = [words for is_ready, words in answers if not is_ready]
    if len(ready) >= AFFINITY_WANTED:
        return Item("affinity", Check.OK, _listed("Ready: ", "Prêt : ", ready), "CSQ")
    have = _listed(f"{len(ready)} of two answers. Missing: ", f"{len(ready)} réponse sur deux. Manque : ", lacking)
    return Item("affinity", Check.MISSING, have, "CSQ")


def _listed(en: str, fr: str, words: Sequence[Text]) -> Text:
    return Text(en + "; ".join(word.en for word in words) + ".", fr + "; ".join(word.fr for word in words) + ".")


def _records(facts: PreflightFacts) -> Item:
    if facts.is_nonresident is None:
        sentence = Text(
            "Residency is not known; a non-resident needs BSF900.",
            "La résidence n'est pas connue; un non-résident a besoin du BSF900.",
        )
        return Item("records", Check.WARN, sentence, "CO4")
    if not facts.is_nonresident:
        sentence = Text("Resident: BSF900 is not asked for.", "Résident : le BSF900 n'est pas demandé.")
        return Item("records", Check.OK, sentence, "CO4")
    return _item(
        "records",
        facts.has_bsf900,
        Text(
            "CBSA's agreement on records (BSF900) is on file.",
            "L'accord de l'ASFC sur les registres (BSF900) est au dossier.",
        ),
        Text(
            "A non-resident needs CBSA's agreement to keep records outside Canada (BSF900).",
            "Un non-résident a besoin de l'accord de l'ASFC pour conserver ses registres hors du Canada (BSF900).",
        ),
        "CO4",
    )


def _managers(facts: PreflightFacts) -> Item:
    count = facts.managers_with_email
    return _item(
        "managers",
        count >= MANAGERS_WANTED,
        Text(
            f"{count} account managers are named with an e-mail address.",
            f"{count} gestionnaires de compte sont nommés avec une adresse courriel.",
        ),
        Text(
            f"Two account managers with an e-mail address are needed: {facts.managers} named, {count} with one.",
            f"Il faut deux gestionnaires de compte avec une adresse courriel; nommés : {facts.managers}, avec adresse : {count}.",
        ),
        "BB1",
    )
