"""Reports, sheets: what has to be done, by whom, by when: documents, partners, tasks, dates."""

from collections.abc import Mapping, Sequence
from datetime import date

from flask_babel import gettext as _

from tracker.coordination.rules import is_late
from tracker.deadlines.rules import Deadline
from tracker.deadlines.wording import why
from tracker.documents.queries import DocumentRow
from tracker.reports import words
from tracker.reports.gathering import DelegationRow, TaskRow
from tracker.reports.sheets.making import Address, Value, col, table
from tracker.rulebook.book import rules_at
from tracker.rulebook.types import Fact
from tracker.workbook import Link, Sheet, Status

BANDS = (30, 60, 90)


def documents(rows: Sequence[DocumentRow], address: Address, *, with_client: bool = True) -> Sheet:
    """One row a document request."""
    columns = (
        *((col(_("Client"), "link"),) if with_client else ()),
        col(_("Document"), "wrapped", width=40),
        col(_("Why needed"), "wrapped", width=40),
        col(_("State"), "status"),
        col(_("Requested"), "date"),
        col(_("Due"), "date"),
        col(_("Received"), "datetime"),
        col(_("Days outstanding"), "integer"),
        col(_("Owner")),
        col(_("Returned because"), "wrapped", width=24),
        col(_("Expires"), "date"),
    )
    values: list[list[Value]] = [
        [
            *((Link(d.client, address("documents.client", d.client_id)),) if with_client else ()),
            d.document,
            d.why,
            Status("late" if d.is_late else words.REQUEST_TONES[d.state], d.state_word),
            d.requested_on,
            d.due_on,
            d.received_at,
            d.days_outstanding,
            d.owner,
            d.returned_reason,
            d.expires_on,
        ]
        for d in rows
    ]
    return Sheet(_("Documents"), (table("tblDocuments", columns, values, empty=_("Nothing asked for.")),), freeze=1)


def broker_coordination(rows: Sequence[DelegationRow], as_of: date, address: Address) -> Sheet:
    """Delegations grouped by partner, a printed page each, so that one can be sent."""
    columns = (
        col(_("Partner"), "link", width=26),
        col(_("Client"), "link"),
        col(_("BN9")),
        col(_("Program account")),
        col(_("Delegation"), "status"),
        col(_("Level")),
        col(_("Visibility")),
        col(_("Requested"), "date"),
        col(_("Decided"), "date"),
        col(_("Verified"), "date"),
        col(_("Tasks open"), "integer", total="sum"),
        col(_("Oldest, days"), "integer"),
    )
    values: list[list[Value]] = [
        [
            d.partner,
            Link(d.client, address("desk.client", d.client_id)),
            d.bn9,
            d.account or _("all accounts"),
            words.delegation(d.state),
            words.level(d.level),
            words.visibility(d.visibility),
            d.requested_on,
            d.decided_on,
            d.verified_on,
            d.open_tasks,
            (as_of - d.oldest_since).days if d.oldest_since else None,
        ]
        for d in rows
    ]
    sheet_table = table("tblBrokers", columns, values, empty=_("No broker named yet."), group_by=0)
    return Sheet(_("Broker coordination"), (sheet_table,), freeze=2)


def tasks(rows: Sequence[TaskRow], as_of: date, address: Address, *, with_client: bool = True) -> Sheet:
    """Open tasks, and on whom each waits since when."""
    columns = (
        *((col(_("Client"), "link"),) if with_client else ()),
        col(_("Task"), "wrapped", width=48),
        col(_("Waiting on")),
        col(_("Since"), "date"),
        col(_("Days"), "integer"),
        col(_("Due"), "date"),
        col(_("State"), "status"),
        col(_("Owner")),
        col(_("Partner")),
    )
    values: list[list[Value]] = [
        [
            *((Link(t.client, address("desk.client", t.client_id)),) if with_client else ()),
            t.title,
            words.party(t.waiting_on.value),
            t.waiting_since,
            (as_of - t.waiting_since).days,
            t.due_on,
            Status("late", _("late")) if is_late(t.due_on, as_of) else Status("open", _("open")),
            t.owner,
            t.partner,
        ]
        for t in rows
    ]
    return Sheet(_("Tasks"), (table("tblTasks", columns, values, empty=_("Nothing open.")),), freeze=1)


def deadlines(rows: Sequence[Deadline], as_of: date, language: str, address: Address) -> Sheet:
    """What is overdue and what is to come, soonest first, each with its kind, who looks after it and why it is that day."""
    columns = (
        col(_("Date"), "date"),
        col(_("Weekday")),
        col(_("Days left"), "integer", marks="deadline"),
        col(_("Within")),
        col(_("Client"), "link"),
        col(_("What"), "wrapped", width=48),
        col(_("Kind")),
        col(_("Owner")),
        col(_("Why"), "wrapped", width=48),
    )
    facts = rules_at(as_of).facts
    kinds = {"statutory": _("statutory"), "contractual": _("contractual"), "internal": _("internal")}
    values: list[list[Value]] = [
        [
            d.on,
            _weekday(d.on),
            (d.on - as_of).days,
            _band((d.on - as_of).days),
            Link(d.client_name or "", address("desk.client", d.client_id)) if d.client_id else _("all clients"),
            d.what.in_(language),
            kinds[d.kind.value],
            d.owner,
            _why(d, facts, language),
        ]
        for d in rows
    ]
    return Sheet(_("Deadlines"), (table("tblDeadlines", columns, values, empty=_("Nothing due.")),), freeze=1)


def _band(days: int) -> str:
    if days < 0:
        return _("overdue")
    return next((_("%(days)s days", days=band) for band in BANDS if days <= band), "")


def _why(deadline: Deadline, facts: Mapping[str, Fact], language: str) -> str:
    """Where a date comes from and by what rule, in the calendar's own words, and where the rule can be read."""
    places = [facts[key].citations[0].label_in(language) for key in deadline.facts if key in facts]
    return " ".join([*(words.in_(language) for words in why(deadline, facts)), *(f"({place})" for place in places)])


def _weekday(day: date) -> str:
    names = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))
    return names[day.weekday()]
