"""Clients, forms: what is typed about a client, its accounts, people, team and statements."""

from enum import StrEnum
from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from tracker.clients import words
from tracker.clients.enums import AccountProfile, Duty, Known, Residency
from tracker.clients.rules import split_list
from tracker.platform.forms import AmountField, ChoiceField, DayField, Form, OnceField, TextField, VersionField

LANGUAGE_CHOICES = [("en", "English"), ("fr", "Français")]


class LongField(TextAreaField):
    """Several lines of text; blank becomes None."""

    def __init__(self, label: Any, *, max_length: int = 4000, **options: Any) -> None:
        too_long = _l("At most %(max)d characters.")
        super().__init__(label, [Optional(), Length(max=max_length, message=too_long)], **options)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data: Any = (valuelist[0].strip() or None) if valuelist else None


class ListField(StringField):
    """Entries typed with commas between."""

    def __init__(self, label: Any, **options: Any) -> None:
        super().__init__(label, [Optional()], **options)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data: Any = split_list(valuelist[0] if valuelist else "")

    def _value(self) -> str:
        return ", ".join(self.data or ())


class CountField(StringField):
    """A small whole number; blank becomes None."""

    def __init__(self, label: Any, **options: Any) -> None:
        super().__init__(label, [Optional()], **options)

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        self.data: Any = None
        if text and not (text.isascii() and text.isdigit() and len(text) < 5):
            raise ValueError(_("Write a whole number."))
        if text:
            self.data = int(text)

    def _value(self) -> str:
        return "" if self.data is None else str(self.data)


