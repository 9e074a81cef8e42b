"""Guarantees, forms: instruments, figures, reductions, and statements that do not add up."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, TextAreaField
from wtforms.validators import AnyOf, Length

from tracker.clients.models import ProgramAccount
from tracker.guarantees.enums import InstrumentState, ReductionState
from tracker.guarantees.words import REDUCTION_WORDS, STATE_WORDS
from tracker.platform.errors import Refusal
from tracker.platform.forms import (
    AmountField,
    ChoiceField,
    DayField,
    Form,
    OnceField,
    TextField,
    VersionField,
)
from tracker.platform.money import ZERO

SHARE = "share_"
LANGUAGES = [("en", "English"), ("fr", "Français")]


class InstrumentForm(Form):
    """An instrument's seven items and how it is spread; one share field per account is added by `with_accounts`."""

    kind = ChoiceField(_l("Kind"), required=True)
    provider_id = ChoiceField(_l("Surety or bank"))
    number = TextField(_l("Agreement number"))
    amount = AmountField(_l("Amount (CAD)"), required=True)
    valid_from = DayField(_l("Valid from"))
    valid_until = DayField(_l("Valid until (empty: continuous)"))
    state = ChoiceField(_l("Where it stands"), required=True, choices=[(s.value, w) for s, w in STATE_WORDS.items()])
    note = TextField(_l("Note"), max_length=500)
    once = OnceField()

    def values(self) -> dict[str, Any]:
        """The command's keywords: shares gathered by account, ids as ids."""
        found = super().values()
        shares = {UUID(name.removeprefix(SHARE)): found.pop(name) for name in list(found) if name.startswith(SHARE)}
        found["shares"] = {account_id: amount for account_id, amount in shares.items() if amount}
        found["provider_id"] = UUID(found["provider_id"]) if found.get("provider_id") else None
        if not any(shares.values()) and "version" not in found:
            found["shares"] = None  # a single account gets all of it
        return found

    def show(self, refusal: Refusal) -> None:
        """A refusal of the shares stands beside the share that is wrong: the one below zero, else the last."""
        if refusal.field == "shares":
            filled = [name for name, field in self._fields.items() if name.startswith(SHARE) and field.data]
            wrong = [name for name in filled if self._fields[name].data < ZERO] or filled[-1:]
            refusal = Refusal(wrong[0] if wrong else None, refusal.message)
        super().show(refusal)


class InstrumentEditForm(InstrumentForm):
    """The same for one that exists; its kind and state move by other ways."""

    kind = None  # type: ignore[assignment]
    state = None  # type: ignore[assignment]
    once = None  # type: ignore[assignment]
    posted_on = DayField(
        _l("With CBSA since"), description=_l("Before this day it covers nothing, however early it is valid.")
    )
    version = VersionField()


class UnpostedEditForm(InstrumentEditForm):
    """The same for one that CBSA never had."""

    posted_on = None  # type: ignore[assignment]


def with_accounts(base: type[InstrumentForm], accounts: Sequence[ProgramAccount]) -> type[InstrumentForm]:
    """The form with one share field for each of these accounts of the client."""
    fields = {
        f"{SHARE}{account.id}": AmountField(
            _l("Share on %(number)s", number=account.number[9:]),
            description=_l("This account is closed. Empty: the share is taken off it.") if account.is_closed else "",
        )
        for account in accounts
    }
    return type("SharedInstrumentForm", (base,), fields)


class MoveForm(Form):
    """The next state, and the day."""

    to = ChoiceField(_l("Next step"), required=True)
    on = DayField(_l("On"), required=True)
    valid_until = DayField(_l("Cover ends on"), id="move-until")  # the edit form stands on the same page
    version = VersionField()

    def offer(self, states: Sequence[InstrumentState]) -> None:
        """Offer only where it may go."""
        self.to.choices = [(state.value, STATE_WORDS[state]) for state in states]


