"""Reports, sheets: one client's gates in words, and what every number means."""

from datetime import date

from flask_babel import gettext as _

from tracker.accounts.queries import warning_percent
from tracker.readiness.rules import FORMULA
from tracker.reports import words
from tracker.reports.gathering import PortfolioRow
from tracker.reports.sheets.making import col, table
from tracker.rulebook.types import Rules
from tracker.workbook import Sheet


def gates(row: PortfolioRow, language: str) -> Sheet:
    """One client's six gates, and the release answer for each account."""
    releases = table(
        "tblRelease",
        (
            col(_("Program account")),
            col(_("May release tomorrow"), "status"),
            col(_("Because"), "wrapped"),
        ),
        [[r.account, words.release(r.may), r.because.in_(language)] for r in row.ready.readiness.releases],
        empty=_("No program account."),
    )
    lines = table(
        "tblGates",
        (col(_("Gate")), col(_("State"), "status"), col(_("What is missing"), "wrapped")),
        [
            [f"{g.number} {g.label.in_(language)}", words.gate(g), " ".join(r.in_(language) for r in g.reasons)]
            for g in row.ready.readiness.gates
        ],
        heading=_("Six gates"),
    )
    return Sheet(_("Overview"), (releases, lines), intro=(row.legal_name,))


def read_me(rules: Rules, as_of: date, language: str) -> Sheet:
    """What every number means, so that nobody argues about it."""
    lines = (
        (_("As of"), as_of.isoformat()),
        (_("Days and times"), _("Dates are those of Toronto.")),
        (_("Readiness %"), FORMULA.in_(language)),
        (_("Gates 1 to 6"), _("● done, ◷ waiting, ○ open: registered, portal, delegated, security, RPP, ready to pay.")),
        (_("May release tomorrow"), _("An account may release when its profile is importer, the business is linked in the portal, a broker is approved for it, security posted tomorrow is at least what is required, and it is enrolled in RPP.")),
        (_("Required"), _("The figure CBSA's portal showed last, where someone noted it; otherwise our estimate.")),
        (_("Our estimate"), rules.fact("rpp.agreement_pct").text.in_(language)),
        (_("Posted"), _("Instruments that are posted, seen in the portal or ending, valid on the day, and of a kind CBSA is known to accept or the firm vouches for with a reason.")),
        (_("Lowest cover %"), _("Posted ÷ required of the worst covered account, cut down. Red under 100 %%, amber under %(percent)s %%: the amber band is the firm's own.", percent=warning_percent())),
        (_("Review sets"), _("What the annual review of 20 October in view comes to on the statements known so far; it counts from the day to comply by. Peak leaves: the day the highest month is no longer among the last twelve; a later month can be higher.")),
        (_("Totals"), _("Totals under a table follow its filter.")),
        (_("Rulebook"), rules.digest[:16]),
    )  # fmt: skip
    cautions = tuple((f.id, f.caution.in_(language)) for f in rules.facts.values() if f.caution)
    definitions = table("tblDefinitions", (col(_("Word")), col(_("What it means"), "wrapped")), lines)
    contested = table(
        "tblContested", (col(_("Fact")), col(_("Caution"), "wrapped")), cautions, heading=_("What is contested")
    )
    return Sheet(_("Read me"), (definitions, contested), landscape=False)
