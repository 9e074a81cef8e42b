"""Reports, sheets: one client's gates in words, and what every number means."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from flask_babel import gettext as _

from tracker.accounts.queries import warning_percent
from tracker.coordination.enums import DelegationState
from tracker.coordination.rules import is_late
from tracker.platform.days import spoken
from tracker.readiness.rules import FORMULA
from tracker.reports import words
from tracker.reports.gathering import DelegationRow, PortfolioRow, TaskRow
from tracker.reports.sheets.making import Value, col, table
from tracker.rulebook.types import Fact, Rules
from tracker.workbook import Figure, Figures, Sheet


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


def partner_overview(name: str, delegations: Sequence[DelegationRow], tasks: Sequence[TaskRow], as_of: date) -> Sheet:
    """What one broker is asked for, in a few numbers."""
    states = [row.state for row in delegations]
    late = sum(is_late(task.due_on, as_of) for task in tasks)
    figures = (
        Figure(_("Clients we share"), len({row.client_id for row in delegations})),
        Figure(_("Delegations approved"), states.count(DelegationState.APPROVED)),
        Figure(_("Delegations asked for, not decided"), states.count(DelegationState.REQUESTED)),
        Figure(_("Tasks open with you"), len(tasks)),
        Figure(_("Tasks late"), late),
    )
    return Sheet(_("Overview"), (Figures(figures),), intro=(name,), landscape=False)


def read_me(rules: Rules, as_of: date, language: str, topics: Collection[str] | None = None) -> Sheet:
    """What every number means and which rule it rests on, so that nobody argues about it; of these topics, or all."""
    lines = [
        (word, meaning)
        for topic, word, meaning in _definitions(rules, as_of, language)
        if topics is None or topic in topics
    ]
    definitions = table("tblDefinitions", (col(_("Word")), col(_("What it means"), "wrapped", width=60)), lines)
    columns = (
        col(_("In force since"), "date"),
        col(_("Rule"), "wrapped", width=60),
        col(_("Where it is written"), "wrapped", width=30),
        col(_("Read on"), "date"),
        col(_("Caution"), "wrapped", width=34),
    )
    facts = [rules.facts[key] for key in FACTS if key in rules.facts]
    rests_on = table(
        "tblRules", columns, [_rule(fact, language) for fact in facts], heading=_("Rules the figures rest on")
    )
    return Sheet(_("Read me"), (definitions, rests_on))


def _rule(fact: Fact, language: str) -> list[Value]:
    first = fact.citations[0]
    place = ", ".join(part for part in (first.source.title_in(language), first.section_in(language)) if part)
    caution = fact.caution.in_(language) if fact.caution else ""
    return [fact.effective_from, fact.text.in_(language), place, first.source.read_on, caution]


# The facts behind the figures of the sheets, in the order in which a reader meets them.
FACTS = (
    "rpp.agreement_pct", "rpp.agreement_floor", "rpp.cap_per_rm", "rpp.cash_pct", "rpp.cash_floor_applies",
    "rpp.cash_cap_applies", "rpp.lookback_months", "rpp.penalties_in_base", "rpp.rounding", "rpp.review_run",
    "rpp.review_window", "rpp.review_deadline", "rpp.paper_processing", "rpp.provider_notice_days", "bill.period",
    "bill.soa_day", "bill.due", "acct.due",
)  # fmt: skip


def _definitions(rules: Rules, as_of: date, language: str) -> Iterable[tuple[str, str, str]]:
    warning = warning_percent()
    return (
        ("all", _("As of"), spoken(as_of, language)),
        ("all", _("Days and times"), _("Dates and times are those of Toronto, where CBSA's days are counted (time zone America/Toronto). Amounts are in Canadian dollars.")),
        ("all", _("Rulebook"), _("Rules in force on %(day)s; their fingerprint is %(digest)s.", day=spoken(rules.day, language), digest=rules.digest[:16])),
        ("summary", _("Active clients"), _("Clients that are not archived and that the person who made this workbook may see. Every sheet is about these.")),
        ("summary", _("Compared with"), _("The record the daily job kept on or before the last day of the month before. The figures of that day were worked out on that day, by the same rules, and are not touched afterwards.")),
        ("gates", _("Readiness %"), FORMULA.in_(language)),
        ("gates", _("Gates 1 to 6"), _("● done, ◷ waiting, ○ open: registered, portal, delegated, security, RPP, ready to pay.")),
        ("gates", _("May release tomorrow"), _("An account may release when its profile is importer, the business is linked in the portal, a broker is approved for it, security posted tomorrow is at least what is required, and it is enrolled in RPP.")),
        ("summary", _("Accounts short of security"), _("Program accounts whose posted security is below what is required. Short in all: the sum of what is missing on each; a surplus on one account covers nothing on another.")),
        ("summary", _("Security ending within 30 days"), _("Accounts on which the first instrument that counts today ends within so many days; 60 and 90 include 30.")),
        ("work", _("Documents outstanding"), _("Asked for, returned, or handed in and not decided. Late: still with the client after its due date. Required: all but those marked as not required. Accepted: accepted and not run out.")),
        ("work", _("Tasks open"), _("Late: open after its due date.")),
        ("work", _("Waiting on"), _("Whoever the open task that has waited longest waits on, the firm itself left out; days are counted to the day above.")),
        ("firm", _("Stage of the work"), _("Of the open engagement that was opened first.")),
        ("firm", _("Risk"), _("The gravest finding of the risks page. High, medium and low are the firm's own measure, not CBSA's.")),
        ("guarantee", _("Required"), _("The figure CBSA's portal showed last, where someone noted it; otherwise our estimate.")),
        ("guarantee", _("Our estimate"), rules.fact("rpp.agreement_pct").text.in_(language)),
        ("guarantee", _("Posted"), _("Instruments that are posted, seen in the portal or ending, valid on the day, and of a kind CBSA is known to accept or the firm vouches for with a reason.")),
        ("guarantee", _("Lowest cover %"), _("Posted ÷ required of the worst covered account, cut down. Red under 100 %%, amber under %(percent)s %%: the amber band is the firm's own.", percent=warning)),
        ("guarantee", _("Guarantee months"), _("The periods our estimate looks at, each by the charges of its statement. ◆ marks the highest, the peak; of equals the earliest. Missing: no statement of that period is on file, so a higher one may be.")),
        ("guarantee", _("Review sets"), _("What the annual review of 20 October in view comes to on the statements known so far; it counts from the day to comply by. Peak leaves: the day the highest month is no longer among the last twelve; a later month can be higher.")),
        ("firm", _("Movement"), _("Only what differs between the record and now. Last step: the last entry on file since then on a record the figure rests on, and whose it was; empty where a day passed and nobody did anything.")),
        ("firm", _("Median days to accept a document"), _("From the day a document came in to the day it was accepted, over the accepted documents a person owns.")),
        ("all", _("Totals"), _("Totals under a table follow its filter.")),
    )  # fmt: skip
