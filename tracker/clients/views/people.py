"""Clients, views: contacts, their access to the portal, and the firm's team."""

from collections.abc import Callable
from uuid import UUID

from flask import current_app, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts import queries as staff
from tracker.clients import commands, queries, words
from tracker.clients.forms import ButtonForm, EditContactForm, NewContactForm, TeamForm
from tracker.clients.models import Contact
from tracker.clients.views.blueprint import bp
from tracker.permissions import Permission
from tracker.platform.access import requires
from tracker.platform.actor import actor
from tracker.platform.edge import attempt
from tracker.platform.forms import Form
from tracker.platform.pages import found, page


@bp.get("/clients/<uuid:client_id>/contacts")
@requires(Permission.CLIENT_READ)
def contacts(client_id: UUID) -> ResponseReturnValue:
    """A client's people and their access to the portal."""
    return _contacts(client_id)


def _contacts(client_id: UUID, form: Form | None = None) -> ResponseReturnValue:
    header = found(queries.header(client_id))
    rows = queries.contacts_of(client_id)
    bams = sum(bool(queries.BAM_DUTIES & set(row.duties)) for row in rows if row.is_active)
    return page("clients/contacts.html", form=form, header=header, rows=rows, bams=bams, words=words)


def _contact(client_id: UUID, contact_id: UUID) -> Contact:
    """The contact of this client, or 404."""
    contact = queries.get_contact(contact_id)
    return found(contact if contact and contact.client_id == client_id else None)


@bp.route("/clients/<uuid:client_id>/contacts/new", methods=["GET", "POST"])
@requires(get=Permission.CLIENT_EDIT, post=Permission.CLIENT_EDIT)
def new_contact(client_id: UUID) -> ResponseReturnValue:
    """Note a person at the client."""
    header = found(queries.header(client_id))
    form = NewContactForm(language=header.language)

    def act() -> str:
        commands.add_contact(actor(), client_id=client_id, **form.values())
        return url_for("clients.contacts", client_id=client_id)

    done = attempt(form, act, _("Contact added."))
    return done or page("clients/contact.html", form=form, header=header, contact=None)


@bp.route("/clients/<uuid:client_id>/contacts/<uuid:contact_id>/edit", methods=["GET", "POST"])
@requires(get=Permission.CLIENT_EDIT, post=Permission.CLIENT_EDIT)
def edit_contact(client_id: UUID, contact_id: UUID) -> ResponseReturnValue:
    """Change a person at the client."""
    contact = _contact(client_id, contact_id)
    form = EditContactForm(obj=contact)
    if contact.user_id is not None:
        form.email.description = _("A new address has to be invited; this one then opens the portal no more.")

    def act() -> str:
        commands.edit_contact(actor(), contact=_contact(client_id, contact_id), **form.values())
        return url_for("clients.contacts", client_id=client_id)

    done = attempt(form, act, _("Saved."))
    header = queries.header(client_id)
    return done or page("clients/contact.html", form=form, header=header, contact=contact)


@bp.post("/clients/<uuid:client_id>/contacts/<uuid:contact_id>/invite")
@requires(Permission.PEOPLE_INVITE)
def invite(client_id: UUID, contact_id: UUID) -> ResponseReturnValue:
    """Invite a contact to the portal by mail."""
    _contact(client_id, contact_id)
    base = str(current_app.config["TRACKER_BASE_URL"])
    firm = str(current_app.extensions["firm_name"]())

    def act() -> None:
        commands.invite_contact(
            actor(),
            contact=_contact(client_id, contact_id),
            link_for=lambda secret: base + url_for("accounts.welcome", secret=secret),
            sign_in_url=base + url_for("accounts.sign_in"),
            firm=firm,
        )

    return _pressed(client_id, act, _("Invited. The mail is on its way."))


@bp.post("/clients/<uuid:client_id>/contacts/<uuid:contact_id>/withdraw")
@requires(Permission.PEOPLE_INVITE)
def withdraw(client_id: UUID, contact_id: UUID) -> ResponseReturnValue:
    """Take the portal away from a contact, at once."""
    _contact(client_id, contact_id)

    def act() -> None:
        commands.withdraw_access(actor(), contact=_contact(client_id, contact_id))

    return _pressed(client_id, act, _("Access withdrawn, at once."))


def _pressed(client_id: UUID, command: Callable[[], None], notice: str) -> ResponseReturnValue:
    form = ButtonForm()

    def act() -> str:
        command()
        return url_for("clients.contacts", client_id=client_id)

    return attempt(form, act, notice) or _contacts(client_id, form)


@bp.route("/clients/<uuid:client_id>/team", methods=["GET", "POST"])
@requires(get=Permission.CLIENT_READ, post=Permission.CLIENT_ASSIGN)
def team(client_id: UUID) -> ResponseReturnValue:
    """The firm's people on a client."""
    header = found(queries.header(client_id))
    form = _team_form()

    def act() -> str:
        values = form.values()
        client = found(queries.get(client_id))
        commands.assign(actor(), client=client, user_id=UUID(values["user_id"]), duty=values["duty"])
        return url_for("clients.team", client_id=client_id)

    done = attempt(form, act, _("Assigned."))
    members = queries.team_of(client_id)
    return done or page("clients/team.html", form=form, header=header, members=members, words=words)


@bp.post("/clients/<uuid:client_id>/team/<uuid:user_id>/leave")
@requires(Permission.CLIENT_ASSIGN)
def unassign(client_id: UUID, user_id: UUID) -> ResponseReturnValue:
    """Take someone off the team."""
    header = found(queries.header(client_id))
    form = ButtonForm()

    def act() -> str:
        commands.unassign(actor(), client=found(queries.get(client_id)), user_id=user_id)
        return url_for("clients.team", client_id=client_id)

    done = attempt(form, act, _("Taken off the team."))
    members = queries.team_of(client_id)
    return done or page("clients/team.html", form=form, header=header, members=members, words=words, status=422)


@bp.route("/clients/assign", methods=["GET", "POST"])
@requires(get=Permission.CLIENT_ASSIGN, post=Permission.CLIENT_ASSIGN)
def assign_many() -> ResponseReturnValue:
    """Give someone a duty for all ticked clients (`ids` in the address or the form)."""
    form = _team_form()
    ids = [UUID(text) for text in request.values.getlist("ids") if _is_uuid(text)]

    def act() -> str:
        values = form.values()
        commands.assign_many(actor(), client_ids=ids, user_id=UUID(values["user_id"]), duty=values["duty"])
        return url_for("desk.portfolio")

    done = attempt(form, act, _("Assigned."))
    return done or page("clients/assign.html", form=form, ids=ids)


def _team_form() -> TeamForm:
    form = TeamForm()
    form.user_id.choices = staff.staff_choices()
    return form


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
