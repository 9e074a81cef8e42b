"""Guarantees, queries: what one bond has to cover from a day on, beside or in place of what is posted. Reads nothing itself. CAD."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from tracker.guarantees.account_cover import AccountCover, Share
from tracker.guarantees.enums import InstrumentKind
from tracker.guarantees.horizon import FURTHEST_DAYS
from tracker.guarantees.outlook import Outlook
from tracker.guarantees.rules import COVERING
from tracker.guarantees.rules.life import ENDING_DAYS
from tracker.guarantees.rules.splitting import Need, need_of
from tracker.rulebook.calendar import ONE_DAY


@dataclass(frozen=True, slots=True)
class Replaceable:
    """An instrument that counts or is going to, which a new one may replace. `amount` (CAD) is what lies on accounts."""

    id: UUID
    kind: InstrumentKind
    number: str | None
    amount: Decimal
    valid_until: date | None


def replaceable(covers: Sequence[AccountCover]) -> list[Replaceable]:
    """The instruments of these accounts that may be replaced, the one that ends first on top."""
    found: dict[UUID, Replaceable] = {}
    for cover in covers:
        for share in cover.shares:
            if not stands(share, cover.as_of):
                continue
            known = found.get(share.instrument_id)
            found[share.instrument_id] = (
                Replaceable(share.instrument_id, share.kind, share.number, share.amount, share.valid_until)
                if known is None
                else replace(known, amount=known.amount + share.amount)
            )
    return sorted(found.values(), key=lambda one: (one.valid_until or date.max, one.number or "", one.id.hex))


def stands(share: Share, day: date) -> bool:
    """Whether a share counts on `day` or is going to: posted, and not ended by then."""
    return share.may_count and share.state in COVERING and (share.valid_until is None or share.valid_until >= day)


def to_replace(covers: Sequence[AccountCover], today: date) -> frozenset[UUID]:
    """What a new bond replaces unless somebody says so: what ends next. None while something is short and the next end is
    far: then the bond asked for is one more, not another."""
    choices = replaceable(covers)
    ends_on = choices[0].valid_until if choices else None
    is_short = any(cover.shortfall_amount for cover in covers)
    if ends_on is None or ends_on > today + timedelta(days=ENDING_DAYS if is_short else FURTHEST_DAYS - 1):
        return frozenset()
    return frozenset(choice.id for choice in choices if choice.valid_until == ends_on)


def counts_from(covers: Sequence[AccountCover], replaced: Collection[UUID], today: date) -> date:
    """From which day the new bond has to cover unless somebody says so: the day after the first of these ends, or today."""
    ends = [one.valid_until for one in replaceable(covers) if one.id in replaced and one.valid_until]
    return min(min(ends, default=today - ONE_DAY) + ONE_DAY, today + timedelta(days=FURTHEST_DAYS))


def needs_of(seen: Sequence[Outlook], day: date, replaced: Collection[UUID] = frozenset()) -> list[Need]:
    """What each account needs on `day` beside what covers it then without the replaced instruments (CAD)."""
    return [
        need_of(
            one.cover.account_id, one.cover.number, one.required_on(day), one.cover.posted_on(day, without=replaced)
        )
        for one in seen
        if one.cover.has_history
    ]
