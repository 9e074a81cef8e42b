"""Portal, forms: handing files in, saying that a step is done, telling what CBSA's portal shows."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField

from tracker.documents.forms import ACCEPTED
from tracker.platform.forms import AmountField, DayField, Form, OnceField, VersionField
from tracker.platform.pages import bn

AMOUNT = "amount_"
POSTED = "posted_"


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
        return self._typed(AMOUNT)

    def posted(self) -> dict[UUID, Decimal]:
        """The security shown beside them, by account, where it was typed. CAD."""
        return self._typed(POSTED)

    def validate(self, extra_validators: Any = None) -> bool:
        """A security typed without the amount required would be dropped without a word: what is required decides."""
        is_sound = bool(super().validate(extra_validators))
        for key in self.posted().keys() - self.amounts().keys():
            field = self[f"{AMOUNT}{key}"]
            if not field.errors:
                field.errors = [_("Type the amount required too: without it the security cannot be looked at.")]
                is_sound = False
        return is_sound

    def _typed(self, prefix: str) -> dict[UUID, Decimal]:
        found = {key: self[f"{prefix}{key}"].data for key in self.accounts}
        return {key: amount for key, amount in found.items() if amount is not None}


def figures_form(accounts: Sequence[tuple[UUID, str]]) -> type[FiguresForm]:
    """The form with two amounts an account, required and posted: (id, number)."""
    fields: dict[str, AmountField] = {}
    for key, number in accounts:
        account = bn(number)
        fields[f"{AMOUNT}{key}"] = AmountField(_("%(account)s: amount required (CAD)", account=account))
        fields[f"{POSTED}{key}"] = AmountField(_("%(account)s: security posted (CAD), if it is shown", account=account))
    return type("FiguresForm", (FiguresForm,), {**fields, "accounts": [key for key, _number in accounts]})
