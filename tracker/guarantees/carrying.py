"""Guarantees, queries: covers on any day as the ladder shows it: on a day to come what is required today stands. CAD."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from tracker.guarantees.account_cover import AccountCover, Carried
from tracker.guarantees.cover import covers
from tracker.guarantees.enums import Basis
from tracker.guarantees.outlook import Outlook, outlook
from tracker.platform.clock import today
from tracker.rulebook.book import rules_at
from tracker.rulebook.types import Rules


def covers_told(rules: Rules, as_of: date, client_ids: Sequence[UUID] | None = None) -> list[AccountCover]:
    """The covers of these clients (None = every active one in scope) on a day. Four statements, for a day to come eight.

    There the last twelve periods hold months nobody knows yet, and a peak that leaves them lowers nothing by itself.
    """
    found = covers(rules, client_ids=client_ids, as_of=as_of)
    if as_of <= today():
        return found
    present = rules_at(today())
    seen = {one.account_id: outlook(one, present) for one in covers(present, client_ids=client_ids, as_of=today())}
    return [told(cover, seen[cover.account_id]) if cover.account_id in seen else cover for cover in found]


def told_by_client(rules: Rules, client_ids: Sequence[UUID], as_of: date) -> dict[UUID, list[AccountCover]]:
    """The same, grouped by client; every asked client has an entry."""
    grouped: dict[UUID, list[AccountCover]] = {client_id: [] for client_id in client_ids}
    for cover in covers_told(rules, as_of, client_ids):
        grouped[cover.client_id].append(cover)
    return grouped


def told(cover: AccountCover, seen: Outlook) -> AccountCover:
    """A cover of a day to come with what today's outlook says is required then."""
    amount = seen.required_on(cover.as_of)
    is_known = seen.cover.has_history or amount > 0
    if not is_known or (cover.has_history and cover.required_amount == amount):
        return cover
    basis = seen.cover.basis if amount == seen.cover.required_amount else Basis.REVIEW
    return replace(cover, carried=Carried(amount, basis, seen.explained_on(cover.as_of)))
