"""Portal, commands: a contact tells what CBSA's portal shows, and with that the step is done."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from uuid import UUID

from flask_babel import gettext as _

from tracker.coordination.portal_commands import hand_back_task
from tracker.guarantees import commands as guarantees
from tracker.platform.actor import Actor
from tracker.platform.errors import Refusal


def tell_figures(
    actor: Actor,
    *,
    client_id: UUID,
    task_id: UUID,
    version: int,
    amounts: Mapping[UUID, Decimal],
    read_on: date,
    today: date,
    posted: Mapping[UUID, Decimal] | None = None,
) -> int:
    """Keep the amounts (CAD by account) for the firm to check and hand the step back; returns how many were told.

    `posted` is the security shown beside them (CAD by account), where the contact read that too.

    Refusal when none was given, when the step does not wait on the client, for an account of another company or a day that
    has not come; Stale when it changed.
    """
    if not amounts:
        raise Refusal(None, _("Type the amount the portal shows for at least one account."))
    hand_back_task(actor, task_id=task_id, version=version)
    return guarantees.tell_figures(
        actor, client_id=client_id, task_id=task_id, amounts=amounts, posted=posted, read_on=read_on, today=today
    )
