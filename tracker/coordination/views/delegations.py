"""Coordination, views: a client's delegations of authority."""

from uuid import UUID

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.clients import queries as clients
from tracker.clients.enums import Known
from tracker.coordination import commands, queries
from tracker.coordination.enums import DelegationState, Visibility
from tracker.coordination.forms import DecideForm, NameBrokerForm
from tracker.coordination.rules import MOVES, Held, contradictions
from tracker.coordination.views.blueprint import bp
from tracker.coordination.words import DELEGATION_TONES, delegation_words
from tracker.permissions import Permission
from tracker.platform.access import requires
from tracker.platform.actor import actor
from tracker.platform.clock import today
from tracker.platform.edge import attempt
from tracker.platform.pages import found, page

LINKED = {Known.YES: True, Known.NO: False, Known.UNKNOWN: None}


@bp.route("/clients/<uuid:client_id>/delegations", methods=["GET", "POST"])
@requires(get=Permission.COORDINATION_READ, post=Permission.COORDINATION_EDIT)
def delegations(client_id: UUID) -> ResponseReturnValue:
    """Who may act for the client in the portal, on which account, since when; name or ask another provider here."""
    header, client = found(clients.header(client_id)), found(clients.get(client_id))
    form = NameBrokerForm()
    form.partner_id.choices = queries.partner_choices()
    accounts = [(str(a.id), a.number[9:]) for a in header.accounts if not a.is_closed]
    form.program_account_id.choices = [("", _("all accounts (business level)")), *accounts]

    def act() -> str:
        values = form.values()
        asked_on = values.pop("requested_on")
        if asked_on is None:
            commands.name_broker(actor(), client_id=client_id, **values)
        else:
            commands.ask_delegation(actor(), client_id=client_id, requested_on=asked_on, **values)
        return url_for("coordination.delegations", client_id=client_id)

    done = attempt(form, act, _("Noted."))
    rows = queries.delegations_of(client_id)
    held = [Held(r.partner, r.is_partner_active, r.state, r.account, r.visibility is Visibility.ALL) for r in rows]
    return done or page(
        "coordination/delegations.html",
        form=form,
        header=header,
        rows=rows,
        wrong=contradictions(held, is_portal_linked=LINKED[client.is_portal_linked]),
        tones=DELEGATION_TONES,
        words=delegation_words(),
    )


@bp.route("/delegations/<uuid:delegation_id>", methods=["GET", "POST"])
@requires(get=Permission.COORDINATION_READ, post=Permission.COORDINATION_EDIT)
def delegation(delegation_id: UUID) -> ResponseReturnValue:
    """One delegation: note what was asked or decided in the portal."""
    record = found(queries.get_delegation(delegation_id))
    header = found(clients.header(record.client_id))
    row = next(r for r in queries.delegations_of(record.client_id) if r.id == delegation_id)
    form = DecideForm(
        decided_on=today(), visibility=record.visibility.value, review_on=record.review_on, version=record.version
    )
    words = delegation_words()
    moves = [(state.value, words[state.value]) for state in MOVES[record.state]]
    # To take an authority back is never what a form proposes by itself.
    form.state.choices = [("", "–"), *moves] if record.state is DelegationState.APPROVED else moves

    def act() -> str:
        commands.decide_delegation(actor(), delegation=record, **form.values())
        return url_for("coordination.delegations", client_id=record.client_id)

    done = attempt(form, act, _("Noted."))
    return done or page(
        "coordination/delegation.html", form=form, header=header, row=row, tones=DELEGATION_TONES, words=words
    )