class SentForm(Form):
    """When what was issued was sent to CBSA on paper."""

    on = DayField(_l("Sent on"), required=True, id="sent-on")
    version = VersionField()


class AcceptForm(Form):
    """Why a kind that CBSA is not known to accept counts."""

    reason = TextAreaField(_l("Reason"), [Length(max=1000)])
    version = VersionField()


class DocumentForm(Form):
    """What an instrument's own document says; the instrument's own form stands on the same page."""

    amount = AmountField(_l("Amount on the document (CAD)"), required=True, id="document-amount")
    number = TextField(_l("Agreement number"), id="document-number")
    business_number = TextField(_l("Business number it names"), max_length=30, id="document-business_number")
    valid_from = DayField(_l("Valid from"), id="document-valid_from")
    valid_until = DayField(_l("Valid until (empty: continuous)"), id="document-valid_until")
    file_id = ChoiceField(_l("Which file"), id="document-file_id")
    read_on = DayField(_l("Read on"), required=True, id="document-read_on")
    version = VersionField()

    def values(self) -> dict[str, Any]:
        """The command's keywords: the file by its id."""
        found = super().values()
        return {**found, "file_id": UUID(found["file_id"]) if found.get("file_id") else None}


class FigureForm(Form):
    """What the portal shows."""

    amount = AmountField(_l("Requirement shown in the portal (CAD)"), required=True)
    posted_amount = AmountField(
        _l("Security posted, as it shows (CAD)"),
        description=_l("Where it is shown: it is held against our register and counts nowhere else."),
    )
    shown = ChoiceField(
        _l("Shown"),
        default="dashboard",
        choices=[
            ("dashboard", _l("on the dashboard: in force now")),
            ("notice", _l("in the notice “RPP – Annual Review”: counts from 15 January")),
        ],
    )
    read_on = DayField(_l("Read on"), required=True)
    once = OnceField()


class SendBackForm(Form):
    """Why a figure a client told is not taken over."""

    reason = TextField(_l("What the client has to look at again"), required=True, max_length=300)
    version = VersionField()


class TakeOverForm(Form):
    """The button that takes a told figure over."""

    version = VersionField()


class ReductionForm(Form):
    """A request to lower the requirement, with the justification CBSA asks for."""

    asked_amount = AmountField(_l("Ask for (CAD)"), required=True)
    language = HiddenField(
        validators=[AnyOf([code for code, _name in LANGUAGES])]
    )  # chosen by a link: the text goes with it
    justification = TextAreaField(_l("Justification"), [Length(max=6000)], render_kw={"rows": 16})
    once = OnceField()


class ReductionEditForm(Form):
    """The same, drafted already."""

    asked_amount = AmountField(_l("Ask for (CAD)"), required=True)
    justification = TextAreaField(_l("Justification"), [Length(max=6000)], render_kw={"rows": 16})
    version = VersionField()


class FileForm(Form):
    """When it was filed, and under which number."""

    on = DayField(_l("Filed on"), required=True, id="filed-on")
    case_number = TextField(_l("Case number"), max_length=60)
    version = VersionField()


class DecideForm(Form):
    """What CBSA decided."""

    to = ChoiceField(_l("Outcome"), required=True)
    on = DayField(_l("Decided on"), required=True, id="decided-on")
    decided_amount = AmountField(_l("Amount CBSA decided on (CAD)"))
    version = VersionField()

    def offer(self, state: ReductionState) -> None:
        """A draft can only be withdrawn."""
        outcomes = [ReductionState.WITHDRAWN]
        if state is ReductionState.FILED:
            outcomes = [ReductionState.APPROVED, ReductionState.REFUSED, ReductionState.WITHDRAWN]
        self.to.choices = [(outcome.value, REDUCTION_WORDS[outcome]) for outcome in outcomes]


class ExplainForm(Form):
    """Why a statement does not add up."""

    reason = TextField(_l("What it is"), required=True, max_length=500)
    version = VersionField()
