"""Forms: the base every form builds on. `values()` gives exactly the command's keywords; `show()` puts a refusal beside its field."""

import secrets
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import DateField, DecimalField, HiddenField, IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    StopValidation,
    ValidationError,
)
from wtforms.widgets import TextInput

from tracker.platform.errors import Refusal, Stale
from tracker.platform.languages import language
from tracker.platform.money import AmountError, parse_amount

FIRST_YEAR, LAST_YEAR = 1900, 2098  # before: a slip of the finger; after: no period follows it
TOLD_ELSEWHERE = frozenset({"csrf_token", "version", "once"})


class Form(FlaskForm):
    """A form of this program. Carries `version` on edits and a one-time key `once` on creations where the form declares them."""

    is_stale = False
    form_errors: list[str]

    def values(self) -> dict[str, Any]:
        """What was entered, by field, ready as the command's keywords (version included where there is one)."""
        found = {name: field.data for name, field in self._fields.items() if name not in {"csrf_token", "once"}}
        return {name: value.strip() if isinstance(value, str) else value for name, value in found.items()}

    def show(self, refusal: Refusal) -> None:
        """Put a refusal beside the field it names, or above the form."""
        field = self._fields.get(refusal.field or "")
        if field is not None:
            field.errors = [*field.errors, refusal.message]
        else:
            self.form_errors = [*(self.form_errors or ()), refusal.message]
        if isinstance(refusal, Stale):
            self.is_stale = True
            if refusal.record is not None:  # None: the database said so, and did not say what stands there
                self._show_theirs(refusal.record)

    def _show_theirs(self, record: Any) -> None:
        for name, field in self._fields.items():
            if name in TOLD_ELSEWHERE or not hasattr(record, name):
                continue
            theirs = getattr(record, name)
            if (theirs or None) != (field.data or None):
                field.errors = [*field.errors, _("Saved by someone else meanwhile: %(value)s", value=_shown(theirs))]
        if "version" in self._fields:
            self._fields["version"].data = str(record.version)

    @property
    def has_errors(self) -> bool:
        """Whether any field or the form itself was refused."""
        return bool(self.errors)


def _shown(value: Any) -> str:
    if value is None or value == "":
        return _("nothing")
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value)
    return str(value)


