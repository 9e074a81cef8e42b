"""Renewals, words: causes as people read them."""

from flask_babel import lazy_gettext as _l

from tracker.renewals.enums import Cause

CAUSE_WORDS = {
    Cause.SHORTFALL: _l("short"),
    Cause.ENDING: _l("ends within 90 days"),
    Cause.REVIEW: _l("raised at the annual review"),
}
CAUSE_TONES = {Cause.SHORTFALL: "late", Cause.ENDING: "waiting", Cause.REVIEW: "waiting"}
