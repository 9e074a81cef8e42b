"""Guarantees, words: states and kinds as people read them."""

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from tracker.guarantees.enums import InstrumentState, ReductionState, SecurityForm

STATE_WORDS = {
    InstrumentState.QUOTE: _l("Quote"),
    InstrumentState.APPLICATION: _l("Application"),
    InstrumentState.UNDERWRITING: _l("Underwriting"),
    InstrumentState.ISSUED: _l("Issued"),
    InstrumentState.POSTED: lazy_pgettext("instrument", "Posted"),
    InstrumentState.SEEN_IN_PORTAL: _l("Seen in the portal"),
    InstrumentState.ENDING: _l("Ending"),
    InstrumentState.ENDED: _l("Ended"),
}
STATE_TONES = {
    InstrumentState.QUOTE: "open",
    InstrumentState.APPLICATION: "waiting",
    InstrumentState.UNDERWRITING: "waiting",
    InstrumentState.ISSUED: "waiting",
    InstrumentState.POSTED: "done",
    InstrumentState.SEEN_IN_PORTAL: "done",
    InstrumentState.ENDING: "late",
    InstrumentState.ENDED: "not_applicable",
}
FORM_WORDS = {
    SecurityForm.AGREEMENT: _l("Written agreement (bond)"),
    SecurityForm.CASH: _l("Cash deposit"),
}
REDUCTION_WORDS = {
    ReductionState.DRAFT: _l("Draft"),
    ReductionState.FILED: _l("Filed, pending"),
    ReductionState.APPROVED: _l("Approved"),
    ReductionState.REFUSED: _l("Refused"),
    ReductionState.WITHDRAWN: _l("Withdrawn"),
}
REDUCTION_TONES = {
    ReductionState.DRAFT: "open",
    ReductionState.FILED: "waiting",
    ReductionState.APPROVED: "done",
    ReductionState.REFUSED: "late",
    ReductionState.WITHDRAWN: "not_applicable",
}
