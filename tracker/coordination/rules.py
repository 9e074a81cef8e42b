"""Coordination, rules: when a task is late, how a delegation may move, and when one contradicts another (facts 2.4). Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from tracker.coordination.enums import DelegationState as State
from tracker.rulebook.types import Text

# The provider asks, the importer approves or rejects; an approval can be revoked, and anything refused can be asked again.
MOVES: Mapping[State, tuple[State, ...]] = {
    State.NOT_REQUESTED: (State.REQUESTED,),
    State.REQUESTED: (State.APPROVED, State.REJECTED, State.NOT_REQUESTED),
    State.APPROVED: (State.REVOKED,),
    State.REJECTED: (State.REQUESTED,),
    State.REVOKED: (State.REQUESTED,),
}


def can_move(now: State, then: State) -> bool:
    """Whether a delegation may go from `now` to `then`."""
    return then in MOVES[now]


def is_late(due_on: date | None, day: date) -> bool:
    """Whether an open task is past its day; one without a day never is."""
    return due_on is not None and due_on < day


def partner_key(name: str) -> str:
    """Names of partners that differ in case and blanks only are one partner."""
    return " ".join(name.split()).casefold()


@dataclass(frozen=True, slots=True)
class Held:
    """One delegation as far as contradictions go. `account` None is business level."""

    partner: str
    is_partner_active: bool
    state: State
    account: str | None
    sees_all: bool


def contradictions(held: Iterable[Held], *, is_portal_linked: bool | None) -> list[Text]:
    """What cannot be right as it stands, in words."""
    approved = [one for one in held if one.state is State.APPROVED]
    found = []
    full = [one.partner for one in approved if one.account is None and one.sees_all]
    if len(full) > 1:
        names = ", ".join(full)
        found.append(
            Text(
                f"{names} each have business-level authority and see everything. Keep one main broker.",
                f"{names} ont chacun une délégation au niveau de l'entreprise et voient tout. Gardez un seul courtier principal.",
            )
        )
    found += [
        Text(
            f"{one.partner} no longer works with you, but its authority is still approved.",
            f"{one.partner} ne travaille plus avec vous, mais sa délégation est encore approuvée.",
        )
        for one in approved
        if not one.is_partner_active
    ]
    if approved and is_portal_linked is False:
        found.append(
            Text(
                "A delegation is approved, yet the business is not linked in the portal.",
                "Une délégation est approuvée alors que l'entreprise n'est pas liée dans le portail.",
            )
        )
    return found
