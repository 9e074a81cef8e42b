"""Guarantees: what to look at again on an instrument as it was typed. Nothing here is refused: each of it may be so."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext as _

from tracker.guarantees.account_cover import AccountCover, Share
from tracker.guarantees.cover import covers
from tracker.guarantees.enums import InstrumentState, SecurityForm
from tracker.guarantees.models import Instrument
from tracker.guarantees.rules import COVERING, overlap
from tracker.guarantees.rules.sizing import CAP, cap_of
from tracker.platform.money import format_money
from tracker.platform.pages import bn, cited
from tracker.rulebook.types import Rules


@dataclass(frozen=True, slots=True)
class Caution:
    """A sentence to check an instrument by, and the sources of the rule it rests on."""

    text: str
    citations: Sequence[dict[str, str | None]] = ()


def cautions_of(instrument: Instrument, rules: Rules, language: str) -> list[Caution]:
    """What is unusual about an instrument's shares: one above the cap, or beside another instrument's over the same days."""
    if instrument.state is InstrumentState.ENDED:
        return []
    accounts = [
        (cover, mine)
        for cover in covers(rules, client_ids=[instrument.client_id])
        for mine in cover.shares
        if mine.instrument_id == instrument.id
    ]
    return [*_above_cap(accounts, rules, language), *_added(accounts)]


def _above_cap(accounts: Sequence[tuple[AccountCover, Share]], rules: Rules, language: str) -> list[Caution]:
    fact, found = rules.fact(CAP), []
    for cover, mine in accounts:
        cap = cap_of(SecurityForm(rules.instruments[mine.kind.value].form), rules)
        if cap is not None and mine.amount > cap:
            share = format_money(mine.amount, language)
            text = _(
                "The share on %(account)s is %(share)s. %(law)s Check the amount.",
                account=bn(cover.number),
                share=share,
                law=fact.text.in_(language),
            )
            found.append(Caution(text, cited(fact.citations)))
    return found


def _added(accounts: Sequence[tuple[AccountCover, Share]]) -> list[Caution]:
    beside: dict[tuple[UUID, str | None], list[str]] = defaultdict(list)
    for cover, mine in accounts:
        for other in shares_added_to(mine, cover):
            beside[other.instrument_id, other.number].append(bn(cover.number))
    return [
        Caution(
            _(
                "Another instrument (%(number)s) covers %(accounts)s over the same days: their shares are added; make "
                "sure it is not entered twice.",
                number=number or _("without a number"),
                accounts=", ".join(numbers),
            )
        )
        for (_instrument_id, number), numbers in beside.items()
    ]


def shares_added_to(mine: Share, cover: AccountCover) -> list[Share]:
    """The other shares of an account that count together with this one on some day from today on."""

    def counts(share: Share) -> bool:
        return share.may_count and share.state in COVERING

    if not counts(mine):
        return []
    left = (max(mine.valid_from or cover.as_of, cover.as_of), mine.valid_until)
    return [
        other
        for other in cover.shares
        if other.instrument_id != mine.instrument_id
        and counts(other)
        and overlap(left, (other.valid_from, other.valid_until))
    ]
