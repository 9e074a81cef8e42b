"""Coordination, forms."""

from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import Email, Length, Optional

from tracker.coordination.enums import DelegationState, PartnerKind, Party, Visibility
from tracker.platform.forms import ChoiceField, DayField, Form, OnceField, TextField, VersionField

PARTY_CHOICES = [
    (Party.US.value, _l("us")),
    (Party.CLIENT.value, _l("client")),
    (Party.BROKER.value, _l("broker")),
    (Party.SURETY.value, _l("surety")),
    (Party.CBSA.value, _l("CBSA")),
]
KIND_CHOICES = [
    (PartnerKind.BROKER.value, _l("Customs broker")),
    (PartnerKind.SURETY.value, _l("Surety")),
    (PartnerKind.BANK.value, _l("Bank")),
    (PartnerKind.CARRIER.value, _l("Carrier")),
    (PartnerKind.CONSULTANT.value, _l("Consultant")),
    (PartnerKind.OTHER.value, _l("Other")),
]


def _id(value: Any) -> UUID | None:
    return UUID(value) if value else None


class TaskForm(Form):
    """A task: what, who it waits on, by when."""

    title = TextField(_l("What has to be done"))
    detail = TextAreaField(_l("How"), [Length(max=2000)])
    waiting_on = ChoiceField(_l("Waiting on"), required=True, choices=PARTY_CHOICES)
    due_on = DayField(_l("Due"))
    owner_id = ChoiceField(_l("Owner"))
    partner_id = ChoiceField(_l("Partner"))
    is_client_visible = BooleanField(_l("The client sees it"))

    def offer(self, staff: list[tuple[str, str]], partners: list[tuple[str, str]]) -> None:
        """Fill the choices."""
        self.owner_id.choices = [("", _l("nobody yet")), *staff]
        self.partner_id.choices = [("", _l("none")), *partners]

    def values(self) -> dict[str, Any]:
        """The command's keywords."""
        found = super().values()
        found["owner_id"], found["partner_id"] = _id(found["owner_id"]), _id(found["partner_id"])
        found["waiting_on"] = Party(found["waiting_on"])
        found["detail"] = found["detail"] or None
        return found


class NewTaskForm(TaskForm):
    """A new one."""

    once = OnceField()


class EditTaskForm(TaskForm):
    """One that exists."""

    def say_planned(self) -> None:
        """A task of a plan has the plan's words; what is typed replaces them."""
        self.title.description = _l("Left empty, the words of the plan are shown.")

    version = VersionField()


class VersionForm(Form):
    """A button on one record."""

    version = VersionField()


class PartnerForm(Form):
    """A partner's card."""

    name = TextField(_l("Name"), required=True)
    contact_name = TextField(_l("Contact person"))
    email = StringField(_l("E-mail"), [Optional(), Length(max=200), Email(_l("This is not an e-mail address."))])
    phone = TextField(_l("Phone"))
    licence_number = TextField(_l("Licence number"))
    notes = TextAreaField(_l("Notes"), [Length(max=2000)])


class NewPartnerForm(PartnerForm):
    """A new one, of a kind."""

    kind = ChoiceField(_l("Kind"), required=True, choices=KIND_CHOICES)
    once = OnceField()


class EditPartnerForm(PartnerForm):
    """One that exists."""

    is_active = BooleanField(_l("Works with us"))
    version = VersionField()


class NameBrokerForm(Form):
    """A provider on a client's list."""

    partner_id = ChoiceField(_l("Provider"), required=True)
    program_account_id = ChoiceField(_l("Account"))
    requested_on = DayField(_l("Asked on (empty: not asked yet)"))

    def values(self) -> dict[str, Any]:
        """Ids as ids."""
        found = super().values()
        return found | {"partner_id": _id(found["partner_id"]), "program_account_id": _id(found["program_account_id"])}


class DecideForm(Form):
    """What the importer decided in the portal."""

    state = ChoiceField(_l("Now"), required=True)
    decided_on = DayField(_l("On"), required=True)
    decided_by = TextField(_l("Decided by"))
    visibility = ChoiceField(
        _l("Sees"),
        choices=[
            (Visibility.UNKNOWN.value, _l("not known")),
            (Visibility.OWN_TRANSACTIONS.value, _l("own transactions")),
            (Visibility.ALL.value, _l("all")),
        ],
    )
    review_on = DayField(_l("Look again on"))
    version = VersionField()

    def values(self) -> dict[str, Any]:
        """States as states."""
        found = super().values()
        found["state"] = DelegationState(found["state"])
        found["visibility"] = Visibility(found["visibility"]) if found["visibility"] else None
        return found
