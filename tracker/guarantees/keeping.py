"""Guarantees, commands: keep each account's cover as worked out, in the transaction that changed what it rests on."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.guarantees.account_cover import AccountCover
from tracker.guarantees.models import KeptCover
from tracker.guarantees.outlook import holds_until, outlook
from tracker.rulebook.types import Rules


def keep_covers(
    session: Session, client_ids: Iterable[UUID], covers: Mapping[UUID, Sequence[AccountCover]], rules: Rules
) -> None:
    """Write the covers of these clients' open accounts, and forget those of accounts that are closed or gone."""
    ids = list(client_ids)
    kept = {
        row.program_account_id: row
        for row in session.scalars(select(KeptCover).where(KeptCover.client_id.in_(ids)).order_by(KeptCover.id))
    }
    wanted = {cover.account_id: cover for each in covers.values() for cover in each}
    for account_id in kept.keys() - wanted.keys():
        session.delete(kept[account_id])
    for account_id, cover in wanted.items():
        row = kept.get(account_id)
        if row is None:
            row = KeptCover(client_id=cover.client_id, program_account_id=account_id)
            session.add(row)
        _write(row, cover, rules)


def _write(row: KeptCover, cover: AccountCover, rules: Rules) -> None:
    seen = outlook(cover, rules)
    row.worked_out_on, row.holds_until = cover.as_of, holds_until(seen, rules)
    row.is_known = cover.has_history
    row.required_amount, row.posted_amount = cover.required_amount, cover.posted_amount
    row.shortfall_amount = cover.shortfall_amount
    row.review_amount, row.ahead_amount = seen.review_amount, seen.ahead.amount
    row.increase_amount, row.reducible_amount = seen.increase_amount, seen.reducible_amount
    row.ends_on = cover.open_end_on
