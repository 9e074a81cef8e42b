"""Imports, fields: what a client list or a statement file may hold, and the words people write above it."""

from dataclasses import dataclass
from enum import StrEnum

from tracker.rulebook.types import Text


class FieldKind(StrEnum):
    """How a cell of the field is read."""

    TEXT = "text"
    YES_NO = "yes_no"
    COUNT = "count"
    AMOUNT = "amount"
    DATE = "date"
    NUMBER = "business_number"
    PEOPLE = "people"
    EMAILS = "emails"
    SECURITY = "security"


@dataclass(frozen=True, slots=True)
class Field:
    """One of our fields, its name in both languages, and headings it is known by (folded)."""

    key: str
    kind: FieldKind
    label: Text
    headings: tuple[str, ...]
    is_required: bool = False


def _field(key: str, kind: FieldKind, en: str, fr: str, headings: str, *, required: bool = False) -> Field:
    return Field(key, kind, Text(en, fr), tuple(h.strip() for h in headings.split("|")), required)


CLIENT_FIELDS = (
    _field("legal_name", FieldKind.TEXT, "Legal name", "Dénomination sociale",
           "legal name|raison sociale|nom legal|denomination sociale|client raison sociale|client legal name|client name|company name|nom du client|nom de l entreprise|client|company|importer|importateur|societe|entreprise|name|nom", required=True),
    _field("trade_name", FieldKind.TEXT, "Trade name", "Nom commercial",
           "operating as|trade name|dba|operating name|nom commercial|fait affaire sous"),
    _field("number", FieldKind.NUMBER, "Business number / RM", "Numéro d'entreprise / RM",
           "bn rm|ne rm|bn15|bn|bn9|business number|ne|ne9|numero d entreprise|rm|rm number|program account|compte rm|compte de programme|no rm", required=True),
    _field("account_reference", FieldKind.TEXT, "RM account, beside the business number", "Compte RM, à côté du numéro d'entreprise",
           "rm|rm number|rm account|program account|compte rm|compte de programme|no rm|reference rm"),
    _field("client_number", FieldKind.TEXT, "Our client number", "Notre numéro de client", "client no|client number|no client|numero de client|dossier|file no"),
    _field("residency", FieldKind.YES_NO, "Resident", "Résident", "resident|is resident|residence|resident canada"),
    _field("street", FieldKind.TEXT, "Address", "Adresse", "address|street|adresse|rue|registered address|adresse enregistree"),
    _field("city", FieldKind.TEXT, "City", "Ville", "city|town|ville|municipalite"),
    _field("province", FieldKind.TEXT, "Province or state", "Province ou État", "prov|province|state|province state|etat"),
    _field("postal_code", FieldKind.TEXT, "Postal code", "Code postal", "postal code|zip|postal|code postal|zip code"),
    _field("country", FieldKind.TEXT, "Country", "Pays", "country|pays"),
    _field("people", FieldKind.PEOPLE, "Contacts", "Contacts",
           "contact s|contact|contacts|contact person|contact name|personne ressource|personnes ressources|responsable"),
    _field("emails", FieldKind.EMAILS, "E-mail", "Courriel", "e mail|email|e mails|mail|courriel|courriels|adresse courriel"),
    _field("phone", FieldKind.TEXT, "Phone", "Téléphone", "phone|telephone|tel"),
    _field("is_portal_linked", FieldKind.YES_NO, "Registered in the CARM portal", "Inscrit au portail de la GCRA",
           "carm registered|registered in carm|ccp|portal|ccp registered|registered|inscrit au portail|inscrit|portail|inscrit gcra"),
    _field("stated_bam_count", FieldKind.COUNT, "Business account managers", "Gestionnaires de compte d'entreprise",
           "bam|bam count|number of bams|bams|nb gce|gce|nombre de gce|gestionnaires"),
    _field("broker", FieldKind.TEXT, "Customs broker", "Courtier en douane", "broker|customs broker|broker name|courtier|courtier en douane"),
    _field("is_delegated", FieldKind.YES_NO, "Broker delegated", "Délégation au courtier", "delegated|delegation|broker delegated|delegation de pouvoir|delegue"),
    _field("security_kind", FieldKind.SECURITY, "Form of security", "Forme de garantie", "security|security method|security type|security form|financial security|garantie|type de garantie|garantie type|forme de garantie|garantie forme"),
    _field("security_amount", FieldKind.AMOUNT, "Amount of security", "Montant de la garantie", "bond amount|security amount|garantie montant|amount|montant|montant de la garantie|amount posted"),
    _field("security_until", FieldKind.DATE, "Security ends", "Fin de la garantie", "bond expiry|security expiry|garantie echeance|expiry|expiry date|bond end|end date|echeance|expiration|fin de la garantie"),
    _field("stated_peak_amount", FieldKind.AMOUNT, "Highest month", "Mois le plus élevé", "highest month 12 m|highest month|peak month|mois le plus eleve|mois maximal"),
    _field("products", FieldKind.TEXT, "Products", "Produits", "products|goods|commodities|produits|marchandises|hs chapters"),
    _field("shipments_per_month", FieldKind.TEXT, "Shipments a month", "Envois par mois", "shipments month|shipments|shipments per month|frequency|envois mois|envois|envois par mois"),
    _field("yearly_value_amount", FieldKind.AMOUNT, "Yearly value", "Valeur annuelle", "yearly value|annual value|valeur annuelle"),
    _field("consultant", FieldKind.TEXT, "Consultant", "Conseiller", "consultant|owner|lead|conseiller|conseillere|responsable du dossier"),
    _field("notes", FieldKind.TEXT, "Notes", "Remarques", "notes|note|comments|remarks|remarques|commentaires"),
)  # fmt: skip

