"""Accounts, forms."""

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import Email, InputRequired, Length

from tracker.accounts.queries import PAPER_KEY, WARNING_KEY
from tracker.platform.forms import ChoiceField, Form, OnceField, TextField, VersionField, WholeNumberField

LANGUAGE_CHOICES = [("en", "English"), ("fr", "Français")]


class SignInForm(Form):
    """E-mail and password."""

    email = EmailField(_l("E-mail"), [InputRequired(_l("Fill this in.")), Length(max=200)])
    password = PasswordField(_l("Password"), [InputRequired(_l("Fill this in.")), Length(max=500)])


class PasswordForm(Form):
    """The first password, or a new one."""

    password = PasswordField(_l("Password"), [InputRequired(_l("Fill this in.")), Length(max=500)])
    language = ChoiceField(_l("Language"), required=True, choices=LANGUAGE_CHOICES)


class InvitationForm(Form):
    """Whom to invite, as what."""

    name = TextField(_l("Name"), required=True, max_length=120)
    email = StringField(
        _l("E-mail"),
        [InputRequired(_l("Fill this in.")), Length(max=200), Email(_l("This is not an e-mail address."))],
    )
    role = ChoiceField(_l("Role"), required=True)
    language = ChoiceField(_l("Language"), required=True, choices=LANGUAGE_CHOICES)
    once = OnceField()


class RoleForm(Form):
    """Another role for someone of the firm."""

    role = ChoiceField(_l("Role"), required=True)
    version = VersionField()


class ConfirmForm(Form):
    """A button that changes one record."""

    version = VersionField()


class FirmForm(Form):
    """What the firm decides for itself."""

    name = TextField(_l("Name of the firm"), required=True, max_length=80)
    warning_percent = WholeNumberField(
        _l("Warn below this cover (%)"),
        least=100,
        most=300,
        description=_l("The firm's own band: CBSA has published none. Under 100 % an account is short in any case."),
    )

    paper = ChoiceField(_l("Paper of the workbooks"), choices=[("letter", _l("Letter, 8.5 × 11 in")), ("a4", _l("A4"))])

    def settings(self) -> dict[str, str]:
        """The settings by key."""
        found = self.values()
        return {
            "firm.name": found["name"],
            WARNING_KEY: str(found["warning_percent"]),
            PAPER_KEY: found["paper"] or "letter",
        }


class ButtonForm(Form):
    """A button, with nothing to fill in."""
