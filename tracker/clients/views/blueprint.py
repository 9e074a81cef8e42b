"""Clients, views: the blueprint, and what the head of every client page needs."""

from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, request, url_for
from flask_babel import gettext as _

from tracker.clients.regimes import other_dates
from tracker.clients.words import residency_words
from tracker.platform.clock import today

bp = Blueprint("clients", __name__)


def client_tabs(client_id: UUID) -> list[dict[str, Any]]:
    """The pages of a client that exist in this program, the one being looked at marked."""
    entries = (
        (_("Overview"), "desk.client"),
        (_("Profile"), "clients.edit"),
        (_("Accounts"), "clients.accounts"),
        (_("Contacts"), "clients.contacts"),
        (_("Team"), "clients.team"),
        (_("Statements"), "clients.statements"),
        (_("Documents"), "documents.client"),
        (_("Guarantee"), "guarantees.client"),
        (_("Delegations"), "coordination.delegations"),
        (_("Assessments"), "assessments.client"),
        (_("Engagements"), "engagements.client"),
    )
    return [
        {"label": label, "url": url_for(endpoint, client_id=client_id), "active": _is_here(endpoint)}
        for label, endpoint in entries
        if endpoint in current_app.view_functions
    ]


def _is_here(endpoint: str) -> bool:
    return request.endpoint == endpoint or request.endpoint in _INSIDE.get(endpoint, ())


_INSIDE = {
    "guarantees.client": ("guarantees.account", "guarantees.spread"),
    "clients.accounts": ("clients.new_account", "clients.edit_account"),
    "clients.contacts": ("clients.new_contact", "clients.edit_contact"),
    "clients.statements": ("clients.new_statement", "clients.edit_statement"),
}


@bp.app_context_processor
def for_the_header() -> dict[str, Any]:
    """What `clients/_header.html` and `clients/_other_dates.html` call."""
    return {
        "client_tabs": client_tabs,
        "residency_words": residency_words,
        "other_dates": lambda regimes: other_dates(regimes, today()),
    }