STATEMENT_FIELDS = (
    _field("number", FieldKind.NUMBER, "Program account", "Compte de programme", "program account|rm|account|compte|compte de programme|bn rm", required=True),
    _field("period_start", FieldKind.DATE, "Period from", "Période du", "period start|from|periode du|debut de la periode"),
    _field("period_end", FieldKind.DATE, "Period to", "Période au", "period end|to|periode au|fin de la periode", required=True),
    _field("statement_on", FieldKind.DATE, "Statement date", "Date du relevé", "statement date|soa date|date du releve"),
    _field("due_on", FieldKind.DATE, "Due date", "Date d'échéance", "due date|due|date d echeance|echeance"),
    _field("opening_amount", FieldKind.AMOUNT, "A last total", "A dernier total", "a opening|a|opening|a dernier total|solde precedent"),
    _field("corrections_amount", FieldKind.AMOUNT, "B corrections", "B corrections", "b corrections|b|corrections"),
    _field("payments_amount", FieldKind.AMOUNT, "C payments", "C paiements", "c payments|c|payments|c paiements|paiements"),
    _field("disbursements_amount", FieldKind.AMOUNT, "D disbursements", "D débours", "d disbursements|d|disbursements|d debours|debours"),
    _field("interest_amount", FieldKind.AMOUNT, "E interest and penalties", "E intérêts et pénalités", "e interest penalties|e|interest penalties|e interets penalites|interets et penalites"),
    _field("charges_amount", FieldKind.AMOUNT, "F charges", "F débits", "f charges|f|charges|f debits|debits", required=True),
    _field("credits_amount", FieldKind.AMOUNT, "G credits", "G crédits", "g credits|g|credits"),
    _field("total_amount", FieldKind.AMOUNT, "H total", "H total", "h total|h|total payable|total", required=True),
    _field("duties_amount", FieldKind.AMOUNT, "Duties", "Droits", "duties|droits"),
    _field("excise_amount", FieldKind.AMOUNT, "Excise", "Accise", "excise|accise"),
    _field("sima_amount", FieldKind.AMOUNT, "SIMA duties", "Droits LMSI", "sima|lmsi"),
    _field("gst_amount", FieldKind.AMOUNT, "GST", "TPS", "gst|tps"),
    _field("paid_on", FieldKind.DATE, "Paid on", "Payé le", "paid on|paye le|date de paiement"),
    _field("paid_amount", FieldKind.AMOUNT, "Paid", "Payé", "paid amount|paid|montant paye|paye"),
)  # fmt: skip


def by_key(fields: tuple[Field, ...]) -> dict[str, Field]:
    """Fields by their key."""
    return {field.key: field for field in fields}
