"""Reports, sheets: what changed since the recorded day. CAD."""

from collections.abc import Sequence

from flask_babel import gettext as _

from tracker.platform.days import spoken
from tracker.readiness.rules import GATES
from tracker.reports import words
from tracker.reports.comparing import Before, Moved
from tracker.reports.sheets.making import Address, Value, col, table
from tracker.reports.summing import Change
from tracker.rulebook.types import Rules
from tracker.workbook import Link, Sheet

WORDS = 30.0  # characters of what it was and is: a stage of the work runs over two lines, an amount stays near its word


def movement(rows: Sequence[Moved], before: Before | None, rules: Rules, language: str, address: Address) -> Sheet:
    """One row a change: from, to, and the last step on file behind it."""
    columns = (
        col(_("Client"), "link"),
        col(_("What")),
        col(_("Before"), "mixed", width=WORDS),
        col(_("Now"), "mixed", width=WORDS),
        col(_("Last step on"), "date"),
        col(_("By"), width=18),
    )
    values: list[list[Value]] = [
        [
            Link(row.client, address("desk.client", row.change.client_id)),
            _item(row.change.item, language),
            _shown(row.change, row.change.before, rules, language),
            _shown(row.change, row.change.after, rules, language),
            row.on,
            row.by,
        ]
        for row in rows
    ]
    empty = _("Nothing changed.") if before else _("No earlier record kept: there is nothing to compare with yet.")
    since = (_("Changes since the record of %(day)s.", day=spoken(before.day, language)),) if before else ()
    return Sheet(_("Movement"), (table("tblMovement", columns, values, empty=empty),), intro=since, freeze=1)


def _item(item: str, language: str) -> str:
    if item.startswith("gate"):
        number = int(item[4:])
        return _("Gate %(number)s, %(name)s", number=number, name=GATES[number - 1].in_(language))
    titles = {
        "client": _("Client"),
        "may_release": _("May release tomorrow"),
        "required_amount": _("Required"),
        "posted_amount": _("Posted"),
        "shortfall_amount": _("Short"),
        "cover_percent": _("Lowest cover %"),
        "accepted_documents": _("Documents accepted"),
        "required_documents": _("Documents required"),
        "late_documents": _("Documents late"),
        "late_tasks": _("Tasks late"),
        "waiting_on": _("Waiting on"),
        "stage": _("Stage of the work"),
    }
    return titles[item]


def _shown(change: Change, value: Value, rules: Rules, language: str) -> Value:
    """The value in words where it is a code, and as a number where it is one."""
    item = change.item
    if item == "client":
        return _("active") if value else _("not active")
    if item == "may_release":
        return words.release(bool(value)).text
    if item.startswith("gate"):
        return {"done": _("done"), "waiting": _("waiting"), "open": _("open")}[str(value)]
    if item == "stage":
        return words.stage(str(value), rules, language) if value else _("no open work")
    if item == "waiting_on":
        return words.party(value) or _("nobody")
    return _("none") if value is None else value
