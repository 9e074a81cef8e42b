"""Documents, forms: asking, editing, deciding, handing files in."""

from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField
from wtforms import BooleanField, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget, TextArea

from tracker.platform.forms import ChoiceField, DayField, Form, OnceField, TextField, VersionField

# What the picker offers; what a file really is gets decided by its bytes.
ACCEPTED = ".pdf,.jpg,.jpeg,.png,.heic,.xlsx,.docx,.csv,.txt,image/*"
NOBODY_YET = ("", "–")


def as_id(value: Any) -> UUID | None:
    """A chosen id; blank reads as none. ValueError when it is no id."""
    if value in (None, "", "None"):
        return None
    return value if isinstance(value, UUID) else UUID(str(value))


class AskForm(Form):
    """One document from one client."""

    kind = ChoiceField(_l("Document"))
    title = TextField(_l("Or in your own words"), max_length=200)
    why = TextField(
        _l("Why it is needed"),
        max_length=1000,
        widget=TextArea(),
        description=_l("Left empty, the client reads the rulebook's reason."),
    )
    due_on = DayField(_l("Due"), description=_l("Left empty, it is proposed from the kind of document."))
    owner_id = ChoiceField(_l("Who looks after it"), coerce=as_id)
    program_account_id = ChoiceField(_l("For account"), coerce=as_id)
    engagement_id = ChoiceField(_l("For engagement"), coerce=as_id)
    is_client_visible = BooleanField(_l("The client sees it"), default=True)
    once = OnceField()


class AskManyForm(Form):
    """One kind of document from many clients."""

    kind = ChoiceField(_l("Document"), required=True)
    due_on = DayField(_l("Due"), description=_l("Left empty, it is proposed from the kind of document."))
    owner_id = ChoiceField(_l("Who looks after it"), coerce=as_id)
    client_ids = SelectMultipleField(
        _l("Clients"), coerce=as_id, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    once = OnceField()


class EditForm(Form):
    """The words, the due date, the owner and who sees it."""

    title = TextField(_l("In your own words"), max_length=200)
    why = TextField(_l("Why it is needed"), max_length=1000, widget=TextArea())
    due_on = DayField(_l("Due"))
    owner_id = ChoiceField(_l("Who looks after it"), coerce=as_id)
    is_client_visible = BooleanField(_l("The client sees it"))
    version = VersionField()


class UploadForm(Form):
    """Files for a request."""

    files = MultipleFileField(_l("Files"), id="files", render_kw={"accept": ACCEPTED})
    is_internal = BooleanField(
        _l("Only for us"), description=_l("The client does not see it, and it does not count as handed in.")
    )
    once = OnceField()


class StepForm(Form):
    """A button that moves a request on."""

    version = VersionField()


class AcceptForm(StepForm):
    """Accepting, with the last day of validity where there is one."""

    expires_on = DayField(_l("Valid until"), id="accept-expires-on")


class ReturnForm(StepForm):
    """Giving it back."""

    reason = TextField(
        _l("What is missing or wrong"),
        max_length=1000,
        widget=TextArea(),
        id="return-reason",
        description=_l("The client reads this on top of the request."),
    )
    due_on = DayField(_l("New due date"), id="return-due-on")


class NotRequiredForm(StepForm):
    """Taking it off the list."""

    reason = TextField(_l("Why it is not required"), max_length=500, id="not-required-reason")


class AgainForm(StepForm):
    """Asking again, or for the successor of what ran out."""

    due_on = DayField(_l("Due"), id="again-due-on")
