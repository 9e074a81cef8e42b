"""Deadlines, forms."""

from flask_babel import lazy_gettext as _l

from tracker.platform.forms import ChoiceField, DayField, Form, VersionField


class FeedForm(Form):
    """A new calendar address."""

    reach = ChoiceField(
        _l("Which dates"),
        required=True,
        choices=[
            ("mine", _l("My own")),
            ("all", _l("All I may see")),
        ],
        description=_l("Your own: what you look after, and what nobody looks after of the clients you lead."),
    )


class ContactFeedForm(Form):
    """A contact's new calendar address: there is nothing to choose."""


class RevokeForm(Form):
    """The button that revokes."""


class AskForm(Form):
    """The day somebody wants to look at before anything moves, read from the address."""

    to = DayField(_l("New date"), required=True)


class MoveForm(Form):
    """A date's new day, and the version of the record that was seen."""

    to = DayField(_l("New date"), required=True)
    version = VersionField()
