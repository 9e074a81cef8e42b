"""Guarantees, commands: everything that writes instruments, CBSA's figures, reduction requests and scenarios."""

from tracker.guarantees.commands.figures import (
    decide_reduction,
    draft_reduction,
    edit_reduction,
    file_reduction,
    note_portal_figure,
    note_portal_figures,
)
from tracker.guarantees.commands.instruments import (
    accept_instrument,
    add_instrument,
    edit_instrument,
    move_instrument,
    reschedule_instrument,
)
from tracker.guarantees.commands.scenarios import forget_scenario, keep_scenario

__all__ = [
    "accept_instrument",
    "add_instrument",
    "decide_reduction",
    "draft_reduction",
    "edit_instrument",
    "edit_reduction",
    "file_reduction",
    "forget_scenario",
    "keep_scenario",
    "move_instrument",
    "note_portal_figure",
    "note_portal_figures",
    "reschedule_instrument",
]
