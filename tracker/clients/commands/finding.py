"""Clients, commands: what a client is found by is written anew whenever a name or number of it changes."""

from collections.abc import Sequence

from tracker.clients.models import Client
from tracker.clients.queries import AccountRow
from tracker.clients.rules import search_key


def key_of(client: Client, accounts: Sequence[AccountRow]) -> str:
    """What search looks in: the client's own names and numbers, and those of its accounts."""
    parts = [client.legal_name, client.trade_name, client.bn9, client.client_number]
    for account in accounts:
        parts += [account.number, account.operating_name]
    return search_key(parts)
