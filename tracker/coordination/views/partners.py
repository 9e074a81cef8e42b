"""Coordination, views: brokers, sureties and other partners; a broker's own list."""

from uuid import UUID

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.coordination import commands, queries
from tracker.coordination.enums import PartnerKind
from tracker.coordination.forms import KIND_CHOICES, EditPartnerForm, NewPartnerForm
from tracker.coordination.views.blueprint import bp
from tracker.coordination.words import DELEGATION_TONES, delegation_words, party_words
from tracker.permissions import Permission
from tracker.platform.access import requires
from tracker.platform.actor import actor
from tracker.platform.clock import today
from tracker.platform.edge import attempt
from tracker.platform.pages import found, page


@bp.get("/partners")
@requires(Permission.COORDINATION_READ)
def partners() -> ResponseReturnValue:
    """Every partner, with how many clients it serves and what it is waited for."""
    return page("coordination/partners.html", rows=queries.partner_rows(), kinds=dict(KIND_CHOICES))


@bp.route("/partners/new", methods=["GET", "POST"])
@requires(get=Permission.COORDINATION_EDIT, post=Permission.COORDINATION_EDIT)
def new_partner() -> ResponseReturnValue:
    """Add a partner."""
    form = NewPartnerForm(kind=PartnerKind.BROKER.value)

    def act() -> str:
        values = form.values()
        row = commands.find_or_add_partner(actor(), **{**values, "kind": PartnerKind(values["kind"])})
        return url_for("coordination.partner", partner_id=row.id)

    done = attempt(form, act, _("Added."))
    return done or page("coordination/partner_form.html", form=form, partner=None)


@bp.get("/partners/<uuid:partner_id>")
@requires(Permission.COORDINATION_READ)
def partner(partner_id: UUID) -> ResponseReturnValue:
    """One partner with all the clients you share."""
    row = found(queries.get_partner(partner_id))
    return page(
        "coordination/partner.html",
        partner=row,
        kinds=dict(KIND_CHOICES),
        delegations=queries.delegations_for_partner(partner_id),
        tasks=queries.tasks_for_partner(partner_id, today()),
        tones=DELEGATION_TONES,
        words=delegation_words(),
        parties=party_words(),
    )


@bp.route("/partners/<uuid:partner_id>/edit", methods=["GET", "POST"])
@requires(get=Permission.COORDINATION_EDIT, post=Permission.COORDINATION_EDIT)
def edit_partner(partner_id: UUID) -> ResponseReturnValue:
    """A partner's card."""
    row = found(queries.get_partner(partner_id))
    form = EditPartnerForm(obj=row)

    def act() -> str:
        commands.edit_partner(actor(), partner=row, **form.values())
        return url_for("coordination.partner", partner_id=partner_id)

    done = attempt(form, act, _("Saved."))
    return done or page("coordination/partner_form.html", form=form, partner=row)


@bp.get("/shared")
@requires(Permission.BROKER_READ)
def shared() -> ResponseReturnValue:
    """A broker's own list: the clients both work for."""
    mine = actor().partner_id
    return page(
        "coordination/shared.html",
        shared=queries.broker_list(mine, today()) if mine else None,
        tones=DELEGATION_TONES,
        words=delegation_words(),
        parties=party_words(),
    )
