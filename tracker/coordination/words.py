"""Coordination, words: parties and states as people read them."""

from flask_babel import gettext as _

from tracker.coordination.enums import DelegationState, Party


def party_words() -> dict[str, str]:
    """Who something waits on."""
    return {
        Party.US.value: _("us"),
        Party.CLIENT.value: _("client"),
        Party.BROKER.value: _("broker"),
        Party.SURETY.value: _("surety"),
        Party.CBSA.value: _("CBSA"),
    }


def delegation_words() -> dict[str, str]:
    """Where a delegation stands."""
    return {
        DelegationState.NOT_REQUESTED.value: _("not requested"),
        DelegationState.REQUESTED.value: _("requested"),
        DelegationState.APPROVED.value: _("approved"),
        DelegationState.REJECTED.value: _("rejected"),
        DelegationState.REVOKED.value: _("revoked"),
    }


DELEGATION_TONES = {
    DelegationState.NOT_REQUESTED.value: "open",
    DelegationState.REQUESTED.value: "waiting",
    DelegationState.APPROVED.value: "done",
    DelegationState.REJECTED.value: "late",
    DelegationState.REVOKED.value: "not_applicable",
}
