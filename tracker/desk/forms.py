"""Desk, forms: what is decided in place, and who is reminded."""

from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms.widgets import TextArea

from tracker.platform.forms import Form, OnceField, TextField, VersionField


class AcceptHereForm(Form):
    """The button that accepts what was handed in."""

    version = VersionField()


class ReturnHereForm(Form):
    """Giving it back, with what the client reads."""

    reason = TextField(_l("What is missing or wrong"), max_length=1000, widget=TextArea())
    version = VersionField()

    def __init__(self, request_id: UUID, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.reason.id = f"reason-{request_id}"  # the desk shows one such field a document


class RemindForm(Form):
    """One mail to each person ticked."""

    once = OnceField()
