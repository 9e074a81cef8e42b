"""Guarantees, commands: everything that writes instruments, CBSA's figures noted or told, reduction requests and scenarios."""

from tracker.guarantees.commands.documents import read_document
from tracker.guarantees.commands.figures import (
    decide_reduction,
    draft_reduction,
    edit_reduction,
    file_reduction,
    note_portal_figure,
)
from tracker.guarantees.commands.instruments import (
    accept_instrument,
    add_instrument,
    edit_instrument,
    move_instrument,
    reschedule_instrument,
    send_instrument,
)
from tracker.guarantees.commands.scenarios import forget_scenario, keep_scenario
from tracker.guarantees.commands.told import accept_told, refuse_told, tell_figures

__all__ = [
    "accept_instrument",
    "accept_told",
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
    "read_document",
    "refuse_told",
    "reschedule_instrument",
    "send_instrument",
    "tell_figures",
]
