"""Imports, forms."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField

from tracker.imports.enums import RunKind
from tracker.platform.forms import ChoiceField, Form, OnceField, VersionField


class UploadForm(Form):
    """A file to bring in."""

    kind = ChoiceField(
        _l("What is in it"),
        required=True,
        choices=[(RunKind.CLIENTS.value, _l("Client list")), (RunKind.STATEMENTS.value, _l("Monthly statements"))],
    )
    files = FileField(_l("File (.xlsx or .csv, at most 10 MB)"), [FileRequired(_l("Choose a file."))])
    once = OnceField()


class LayoutForm(Form):
    """Which sheet, and which order slash dates have; the columns' fields come beside it, by position."""

    sheet = ChoiceField(_l("Sheet"))
    day_order = ChoiceField(
        _l("Dates such as 04/06/2027"), choices=[("day", _l("day first")), ("month", _l("month first"))]
    )
    version = VersionField()


class ApplyForm(Form):
    """Apply, or undo, what the person saw."""

    version = VersionField()
    seen = HiddenField()
