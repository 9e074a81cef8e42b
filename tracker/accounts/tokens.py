"""Accounts, commands: a person's tokens for other programs: made, shown once, counted, revoked."""

import secrets
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import case, literal, or_, select, update
from sqlalchemy.exc import OperationalError

from tracker.accounts import queries
from tracker.accounts.models import ApiToken, UserAccount
from tracker.permissions import Permission
from tracker.platform.actor import Actor
from tracker.platform.audit import record
from tracker.platform.clock import now, today
from tracker.platform.db import Instant, db
from tracker.platform.errors import Refusal

LIVES = (30, 90, 180, 365)  # days; nothing that opens a firm's files lives longer unseen
MOST_TOKENS = 10
MARK = "trk_"  # by which a scanner of code and mails knows one
SHOWN = len(MARK) + 6  # characters a token is known again by
REQUESTS = 1000  # of one token in five minutes: a nightly run over 20,000 records passes


def make_token(actor: Actor, *, label: str, days: int) -> str:
    """The secret of a new token of the actor's own. It cannot be shown again.

    Refusal on "days" for another life than those offered, on the form when there are ten already.
    """
    if actor.user_id is None or not actor.may(Permission.API_USE):
        raise Refusal(None, _("Only people of the firm have tokens."))
    if days not in LIVES:
        raise Refusal("days", _("Choose one of the list."))
    if len(queries.tokens_of(actor.user_id)) >= MOST_TOKENS:
        raise Refusal(None, _("You have %(count)s tokens. Revoke one that is not used any more.", count=MOST_TOKENS))
    secret = MARK + secrets.token_urlsafe(32)
    token = ApiToken(
        user_id=actor.user_id,
        label=label,
        prefix=secret[:SHOWN],
        secret_hash=queries.digest(secret),
        expires_at=now() + timedelta(days=days),
    )
    db.session.add(token)
    record(actor, "api_token:made", token, summary=f"{label}, {token.prefix}…")
    return secret


def revoke_token(actor: Actor, *, token_id: UUID) -> None:
    """One of the actor's own tokens stops working at once. Refusal when there is none, or no more."""
    token = db.session.scalar(
        select(ApiToken).where(
            ApiToken.id == token_id, ApiToken.user_id == actor.user_id, ApiToken.revoked_at.is_(None)
        )
    )
    if token is None:
        raise Refusal(None, _("This token is revoked already."))
    _revoke(actor, token)


def end_tokens(actor: Actor, person: UserAccount) -> None:
    """Every token of a person stops working at once."""
    live = select(ApiToken).where(ApiToken.user_id == person.id, ApiToken.revoked_at.is_(None))
    for token in db.session.scalars(live.order_by(ApiToken.made_at, ApiToken.id)):
        _revoke(actor, token)


def _revoke(actor: Actor, token: ApiToken) -> None:
    token.revoked_at = now()
    record(actor, "api_token:revoked", token, summary=f"{token.label}, {token.prefix}…", changes={})


def count_request(token: ApiToken) -> datetime | None:
    """Count a request of a live token and note the day; until when it has to wait when it asked too often, else None.

    One statement decides and counts, so that all processes share the limit. It has a connection of its own: what the request
    reads afterwards is read-only as ever.
    """
    token_id, began_at, counted = token.id, token.window_began_at, token.window_requests
    instant = now()
    cut = instant - queries.WINDOW
    if began_at is not None and began_at > cut and counted >= REQUESTS:
        return began_at + queries.WINDOW  # a door that is closed costs nobody the lock
    is_new = or_(ApiToken.window_began_at.is_(None), ApiToken.window_began_at <= cut)
    statement = (
        update(ApiToken)
        .where(ApiToken.id == token_id, or_(is_new, ApiToken.window_requests < REQUESTS))
        .values(
            window_began_at=case((is_new, literal(instant, Instant())), else_=ApiToken.window_began_at),
            window_requests=case((is_new, 1), else_=ApiToken.window_requests + 1),
            last_used_on=today(),
        )
    )
    db.session.rollback()
    # A database that is busy with an import is no reason to refuse: that request is not counted.
    with (
        suppress(OperationalError),
        db.engine.connect().execution_options(writes=True) as connection,
        connection.begin(),
    ):
        if connection.execute(statement).rowcount == 0:
            return (began_at or instant) + queries.WINDOW
    return None
