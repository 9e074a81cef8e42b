"""Reports, rules: what a client's file does not say yet, and how much hangs on it. Pure; severity is the firm's own."""

from collections.abc import Iterator

from tracker.clients.enums import AccountProfile, Known, Residency
from tracker.reports.gathering import PortfolioRow
from tracker.risks.enums import Severity
from tracker.rulebook.types import Text

NO_BN = Text("No business number.", "Aucun numéro d'entreprise.")
NO_ACCOUNT = Text("No RM program account.", "Aucun compte de programme RM.")
RESIDENCY = Text("Not known whether resident or non-resident.", "On ne sait pas si l'importateur est résident ou non.")
PORTAL = Text("Not known whether linked in the portal.", "On ne sait pas si l'entreprise est liée dans le portail.")
PAYMENT = Text("Not known how CBSA is paid.", "On ne sait pas comment l'ASFC est payée.")
NO_LEAD = Text("Nobody leads this client.", "Personne n'est responsable de ce client.")
NO_MANAGER = Text("No business account manager on file.", "Aucun gestionnaire de compte d'entreprise au dossier.")
PROFILE = Text(
    "Not known whether importer or exporter.", "On ne sait pas si c'est un compte d'importateur ou d'exportateur."
)
RPP = Text("Not known whether enrolled in RPP.", "On ne sait pas si le compte est inscrit à la MAP.")
NO_FIGURE = Text("No statement and no portal figure.", "Ni relevé ni montant du portail.")


def gaps(row: PortfolioRow) -> Iterator[tuple[str | None, Severity, Text]]:
    """(account or None, severity, what is missing) of one client, the client's own first."""
    if row.bn9 is None:
        yield None, Severity.HIGH, NO_BN
    if not row.covers:
        yield None, Severity.MEDIUM, NO_ACCOUNT
    if not row.lead:
        yield None, Severity.MEDIUM, NO_LEAD
    if row.ready.bam_count == 0:
        yield None, Severity.MEDIUM, NO_MANAGER
    for value, unknown, text in (
        (row.residency, Residency.UNKNOWN, RESIDENCY),
        (row.is_portal_linked, Known.UNKNOWN, PORTAL),
        (row.is_payment_ready, Known.UNKNOWN, PAYMENT),
    ):
        if value is unknown:
            yield None, Severity.MEDIUM, text
    for cover in row.covers:
        if cover.profile is AccountProfile.UNKNOWN:
            yield cover.number, Severity.MEDIUM, PROFILE
        if cover.is_rpp_enrolled is Known.UNKNOWN:
            yield cover.number, Severity.MEDIUM, RPP
        if not cover.has_history and cover.profile is not AccountProfile.EXPORTER:
            yield cover.number, Severity.LOW, NO_FIGURE
