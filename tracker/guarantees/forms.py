"""Guarantees, forms."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import Length

from tracker.clients.models import ProgramAccount
from tracker.guarantees.enums import InstrumentState
from tracker.guarantees.words import STATE_WORDS
from tracker.platform.forms import AmountField, ChoiceField, DayField, Form, OnceField, TextField, VersionField

SHARE = "share_"


class InstrumentForm(Form):
    """An instrument's seven items and how it is spread; one share field per account is added by `with_accounts`."""

    kind = ChoiceField(_l("Kind"), required=True)
    provider_id = ChoiceField(_l("Surety or bank"))
    number = TextField(_l("Agreement number"))
    amount = AmountField(_l("Amount (CAD)"), required=True)
    valid_from = DayField(_l("Valid from"))
    valid_until = DayField(_l("Valid until (empty: continuous)"))
    state = ChoiceField(_l("Where it stands"), required=True, choices=[(s.value, w) for s, w in STATE_WORDS.items()])
    note = TextField(_l("Note"), max_length=500)
    once = OnceField()

    def values(self) -> dict[str, Any]:
        """The command's keywords: shares gathered by account, ids as ids."""
        found = super().values()
        shares = {UUID(name.removeprefix(SHARE)): found.pop(name) for name in list(found) if name.startswith(SHARE)}
        found["shares"] = {account_id: amount for account_id, amount in shares.items() if amount}
        found["provider_id"] = UUID(found["provider_id"]) if found.get("provider_id") else None
        if not any(shares.values()) and "version" not in found:
            found["shares"] = None  # a single account gets all of it
        return found


class InstrumentEditForm(InstrumentForm):
    """The same for one that exists; its kind and state move by other ways."""

    kind = None  # type: ignore[assignment]
    state = None  # type: ignore[assignment]
    once = None  # type: ignore[assignment]
    version = VersionField()


def with_accounts(base: type[InstrumentForm], accounts: Sequence[ProgramAccount]) -> type[InstrumentForm]:
    """The form with one share field for each open account of the client."""
    fields = {
        f"{SHARE}{account.id}": AmountField(_l("Share on %(number)s", number=account.number[9:]))
        for account in accounts
    }
    return type("SharedInstrumentForm", (base,), fields)


class MoveForm(Form):
    """The next state, and the day."""

    to = ChoiceField(_l("Next"), required=True)
    on = DayField(_l("On"), required=True)
    valid_until = DayField(_l("Cover ends on"), id="move-until")  # the edit form stands on the same page
    version = VersionField()

    def offer(self, states: Sequence[InstrumentState]) -> None:
        """Offer only where it may go."""
        self.to.choices = [(state.value, STATE_WORDS[state]) for state in states]


class AcceptForm(Form):
    """Why a kind that CBSA is not known to accept counts."""

    reason = TextAreaField(_l("Reason"), [Length(max=1000)])
    version = VersionField()


class FigureForm(Form):
    """What the portal shows."""

    amount = AmountField(_l("Requirement shown in the portal (CAD)"), required=True)
    read_on = DayField(_l("Read on"), required=True)
    once = OnceField()
