"""Onboarding, forms."""

from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from tracker.platform.forms import ChoiceField, DayField, Form, OnceField


class OpenForm(Form):
    """Which engagement, who leads it, from when to when."""

    template = ChoiceField(_l("Engagement"), required=True)
    lead_id = ChoiceField(_l("Lead"))
    opened_on = DayField(_l("From"), required=True)
    target_on = DayField(_l("Target (empty: the template's own)"))
    once = OnceField()

    def values(self) -> dict[str, Any]:
        """The command's keywords."""
        found = super().values()
        found["lead_id"] = UUID(found["lead_id"]) if found["lead_id"] else None
        return found

    def offer(self, templates: list[tuple[str, str]], staff: list[tuple[str, str]]) -> None:
        """Fill the choices."""
        self.template.choices = templates
        self.lead_id.choices = [("", _l("nobody yet")), *staff]


class StartManyForm(Form):
    """The same engagement for many clients; looked at first, then confirmed."""

    template = ChoiceField(_l("Engagement"), required=True)
    lead_id = ChoiceField(_l("Lead"))
    confirmed = HiddenField()
    once = OnceField()

    offer = OpenForm.offer

    def command_values(self, today: date) -> dict[str, Any]:
        """The command's keywords, from today on."""
        lead = self.lead_id.data
        return {"template": self.template.data, "lead_id": UUID(lead) if lead else None, "opened_on": today}
