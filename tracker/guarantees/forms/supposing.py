"""Guarantees, forms: what somebody supposes. They live in the address; empty fields suppose nothing."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import SelectMultipleField
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from tracker.guarantees.enums import SecurityForm
from tracker.guarantees.horizon import FURTHEST_DAYS
from tracker.guarantees.rules.rolling import closing_days, periods_to_come
from tracker.guarantees.rules.sizing import HUNDRED
from tracker.guarantees.rules.whatif import Supposition
from tracker.guarantees.wording import month_name
from tracker.guarantees.words import FORM_WORDS
from tracker.platform.clock import today
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


class ChargeField(AmountField):
    """What goods of a period to come are supposed to owe CBSA: an amount of zero or more."""

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        if self.data is not None and self.data < ZERO:
            raise ValidationError(_("Zero or more, please."))


class RollOffForm(Form):
    """A day to look at, and what months to come are supposed to owe; one field for each is added by `with_periods`.
    Lives in the address; empty fields suppose nothing."""

    day = DayField(_l("On the day"), description=_l("Empty: today."))
    each = ChargeField(
        _l("Each month to come owes (CAD)"),
        description=_l("Duties and taxes of one statement, GST included. Empty: nothing is supposed."),
    )

    def validate_day(self, field: DayField) -> None:
        """From today to the day the last statement on file leaves the window."""
        last = closing_days(today())[-1]
        if field.data is not None and not today() <= field.data <= last:
            raise ValidationError(_("A day from today to %(last)s, please.", last=day(last)))

    def expected(self) -> dict[date, Decimal]:
        """What is supposed, CAD by the end of the period: a month's own figure before the one for all."""
        found = {}
        for end in periods_to_come(today()):
            own = self._fields[period_field(end)].data
            amount = self.each.data if own is None else own
            if amount is not None:
                found[end] = amount
        return found

    @property
    def periods(self) -> list[Any]:
        """The fields of the single months."""
        return [self._fields[period_field(end)] for end in periods_to_come(today())]


def period_field(end: date) -> str:
    """The name of the field of the period that ends on that day."""
    return f"to_{end.isoformat()}"


def with_periods(base: type[RollOffForm], language: str) -> type[RollOffForm]:
    """The form with one field for each period to come, named by the month it ends in."""
    fields = {period_field(end): ChargeField(month_name(end, language)) for end in periods_to_come(today())}
    return type("SimulationForm", (base,), fields)


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


class KeepForm(Form):
    """A name to keep a scenario under."""

    name = TextField(_l("Keep it under the name"), required=True, max_length=120)
    once = OnceField()


class ForgetForm(Form):
    """Forget a scenario."""

    version = VersionField()
