"""Portal, forms: handing files in, saying that a step is done, telling what CBSA's portal shows."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField

from tracker.documents.forms import ACCEPTED
from tracker.platform.forms import AmountField, DayField, Form, OnceField, VersionField
from tracker.platform.pages import bn

AMOUNT = "amount_"


class HandInForm(Form):
    """Files for something that was asked for."""

    files = MultipleFileField(_l("Photos or files"), id="files", render_kw={"accept": ACCEPTED})
    once = OnceField()


class StepDoneForm(Form):
    """The button of a step."""

    version = VersionField()


class FiguresForm(StepDoneForm):
    """What CBSA's portal shows for each account; an account left empty was not read. Fields are added by `figures_form`."""

    read_on = DayField(_l("Seen on"), required=True)
    accounts: Sequence[UUID] = ()

    def amounts(self) -> dict[UUID, Decimal]:
        """The amounts typed, by account. CAD."""
        found = {key: self[f"{AMOUNT}{key}"].data for key in self.accounts}
        return {key: amount for key, amount in found.items() if amount is not None}


def figures_form(accounts: Sequence[tuple[UUID, str]]) -> type[FiguresForm]:
    """The form with one amount an account: (id, number)."""
    fields = {
        f"{AMOUNT}{key}": AmountField(_("%(account)s: amount required (CAD)", account=bn(number)))
        for key, number in accounts
    }
    return type("FiguresForm", (FiguresForm,), {**fields, "accounts": [key for key, _number in accounts]})
