"""Clients, commands: everything that writes a client, its accounts, people, team and statements."""

from tracker.clients.commands.accounts import add_account, edit_account
from tracker.clients.commands.companies import add_note, archive_client, create_client, edit_client, restore_client
from tracker.clients.commands.contacts import add_contact, edit_contact
from tracker.clients.commands.gap_reasons import explain_gap, gaps_explained_anew
from tracker.clients.commands.portal_access import invite_contact, withdraw_access
from tracker.clients.commands.statements import add_statement, delete_statement, edit_statement
from tracker.clients.commands.team import assign, assign_many, unassign

__all__ = [
    "add_account",
    "add_contact",
    "add_note",
    "add_statement",
    "archive_client",
    "assign",
    "assign_many",
    "create_client",
    "delete_statement",
    "edit_account",
    "edit_client",
    "edit_contact",
    "edit_statement",
    "explain_gap",
    "gaps_explained_anew",
    "invite_contact",
    "restore_client",
    "unassign",
    "withdraw_access",
]
