"""API, forms: a new token, and the button that revokes one."""

from typing import Any

from flask_babel import lazy_gettext as _l

from tracker.platform.forms import ChoiceField, Form, OnceField, TextField


def _days(value: Any) -> int:
    """The days chosen; what is no number is none of the choices."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0


class TokenForm(Form):
    """What a token is for, and how long it lives."""

    label = TextField(
        _l("What it is for"),
        required=True,
        max_length=80,
        description=_l("The program that will use it: so that you know later which one to revoke."),
    )
    days = ChoiceField(
        _l("How long it lives"),
        required=True,
        coerce=_days,
        choices=[
            (30, _l("30 days")),
            (90, _l("90 days")),
            (180, _l("180 days")),
            (365, _l("One year")),
        ],
    )
    once = OnceField()


class RevokeForm(Form):
    """The button that revokes."""
