"""Assessments, forms: a section's questions as one form, the plan's ticks, the signature, the reason that settles."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, HiddenField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length
from wtforms.widgets import CheckboxInput, DateInput, ListWidget

from tracker.assessments.answers import AnswerProblem, check_answer
from tracker.assessments.commands.answering import FIELD, Given
from tracker.assessments.seen import Seen, read_seen
from tracker.assessments.sheet import Kept, Offer
from tracker.assessments.words import PROBLEM_WORDS, YES_NO_WORDS
from tracker.platform.forms import ChoiceField, Form, OnceField, VersionField
from tracker.platform.languages import language
from tracker.rulebook.types import Question

SKIP, REASON = "na_", "why_"
EVERY_OFFER = "*"


class StartForm(Form):
    """Nothing to fill in: the day's rules apply."""

    once = OnceField()


class SignForm(Form):
    """What the signer has read, by its digest."""

    digest = HiddenField()
    version = VersionField()


class SettleForm(Form):
    """Why a finding no longer matters."""

    reason = TextAreaField(_l("What settles it"), [Length(max=1000)])
    version = VersionField()


class PlanForm(Form):
    """What of the plan is to be created, and which broker is to ask for access."""

    items = SelectMultipleField(_l("Create"), choices=[], validate_choice=False)
    partner_id = ChoiceField(_l("Broker who is to ask for access"))
    version = VersionField()

    def values(self) -> dict[str, Any]:
        """The command's keywords."""
        found = super().values()
        found["partner_id"] = UUID(found["partner_id"]) if found.get("partner_id") else None
        return found


class TicksField(SelectMultipleField):
    """Several answers, each its own tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class SectionForm(Form):
    """The questions of one section. The fields are added by `section_form`; `version` carries what the page showed."""

    version = HiddenField()
    questions: Sequence[Question] = ()
    offers: Mapping[str, Offer] = {}

    @property
    def seen(self) -> dict[str, Seen]:
        """What the page showed of each answer, by question."""
        return read_seen(self.version.data or "")

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every answer by its question; the reason why not stands beside it."""
        sound = bool(super().validate(extra_validators))
        for question in self.questions:
            sound = self._check(question) and sound
        return sound

    def _check(self, question: Question) -> bool:
        field = self[f"{FIELD}{question.key}"]
        if self[f"{SKIP}{question.key}"].data:
            reason = self[f"{REASON}{question.key}"]
            if (reason.data or "").strip():
                return True
            reason.errors = [_("Say why it does not apply.")]
            return False
        try:
            check_answer(question, field.data or "", language())
        except AnswerProblem as problem:
            field.errors = [*field.errors, PROBLEM_WORDS[problem.code]()]
            return False
        return True

    def given(self, confirming: str | None) -> dict[str, Given]:
        """What the person gave for each question the page showed; an offer they confirm fills a blank."""
        found = {}
        for question in self.questions:
            value = self[f"{FIELD}{question.key}"].data
            if self[f"{SKIP}{question.key}"].data:
                found[question.key] = Given(None, self[f"{REASON}{question.key}"].data)
                continue
            offer = self.offers.get(question.key)
            if not value and offer is not None and confirming in (question.key, EVERY_OFFER):
                value = offer.value
            found[question.key] = Given(value, None)
        return found


def section_form(
    questions: Sequence[Question], kept: Mapping[str, Kept], offers: Mapping[str, Offer], token: str
) -> SectionForm:
    """The form of these questions with what is saved in it."""
    fields: dict[str, Any] = {}
    saved: dict[str, Any] = {"version": token}
    for question in questions:
        one = kept.get(question.key)
        fields[f"{FIELD}{question.key}"] = _field(question, one is not None and one.value not in (None, "", []))
        fields[f"{SKIP}{question.key}"] = BooleanField(_l("Does not apply"))
        fields[f"{REASON}{question.key}"] = StringField(
            _l("Why it does not apply"), [Length(max=500, message=_l("At most %(max)d characters."))]
        )
        if one is not None:
            value = one.value if isinstance(one.value, list) or one.value is None else str(one.value)
            saved[f"{FIELD}{question.key}"] = value
            saved[f"{SKIP}{question.key}"], saved[f"{REASON}{question.key}"] = bool(one.reason), one.reason
    form: SectionForm = type("QuestionsForm", (SectionForm,), fields)(data=saved)
    form.questions, form.offers = questions, offers
    return form


def _field(question: Question, is_answered: bool) -> Field:
    label = question.text.in_(language())
    if question.kind in ("yes_no", "choice"):
        return RadioField(label, choices=_choices(question, is_answered), validate_choice=False)
    if question.kind == "multi":
        return TicksField(label, choices=_choices(question, False), validate_choice=False)
    if question.kind == "date":
        return StringField(label, widget=DateInput())
    hints = {"number": "numeric", "amount": "decimal"}
    return StringField(label, render_kw={"inputmode": hints[question.kind]} if question.kind in hints else {})


def _choices(question: Question, is_answered: bool) -> list[SelectChoice]:
    """The answers; taking one back is offered once there is one."""
    words = [(option.value, option.text.in_(language())) for option in question.options]
    words = words or [(key, word()) for key, word in YES_NO_WORDS.items()]
    words += [("", _("No answer yet"))] if is_answered else []
    return [SelectChoice(value, label) for value, label in words]
