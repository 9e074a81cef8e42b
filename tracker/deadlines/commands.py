"""Deadlines, commands: make and revoke a calendar address; move a date together with what follows it."""

import secrets
from collections.abc import Mapping
from datetime import date
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, select

from tracker.accounts.queries import digest
from tracker.coordination.commands import reschedule_task
from tracker.coordination.models import Task
from tracker.deadlines.models import CalendarFeed
from tracker.deadlines.moving import Dated, Movable, Move, move_of
from tracker.documents.commands import reschedule_request
from tracker.documents.models import DocumentRequest
from tracker.engagements.commands import edit_engagement
from tracker.engagements.models import Engagement
from tracker.guarantees.commands import reschedule_instrument
from tracker.guarantees.models import Instrument
from tracker.platform.actor import Actor
from tracker.platform.audit import record
from tracker.platform.days import unbroken
from tracker.platform.db import db
from tracker.platform.edge import check_version
from tracker.platform.errors import Refusal
from tracker.platform.languages import language


def make_feed(actor: Actor, *, is_mine_only: bool) -> str:
    """The secret of a new calendar address; the one before stops working at once. It cannot be shown again."""
    db.session.execute(delete(CalendarFeed).where(CalendarFeed.user_id == actor.user_id))
    secret = secrets.token_urlsafe(32)
    feed = CalendarFeed(user_id=actor.user_id, secret_hash=digest(secret), is_mine_only=is_mine_only)
    db.session.add(feed)
    record(actor, "calendar_feed:made", feed)
    return secret


def revoke_feed(actor: Actor) -> None:
    """The address stops working at once. Refusal when there is none."""
    feed = db.session.scalar(select(CalendarFeed).where(CalendarFeed.user_id == actor.user_id))
    if feed is None:
        raise Refusal(None, _("There is no calendar address to revoke."))
    record(actor, "calendar_feed:revoked", feed, changes={})
    db.session.delete(feed)


def move_date(
    actor: Actor, *, movable: Movable, version: int, to: date, following: Mapping[UUID, int], today: date
) -> Move:
    """Set one date anew, and the dates chosen among those that follow it, each with the version that was seen.

    All of it or nothing. Refusal on "to" for a day that cannot be; Stale when the record, or one that follows, was changed
    meanwhile: what is moved is what was shown.
    """
    check_version(movable.record, version)
    check_move(movable, to, today)
    move = move_of(movable, to, today)
    _set(actor, movable.record, version, to)
    for follower in move.followers:
        if follower.record.id in following:
            _set(actor, follower.record, following[follower.record.id], follower.to)
    return move


def check_move(movable: Movable, to: date, today: date) -> None:
    """Whether a date can go to this day, before anything moves. Refusal on "to" where it cannot."""
    row = movable.record
    if isinstance(row, Instrument) and row.valid_from is not None and to < row.valid_from:
        raise Refusal(
            "to",
            _("It would end before it begins: it is valid from %(day)s.", day=unbroken(row.valid_from, language())),
        )
    if isinstance(row, Engagement) and to < row.opened_on:
        raise Refusal(
            "to",
            _(
                "The target would lie before the start: it was opened on %(day)s.",
                day=unbroken(row.opened_on, language()),
            ),
        )
    if to < today and to < movable.on:
        raise Refusal("to", _("This day has passed already."))
    if to == movable.on:
        raise Refusal("to", _("It is that day already."))


def _set(actor: Actor, row: Dated, version: int, to: date) -> None:
    if isinstance(row, Task):
        reschedule_task(actor, task=row, version=version, due_on=to)
    elif isinstance(row, DocumentRequest):
        reschedule_request(actor, request_id=row.id, version=version, due_on=to)
    elif isinstance(row, Engagement):
        edit_engagement(actor, engagement=row, version=version, lead_id=row.lead_id, target_on=to)
    else:
        reschedule_instrument(actor, instrument=row, version=version, valid_until=to)
