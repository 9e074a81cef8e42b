"""Coordination, commands: partners, delegations of authority, tasks and who they wait on."""

from tracker.coordination.commands.delegations import (
    ask_delegation,
    decide_delegation,
    name_broker,
)
from tracker.coordination.commands.partners import (
    edit_partner,
    find_or_add_partner,
)
from tracker.coordination.commands.tasks import (
    add_task,
    cancel_task,
    change_many,
    edit_task,
    ensure_task,
    finish_task,
    move_task,
    reopen_task,
    reschedule_task,
    return_task,
    words_for_client,
)

__all__ = [
    "add_task",
    "ask_delegation",
    "cancel_task",
    "change_many",
    "decide_delegation",
    "edit_partner",
    "edit_task",
    "ensure_task",
    "find_or_add_partner",
    "finish_task",
    "move_task",
    "name_broker",
    "reopen_task",
    "reschedule_task",
    "return_task",
    "words_for_client",
]
