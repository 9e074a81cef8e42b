"""Guarantees, views: when an account's peaks roll off, on a day and with months to come that somebody supposes."""

from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from tracker.clients.queries import header as client_head
from tracker.guarantees.cover import cover_of
from tracker.guarantees.enums import Basis
from tracker.guarantees.forms.supposing import RollOffForm, with_periods
from tracker.guarantees.showing_reviews import peaks_in_words
from tracker.guarantees.simulating import simulate
from tracker.guarantees.views.blueprint import bp
from tracker.permissions import Permission
from tracker.platform.access import requires
from tracker.platform.clock import today
from tracker.platform.languages import language
from tracker.platform.pages import found, page
from tracker.rulebook.book import rules_at


@bp.get("/guarantees/<uuid:account_id>/roll-offs")
@requires(Permission.GUARANTEE_READ)
def roll_offs(account_id: UUID) -> ResponseReturnValue:
    """Asked with the address, so that it can be shared; nothing of it is kept."""
    rules = rules_at(today())
    cover = found(cover_of(rules, account_id))
    form = with_periods(RollOffForm, language())(request.args, meta={"csrf": False})
    is_sound = form.validate() if request.args else True
    expected = form.expected() if is_sound else {}
    chosen_on = (form.day.data if is_sound else None) or today()
    seen = simulate(cover, rules, expected, chosen_on)
    return page(
        "guarantees/roll_offs.html",
        status=200 if is_sound else 422,
        header=found(client_head(cover.client_id)),
        cover=cover,
        asked=form,
        expected=expected,
        is_sound=is_sound,
        is_read=cover.basis is Basis.PORTAL,
        seen=seen,
        months=peaks_in_words(seen, language()),
    )
