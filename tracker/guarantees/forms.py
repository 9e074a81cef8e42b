"""Guarantees, forms."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, SelectMultipleField, TextAreaField
from wtforms.validators import AnyOf, Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from tracker.clients.models import ProgramAccount
from tracker.guarantees.enums import InstrumentState, ReductionState, SecurityForm
from tracker.guarantees.horizon import FURTHEST_DAYS
from tracker.guarantees.rules.sizing import HUNDRED
from tracker.guarantees.rules.whatif import Supposition
from tracker.guarantees.words import FORM_WORDS, REDUCTION_WORDS, STATE_WORDS
from tracker.platform.clock import today
from tracker.platform.errors import Refusal
from tracker.platform.forms import (
    AmountField,
    ChoiceField,
    DayField,
    Form,
    OnceField,
    PercentField,
    TextField,
    VersionField,
)
from tracker.platform.money import ZERO
from tracker.platform.pages import day

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


class SplitForm(Form):
    """What one bond is to replace, from which day it has to cover, and how much it is to be."""

    # one that has ended since the address was kept is passed over
    replaces = SelectMultipleField(
        _l("It replaces"),
        choices=[],
        validate_choice=False,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    on = DayField(
        _l("It has to cover from"), description=_l("Empty: today, or the day after the first it replaces ends.")
    )
    total = AmountField(_l("Amount of the bond (CAD)"))

    def validate_total(self, field: AmountField) -> None:
        """A bond is above zero."""
        if field.data is not None and field.data <= ZERO:
            raise ValidationError(_("An amount above zero, please."))

    def validate_on(self, field: DayField) -> None:
        """From today on, as far as requirements can be foretold."""
        last = today() + timedelta(days=FURTHEST_DAYS)
        if field.data is not None and not today() <= field.data <= last:
            raise ValidationError(_("A day from today to %(last)s, please.", last=day(last)))


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


class SuppositionForm(Form):
    """What to suppose. Lives in the address; empty fields suppose nothing."""

    volume_percent = PercentField(_l("Volume, change in %"), least=-100, most=1000)
    duty_points = PercentField(_l("Duty rate, change in points"), least=-100, most=1000)
    surtax_percent = PercentField(_l("Surtax (%)"), least=0, most=1000)
    surtax_origins = TextField(
        _l("On goods of"), description=_l("Countries with commas between, such as CN, US; empty: all.")
    )
    surtax_chapters = TextField(
        _l("In HS chapters"), description=_l("With commas between, such as 72, 73; empty: all.")
    )
    surtax_share_percent = PercentField(
        _l("Share of the value it falls on (%)"), least=0, most=100, description=_l("Empty: 100 %.")
    )
    surtax_from = DayField(_l("From"))
    surtax_until = DayField(_l("Until"))
    form = ChoiceField(
        _l("Form of security"),
        choices=[("", _l("as it is")), *((form.value, words) for form, words in FORM_WORDS.items())],
    )
    gst_percent = PercentField(
        _l("GST rate (%)"),
        least=0,
        most=50,
        description=_l("An assumption too: it turns tax back into value. Empty: 5 %."),
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Also: the surtax ends after it begins."""
        sound = bool(super().validate(extra_validators))
        if (
            sound
            and self.surtax_from.data
            and self.surtax_until.data
            and self.surtax_until.data < self.surtax_from.data
        ):
            self.surtax_until.errors = [_("It ends before it begins.")]
            return False
        return sound

    def inputs(self) -> dict[str, str]:
        """What was entered, as text by field: what a scenario keeps."""
        return {name: str(value) for name, value in self.values().items() if value not in (None, "")}

    @classmethod
    def of(cls, inputs: Mapping[str, str]) -> "SuppositionForm":
        """The form as a kept scenario filled it in."""
        form = cls(MultiDict(dict(inputs)), meta={"csrf": False})
        form.validate()
        return form

    def supposition(self) -> Supposition:
        """What was entered, as the rules read it."""
        found = self.values()
        return Supposition(
            volume_percent=found["volume_percent"] or ZERO,
            duty_points=found["duty_points"] or ZERO,
            surtax_percent=found["surtax_percent"] or ZERO,
            surtax_share_percent=HUNDRED if found["surtax_share_percent"] is None else found["surtax_share_percent"],
            surtax_origins=_codes(found["surtax_origins"]),
            surtax_chapters=_codes(found["surtax_chapters"]),
            surtax_from=found["surtax_from"],
            surtax_until=found["surtax_until"],
            gst_percent=Decimal(5) if found["gst_percent"] is None else found["gst_percent"],
            form=SecurityForm(found["form"]) if found["form"] else None,
        )


def _codes(text: str | None) -> tuple[str, ...]:
    return tuple(code.strip().upper() for code in (text or "").split(",") if code.strip())


class ExplainForm(Form):
    """Why a statement does not add up."""

    reason = TextField(_l("What it is"), required=True, max_length=500)
    version = VersionField()


class KeepForm(Form):
    """A name to keep a scenario under."""

    name = TextField(_l("Keep it under the name"), required=True, max_length=120)
    once = OnceField()


class ForgetForm(Form):
    """Forget a scenario."""

    version = VersionField()
