"""Notifications, commands: a mail into the outbox, in the transaction it tells of."""

from flask_babel import gettext as _

from tracker.notifications.models import OutboxMessage
from tracker.platform.db import db
from tracker.platform.errors import Refusal
from tracker.platform.tenancy import new_id

MESSAGE_DOMAIN = "tracker.invalid"


def queue(*, to_email: str, subject: str, body: str, to_name: str = "") -> OutboxMessage:
    """Put a mail into the outbox; its Message-ID is fixed now, so that a second delivery is known as the same mail.

    Refusal on "email" when the address could carry more than one recipient or a header.
    """
    address = to_email.strip()
    if address.count("@") != 1 or any(c.isspace() or c in ",;<>" or ord(c) < 32 for c in address):
        raise Refusal("email", _("This is not an e-mail address."))
    key = new_id()
    message = OutboxMessage(
        id=key,
        message_id=f"<{key.hex}@{MESSAGE_DOMAIN}>",
        to_email=address,
        to_name=_one_line(to_name),
        subject=_one_line(subject),
        body=body,
    )
    db.session.add(message)
    return message


def _one_line(text: str) -> str:
    return " ".join(text.split())