class TicksField(SelectMultipleField):
    """Boxes to tick; the values ticked, as a list."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, label: Any, **options: Any) -> None:
        super().__init__(label, [Optional()], **options)

    def pre_validate(self, form: Any) -> None:
        try:
            super().pre_validate(form)
        except ValueError as error:
            raise ValidationError(_("Choose one of the list.")) from error


class KindForm(Form):
    """A form some of whose choices are kinds of this feature, handed on as such."""

    kinds: ClassVar[dict[str, type[StrEnum]]] = {}
    labels: ClassVar[dict[str, words.Words]] = {}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, labels in self.labels.items():
            if name in self._fields:
                field = self._fields[name]
                blank = [] if field.flags.required or isinstance(field, TicksField) else [("", _("not known"))]
                field.choices = [*blank, *words.choices(labels)]

    def values(self) -> dict[str, Any]:
        found = super().values()
        return {name: self.kinds[name](value) if name in self.kinds else value for name, value in found.items()}


class ClientForm(KindForm):
    """What is known of a client."""

    kinds = {"residency": Residency, "is_portal_linked": Known, "is_payment_ready": Known}
    labels = {
        "residency": words.RESIDENCY,
        "is_portal_linked": words.KNOWN,
        "is_payment_ready": words.KNOWN,
        "payment_method": words.PAYMENTS,
    }

    legal_name = TextField(
        _l("Legal name"),
        required=True,
        max_length=300,
        description=_l("Letter by letter as registered: one comma wrong and CBSA's portal refuses the link."),
    )
    trade_name = TextField(_l("Trade name"))
    bn9 = TextField(_l("Business number"), max_length=30, description=_l("Nine digits, in any spacing."))
    bn_override_reason = TextField(
        _l("Why the number is right although its check digit fails"),
        description=_l("Only where the check fails, for example: seen on the registration letter."),
    )
    client_number = TextField(_l("Your own client number"), max_length=60)
    residency = ChoiceField(_l("Residency"), required=True, default=Residency.UNKNOWN.value)
    country = TextField(_l("Country"), max_length=2, description=_l("Two letters, such as CA or US."))
    language = ChoiceField(_l("Language"), required=True, choices=LANGUAGE_CHOICES, default="en")
    street = TextField(_l("Street"))
    city = TextField(_l("City"))
    province = TextField(_l("Province or state"), max_length=60)
    postal_code = TextField(_l("Postal code"), max_length=20)
    products = LongField(_l("Products"))
    hs_chapters = ListField(_l("HS chapters"), description=_l("With commas between, such as 61, 62, 95."))
    origins = ListField(_l("Countries of origin"), description=_l("With commas between, such as CN, US."))
    shipments_per_month = TextField(
        _l("Shipments a month"), max_length=60, description=_l("As the client says it, such as 15-20.")
    )
    yearly_value_amount = AmountField(_l("Value imported a year (CAD)"))
    regulated_goods = TicksField(_l("Regulated goods"))
    special_regimes = TicksField(_l("Special regimes"))
    is_portal_linked = ChoiceField(_l("Company linked in CBSA's portal"), required=True, default=Known.UNKNOWN.value)
    portal_linked_on = DayField(_l("Linked on"))
    stated_bam_count = CountField(_l("Business account managers, as the client says"))
    is_payment_ready = ChoiceField(_l("Ready to pay"), required=True, default=Known.UNKNOWN.value)
    payment_method = ChoiceField(_l("Way of paying"))
    notes = LongField(_l("Remarks"))


class NewClientForm(ClientForm):
    """A client to take on."""

    once = OnceField()


class EditClientForm(ClientForm):
    """A client to change."""

    version = VersionField()


class AccountForm(KindForm):
    """A program account."""

    kinds = {"profile": AccountProfile, "is_rpp_enrolled": Known}
    labels = {"profile": words.PROFILES, "is_rpp_enrolled": words.KNOWN, "security_form": words.SECURITY_FORMS}

    operating_name = TextField(_l("Operating name"))
    profile = ChoiceField(
        _l("Profile"),
        required=True,
        default=AccountProfile.UNKNOWN.value,
        description=_l("With an exporter-only account goods are refused at release."),
    )
    is_rpp_enrolled = ChoiceField(
        _l("Enrolled in Release Prior to Payment"), required=True, default=Known.UNKNOWN.value
    )
    rpp_enrolled_on = DayField(_l("Enrolled on"))
    security_form = ChoiceField(_l("Security form in force"), required=True, default="agreement")
    stated_peak_amount = AmountField(_l("Highest month, as the client says (CAD)"))


class NewAccountForm(AccountForm):
    """A program account to add."""

    number = TextField(_l("Number"), required=True, max_length=30, description=_l("Such as 123456782 RM 0001."))
    once = OnceField()


class EditAccountForm(AccountForm):
    """A program account to change or close."""

    is_closed = BooleanField(_l("Closed"))
    version = VersionField()


class ContactForm(KindForm):
    """A person at the client."""

    labels = {"duties": words.DUTIES}

    name = TextField(_l("Name"), required=True, max_length=120)
    email = TextField(_l("E-mail"))
    phone = TextField(_l("Telephone"), max_length=60)
    language = ChoiceField(_l("Language"), required=True, choices=LANGUAGE_CHOICES, default="en")
    duties = TicksField(_l("Duties"))
    portal_seen_on = DayField(_l("Last signed in to CBSA's portal"))


class NewContactForm(ContactForm):
    """A person to add."""

    once = OnceField()


class EditContactForm(ContactForm):
    """A person to change."""

    is_active = BooleanField(_l("Still works there"))
    version = VersionField()


class TeamForm(KindForm):
    """Who takes which duty."""

    kinds = {"duty": Duty}
    labels = {"duty": words.TEAM_DUTIES}

    user_id = ChoiceField(_l("Who"), required=True)
    duty = ChoiceField(_l("As"), required=True)


class NoteForm(Form):
    """A note on the file."""

    text = LongField(_l("Note"))
    once = OnceField()

    def values(self) -> dict[str, Any]:
        found = super().values()
        return {**found, "text": found["text"] or ""}


class VersionForm(Form):
    """A button that changes one record."""

    version = VersionField()


class ButtonForm(Form):
    """A button, with nothing to fill in."""


class StatementForm(Form):
    """A monthly statement, A to H, with what F is made of."""

    BREAKDOWN = ("duties_amount", "excise_amount", "sima_amount", "gst_amount")

    period_start = DayField(_l("Period from"), required=True)
    period_end = DayField(_l("Period to"), required=True)
    statement_on = DayField(_l("Statement date"))
    due_on = DayField(
        _l("Payment due, as printed"), description=_l("Proposed from the calendar; the printed one wins.")
    )
    opening_amount = AmountField(_l("A – Opening balance"))
    corrections_amount = AmountField(_l("B – Corrections"))
    payments_amount = AmountField(_l("C – Payments received"))
    disbursements_amount = AmountField(_l("D – Disbursements"))
    interest_amount = AmountField(_l("E – Interest and penalties"))
    charges_amount = AmountField(_l("F – Charges of the period"), required=True)
    credits_amount = AmountField(_l("G – Credits"))
    total_amount = AmountField(_l("H – Total payable"), required=True)
    duties_amount = AmountField(_l("Customs duties"))
    excise_amount = AmountField(_l("Excise"))
    sima_amount = AmountField(_l("SIMA duties"))
    gst_amount = AmountField(_l("GST"))
    paid_on = DayField(_l("Paid on"))
    paid_amount = AmountField(_l("Amount paid"))

    @property
    def breakdown(self) -> list[Any]:
        """The fields of what F is made of: shown together, and only where one is of use."""
        return [self._fields[name] for name in self.BREAKDOWN]


class NewStatementForm(StatementForm):
    """A statement to add."""

    once = OnceField()


class EditStatementForm(StatementForm):
    """A statement to correct."""

    version = VersionField()

    def values(self) -> dict[str, Any]:
        # A figure that was not sent is not known to be gone: only what was sent is told, an emptied field included.
        return {name: value for name, value in super().values().items() if self._fields[name].raw_data}
