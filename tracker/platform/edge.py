"""The edge: one form, one transaction, one command, one redirect. Every writing view goes through `attempt`."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from tracker.platform import once
from tracker.platform.actor import actor
from tracker.platform.db import transaction
from tracker.platform.errors import Refusal, Stale
from tracker.platform.forms import Form


def attempt(form: Form, act: Callable[[], str], notice: str = "") -> Response | None:
    """Run `act` (which calls ONE command and returns the address to go to) when the form was sent and is sound.

    Returns the 303 redirect when it was done, None when the page has to be shown (first visit, or errors in the form).
    A refusal, a broken constraint and a stale version end up in the form; nothing typed is lost.
    """
    if not form.validate_on_submit():
        return None
    key = form.once.data if "once" in form._fields else None
    user_id, endpoint = actor().user_id, request.endpoint or ""
    if key and user_id and (before := once.answered(user_id, endpoint, key)):
        return redirect(before, 303)
    try:
        with transaction():
            location = act()
            if key and user_id:
                once.claim(user_id, endpoint, key, location)
    except (Refusal, StaleDataError, IntegrityError) as error:
        # The same form sent twice at once: what stands in the way of the second is the first.
        if key and user_id and (before := once.answered(user_id, endpoint, key)):
            return redirect(before, 303)
        form.show(_as_refusal(error))
    else:
        if notice:
            flash(notice, "done")
        return redirect(location, 303)
    return None


def _as_refusal(error: Refusal | StaleDataError | IntegrityError) -> Refusal:
    if isinstance(error, Refusal):
        return error
    if isinstance(error, StaleDataError):
        return Stale(None, _("Someone else saved this first. Look at it again before you save."))
    return Refusal(None, _("This clashes with something already recorded. Nothing was saved."))


def check_version(record: Any, version: int) -> None:
    """Stale when `record` was saved by someone else since the person saw `version`. Call first in every edit command."""
    if record.version != version:
        raise Stale(
            record, _("Someone else saved this first. Their values stand beside yours; save again to keep yours.")
        )
