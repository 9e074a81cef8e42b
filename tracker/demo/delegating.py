"""The demo firm, delegating: the broker asks, the importer approves; a new broker comes in before the old one goes."""

from collections.abc import Iterator

from tracker.coordination import commands as coordination
from tracker.coordination.enums import DelegationState, Visibility
from tracker.coordination.models import Delegation
from tracker.demo.file import CLIENTS, DECIDING, OURS, File
from tracker.demo.telling import Step

NEW_ASKED, NEW_APPROVED = 13, 8  # days ago, where a broker is being changed
YEAR, SOON = 365, 12


def steps(file: File) -> Iterator[Step]:
    """What the file's delegation went through."""
    story, kind = file.story, file.story.delegation
    if not kind:
        return
    if kind == "named":
        yield file.step(max(story.joined - 3, 1), OURS, _name)
        return
    asked = story.asked if story.asked is not None else max(story.joined - 20, 6)
    yield file.step(asked, CLIENTS, _ask, 0, asked)
    if kind != "asked":
        approved = max(asked - file.chance.randint(2, 9), 3)
        yield file.step(approved, DECIDING, _approve, 0, approved)
    if kind == "change":
        yield file.step(NEW_ASKED, CLIENTS, _ask, 1, NEW_ASKED)
        yield file.step(NEW_APPROVED, DECIDING, _approve, 1, NEW_APPROVED)


def _name(file: File) -> None:
    coordination.name_broker(file.lead, client_id=file.client_id, partner_id=file.broker_id)


def _ask(file: File, turn: int, ago: int) -> Delegation:
    return coordination.ask_delegation(
        file.lead,
        client_id=file.client_id,
        partner_id=file.broker(turn),
        program_account_id=file.accounts[0].id if file.has_program_level else None,
        requested_on=file.day(ago),
    )


def _approve(file: File, turn: int, ago: int) -> None:
    row = _ask(file, turn, ago)  # asked already: the one that stands
    reviewed_in = YEAR - ago % YEAR
    coordination.decide_delegation(
        file.lead,
        delegation=row,
        version=row.version,
        state=DelegationState.APPROVED,
        decided_on=file.day(ago),
        decided_by=file.people[0].name,
        visibility=Visibility.OWN_TRANSACTIONS if turn or file.has_program_level else Visibility.ALL,
        review_on=file.ahead(reviewed_in if reviewed_in > SOON else YEAR),  # looked at again once a year
    )