class VersionField(HiddenField):
    """The version of the record the person saw, as a number."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = str(valuelist[0]) if valuelist else ""
        self.data: Any = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


class OnceField(HiddenField):
    """A one-time key: the same form sent twice does its work once."""

    def __init__(self, **options: Any) -> None:
        super().__init__(default=lambda: secrets.token_urlsafe(16), **options)


class TextField(StringField):
    """One line of text; blank becomes None."""

    def __init__(self, label: Any, *, required: bool = False, max_length: int = 200, **options: Any) -> None:
        # DataRequired, not InputRequired: blanks alone are something typed, yet nothing said
        rules = [DataRequired(lazy_gettext("Fill this in."))] if required else [Optional()]
        too_long = lazy_gettext("At most %(max)d characters.")
        super().__init__(label, [*rules, Length(max=max_length, message=too_long)], **options)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = (valuelist[0].strip() or None) if valuelist else None


class FilledIn(InputRequired):
    """Something was given, and it is more than blanks: those alone are something typed, yet nothing said."""

    def __init__(self) -> None:
        super().__init__(lazy_gettext("Fill this in."))

    def __call__(self, form: Any, field: Any) -> None:
        super().__call__(form, field)
        if not str(field.raw_data[0]).strip():
            field.errors[:] = []
            raise StopValidation(str(self.message))


class AmountField(StringField):
    """An amount in CAD, typed as people type it: `$1,200.00`, `1 200,00 $`, `1200`."""

    def __init__(self, label: Any, *, required: bool = False, **options: Any) -> None:
        rules = [FilledIn()] if required else [Optional()]
        super().__init__(label, rules, **options)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.raw_text = valuelist[0].strip() if valuelist else ""
        self.data: Any = None
        if not self.raw_text:
            return
        try:
            self.data = parse_amount(self.raw_text, language())  # to a French reader 1,005 is a dollar and a bit
        except AmountError as error:
            if error.reason == "decimals":
                raise ValueError(_("An amount has at most two decimals.")) from error
            raise ValueError(
                _("“%(text)s” is not an amount. Write it like 1,200.00 or 1 200,00.", text=self.raw_text)
            ) from error

    def _value(self) -> str:
        if getattr(self, "raw_text", None):
            return str(self.raw_text)
        if self.data is None:
            return ""
        return f"{self.data:.2f}".replace(".", "," if language() == "fr" else ".")


class WholeNumberField(IntegerField):
    """A whole number between two others, both included."""

    def __init__(self, label: Any, *, least: int, most: int, **options: Any) -> None:
        wrong = lazy_gettext("A whole number from %(least)d to %(most)d, please.", least=least, most=most)
        super().__init__(
            label, [InputRequired(lazy_gettext("Fill this in.")), NumberRange(least, most, wrong)], **options
        )
        self.wrong = wrong

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(str(self.wrong)) from error


class PercentField(DecimalField):
    """A percentage, or percentage points, with at most two decimals; a decimal comma is one too."""

    def __init__(self, label: Any, *, least: int, most: int, **options: Any) -> None:
        wrong = lazy_gettext("A number from %(least)d to %(most)d, please.", least=least, most=most)
        super().__init__(label, [Optional(), NumberRange(least, most, wrong)], places=None, **options)
        self.wrong = wrong

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = valuelist[0].strip().replace(",", ".").removesuffix("%").strip() if valuelist else ""
        self.data: Any = None
        if not text:
            return
        try:
            self.data = Decimal(text)
        except InvalidOperation as error:
            raise ValueError(str(self.wrong)) from error
        if not self.data.is_finite() or self.data != round(self.data, 2):
            raise ValueError(str(self.wrong))


class DayField(DateField):
    """A date, entered with the browser's date picker (YYYY-MM-DD)."""

    def __init__(self, label: Any, *, required: bool = False, **options: Any) -> None:
        rules = [InputRequired(lazy_gettext("Fill this in."))] if required else [Optional()]
        super().__init__(label, rules, **options)

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            if valuelist[0]:
                self.widget = TextInput()  # a browser shows nothing in a date's field that is no date: it would be lost
            raise ValueError(_("Not a date. Write it like 2026-11-23.")) from error
        if isinstance(self.data, date) and not FIRST_YEAR <= self.data.year <= LAST_YEAR:
            raise ValueError(_("A year between %(first)s and %(last)s, please.", first=FIRST_YEAR, last=LAST_YEAR))


class ChoiceField(SelectField):
    """A choice. `choices` is a list of (value, label); blank becomes None when not required."""

    def __init__(self, label: Any, *, required: bool = False, **options: Any) -> None:
        rules = [InputRequired(lazy_gettext("Choose one."))] if required else [Optional()]
        options.setdefault("coerce", _blank_to_none)
        given = options.pop("choices", None)
        super().__init__(label, rules, **options)
        self.choices = given

    @property
    def choices(self) -> Any:
        """What may be chosen, as (value, label)."""
        return self._choices

    @choices.setter
    def choices(self, given: Any) -> None:
        self._choices = None if given is None else [_choice(each) for each in given]

    def pre_validate(self, form: Any) -> None:
        if self.data is None and not self.flags.required:
            return
        try:
            super().pre_validate(form)
        except ValueError as error:
            raise ValidationError(_("Choose one of the list.")) from error


def _choice(given: Any) -> Any:
    return SelectChoice(*given) if isinstance(given, tuple) else given


def _blank_to_none(value: Any) -> Any:
    return None if value in (None, "", "None") else value
