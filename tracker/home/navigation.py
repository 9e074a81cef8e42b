"""Home, navigation: the rooms of the staff's left rail, each shown to those who may enter it."""

from flask import Flask, url_for
from flask_babel import gettext as _

from tracker.permissions import Permission
from tracker.platform.actor import Actor


def init_navigation(app: Flask) -> None:
    """Hand the rail to the layout."""
    app.extensions["nav"] = rail


def rail(actor: Actor) -> list[dict[str, str]]:
    """The rail's entries: key, label, address, icon."""
    entries = (
        ("desk", _("Desk"), "desk.index", "desk", Permission.DESK_READ),
        ("clients", _("Clients"), "desk.portfolio", "clients", Permission.CLIENT_READ),
        ("work", _("Work"), "coordination.tasks", "work", Permission.COORDINATION_READ),
        ("guarantees", _("Guarantees"), "guarantees.index", "guarantees", Permission.GUARANTEE_READ),
        ("risks", _("Risks"), "risks.index", "warning", Permission.DESK_READ),
        ("documents", _("Documents"), "documents.index", "documents", Permission.DOCUMENT_READ),
        ("partners", _("Partners"), "coordination.partners", "partners", Permission.COORDINATION_READ),
        ("calendar", _("Calendar"), "deadlines.index", "calendar", Permission.CALENDAR_READ),
        ("reports", _("Reports"), "reports.index", "reports", Permission.REPORT_MAKE),
        ("settings", _("Settings"), "accounts.people", "settings", Permission.PEOPLE_READ),
    )
    return [
        {"key": key, "label": label, "url": url_for(endpoint), "icon": icon}
        for key, label, endpoint, icon, permission in entries
        if actor.may(permission)
    ]
