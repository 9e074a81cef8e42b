"""Risks, rules: what to do about each risk, who does it, the task it becomes, and where the statement can be read."""

from collections.abc import Mapping
from dataclasses import dataclass

from tracker.risks.enums import RiskKind
from tracker.rulebook.task_kinds import (
    APPROVE_EMPLOYEES,
    CHOOSE_BAMS,
    FIX_RM_PROFILE,
    POST_AGREEMENT,
    READ_REQUIREMENT,
    REVIEW_USERS,
)
from tracker.rulebook.types import Party, Text

SECURITY, SILENCE = RiskKind.SECURITY, RiskKind.SILENCE
PERSON, CONTRADICTION = RiskKind.KEY_PERSON, RiskKind.CONTRADICTION


@dataclass(frozen=True, slots=True)
class Advice:
    """The next step of one sort of risk. `task` is a key of the rulebook's tasks; None: the step itself is the title."""

    kind: RiskKind
    then: Text
    party: Party
    source: str  # fact id, source of the index, or the record it was read from
    task: str | None = None


ADVICE: Mapping[str, Advice] = {
    "short": Advice(
        SECURITY,
        Text("Have the missing security posted", "Faire déposer la garantie manquante"),
        "surety",
        "rpp.agreement_pct",
        POST_AGREEMENT,
    ),
    "short_then": Advice(
        SECURITY,
        Text(
            "Have the security raised before the review counts", "Faire augmenter la garantie avant que l'examen compte"
        ),
        "surety",
        "rpp.review_deadline",
    ),
    "ending": Advice(
        SECURITY,
        Text("Renew or replace the security before it ends", "Renouveler ou remplacer la garantie avant son échéance"),
        "surety",
        "instrument",
    ),
    "silent": Advice(
        SILENCE,
        Text(
            "Ask the account manager what the portal shows today",
            "Demander au gestionnaire de compte ce que le portail affiche aujourd'hui",
        ),
        "client",
        "rpp.review_run",
        READ_REQUIREMENT,
    ),
    "no_bam": Advice(
        PERSON,
        Text("Have two account managers named", "Faire nommer deux gestionnaires de compte"),
        "client",
        "BB1",
        CHOOSE_BAMS,
    ),
    "one_bam": Advice(
        PERSON,
        Text("Have a second account manager named", "Faire nommer un second gestionnaire de compte"),
        "client",
        "BB1",
        APPROVE_EMPLOYEES,
    ),
    "bam_unseen": Advice(
        PERSON,
        Text(
            "Ask an account manager to sign in to the portal this week",
            "Demander à un gestionnaire de compte de se connecter au portail cette semaine",
        ),
        "client",
        "contact",
    ),
    "bam_left": Advice(
        PERSON,
        Text(
            "Review portal users and remove leavers",
            "Revoir les utilisateurs du portail et retirer les personnes qui ont quitté l'entreprise",
        ),
        "client",
        "C8c",
        REVIEW_USERS,
    ),
    "over_allocated": Advice(
        CONTRADICTION,
        Text(
            "Compare the instrument with its allocation in the portal",
            "Comparer la garantie à sa répartition dans le portail",
        ),
        "us",
        "instrument",
    ),
    "under_allocated": Advice(
        CONTRADICTION,
        Text(
            "Ask the surety on which accounts the rest is posted",
            "Demander à la caution sur quels comptes le reste est déposé",
        ),
        "surety",
        "instrument",
    ),
    "covered_late": Advice(
        CONTRADICTION,
        Text(
            "Check the instrument's first day against the release dates",
            "Vérifier la date de début de la garantie par rapport aux dates de dédouanement",
        ),
        "us",
        "L2 s. 8(4)",
    ),
    "rpp_uncovered": Advice(
        SECURITY,
        Text(
            "Read the requirement and the enrolment in the portal",
            "Lire la garantie exigée et l'inscription dans le portail",
        ),
        "client",
        "rpp.transition_end",
        READ_REQUIREMENT,
    ),
    "says_no_imports": Advice(
        CONTRADICTION,
        Text("Correct the answer in a new assessment", "Corriger la réponse dans une nouvelle évaluation"),
        "us",
        "answer",
    ),
    "says_not_dutiable": Advice(
        CONTRADICTION,
        Text(
            "Ask what the duties were paid on, and correct the answer",
            "Demander sur quoi les droits ont été payés, et corriger la réponse",
        ),
        "us",
        "answer",
    ),
    "says_dutiable": Advice(
        CONTRADICTION,
        Text("Check the classification and the answer", "Vérifier le classement et la réponse"),
        "us",
        "answer",
    ),
    "says_no_sima": Advice(
        CONTRADICTION,
        Text(
            "Check which measure hits the goods, and correct the answer",
            "Vérifier quelle mesure vise les marchandises, et corriger la réponse",
        ),
        "us",
        "answer",
    ),
    "says_enrolled": Advice(
        CONTRADICTION,
        Text("Check the enrolment of each account", "Vérifier l'inscription de chaque compte"),
        "client",
        "answer",
    ),
    "exporter_charged": Advice(
        CONTRADICTION,
        Text("Have the account's profile changed to importer", "Faire changer le profil du compte pour importateur"),
        "client",
        "C37",
        FIX_RM_PROFILE,
    ),
    "closed_delegated": Advice(
        CONTRADICTION,
        Text(
            "Have the delegation on the closed account revoked",
            "Faire révoquer la délégation sur le compte fermé",
        ),
        "client",
        "delegation",
    ),
    "peak_above": Advice(
        CONTRADICTION,
        Text("Ask which month the stated figure means", "Demander à quel mois se rapporte le montant déclaré"),
        "client",
        "program_account",
    ),
    "peak_below": Advice(
        CONTRADICTION,
        Text("Replace the stated figure by the statements'", "Remplacer le montant déclaré par celui des relevés"),
        "us",
        "program_account",
    ),
    "bam_count": Advice(
        CONTRADICTION,
        Text("Ask for the list of portal users", "Demander la liste des utilisateurs du portail"),
        "client",
        "contact",
    ),
    "resident_abroad": Advice(
        CONTRADICTION,
        Text("Confirm where the company resides", "Confirmer le lieu de résidence de l'entreprise"),
        "client",
        "client",
    ),
    "unlinked_read": Advice(
        CONTRADICTION,
        Text(
            "Ask who read the figure and in whose portal",
            "Demander qui a lu le montant et dans quel portail",
        ),
        "us",
        "portal_figure",
    ),
    "kind_unaccepted": Advice(
        CONTRADICTION,
        Text(
            "Ask the issuer whether it posted the instrument in the portal, or replace it",
            "Demander à l'émetteur s'il a déposé la garantie dans le portail, ou la remplacer",
        ),
        "surety",
        "L2 s. 4(2)",
    ),
    "other_form": Advice(
        CONTRADICTION,
        Text(
            "Set the account's security form to what CBSA holds, or have the right form posted",
            "Régler la forme de garantie du compte sur ce que détient l'ASFC, ou faire déposer la bonne forme",
        ),
        "us",
        "rpp.cash_pct",
    ),
    "short_notice": Advice(
        SECURITY,
        Text(
            "Hold the provider to its notice, and replace the security in time",
            "Rappeler au fournisseur son délai d'avis, et remplacer la garantie à temps",
        ),
        "surety",
        "rpp.provider_notice_days",
    ),
    "posted_apart": Advice(
        CONTRADICTION,
        Text(
            "Ask the provider what it posted and shared out, and correct our register or have it corrected",
            "Demander au fournisseur ce qu'il a déposé et réparti, et corriger notre registre ou le faire corriger",
        ),
        "surety",
        "portal_figure",
    ),
    "document_amount": Advice(
        CONTRADICTION,
        Text(
            "Ask the provider which amount holds, and correct the register or have the document reissued",
            "Demander au fournisseur quel montant vaut, et corriger le registre ou faire refaire le document",
        ),
        "surety",
        "instrument_reading",
    ),
    "document_number": Advice(
        CONTRADICTION,
        Text("Check which agreement the document is of", "Vérifier de quel contrat de garantie est le document"),
        "us",
        "instrument_reading",
    ),
    "document_business": Advice(
        CONTRADICTION,
        Text(
            "Have the instrument issued to the importer's own business number",
            "Faire émettre la garantie au numéro d'entreprise de l'importateur même",
        ),
        "surety",
        "L2 s. 5(2)",
    ),
    "document_days": Advice(
        CONTRADICTION,
        Text(
            "Ask the provider which days hold, and correct the register",
            "Demander au fournisseur quelle période vaut, et corriger le registre",
        ),
        "surety",
        "instrument_reading",
    ),
    "foreign_account": Advice(
        CONTRADICTION,
        Text("Check the business number of the account", "Vérifier le numéro d'entreprise du compte"),
        "us",
        "P1",
    ),
}
