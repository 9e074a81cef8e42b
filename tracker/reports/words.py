"""Reports, words: states and parties as the sheets say them, with the tone they carry."""

from flask_babel import gettext as _
from flask_babel import ngettext

from tracker.clients.enums import Known, Residency
from tracker.coordination.enums import DelegationState, Party
from tracker.documents.enums import RequestState
from tracker.guarantees.account_cover import AccountCover
from tracker.guarantees.enums import Basis
from tracker.platform.days import spoken
from tracker.platform.languages import language
from tracker.readiness.rules import Gate
from tracker.risks.enums import Severity
from tracker.rulebook.types import Rules
from tracker.workbook import Status
from tracker.workbook.parts import Tone

GATE_TONES: dict[str, Tone] = {"done": "done", "waiting": "waiting", "open": "open"}
REQUEST_TONES: dict[RequestState, Tone] = {
    RequestState.ACCEPTED: "done",
    RequestState.REQUESTED: "open",
    RequestState.RECEIVED: "waiting",
    RequestState.UNDER_REVIEW: "waiting",
    RequestState.RETURNED: "late",
    RequestState.EXPIRED: "late",
    RequestState.NOT_REQUIRED: "none",
}
DELEGATION_TONES: dict[DelegationState, Tone] = {
    DelegationState.APPROVED: "done",
    DelegationState.REQUESTED: "waiting",
    DelegationState.NOT_REQUESTED: "open",
    DelegationState.REJECTED: "late",
    DelegationState.REVOKED: "none",
}


def party(value: str | None) -> str:
    """Who something waits on."""
    words = {
        Party.US.value: _("us"),
        Party.CLIENT.value: _("client"),
        Party.BROKER.value: _("broker"),
        Party.SURETY.value: _("surety"),
        Party.CBSA.value: _("CBSA"),
    }
    return words.get(value or "", "")


def residency(value: Residency) -> str:
    """Resident, non-resident, not known."""
    words = {
        Residency.RESIDENT: _("resident"),
        Residency.NON_RESIDENT: _("non-resident"),
        Residency.UNKNOWN: _("not known"),
    }
    return words[value]


def known(value: Known) -> str:
    """Yes, no, not known."""
    return {Known.YES: _("yes"), Known.NO: _("no"), Known.UNKNOWN: _("not known")}[value]


def delegation(state: DelegationState) -> Status:
    """A delegation's state."""
    words = {
        DelegationState.NOT_REQUESTED: _("not requested"),
        DelegationState.REQUESTED: _("requested"),
        DelegationState.APPROVED: _("approved"),
        DelegationState.REJECTED: _("rejected"),
        DelegationState.REVOKED: _("revoked"),
    }
    return Status(DELEGATION_TONES[state], words[state])


def level(value: str) -> str:
    """Business or program management."""
    return _("business") if value == "business" else _("program")


def visibility(value: str) -> str:
    """What the provider may see."""
    return {"all": _("all"), "own_transactions": _("own transactions")}.get(value, _("not known"))


def gate(one: Gate) -> Status:
    """One gate: done, waiting on whom, or open."""
    if one.state == "waiting":
        return Status("waiting", _("waits on %(party)s", party=party(one.waiting_on)))
    return Status(GATE_TONES[one.state], _("done") if one.state == "done" else _("open"))


def release(may: bool) -> Status:
    """May goods be released tomorrow."""
    return Status("done", _("yes")) if may else Status("late", _("no"))


def cover_state(cover: AccountCover) -> Status:
    """Covered, short, or not known."""
    if not cover.has_history:
        return Status("open", _("not known"))
    return Status("late", _("short")) if cover.shortfall_amount > 0 else Status("done", _("covered"))


def figure_source(cover: AccountCover) -> str:
    """Where the requirement comes from, in one sentence: of the portal's figure its age, and our own sum beside it."""
    if cover.basis is Basis.PORTAL and cover.portal_read_on is not None:
        age = (cover.as_of - cover.portal_read_on).days
        ago = ngettext("%(num)s day ago", "%(num)s days ago", age)
        read = _("Portal, read on %(day)s, %(ago)s", day=spoken(cover.portal_read_on, language()), ago=ago)
        ours = cover.sum.in_(language())
        return _("%(read)s; our estimate: %(sum)s", read=read, sum=ours) if cover.known_months else read
    if not cover.has_history:
        return _("No statements, no figure from the portal")
    return cover.explanation.in_(language())


def severity(value: Severity) -> Status:
    """How grave, by the firm's own measure."""
    words = {
        Severity.HIGH: Status("late", _("high")),
        Severity.MEDIUM: Status("waiting", _("medium")),
        Severity.LOW: Status("open", _("low")),
    }
    return words[value]


def stage(work: str, rules: Rules, words: str) -> str:
    """An engagement's stage, `template:number`, as people call it; a template the rulebook no longer has by its key."""
    key, _colon, number = work.partition(":")
    named = _named_stage(key, int(number), rules, words)
    if named is None:
        return f"{key} {number}"
    template, name, total = named
    return _("%(work)s: %(number)s of %(total)s, %(stage)s", work=template, number=number, total=total, stage=name)


def stage_alone(template: str | None, number: int | None, rules: Rules, words: str) -> str:
    """The stage without its work, which fits into a column; nothing where there is no work."""
    named = _named_stage(template or "", number or 0, rules, words)
    return f"{named[1]} ({number}/{named[2]})" if named else ""


def _named_stage(key: str, number: int, rules: Rules, words: str) -> tuple[str, str, int] | None:
    """The template's name, the stage's, and of how many; None where the rulebook has no such stage."""
    template = rules.templates.get(key)
    if template is None or not 1 <= number <= len(template.stages):
        return None
    return template.name.in_(words), template.stages[number - 1].in_(words), len(template.stages)
