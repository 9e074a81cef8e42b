"""Imports, problems: why a row is held back, in a code for programs and a sentence for people."""

from dataclasses import dataclass

from tracker.clients.statement_rules import IMPOSSIBLE
from tracker.rulebook.types import Text

REASONS = {
    "empty": Text("There is no business number.", "Il n'y a pas de numéro d'entreprise."),
    "length": Text(
        "A business number has 9 digits, with RM and 4 digits after it for a program account. Ten digits may be a Québec enterprise number (NEQ).",
        "Un numéro d'entreprise compte 9 chiffres, suivis de RM et de 4 chiffres pour un compte de programme. Dix chiffres sont peut-être un NEQ.",
    ),
    "format": Text(
        "The first nine characters must be digits.", "Les neuf premiers caractères doivent être des chiffres."
    ),
    "check_digit": Text(
        "The check digit does not fit: a digit is wrong or two are swapped. Add the client by hand if the number is really so.",
        "Le chiffre de contrôle ne concorde pas : un chiffre est faux ou deux sont inversés. Si le numéro est exact, ajoutez le client à la main.",
    ),
    "not_rm": Text(
        "This is not an import-export account: it must end in RM and four digits.",
        "Ce n'est pas un compte d'importation-exportation : il doit se terminer par RM et quatre chiffres.",
    ),
    "reference": Text(
        "The account's four digits may not be 0000.", "Les quatre chiffres du compte ne peuvent être 0000."
    ),
    "account_mismatch": Text(
        "This account does not go with the business number beside it.",
        "Ce compte ne va pas avec le numéro d'entreprise inscrit à côté.",
    ),
    "no_name": Text("There is no legal name.", "La dénomination sociale manque."),
    "number_of_another_company": Text(
        "This number belongs to another company: “%(other)s”.",
        "Ce numéro appartient à une autre entreprise : « %(other)s ».",
    ),
    "amount": Text("This is not an amount in dollars and cents.", "Ce n'est pas un montant en dollars et cents."),
    "negative": Text("An amount below zero cannot be here.", "Un montant négatif ne peut figurer ici."),
    "date": Text("There is no such date.", "Cette date n'existe pas."),
    "count": Text("A whole number, please.", "Un nombre entier, s'il vous plaît."),
    "error": Text("The cell holds an error of the spreadsheet.", "La cellule contient une erreur du tableur."),
    "unknown_account": Text(
        "No client of yours has this program account. Import or add it first.",
        "Aucun de vos clients n'a ce compte de programme. Importez-le ou ajoutez-le d'abord.",
    ),
    "period": Text(
        "A billing period runs from the 18th to the 17th of the next month.",
        "Une période de facturation va du 18 au 17 du mois suivant.",
    ),
    "future": Text("This period has not ended yet.", "Cette période n'est pas encore terminée."),
    "differs": Text(
        "Rows %(other)s and %(row)s are of the same account and period, but say different things here. Keep the one that is right.",
        "Les lignes %(other)s et %(row)s portent sur le même compte et la même période, mais diffèrent ici. Gardez celle qui est exacte.",
    ),
    "missing": Text("This must be filled in.", "Ce champ est obligatoire."),
    **IMPOSSIBLE,
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One cell of one row that holds the row back."""

    row: int
    column: str  # their heading
    value: str
    reason: str
    other: str = ""
    field: str = ""  # ours

    def message(self, language: str) -> str:
        """The sentence for a person."""
        return REASONS[self.reason].in_(language).replace("%(row)s", str(self.row)).replace("%(other)s", self.other)
