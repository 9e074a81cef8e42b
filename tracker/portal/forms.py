"""Portal, forms: handing files in, and saying that a step is done."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField

from tracker.documents.forms import ACCEPTED
from tracker.platform.forms import Form, OnceField, VersionField


class HandInForm(Form):
    """Files for something that was asked for."""

    files = MultipleFileField(_l("Photos or files"), id="files", render_kw={"accept": ACCEPTED})
    once = OnceField()


class StepDoneForm(Form):
    """The button of a step."""

    version = VersionField()
