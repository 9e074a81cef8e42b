"""Engagements, forms."""

from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import Length
from wtforms.widgets import ListWidget, RadioInput

from tracker.platform.forms import ChoiceField, DayField, Form, VersionField


class StageForm(Form):
    """The stage it stands at."""

    stage = ChoiceField(_l("Stage"), required=True)
    version = VersionField()


class EngagementForm(Form):
    """Who leads it, and the target."""

    lead_id = ChoiceField(_l("Lead"))
    target_on = DayField(_l("Target"))
    version = VersionField()

    def values(self) -> dict[str, Any]:
        """The command's keywords."""
        found = super().values()
        found["lead_id"] = UUID(found["lead_id"]) if found["lead_id"] else None
        return found


class CloseForm(Form):
    """How it ended."""

    closing_note = TextAreaField(_l("How it ended"), [Length(max=2000)])
    open_work = ChoiceField(
        _l("What is still open"),
        choices=[
            ("cancel", _l("goes with it: tasks are cancelled, documents are no longer required")),
            ("keep", _l("stays open, and is asked for as before")),
        ],
        # Two sentences beside each other, and neither chosen before somebody does: a list shows one of them, cut off.
        widget=ListWidget(prefix_label=False),
        option_widget=RadioInput(),
    )
    version = VersionField()

    def keep_only(self) -> None:
        """Offer nothing to cancel, to who may not cancel."""
        self.open_work.choices = [choice for choice in self.open_work.choices if choice.value == "keep"]
