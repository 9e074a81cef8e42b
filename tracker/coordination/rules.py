"""Coordination, rules: how a delegation may move, and when one contradicts another (facts 2.4). Pure."""

from collections.abc import Mapping

from tracker.coordination.enums import DelegationState as State

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


def partner_key(name: str) -> str:
    """Names of partners that differ in case and blanks only are one partner."""
    return " ".join(name.split()).casefold()
